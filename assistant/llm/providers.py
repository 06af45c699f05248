"""The name of an LLM goes in, a chat model comes out: the one file that knows the providers.

LangChain and the providers' packages are imported when a model is opened.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from assistant.errors import ModelSetupError
from assistant.llm.chat_model import ChatModel, let_be_cut
from assistant.llm.failures import ModelInfo

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from assistant.settings import AssistantSettings

_EXTRAS = {
    "anthropic": "anthropic",
    "google_genai": "google",
    "ollama": "ollama",
    "openai": "openai",
}
_KEYS: dict[str, tuple[str, ...]] = {
    "anthropic": ("ANTHROPIC_API_KEY",),
    "google_genai": ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
    "openai": ("OPENAI_API_KEY",),
}
_FORMS = "such as openai:gpt-4.1-mini, anthropic:claude-haiku-4-5 or ollama:llama3.2"
_LOOPBACK = ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104  # compared, not bound
_OTHER_ADDRESSES = ("OPENAI_BASE_URL", "OPENAI_API_BASE")
_NO_KEY = "none"  # the client wants one, also for a server that does not


def open_model(settings: AssistantSettings, llm: BaseChatModel | None = None) -> ChatModel | None:
    """Return the LLM that the settings name, or the one that is handed in; None without any.

    Nothing is sent yet: whether a server is there shows at the first question.

    Raises:
        ModelSetupError: Its name, package, key or address cannot be used; the message names the
            remedy.
    """
    if llm is not None:
        info = _handed_in(llm, settings.llm_timeout)
        return ChatModel(llm, info, settings.llm_context, is_ours=False)
    if settings.llm is None:
        return None
    address = _address(settings.llm_base_url)
    provider, model = _parted(settings.llm, has_address=address is not None)
    key = _key(provider, is_needed=address is None or provider != "openai")
    info = ModelInfo(
        name=settings.llm.strip(),
        model=model,
        provider=provider,
        key=key,
        address=_shown(address),
        timeout=settings.llm_timeout,
    )
    opened = _opened(info, address, _options(info, address, settings))
    return ChatModel(opened, info, settings.llm_context, is_ours=True)


def _handed_in(llm: BaseChatModel, timeout: float) -> ModelInfo:
    names = (getattr(llm, name, None) for name in ("model_name", "model"))
    model = next((name for name in names if isinstance(name, str) and name), "")
    kind = type(llm).__name__
    return ModelInfo(f"{kind}:{model}" if model else kind, model, "", "", None, timeout)


def _address(url: str | None) -> str | None:
    if url is None:
        return None
    try:
        parts = urlsplit(url.strip())
        is_address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # no port, no IP address
        is_address = False
    if not is_address or any(map(str.isspace, url.strip())):
        raise ModelSetupError(
            f"ASSISTANT_LLM_BASE_URL={_shown(url)!r} is no address; write it like "
            f"http://localhost:8080/v1, or unset it."
        )
    return url.strip().rstrip("/")


def _shown(address: str | None) -> str | None:
    # Whoever writes a password into an address does not want to read it in a message.
    return address and address.rpartition("@")[2].partition("?")[0]


def _parted(name: str, *, has_address: bool) -> tuple[str, str]:
    provider, colon, model = (part.strip() for part in name.strip().partition(":"))
    provider = provider.replace("-", "_").lower()
    if has_address and name.strip() and provider not in _EXTRAS:
        return "openai", name.strip()  # the server's own name, which may hold a colon
    if not (provider and colon and model):
        raise ModelSetupError(
            f"ASSISTANT_LLM={name!r} does not name a provider and a model, {_FORMS}; "
            f"correct it, or set ASSISTANT_LLM_BASE_URL to the address of a server of your own."
        )
    return provider, model


def _key(provider: str, *, is_needed: bool) -> str:
    """Return the variable that holds the key; empty where the provider has none."""
    names = _KEYS.get(provider, ())
    chosen = next((name for name in names if os.environ.get(name, "").strip()), None)
    if chosen is None and names and is_needed:
        raise ModelSetupError(
            f"ASSISTANT_LLM names {provider}, which needs a key; "
            f"set {' or '.join(names)}, or unset ASSISTANT_LLM to answer with quotes."
        )
    key = os.environ.get(chosen or "", "").strip()
    if not (key.isascii() and key.isprintable()):
        raise ModelSetupError(f"{chosen} holds characters that no key has; copy it once more.")
    return chosen or next(iter(names), "")


def _options(info: ModelInfo, address: str | None, settings: AssistantSettings) -> dict[str, Any]:
    options: dict[str, Any] = {"temperature": 0.0}
    if address:
        options["base_url"] = address
    if info.provider == "ollama":
        client = _client_options(address or os.environ.get("OLLAMA_HOST") or "localhost")
        return {
            **options,
            "num_ctx": settings.llm_context,
            "client_kwargs": {"trust_env": client.pop("trust_env"), "timeout": info.timeout},
            "sync_client_kwargs": client,
        }
    # How often to ask again, and for how long, is decided in one place, for all providers.
    options |= {"timeout": settings.llm_timeout, "max_retries": 0}
    if info.provider == "openai":
        # Strict servers refuse the option that has tokens counted.
        is_theirs = not (address or any(map(os.environ.get, _OTHER_ADDRESSES)))
        key = os.environ.get(info.key, "").strip() or _NO_KEY
        options |= {"stream_usage": is_theirs, "api_key": key}
    return options


def _opened(info: ModelInfo, address: str | None, options: dict[str, Any]) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    try:
        if info.provider == "openai":
            options = {**options, **_openai_client(address or "")}
        model: BaseChatModel = init_chat_model(info.model, model_provider=info.provider, **options)
    except ImportError as error:
        raise _missing(info.provider, error) from None
    except Exception as error:  # noqa: BLE001  # whatever a provider's package raises
        if isinstance(error, ValueError) and "nsupported provider" in str(error):
            raise ModelSetupError(
                f"ASSISTANT_LLM={info.name!r} names no provider that is known; write one {_FORMS}."
            ) from None
        raise ModelSetupError(
            f"{info.name} cannot be set up ({type(error).__name__}); "
            f"check its name and the key of its provider."
        ) from None
    return model


def _openai_client(address: str) -> dict[str, Any]:
    from langchain_openai import ChatOpenAI
    from openai import DefaultHttpxClient

    options: dict[str, Any] = {"http_client": DefaultHttpxClient(**_client_options(address))}
    if "http_socket_options" in ChatOpenAI.model_fields:
        # Else it warns that it bypasses a proxy, which it does not with a client of ours.
        options["http_socket_options"] = ()
    return options


def _missing(provider: str, error: ImportError) -> ModelSetupError:
    cause = error.__cause__ if isinstance(error.__cause__, ImportError) else error
    package = (cause.name or provider).partition(".")[0].replace("_", "-")
    if "SOCKS" in str(cause):  # for a proxy that the environment names
        package = "socksio"
    elif provider in _EXTRAS:
        package = f"article-assistant[{_EXTRAS[provider]}]"
    return ModelSetupError(
        f"ASSISTANT_LLM names {provider}, which lacks a package; "
        f"install it with `pip install '{package}'`."
    )


def _client_options(address: str) -> dict[str, Any]:
    """Options of an HTTP client whose connection can be cut, and that leaves proxies alone."""
    host = urlsplit(address if "//" in address else f"//{address}").hostname
    # A proxy for the web does not lead to this computer.
    return {"event_hooks": {"request": [let_be_cut]}, "trust_env": host not in _LOOPBACK}
