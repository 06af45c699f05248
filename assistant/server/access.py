"""Who may reach the page: where it listens, its password, and which requests are a reader's own.

Gradio lets every page of the reader's browser send files, and any name that leads to this computer
read what the chat says; the ``Guard`` in front of it does not. Importing this loads no Gradio.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from index.errors import UserError
from index.settings import read_settings

HOST: Final = "127.0.0.1"
PORT: Final = 7860
PASSWORD: Final = "ASSISTANT_PASSWORD"  # noqa: S105 - the name of the variable
FRAMING: Final = (
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"content-security-policy", b"frame-ancestors 'self'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)
"""Headers that keep the page out of other pages' frames, and its addresses to itself."""

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class AddressError(UserError):
    """The page cannot be served at the address that was asked for."""


class PasswordError(UserError):
    """A password was asked for that there is not."""


class _Secrets(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="ASSISTANT_", frozen=True, extra="ignore")

    password: SecretStr = SecretStr("")


@dataclass(frozen=True, slots=True)
class Access:
    """Where the page is served, and to whom.

    Attributes:
        host: Address to listen on.
        port: Port to listen on.
        user: Who may come in, with the password in ``ASSISTANT_PASSWORD``; None: everyone.
        insecure: Whether everyone may come in from anywhere, under any name.
    """

    host: str = HOST
    port: int = PORT
    user: str | None = None
    insecure: bool = False

    @property
    def any_name(self) -> bool:
        """Whether the page answers under other names than this computer's own."""
        return self.user is not None or self.insecure or not is_loopback(self.host)


@dataclass(frozen=True, slots=True)
class Login:
    """A name and the password that goes with it, which is shown nowhere."""

    user: str
    password: str = field(repr=False)


def require_safe(access: Access) -> None:
    """Refuse to show the articles to a whole network by oversight.

    Raises:
        AddressError: The page would be open to other computers without a password.
    """
    if access.user is None and not access.insecure and not is_loopback(access.host):
        raise AddressError(
            f"Whoever reaches {access.host or 'this computer'} could read your articles; add "
            f"--auth USER with a password in {PASSWORD}, or --insecure if everyone may."
        )


def taken(port: int) -> AddressError:
    """Return the error for a port that another program listens on."""
    return AddressError(f"Port {port} is taken; choose another one with --port.")


def check_address(host: str, port: int) -> None:
    """Find out before anything slow happens whether the address is free.

    Raises:
        AddressError: It is taken, or none of this computer's.
    """
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, proto) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise taken(port) from error
        reason = error.strerror or error
        raise AddressError(
            f"Cannot listen on {host}, port {port} ({reason}); correct --host or --port."
        ) from error


def read_login(access: Access) -> Login | None:
    """Take the password out of the environment, which every process inherits that reads a file.

    Raises:
        PasswordError: A user is named, but no password.
    """
    if access.user is None:
        return None
    password = read_settings(_Secrets).password.get_secret_value()
    user = access.user.strip()
    if not user or not password.strip():
        missing = "a name" if not user else f"a password in the variable {PASSWORD}"
        raise PasswordError(f"--auth needs {missing}; set it, or leave --auth out.")
    os.environ.pop(PASSWORD, None)
    return Login(user, password)


def is_loopback(host: str) -> bool:
    """Whether only this computer itself can reach ``host``, by all addresses it stands for."""
    bare = host.strip("[]")
    if not bare:  # servers take this for every address there is
        return False
    with contextlib.suppress(ValueError):
        return _is_own(ip_address(bare.partition("%")[0]))
    try:
        resolved = socket.getaddrinfo(bare, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in resolved]
    return bool(addresses) and all(map(_is_own, addresses))


def _is_own(address: IPv4Address | IPv6Address) -> bool:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def refusal(headers: MutableMapping[str, str], *, any_name: bool) -> str | None:
    """Say why a request with these headers is none of the reader's own; None: it is.

    Args:
        headers: The request's, names in lower case.
        any_name: Whether the page answers under any name; else only under this computer's own.
    """
    host = headers.get("host", "").lower()
    if not any_name and not _is_own_name(host):
        return "This page answers only as localhost; for other names start it with --auth."
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin.lower()).netloc != host:
        return "Another page sent this; a proxy in front must pass the Host header on as it is."
    return None


def _is_own_name(host: str) -> bool:
    # Not looked up: an attacker's name may lead to this computer for the moment.
    try:
        parts = urlsplit(f"//{host}")
        if parts.hostname == "localhost":
            return parts.username is None
        return _is_own(ip_address(parts.hostname or ""))
    except ValueError:
        return False


class Guard:
    """An ASGI layer that lets in only what a reader's own page sends."""

    def __init__(self, app: Application, any_name: bool) -> None:
        self._app = app
        self._any_name = any_name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {key.decode("latin-1"): each.decode("latin-1") for key, each in scope["headers"]}
        reason = refusal(headers, any_name=self._any_name)
        if reason is None:
            await self._app(scope, receive, _framed(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await _forbid(send, reason)


def _framed(send: Send) -> Send:
    async def send_framed(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *FRAMING]
        await send(message)

    return send_framed


async def _forbid(send: Send, reason: str) -> None:
    plain = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 403, "headers": plain})
    await send({"type": "http.response.body", "body": f"{reason}\n".encode()})
