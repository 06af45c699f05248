"""What a chat model sends goes in, chunk by chunk; out come the text to be read and its ending."""

from __future__ import annotations

import re
from collections.abc import Mapping

LONGEST_REPLY = 100_000
"""Characters after which a model is taken to be talking without end."""

_TAG = re.compile(r"<(/?)think(?:ing)?>", re.IGNORECASE)
_BEGUN = re.compile(r"</?t?h?i?n?k?i?n?g?\Z|<\Z", re.IGNORECASE)
_REASONS = ("finish_reason", "done_reason", "stop_reason", "stopReason")
_AT_LIMIT = {"length", "max_tokens", "max_output_tokens", "incomplete", "model_length"}
_WITHHELD = {"content_filter", "safety", "recitation", "blocklist", "prohibited_content", "spii"}
_WITHHELD |= {"refusal", "guardrail_intervened", "content_filtered"}
_ABORTED = {"abort", "aborted", "error", "failed", "insufficient_system_resource"}
_SURROGATE = re.compile("[\ud800-\udfff]")


class ThoughtsMixedInError(Exception):
    """The model ends a thought that it had not marked as one: it has been read as text."""


class TooLongError(Exception):
    """The model has said more than ``LONGEST_REPLY``."""


class VisibleText:
    """The text of one reply, without the thoughts between ``<think>`` and ``</think>``."""

    def __init__(self) -> None:
        self.length = 0
        self._waiting = ""  # the beginning of what may become a tag
        self._is_thinking = False

    def add(self, text: str) -> str:
        """Return what can be read now that ``text`` has come.

        Raises:
            ThoughtsMixedInError: A thought ends that has not begun.
            TooLongError: This is too much.
        """
        text = self._waiting + _SURROGATE.sub("\ufffd", text)
        begun = _BEGUN.search(text, max(0, len(text) - len("</thinking>")))
        cut = begun.start() if begun else len(text)
        self._waiting = text[cut:]
        return self._counted(self._outside_thoughts(text[:cut]))

    def rest(self) -> str:
        """Return what was held back, at the end.

        Raises:
            TooLongError: This is too much.
        """
        rest, self._waiting = self._waiting, ""
        return "" if self._is_thinking else self._counted(rest)

    def _outside_thoughts(self, text: str) -> str:
        read, place = "", 0
        for tag in _TAG.finditer(text):
            if not self._is_thinking:
                read += text[place : tag.start()]
            place = tag.end()
            if tag[1] and not self._is_thinking:
                if self.length:
                    raise ThoughtsMixedInError
                read = ""
            self._is_thinking = not tag[1]
        return read if self._is_thinking else read + text[place:]

    def _counted(self, text: str) -> str:
        if not self.length:
            text = text.lstrip()
        self.length += len(text)
        if self.length > LONGEST_REPLY:
            raise TooLongError
        return text


class FinishReason:
    """Why a reply ended, read from what its chunks say about themselves.

    Attributes:
        says_something: Whether any chunk said anything about itself.
        prompt: Tokens that were read; None: unknown.
        answer: Tokens that were written; None: unknown.
    """

    def __init__(self) -> None:
        self.says_something = False
        self.prompt: int | None = None
        self.answer: int | None = None
        self._reason = ""

    def note(self, about: Mapping[str, object], usage: Mapping[str, int] | None) -> None:
        """Take note of what a chunk says, and of the tokens that it counts."""
        self.says_something = self.says_something or bool(about)
        self._reason = _reason(about) or self._reason
        if usage:  # providers that count in several chunks mean the sum
            self.prompt = (self.prompt or 0) + usage.get("input_tokens", 0)
            self.answer = (self.answer or 0) + usage.get("output_tokens", 0)

    @property
    def has_come(self) -> bool:
        """Whether the model stopped by itself or at a limit, and was not interrupted."""
        return bool(self._reason) and self._reason not in _ABORTED

    @property
    def is_at_limit(self) -> bool:
        """Whether the model stopped at its token limit."""
        return self._reason in _AT_LIMIT

    @property
    def is_withheld(self) -> bool:
        """Whether the provider keeps the rest to itself."""
        return self._reason in _WITHHELD


def _reason(about: Mapping[str, object]) -> str:
    reason = next((about[name] for name in _REASONS if about.get(name)), "")
    if not reason and about.get("status") in ("completed", "incomplete", "failed"):
        reason = about["status"]  # of OpenAI's responses
    if not reason and about.get("done") is True:  # all that an old Ollama says
        reason = "stop"
    return str(reason).lower()


def text_in(content: object) -> str:
    """Return the text in a message's content: a string, or blocks of which some are text."""
    if isinstance(content, str):
        return content
    blocks = content if isinstance(content, list) else []
    return "".join(map(_text_in_block, blocks))


def _text_in_block(block: object) -> str:
    if isinstance(block, str):
        return block
    if isinstance(block, dict) and block.get("type") == "text":
        return str(block.get("text") or "")
    return ""
