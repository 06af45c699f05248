"""What somebody is told of the stages of a question's journey; by default nobody listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.answer.partial import PartialAnswer
    from assistant.finding import Found
    from assistant.question.followup import Understood
    from assistant.reader.read import Reading
    from assistant.types import Answer, Turn
    from index import Hit, View


class Observer:
    """Stands round each stage and lets it work; a subclass looks at what goes in and comes out.

    Every method returns what the stage returns and raises what it raises.
    """

    def understand(
        self,
        question: str,
        history: Sequence[Turn],
        stage: Callable[[str, Sequence[Turn]], Understood],
    ) -> Understood:
        """The question is made to stand alone."""
        return stage(question, history)

    def retrieve(self, view: View, question: str, stage: Iterator[Found]) -> Iterator[Found]:  # noqa: ARG002
        """Passages are looked for: at the first item; the further ones choose among them."""
        return stage

    def read(self, question: str, hits: Sequence[Hit], stage: Callable[[], Reading]) -> Reading:  # noqa: ARG002
        """The passages are read."""
        return stage()

    def write(
        self,
        question: str,  # noqa: ARG002
        quoted: Answer,  # noqa: ARG002
        stage: Iterator[PartialAnswer],
    ) -> Iterator[PartialAnswer]:
        """The answer is put into words; ``quoted`` is the one in quotes."""
        return stage


UNOBSERVED = Observer()
"""Looks at nothing, keeps nothing, costs nothing."""
