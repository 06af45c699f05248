"""An answer in the making that can be stopped at any moment: what the page and ``/v1`` wait for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from queue import SimpleQueue
from threading import Event, Thread
from typing import Final

from assistant.answering import Answering
from assistant.trace import Update
from assistant.types import Turn

UNEXPECTED: Final = "Something went wrong while answering; the details are in the terminal."


class Reply:
    """An answer in the making, in a thread of its own, so that who asked can stop it at any moment.

    Gradio's own ``cancels`` waits for the running step to end, and drops what is asked meanwhile.

    Attributes:
        discarded: Whether nobody wants to see it any more.
    """

    def __init__(self, assistant: Answering, question: str, history: Sequence[Turn]) -> None:
        self._steps: SimpleQueue[Update | Exception | None] = SimpleQueue()
        self._stopped = Event()
        self.discarded = False
        work = (assistant, question, history)
        Thread(target=self._run, args=work, name="reply", daemon=True).start()

    @property
    def stopped(self) -> bool:
        """Whether the reader stopped it."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """End the updates at once; the thread ends after its present step."""
        self._stopped.set()
        self._steps.put(None)

    def discard(self) -> None:
        """Stop it, and keep it off the page."""
        self.discarded = True
        self.stop()

    def updates(self) -> Iterator[Update]:
        """Yield each step until the answer is done or stopped; raise what the assistant raised."""
        while (step := self._steps.get()) is not None and not self.stopped:
            if isinstance(step, Exception):
                raise step
            yield step

    def _run(self, assistant: Answering, question: str, history: Sequence[Turn]) -> None:
        try:
            for update in assistant.stream(question, history):
                self._steps.put(update)
                if self.stopped:
                    return
        except Exception as error:  # noqa: BLE001 - raised again where the updates are read
            self._steps.put(error)
        self._steps.put(None)
