"""What an LLM's provider raised goes in; out comes what failed and what to do, in one sentence.

Exceptions are told apart by their status codes and the names of their kinds, so that no provider's
package is needed to read them. Their own texts are looked at but never shown or logged: they can
repeat the key, or the question.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.errors import ModelError

logger = logging.getLogger(__name__)

# Ends and parts of the names that httpx, urllib3, grpc and the providers give their exceptions:
_BROKEN = ("ProtocolError", "ReadError", "WriteError", "ConnectionResetError", "BrokenPipeError")
_LATE = ("Timeout", "DeadlineExceeded")
_UNREACHABLE = ("ConnectError", "ConnectionError", "ConnectionRefusedError", "gaierror")
_REPORTED = ("APIError", "ResponseError")
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)
# What providers write where the status alone does not tell what is to be done:
_TOO_LONG = re.compile(
    r"context.?(length|window|size)|maximum context|prompt is too long|too many tokens", re.I
)
_NO_CREDIT = re.compile(r"insufficient.?quota|exceeded your current quota|billing|credit", re.I)
_NO_MEMORY = re.compile(r"system memory|out of memory", re.I)
_BAD_KEY = re.compile(r"api.?key", re.I)
_PASSING = {408, 409, 429, 500, 502, 503, 504, 529}  # statuses that the next try may not meet
_DEEPEST = 8  # causes of an exception that are looked at: a chain can run in a circle


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """The model that is asked: what the sentences about its failures need to know.

    Attributes:
        name: The model as it is shown to people.
        model: Its name at its provider.
        provider: ``openai``, ``ollama``, …; empty for an object that was handed in.
        key: The variable that holds the key; empty where there is none.
        address: Of a server of the person's own; None: the provider's.
        timeout: Seconds that a question may take.
    """

    name: str
    model: str
    provider: str
    key: str
    address: str | None
    timeout: float

    def late(self, *, has_begun: bool) -> ModelError:
        """The time is up."""
        did_not = "finish its answer" if has_begun else "answer"
        return ModelError(
            f"{self.name} did not {did_not} within {self.timeout:g} seconds; "
            f"raise ASSISTANT_LLM_TIMEOUT or choose a smaller model."
        )

    def broke_off(self) -> ModelError:
        """The reply is not whole."""
        return ModelError(
            f"{self.name} broke off before the end of its answer; "
            f"ask again, and look into the log of its server if that happens often."
        )

    def unreadable(self) -> ModelError:
        """What came is no reply."""
        if self.address and self.provider == "ollama":
            todo = "check that ASSISTANT_LLM_BASE_URL is the address of Ollama"
        elif self.address:
            todo = (
                "check that ASSISTANT_LLM_BASE_URL is the address of an OpenAI-compatible server, "
                "which usually ends in /v1"
            )
        else:
            todo = "ask again, or choose another model"
        return ModelError(f"{self.name} sent an answer that cannot be read; {todo}.")

    def failed(self, error: BaseException) -> ModelError:
        """Return what a provider's exception means."""
        chain = list(_chain(error))
        status = status_of(error)
        kinds = [type(each).__name__ for each in chain]
        # Not as the exception's text: that can repeat the key, or the question.
        logger.debug("%s: status %s, %s", self.name, status, " < ".join(kinds))
        if status:
            return self._refused(status, _text(chain))
        if any(kind.endswith(_BROKEN) for kind in kinds):
            return self.broke_off()
        if any(part in kind for kind in kinds for part in _LATE):
            return self.late(has_begun=False)
        if any(kind.endswith(_UNREACHABLE) for kind in kinds):
            return self._unreachable()
        if kinds[0] in _REPORTED or "ContextOverflow" in kinds[0]:
            return self._reported(_text(chain))
        if isinstance(error, _UNREADABLE):
            return self.unreadable()
        return ModelError(
            f"{self.name} failed ({kinds[0]}); ask again, or choose another model with "
            f"ASSISTANT_LLM."
        )

    def _refused(self, status: int, text: str) -> ModelError:
        if status in (401, 403) or (status == 400 and _BAD_KEY.search(text)):
            key = self.key or "the key of its provider"
            failure = f"refuses access; check {key}, and whether the key may use this model"
        elif status == 402 or (status == 429 and _NO_CREDIT.search(text)):
            failure = "has no credit left; see to the account, or choose another model"
        elif status == 404:
            failure = self._not_found(text)
        elif status == 429:
            failure = "is asked too often; wait a little and ask again"
        elif _TOO_LONG.search(text) or status == 413:
            failure = _DOES_NOT_FIT
        elif status < 500:
            failure = f"refuses the request (status {status}); choose another model"
        elif _NO_MEMORY.search(text):
            failure = _NEEDS_MEMORY
        else:
            failure = f"has a failure of its own (status {status}); ask again later"
        return ModelError(f"{self.name} {failure}.")

    def _reported(self, text: str) -> ModelError:
        failure = "reports a failure instead of an answer; look into the log of its server"
        if _TOO_LONG.search(text):
            failure = _DOES_NOT_FIT
        elif _NO_MEMORY.search(text):
            failure = _NEEDS_MEMORY
        return ModelError(f"{self.name} {failure}.")

    def _not_found(self, text: str) -> str:
        if self.provider == "ollama" and "model" not in text:
            return (
                "is not there; correct ASSISTANT_LLM_BASE_URL to the address of Ollama, "
                "without a path"
            )
        if self.provider == "ollama":
            return f"is not there; fetch it with `ollama pull {self.model}`"
        if not self.address:
            return f"is not there: {self.provider or 'its provider'} knows no {self.model!r}; " + (
                "correct ASSISTANT_LLM"
            )
        end = "" if self.address.endswith("/v1") else ", which usually ends in /v1"
        return (
            f"is not at {self.address}; correct the model's name in ASSISTANT_LLM, "
            f"or ASSISTANT_LLM_BASE_URL{end}"
        )

    def _unreachable(self) -> ModelError:
        if self.provider == "ollama" and self.address:
            todo = f"at {self.address}; start Ollama, or correct ASSISTANT_LLM_BASE_URL"
        elif self.provider == "ollama":
            todo = "; start Ollama, or set ASSISTANT_LLM_BASE_URL where it runs elsewhere"
        elif self.address:
            todo = f"at {self.address}; start its server, or correct ASSISTANT_LLM_BASE_URL"
        else:
            todo = "; check the connection to its provider"
        return ModelError(f"{self.name} cannot be reached {todo}.".replace(" ;", ";"))


