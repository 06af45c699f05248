"""What an LLM wrote, sentence by sentence → checked sentences with citations that carry them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.answer.citations import cite_evidence
from assistant.checking.sources import choose_sources
from assistant.checking.verdict import Quote, Verdict
from assistant.reader.evidence import Evidence
from assistant.types import Citation, Sentence
from assistant.writing.sentences import WrittenSentence
from index import View


@dataclass(frozen=True, slots=True)
class CheckedSentence:
    """A written sentence and what became of it.

    Attributes:
        written: The sentence as it was written.
        cited: The evidence numbers that it cites in the answer.
        verdict: How far they support it.
    """

    written: WrittenSentence
    cited: tuple[int, ...]
    verdict: Verdict


class Checker:
    """Checks the sentences of one answer against the evidence that the LLM was given."""

    def __init__(self, view: View, question: str, evidence: Sequence[Evidence]) -> None:
        self._view = view
        self._question = question
        self._evidence = {each.number: each for each in evidence}
        self._passages = list({each.passage.id: each.passage for each in evidence}.values())

    def check(self, written: WrittenSentence) -> CheckedSentence:
        """Return the evidence that a sentence should cite, and how well that supports it."""
        near = self._view.similarities(written.text, self._passages)
        quotes = [self._quote(each, near) for each in self._evidence.values()]
        valid = [number for number in written.cited if number in self._evidence]
        cited, verdict = choose_sources(written.text, valid, quotes, question=self._question)
        return CheckedSentence(written, cited, verdict)

    def answer(
        self, checked: Sequence[CheckedSentence], chances: Mapping[int, float]
    ) -> tuple[tuple[Sentence, ...], tuple[Citation, ...]]:
        """Return the sentences, and what they cite in order of first use."""
        order = list(dict.fromkeys(number for sentence in checked for number in sentence.cited))
        place = {number: n for n, number in enumerate(order, start=1)}
        sentences = tuple(
            Sentence(
                text=sentence.written.text,
                citations=tuple(place[number] for number in sentence.cited),
                support=sentence.verdict.support,
                reason=sentence.verdict.reason,
                begins=sentence.written.begins,
            )
            for sentence in checked
        )
        cited = [self._evidence[number] for number in order]
        return sentences, cite_evidence(self._view, cited, chances)

    def _quote(self, each: Evidence, near: dict[str, tuple[float, ...]]) -> Quote:
        passage = each.passage
        similarity = near[passage.id][passage.sentences.index(each.span)]
        return Quote(each.number, each.text, _about(each, self._evidence), similarity=similarity)


def _about(each: Evidence, evidence: Mapping[int, Evidence]) -> str:
    """Return what explains a sentence's pronouns and names: its article and its neighbours.

    Only neighbours that the LLM was given: the others may have been left out for what they say.
    """
    near = [evidence.get(each.number - 1), evidence.get(each.number + 1)]
    context = [other.text for other in near if other and other.passage == each.passage]
    about_article = filter(None, [each.article.title, each.article.author, each.article.published])
    return "\n".join([*about_article, *context])
