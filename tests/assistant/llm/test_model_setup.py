"""What an LLM needs is found wanting before anything is asked."""

from __future__ import annotations

import subprocess
import sys

import pytest

from assistant.errors import ModelSetupError
from assistant.llm.chat_model import Usage
from assistant.llm.providers import open_model
from assistant.settings import AssistantSettings
from helpers.llm_replies import KEY, opened, reply_of, text_of
from helpers.llm_server import OpenAIServer

pytestmark = pytest.mark.usefixtures("openai_key")


def test_without_a_name_there_is_no_model() -> None:
    """Answers quote where no LLM is named."""
    assert open_model(AssistantSettings()) is None


@pytest.mark.parametrize("llm", ["gpt-5", "", " ", ":", "openai:", ":gpt-5", "llama3.2"])
def test_a_name_that_is_none_is_told(llm: str) -> None:
    """A name needs a provider and a model, or an address."""
    with pytest.raises(ModelSetupError, match=r"such as openai:.*ASSISTANT_LLM_BASE_URL"):
        open_model(AssistantSettings(llm=llm))


def test_an_empty_name_is_none_even_with_an_address() -> None:
    """An address alone does not say which model."""
    with pytest.raises(ModelSetupError, match="does not name"):
        open_model(AssistantSettings(llm=" ", llm_base_url="http://localhost:1/v1"))


@pytest.mark.parametrize("llm", ["acme:gpt-5", "llama3.2:3b"])
def test_an_unknown_provider_is_told(llm: str) -> None:
    """A provider that LangChain does not know is named, with forms that work."""
    with pytest.raises(ModelSetupError, match=f"'{llm}' names no provider that is known"):
        open_model(AssistantSettings(llm=llm))


@pytest.mark.parametrize(
    "url",
    ["localhost:8080", "ftp://localhost", "http://", "http://local host/v1", "http://h:99999", ""],
)
def test_an_address_that_is_none_is_told(url: str) -> None:
    """A mistyped address is found before anything is asked."""
    with pytest.raises(ModelSetupError, match=r"ASSISTANT_LLM_BASE_URL=.*localhost:8080/v1"):
        open_model(AssistantSettings(llm="tiny", llm_base_url=url))


@pytest.mark.parametrize(
    ("llm", "names"),
    [
        ("openai:gpt-5", "OPENAI_API_KEY"),
        ("anthropic:claude-x", "ANTHROPIC_API_KEY"),
        ("google_genai:gemini-x", "GOOGLE_API_KEY or GEMINI_API_KEY"),
    ],
)
def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch, llm: str, names: str) -> None:
    """Without a key the variable that should hold it is named; an empty one is none."""
    monkeypatch.setenv("OPENAI_API_KEY", " ")
    with pytest.raises(ModelSetupError, match=f"set {names}, or unset ASSISTANT_LLM"):
        open_model(AssistantSettings(llm=llm))


def test_a_key_that_cannot_be_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key with quotation marks from a text editor never leaves the program, nor is it shown."""
    monkeypatch.setenv("OPENAI_API_KEY", f"“{KEY}”")
    with pytest.raises(ModelSetupError, match="OPENAI_API_KEY holds characters") as caught:
        open_model(AssistantSettings(llm="openai:gpt-5"))
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("llm", ["tiny", "openai:tiny", "llama3.2:3b"])
def test_a_server_of_ones_own_needs_no_key(monkeypatch: pytest.MonkeyPatch, llm: str) -> None:
    """With an address, OpenAI's key is not needed, and names may hold a colon."""
    monkeypatch.delenv("OPENAI_API_KEY")
    with OpenAIServer(lambda _: "Voles.") as server:
        model = opened(AssistantSettings(llm=llm, llm_base_url=server.url))
        assert text_of(model) == "Voles."
    assert model.name == llm
    assert server.requests[0].body["model"] == llm.removeprefix("openai:")


@pytest.mark.parametrize(
    ("llm", "module", "package"),
    [
        ("anthropic:claude-x", "langchain_anthropic", r"article-assistant\[anthropic\]"),
        ("google_genai:gemini-x", "langchain_google_genai", r"article-assistant\[google\]"),
        ("groq:llama", "langchain_groq", "langchain-groq"),
    ],
)
def test_a_missing_package_is_named(
    monkeypatch: pytest.MonkeyPatch, llm: str, module: str, package: str
) -> None:
    """What to install is told: our extra, or else the provider's package."""
    monkeypatch.setitem(sys.modules, module, None)
    for name in ("ANTHROPIC_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.setenv(name, KEY)
    with pytest.raises(ModelSetupError, match=f"pip install '{package}'"):
        open_model(AssistantSettings(llm=llm))


@pytest.mark.parametrize("missing", ["openai", "langchain_openai"])
def test_the_package_for_openai_is_named(missing: str) -> None:
    """Where OpenAI's package is missing, the extra that brings it is told."""
    script = (
        f"import sys; sys.modules[{missing!r}] = None\n"
        "from assistant.llm.providers import open_model; from assistant.settings import *\n"
        "try: open_model(AssistantSettings(llm='tiny', llm_base_url='http://localhost:1/v1'))\n"
        "except Exception as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert "pip install 'article-assistant[openai]'" in done.stdout


def test_openai_itself_counts_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an address of one's own, OpenAI is asked to tell the tokens."""
    settings = AssistantSettings(llm="openai:gpt-4.1-mini")
    with OpenAIServer(lambda _: "Voles.") as server:
        model = opened(settings)
        monkeypatch.setattr(model._llm.root_client, "base_url", server.url)  # type: ignore[attr-defined]
        assert reply_of(model)[-1].usage == Usage(11, 7)
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
