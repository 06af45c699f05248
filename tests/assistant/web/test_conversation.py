"""A conversation behind the page: steps, failures, stopping, and what the core is told of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from threading import Event

import pytest

from assistant.errors import QuestionError
from assistant.server.reply import UNEXPECTED, Reply
from assistant.trace import Update
from assistant.types import Answer, Sentence, Turn
from assistant.web.chat.conversation import Exchange, answering, history_of
from index import Index
from index.types import IndexStatus

ANSWER = Answer("q", "q", "answered", "It rose. [1]")
SENTENCES = (Sentence("It rose.", (1,), "quoted"),)

Script = Callable[[], Iterator[Update]]


class Scripted:
    """An assistant that does what a test wrote down."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.told: tuple[Turn, ...] = ()

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[Update]:
        self.told = (*history, Turn("user", question))
        return self.script()

    model = None

    @property
    def articles(self) -> Index:
        raise NotImplementedError

    def suggestions(self, answer: Answer | None = None) -> tuple[str, ...]:  # noqa: ARG002
        return ()

    def status(self) -> IndexStatus:
        raise NotImplementedError


def replied(script: Script) -> list[Exchange]:
    return list(answering(Exchange(1, "q"), Reply(Scripted(script), "q", ())))


def test_each_step_is_seen_and_the_answer_comes_last() -> None:
    """The page gets every update of the core in its order."""

    def script() -> Iterator[Update]:
        yield Update("reading")
        yield Update("writing", SENTENCES)
        yield Update("done", SENTENCES, (), ANSWER)

    seen = replied(script)
    assert [each.stage for each in seen] == ["reading", "writing", "done"]
    assert [each.pending for each in seen] == [True, True, False]
    assert seen[-1].answer is ANSWER


@pytest.mark.parametrize(
    ("error", "message"),
    [(QuestionError("Shorten it."), "Shorten it."), (RuntimeError("secret"), UNEXPECTED)],
    ids=["meant for a person", "a bug"],
)
def test_a_failure_becomes_its_message(error: Exception, message: str) -> None:
    """A person's error is shown as it is; a bug shows no detail."""

    def script() -> Iterator[Update]:
        yield Update("searching")
        raise error

    last = replied(script)[-1]
    assert last.error == message
    assert last.answer is None


def test_an_end_without_answer_is_an_error() -> None:
    """The page never waits for what will not come."""
    assert [each.error for each in replied(lambda: iter(()))] == [UNEXPECTED]


@pytest.mark.parametrize("discarded", [False, True])
def test_stopping_does_not_wait_for_the_core(discarded: bool) -> None:
    """Stop ends the exchange though the core is still busy; discarded, it is not even shown."""
    busy = Event()

    def script() -> Iterator[Update]:
        yield Update("writing", SENTENCES)
        busy.wait(20)
        yield Update("done", SENTENCES, (), ANSWER)

    reply = Reply(Scripted(script), "q", ())
    steps = answering(Exchange(1, "q"), reply)
    assert next(steps).sentences == SENTENCES
    if discarded:
        reply.discard()
    else:
        reply.stop()
    rest = list(steps)
    busy.set()
    assert [each.stopped for each in rest] == ([] if discarded else [True])
    assert all(each.sentences == SENTENCES and not each.pending for each in rest)


def test_the_core_is_told_what_was_answered() -> None:
    """Failed and stopped questions are no part of the history; the rest is plain text, in order."""
    exchanges = (
        Exchange(1, "first?", answer=ANSWER),
        Exchange(2, "failed?", error="Broken."),
        Exchange(3, "stopped?", stopped=True),
    )
    told = history_of(exchanges)
    assert told == (Turn("user", "first?"), Turn("assistant", "It rose. [1]"))
    assistant = Scripted(lambda: iter(()))
    list(Reply(assistant, "q", told).updates())
    assert assistant.told == (*told, Turn("user", "q"))
