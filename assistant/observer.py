"""Who looks on at the stages of a question's way; by default nobody does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from assistant.question.followup import Standalone
from assistant.question.understand import Query
from assistant.reader.read import Reading
from assistant.retrieval import Retrieved
from assistant.types import Answer, PartialAnswer, Turn
from index import Hit, View


class Observer:
    """Stands round each stage and lets it work; a subclass looks at what goes in and comes out.

    Every method calls its stage with what it was given, returns what the stage returns and raises
    what it raises.
    """

    def understand(
        self,
        question: str,
        history: Sequence[Turn],
        stage: Callable[[str, Sequence[Turn]], Standalone],
    ) -> Standalone:
        """The question is made to stand alone."""
        return stage(question, history)

    def retrieve(
        self, view: View, query: Query, stage: Callable[[View, Query], Iterator[Retrieved]]
    ) -> Iterator[Retrieved]:
        """Passages are looked for: at the first item; the further ones choose among them."""
        return stage(view, query)

    def read(
        self,
        query: Query,
        hits: Sequence[Hit],
        stage: Callable[[Query, Sequence[Hit]], Reading],
    ) -> Reading:
        """The passages are read."""
        return stage(query, hits)

    def write(
        self, quoted: Answer, stage: Callable[[Answer], Iterator[PartialAnswer]]
    ) -> Iterator[PartialAnswer]:
        """The answer is put into words; ``quoted`` is the one in quotes."""
        return stage(quoted)


UNOBSERVED = Observer()
"""Looks at nothing, keeps nothing, costs nothing."""
