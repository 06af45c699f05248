"""A build in a thread of its own → its progress, for all who watch, and its outcome; no Gradio."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Final

from assistant.web.articles import markup
from index.errors import RemovalsError, UserError
from index.types import Progress

UNEXPECTED: Final = "Something went wrong while indexing; the details are in the terminal."
BUSY: Final = "The index is being built just now; wait until that has finished."
SURE: Final = 2.0
"""Seconds of a stage after which its speed says how long it still takes."""

log = logging.getLogger(__name__)

Task = Callable[[Progress], str]
"""Builds, and returns what it did as HTML."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a build.

    Attributes:
        html: What it did, or why it failed.
        failed: Whether it failed.
        removals: Whether it stopped because it would have removed most of the index.
    """

    html: str
    failed: bool = False
    removals: bool = False


class Build:
    """One build, and how far it has come."""

    def __init__(self, task: Task) -> None:
        self.outcome: Outcome | None = None
        self._step = ("", 0, 0)
        self._since = time.monotonic()
        Thread(target=self._run, args=(task,), name="build", daemon=True).start()

    @property
    def html(self) -> str:
        """How far it has come, and what became of it."""
        if self.outcome is not None:
            return self.outcome.html
        stage, done, total = self._step
        spent = time.monotonic() - self._since
        sure = spent > SURE and 0 < done < total
        return markup.progress_html(
            stage, done, total, spent / done * (total - done) if sure else None
        )

    def _run(self, task: Task) -> None:
        try:
            outcome = Outcome(task(self._note))
        except UserError as error:
            removals = isinstance(error, RemovalsError)
            outcome = Outcome(markup.error_html(str(error)), failed=True, removals=removals)
        except Exception:  # the page must outlive any fault of the core
            log.exception("indexing failed")
            outcome = Outcome(markup.error_html(UNEXPECTED), failed=True)
        self.outcome = outcome

    def _note(self, stage: str, done: int, total: int) -> None:
        if stage != self._step[0]:
            self._since = time.monotonic()
        self._step = (stage, done, total)


class BuildQueue:
    """One build at a time, whoever asks for it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._build: Build | None = None

    @property
    def current(self) -> Build | None:
        """The build that is going on."""
        build = self._build
        return build if build is not None and build.outcome is None else None

    def start(self, task: Task) -> Build | None:
        """Start a build; None if one is going on."""
        with self._lock:
            if self.current is not None:
                return None
            self._build = Build(task)
            return self._build