_DOES_NOT_FIT = (
    "takes fewer tokens than it was given; lower ASSISTANT_LLM_CONTEXT to what the model takes"
)
_NEEDS_MEMORY = "needs more memory than its computer has; choose a smaller model"


def status_of(error: BaseException) -> int | None:
    """Return the HTTP status that an exception stands for, if it tells one."""
    for each in _chain(error):
        for name in ("status_code", "code"):
            value = getattr(each, name, None)
            # The code of an error inside a stream is text, and may be a word.
            if isinstance(value, str) and value.isdecimal():
                value = int(value)
            if isinstance(value, int) and 400 <= value < 600:
                return int(value)
    return None


def refuses_temperature(error: BaseException) -> bool:
    """Whether a model takes no temperature."""
    return status_of(error) == 400 and "temperature" in _text(list(_chain(error))).lower()


def pause_before_asking_again(error: BaseException, longest: float) -> float | None:
    """Return the seconds after which the same request may succeed; None: not soon, or never."""
    text = _text(list(_chain(error)))
    if status_of(error) not in _PASSING or _NO_CREDIT.search(text) or _NO_MEMORY.search(text):
        return None
    pause = 1.0
    for each in _chain(error):
        headers = getattr(getattr(each, "response", None), "headers", None) or {}
        wait = str(headers.get("retry-after", ""))
        if re.fullmatch(r"\d{1,6}(\.\d+)?", wait):
            pause = float(wait)
            break
    return pause if pause <= longest else None


def _chain(error: BaseException) -> Iterator[BaseException]:
    current: BaseException | None = error
    for _ in range(_DEEPEST):
        if current is None:
            return
        yield current
        current = current.__cause__ or current.__context__


def _text(chain: list[BaseException]) -> str:
    return " ".join(str(each) for each in chain)
