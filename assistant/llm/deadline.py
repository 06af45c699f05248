"""A slow source goes in; its items come out as they are made, but none after a deadline."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

Item = TypeVar("Item")
Source = Callable[[threading.Event], Generator[Item, None, None]]
"""Makes the items; the event is set when nobody waits for them any more."""


class OutOfTimeError(Exception):
    """The deadline has come before the last item."""


@dataclass(frozen=True, slots=True)
class _Made(Generic[Item]):
    item: Item


@dataclass(frozen=True, slots=True)
class _End:
    failure: BaseException | None = None


def read_ahead(
    source: Source[Item], deadline: float, stop: Callable[[], None]
) -> Generator[Item, None, None]:
    """Yield what a thread of its own reads from ``source``; what that raises is raised here.

    Args:
        source: Makes the items, in the thread.
        deadline: When to give up, as ``time.monotonic()`` counts.
        stop: Called at the end, however it comes: has the thread stop waiting.

    Raises:
        OutOfTimeError: The deadline came first.
    """
    made: SimpleQueue[_Made[Item] | _End] = SimpleQueue()
    ended = threading.Event()
    # What the caller has set, for tracing for example, holds in the thread too.
    run = contextvars.copy_context().run
    reader = threading.Thread(
        target=run, args=(_read, source, made, ended, deadline), name="read-ahead", daemon=True
    )
    reader.start()
    try:
        while isinstance(step := _next(made, deadline), _Made):
            yield step.item
        if step.failure:
            raise step.failure
    finally:
        ended.set()
        stop()


def _next(made: SimpleQueue[_Made[Item] | _End], deadline: float) -> _Made[Item] | _End:
    try:
        return made.get(timeout=max(0.0, deadline - time.monotonic()))
    except Empty:
        raise OutOfTimeError from None


def _read(
    source: Source[Item],
    made: SimpleQueue[_Made[Item] | _End],
    ended: threading.Event,
    deadline: float,
) -> None:
    failure: BaseException | None = None
    try:
        with closing(source(ended)) as items:
            for item in items:
                if ended.is_set():
                    break
                # Nothing is added after the deadline, so that what is there can be drained.
                if time.monotonic() > deadline:
                    raise OutOfTimeError
                made.put(_Made(item))
    except BaseException as error:  # noqa: BLE001  # raised again where somebody waits
        failure = error
    made.put(_End(failure))
