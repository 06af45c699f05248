"""What an LLM can do wrong over the wire, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable

from helpers.llm_server import Message, Reply
from helpers.scripted_llm import number_of

VENUES = "what venues were considered?"


TRUE = "Budapest, Istanbul and neutral Switzerland are being considered as venues for the meeting."


def cites_it(messages: list[Message]) -> str:
    user = str(messages[-1]["content"])
    return f"{TRUE} [{number_of(user, 'are being considered as venues')}]"


def fails(**how: object) -> Callable[[list[Message]], Reply]:
    return lambda _: Reply(**{"text": "Budapest and Istanbul were considered.", **how})  # type: ignore[arg-type]


FAILURES: dict[str, tuple[Callable[[list[Message]], Reply], str]] = {
    "wrong key": (fails(status=401), "refuses access"),
    "no such model": (fails(status=404), "correct the model's name"),
    "too many requests": (fails(status=429), "asked too often"),
    "a failure of its own": (fails(status=503), "a failure of its own"),
    "no answer at all": (fails(silence=60.0), "ASSISTANT_LLM_TIMEOUT"),
    "a stream that stalls": (fails(stall_after=3), "ASSISTANT_LLM_TIMEOUT"),
    "a stream that breaks": (fails(break_after=3), "broke off"),
    "a stream cut before its end": (fails(finish=None), "broke off"),
    "a page instead of data": (fails(raw=(b"<html>Welcome</html>",)), "cannot be read"),
    "nothing chosen": (fails(raw=(b'data: {"choices": []}\n\n', b"data: [DONE]\n\n")), ""),
}  # fmt: skip
