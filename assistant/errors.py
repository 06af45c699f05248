"""Errors of the assistant that are meant for a person."""

from __future__ import annotations

from index.errors import UserError


class QuestionError(UserError):
    """The question cannot be used: it is empty or far too long."""


class EvaluationError(UserError):
    """A question set cannot be used, or does not belong to the index."""


class MissingExtraError(UserError):
    """A package that only this feature needs is not installed."""


class ModelError(UserError):
    """The LLM failed while it was asked; the message says how, and what helps."""
