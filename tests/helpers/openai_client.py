"""The page served with its API, and the clients that programs use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.server.access import Access, Login
from assistant.server.login import PasswordCheck
from assistant.server.openai_api import api_routes
from helpers.ports import free_port

if TYPE_CHECKING:
    from openai import OpenAI


def serving(assistant: Any, folder: Path, login: Login | None = None) -> Iterator[int]:
    from assistant.web.chat.page import AT_ONCE, build_page, start_page

    port = free_port()
    page = build_page(assistant, folder / "judged.jsonl")
    access = Access(port=port, user=login.user if login else None)
    password_check = PasswordCheck(login) if login else None
    start_page(page, access, password_check, api_routes(assistant, password_check, AT_ONCE))
    yield port
    page.close(verbose=False)


def client(port: int, key: str = "none") -> OpenAI:
    from openai import OpenAI

    return OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key=key, max_retries=0)


def asked(*contents: Any) -> list[Any]:
    """Messages of a user and an assistant in turn."""
    roles = ("user", "assistant")
    return [{"role": roles[n % 2], "content": each} for n, each in enumerate(contents)]


def timeless(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer object as JSON has it, without what the clock says."""
    plain: dict[str, Any] = json.loads(json.dumps(answer))
    return {name: value for name, value in plain.items() if name != "timings"}
