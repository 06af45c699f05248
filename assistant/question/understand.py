"""A message and the conversation before it → ``Query``: all that is known of a question, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from assistant.question.answer_type import AnswerType, answer_type_of, without_list_command
from assistant.question.followup import Standalone, stand_alone
from assistant.question.intent import Intent, intent_of
from assistant.question.period import AskedTime, asked_time
from assistant.types import Turn
from index import Period, View
from index.words import words

MakeStandalone = Callable[[str, Sequence[Turn]], Standalone]
"""A question and the conversation so far, oldest first → the question as it stands alone."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it was understood.

    Attributes:
        asked: As it was typed.
        corrected: With its misspelt words as the articles spell them.
        intent: Whether it asks for an answer, a summary, a list of articles, or only greets.
        standalone: As it stands alone, without the conversation.
        said: What was said before, newest first; empty at the start of a conversation.
        leaning: How much that counts in the search, 0..1.
        rewritten: Whether an LLM made it stand alone, and not the rules.
        sought: What passages are searched for: it stands alone, without words of time and without
            commands, which no article holds.
        judged: What sentences are judged by: ``sought`` without the subject that the rules added to
            a follow-up, or the subject's own sentence would win each time. What an LLM rewrote is
            judged as rewritten, and of a summary only its subject.
        period: When the articles are from that are meant; None: from any time.
        latest: Whether the newest articles come first.
        answer_type: What kind of thing is asked for.
        weights: Stemmed telling word of ``judged``, in its order → inverse document frequency.
        words: The plain words of ``judged``.
    """

    asked: str
    corrected: str
    intent: Intent
    standalone: str
    sought: str
    judged: str
    said: str = ""
    leaning: float = 0.0
    rewritten: bool = False
    period: Period | None = None
    latest: bool = False
    answer_type: AnswerType = field(default_factory=AnswerType)
    weights: Mapping[str, float] = field(default_factory=dict)
    words: frozenset[str] = frozenset()

    @property
    def terms(self) -> tuple[str, ...]:
        """The stemmed telling words of ``judged``, in its order."""
        return tuple(self.weights)


def understand(
    view: View,
    message: str,
    history: Sequence[Turn] = (),
    make_standalone: MakeStandalone = stand_alone,
) -> Query:
    """Return all that is known of a question before anything is searched for it.

    Args:
        view: The index, which corrects, weighs and dates.
        message: As it was typed.
        history: The conversation so far, oldest first.
        make_standalone: Makes a follow-up stand alone; by default rules do.
    """
    corrected = view.corrected(message)
    intent = intent_of(corrected)
    alone = _standing_alone(intent, corrected, history, make_standalone)
    as_asked = alone.question if alone.rewritten or intent.kind == "summary" else corrected
    answer_type = answer_type_of(as_asked)
    judged = _dated(view, as_asked, answer_type)
    sought = judged if alone.question == as_asked else _dated(view, alone.question, answer_type)
    return Query(
        asked=message,
        corrected=corrected,
        intent=intent,
        standalone=alone.question,
        sought=sought.question,
        judged=judged.question,
        said=alone.said,
        leaning=alone.leaning,
        rewritten=alone.rewritten,
        period=sought.period,
        latest=sought.latest,
        answer_type=answer_type,
        weights=view.term_weights(judged.question),
        words=frozenset(words(judged.question)),
    )


def _standing_alone(
    intent: Intent, corrected: str, history: Sequence[Turn], make_standalone: MakeStandalone
) -> Standalone:
    if intent.kind == "summary":
        return Standalone(intent.subject or corrected)
    if not history or intent.kind in ("greeting", "listing"):
        return Standalone(corrected)
    if intent.kind == "mentions":  # rarely read as a question: no LLM is asked about it
        return stand_alone(corrected, history)
    return make_standalone(corrected, history)


def _dated(view: View, question: str, answer_type: AnswerType) -> AskedTime:
    """Return the time a question asks about; none where no article has a date."""
    plain = without_list_command(question) if answer_type.is_list else question
    asked, undated = asked_time(plain, date.today()), AskedTime(plain)
    # Asked last: all articles must be looked through for it, and few questions name a time.
    return asked if asked != undated and view.newest() else undated
