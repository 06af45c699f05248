"""A follow-up question → one that stands alone, written by an LLM and checked for its names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.llm.chat_model import ChatModel
from assistant.llm.injection import harmless
from assistant.question.followup import Standalone, names_in, plain_turn, stand_alone
from assistant.types import Turn
from index.words import words
from prompts import Prompts

_TURNS = 6  # three exchanges
_TURN_CHARACTERS = 600
_LONGEST_REWRITE = 400
"""In characters, beyond the question's own length: what is longer is an answer or a speech."""


def rewrite(
    model: ChatModel,
    prompts: Prompts,
    question: str,
    history: Sequence[Turn],
    *,
    deadline: float,
) -> Standalone:
    """Return the question as the LLM understands it, or as the rules do if that cannot be trusted.

    Args:
        model: Writes the question.
        prompts: The words.
        question: As it was asked.
        history: The conversation so far, oldest first; the rules suffice where there is none.
        deadline: Until when, by ``time.monotonic``.

    Raises:
        ModelError: The LLM failed.
    """
    ruled = stand_alone(question, history)
    if not history:
        return ruled
    talk = [f"{turn.role}: {_shortened(turn)}" for turn in history[-_TURNS:]]
    request = prompts.fill("llm_conversation", conversation="\n".join(talk), question=question)
    pieces = model.stream(prompts.fill("llm_rewrite"), request, deadline=deadline)
    written = "".join(piece.text for piece in pieces).strip().strip('"“”`')
    if not is_faithful(written, question, history):
        return ruled
    return replace(ruled, question=written, rewritten=True)


def is_faithful(written: str, question: str, history: Sequence[Turn]) -> bool:
    """Whether a rewritten question kept the names and numbers, and made none up."""
    if not written or "\n" in written or len(written) > len(question) + _LONGEST_REWRITE:
        return False
    if harmless(written) != " ".join(written.split()):
        return False
    said = {word for turn in history for word in words(plain_turn(turn))}
    added = _telling(written) - set(words(question))
    return _telling(question) <= set(words(written)) and added <= said


def _telling(text: str) -> set[str]:
    """Return the words of a text's names, and its numbers."""
    named = {word for name in names_in(text) for word in words(name)}
    return named | {word for word in words(text) if word[:1].isdigit()}


def _shortened(turn: Turn) -> str:
    return harmless(plain_turn(turn))[:_TURN_CHARACTERS]
