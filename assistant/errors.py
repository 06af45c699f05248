"""Errors of the assistant that are meant for a person."""

from __future__ import annotations

from index.errors import UserError


class QuestionError(UserError):
    """The question cannot be used: it is empty or far too long."""


class EvaluationError(UserError):
    """A question set cannot be used, or does not belong to the index."""


class MissingExtraError(UserError):
    """A package that only this feature needs is not installed."""


class ModelSetupError(UserError):
    """The LLM cannot be used as it is named: its name, its package, its key or its address."""


class ModelError(UserError):
    """The LLM was asked, and something failed before its answer was complete."""
