"""Settings of the assistant, read from ``ASSISTANT_…`` variables; those of the index besides."""

from __future__ import annotations

from pydantic import Field

from index.settings import IndexSettings


class AssistantSettings(IndexSettings):
    """How questions are answered.

    Attributes:
        threshold: Confidence below which the articles are said not to answer, 0..1
            (``ASSISTANT_THRESHOLD``).
    """

    threshold: float = Field(default=0.35, ge=0.0, le=1.0)
