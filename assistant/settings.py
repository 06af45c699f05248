"""Settings of the assistant, read from ``ASSISTANT_…`` variables; those of the index besides."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from index.settings import IndexSettings


class AssistantSettings(IndexSettings):
    """How questions are answered.

    Attributes:
        threshold: Confidence below which the articles are said not to answer, 0..1
            (``ASSISTANT_THRESHOLD``).
        sure: Confidence below which an answer says that it is doubtful, 0..1 (``ASSISTANT_SURE``);
            none does where it is not above ``threshold``.
        llm: ``provider:model`` of the LLM that phrases the answers (``ASSISTANT_LLM``); None:
            answers quote.
        llm_base_url: Address of an OpenAI-compatible server, or of Ollama's
            (``ASSISTANT_LLM_BASE_URL``); None: the provider's own.
        llm_timeout: Seconds an LLM has for one question, all its requests together
            (``ASSISTANT_LLM_TIMEOUT``).
        llm_context: Tokens that fit into the LLM's context, the answer's too
            (``ASSISTANT_LLM_CONTEXT``).
        prompts: Folder of the user's own prompts (``ASSISTANT_PROMPTS``).
        strict: Whether sentences that no quote supports are left out instead of struck through
            (``ASSISTANT_STRICT``).
    """

    threshold: float = Field(default=0.25, ge=0.0, le=1.0)
    sure: float = Field(default=0.5, ge=0.0, le=1.0)
    llm: str | None = None
    llm_base_url: str | None = None
    llm_timeout: float = Field(default=60.0, gt=0.0, le=3600.0)
    llm_context: int = Field(default=4096, ge=1024)
    prompts: Path | None = None
    strict: bool = False
