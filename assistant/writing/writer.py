"""What was read → the answer as an LLM phrases it, checked against the quotes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.answer.citations import marked_text
from assistant.errors import ModelError
from assistant.llm.chat_model import ChatModel
from assistant.question.followup import Standalone, stand_alone
from assistant.question.rewrite import rewrite
from assistant.question.understand import Query
from assistant.reader.evidence import Material
from assistant.types import Answer, PartialAnswer, Turn
from assistant.writing.checker import CheckedSentence, Checker
from assistant.writing.prompt import Prompt, make_prompt
from assistant.writing.sentences import SentenceStream, declines
from assistant.writing.trace import LlmTrace
from index import View
from prompts import Prompts, fill


class Writer:
    """Has the answer to one question phrased by an LLM, within the time there is for it.

    Attributes:
        trouble: What failed on the way to the passages; it belongs to a refusal, too.
        trace: What the LLM was sent and what became of what it wrote; complete at the end.
    """

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
        self.trouble: ModelError | None = None
        self.trace = LlmTrace()

    def make_standalone(self, question: str, history: Sequence[Turn]) -> Standalone:
        """Return the question as the LLM rewrote it; if it fails, it is asked nothing more."""
        until = self._deadline
        try:
            return rewrite(self._model, self._prompts, question, history, deadline=until)
        except ModelError as trouble:
            self.trouble = trouble
            return stand_alone(question, history)

    def write(
        self, view: View, query: Query, material: Material, quoted: Answer
    ) -> Iterator[PartialAnswer]:
        """Yield the answer as the LLM writes it; where that fails, the one in quotes.

        Args:
            view: The index.
            query: The question.
            material: What was read.
            quoted: The answer in quotes.
        """
        prompt = make_prompt(self._prompts, query.standalone, material, self._model.context)
        try:
            if self.trouble:
                raise self.trouble
            yield PartialAnswer()
            yield from self._written(view, query.standalone, prompt, material, quoted)
        except ModelError as trouble:
            answer = replace(quoted, notice=fill("notice_quotes", trouble=str(trouble)))
            self.trace = LlmTrace(None if self.trouble else prompt, trouble=str(trouble))
            yield PartialAnswer(
                quoted.sentences, quoted.citations, answer=answer, trouble=str(trouble)
            )

    def _written(
        self, view: View, question: str, prompt: Prompt, material: Material, quoted: Answer
    ) -> Iterator[PartialAnswer]:
        stream, checker = SentenceStream(), Checker(view, question, prompt.evidence)
        checked: list[CheckedSentence] = []
        part, cut, usage = PartialAnswer(), False, None
        for piece in self._model.stream(prompt.system, prompt.user, deadline=self._deadline):
            cut, usage = cut or piece.cut, piece.usage or usage
            ended = stream.feed(piece.text)
            if ended:
                checked += map(checker.check, ended)
                part = self._shown(checker, checked, material)
            if ended or stream.draft != part.draft:
                part = replace(part, draft=stream.draft)
                yield part
        rest = stream.finish()
        if not cut:  # what the limit cut off is half a sentence
            checked += map(checker.check, rest)
        part = self._shown(checker, checked, material)
        declined = declines([each.written for each in checked])
        self.trace = LlmTrace(prompt, tuple(checked), usage, declined)
        yield replace(part, answer=self._finished(part, quoted, cut=cut), declined=declined)

    def _shown(
        self, checker: Checker, checked: Sequence[CheckedSentence], material: Material
    ) -> PartialAnswer:
        kept = [
            each for each in checked if not (self._strict and each.verdict.support == "unsupported")
        ]
        sentences, citations = checker.answer(kept, material.chances)
        return PartialAnswer(sentences, citations)

    def _finished(self, part: PartialAnswer, quoted: Answer, *, cut: bool) -> Answer:
        """Return the answer; with its quotes if nothing that was written is backed by any."""
        name = self._model.name
        ended = fill("notice_cut", model=name) if cut else None
        if cut and not part.sentences:
            return replace(quoted, notice=ended)
        if not any(each.support != "unsupported" for each in part.sentences):
            struck = part.sentences
            sentences = (*struck, *quoted.sentences)
            notice = fill("notice_unsupported", model=name)
            return replace(quoted, sentences=sentences, text=marked_text(sentences), notice=notice)
        return replace(
            quoted,
            text=marked_text(part.sentences),
            sentences=part.sentences,
            citations=part.citations,
            mode="llm",
            model=name,
            notice=ended,
        )
