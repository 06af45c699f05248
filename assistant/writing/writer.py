"""From what was read to the answer: quoted, or phrased by an LLM and checked against the quotes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.answer.citations import marked_text
from assistant.errors import ModelError
from assistant.journey import Telling
from assistant.llm.providers import ChatModel
from assistant.question.followup import Understood, stand_alone
from assistant.question.rewrite import rewrite
from assistant.reader.read import Reading
from assistant.types import Answer, Citation, Sentence, Turn
from assistant.writing.checker import Check, Checker
from assistant.writing.prompt import Brief, make_brief
from assistant.writing.sentences import Scribe, declines
from index import View
from prompts import Prompts, fill


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as far as it has come.

    Attributes:
        sentences: Those that are checked.
        citations: What they cite.
        draft: The beginning of the next one.
        answer: The finished answer, at the end.
        telling: What the LLM did, at the end; None without one.
    """

    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    draft: str = ""
    answer: Answer | None = None
    telling: Telling | None = None


class Quoter:
    """Tells an answer by its quotes alone.

    Attributes:
        trouble: What failed on the way to the passages; it belongs to a refusal, too.
    """

    trouble: ModelError | None = None

    def understand(self, question: str, history: Sequence[Turn]) -> Understood:
        """Return the question so that it stands alone."""
        return stand_alone(question, history)

    def tell(
        self,
        view: View,  # noqa: ARG002 - the Writer needs it
        question: str,  # noqa: ARG002
        reading: Reading,  # noqa: ARG002
        quoted: Answer,
    ) -> Iterator[Told]:
        """Yield the answer sentence by sentence.

        Args:
            view: The index.
            question: It stands alone.
            reading: What was read; it answers.
            quoted: The answer in quotes.
        """
        for count in range(1, len(quoted.sentences) + 1):
            yield Told(quoted.sentences[:count], quoted.citations[:count])
        yield Told(quoted.sentences, quoted.citations, answer=quoted)


class Writer(Quoter):
    """Has the answer to one question phrased by an LLM, within the time there is for it."""

    def __init__(self, model: ChatModel, prompts: Prompts, *, timeout: float, strict: bool) -> None:
        """Start the clock.

        Args:
            model: The LLM.
            prompts: The words that it is sent.
            timeout: Seconds for all its work on the question.
            strict: Whether what no quote supports is left out.
        """
        self._model = model
        self._prompts = prompts
        self._strict = strict
        self._deadline = time.monotonic() + timeout

    def understand(self, question: str, history: Sequence[Turn]) -> Understood:
        """Return the question as the LLM rewrote it; if it fails, it is asked nothing more."""
        until = self._deadline
        try:
            return rewrite(self._model, self._prompts, question, history, deadline=until)
        except ModelError as trouble:
            self.trouble = trouble
            return stand_alone(question, history)

    def tell(self, view: View, question: str, reading: Reading, quoted: Answer) -> Iterator[Told]:
        """Yield the answer as the LLM writes it; where that fails, the one in quotes."""
        brief = make_brief(
            self._prompts, question, reading.evidence, reading.picked, self._model.context
        )
        try:
            if self.trouble:
                raise self.trouble
            yield Told()
            yield from self._written(view, question, brief, reading, quoted)
        except ModelError as trouble:
            answer = replace(quoted, notice=fill("notice_quotes", trouble=str(trouble)))
            telling = Telling(None if self.trouble else brief, trouble=str(trouble))
            yield Told(quoted.sentences, quoted.citations, answer=answer, telling=telling)

    def _written(
        self, view: View, question: str, brief: Brief, reading: Reading, quoted: Answer
    ) -> Iterator[Told]:
        scribe, checker = Scribe(), Checker(view, question, brief.evidence)
        checks: list[Check] = []
        told, cut, usage = Told(), False, None
        for piece in self._model.stream(brief.system, brief.user, deadline=self._deadline):
            cut, usage = cut or piece.cut, piece.usage or usage
            ended = scribe.feed(piece.text)
            if ended:
                checks += map(checker.check, ended)
                told = self._shown(checker, checks, reading)
            if ended or scribe.draft != told.draft:
                told = replace(told, draft=scribe.draft)
                yield told
        rest = scribe.finish()
        if not cut:  # what the limit cut off is half a sentence
            checks += map(checker.check, rest)
        told = self._shown(checker, checks, reading)
        telling = Telling(brief, tuple(checks), usage, declines([each.written for each in checks]))
        yield replace(told, answer=self._finished(told, quoted, cut=cut), telling=telling)

    def _shown(self, checker: Checker, checks: Sequence[Check], reading: Reading) -> Told:
        kept = [
            each for each in checks if not (self._strict and each.verdict.support == "unsupported")
        ]
        sentences, citations = checker.answer(kept, reading.chances)
        return Told(sentences, citations)

    def _finished(self, told: Told, quoted: Answer, *, cut: bool) -> Answer:
        """Return the answer; with its quotes if nothing that was written is backed by any."""
        name = self._model.name
        ended = fill("notice_cut", model=name) if cut else None
        if cut and not told.sentences:
            return replace(quoted, notice=ended)
        if not any(each.support != "unsupported" for each in told.sentences):
            struck = told.sentences
            sentences = (*struck, *quoted.sentences)
            notice = fill("notice_unsupported", model=name)
            return replace(quoted, sentences=sentences, text=marked_text(sentences), notice=notice)
        return replace(
            quoted,
            text=marked_text(told.sentences),
            sentences=told.sentences,
            citations=told.citations,
            mode="llm",
            model=name,
            notice=ended,
        )
