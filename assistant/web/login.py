"""Who may use the routes for programs: the password as a bearer token or with HTTP Basic."""

from __future__ import annotations

import base64
import binascii
import hmac

from assistant.web.access import Application, Login, Receive, Scope, Send


def knows_password(header: str, login: Login | None) -> bool:
    """Whether an ``Authorization`` header holds the password, in constant time; None: no need."""
    if login is None:
        return True
    scheme, _, given = header.strip().partition(" ")
    # Headers are bytes that servers decode as Latin-1; programs send UTF-8.
    sent = given.strip().encode("latin-1", "replace")
    if scheme.lower() == "bearer":
        return hmac.compare_digest(sent, login.password.encode())
    if scheme.lower() == "basic":
        try:
            pair = base64.b64decode(sent, validate=True)
        except binascii.Error:
            return False
        return hmac.compare_digest(pair, f"{login.user}:{login.password}".encode())
    return False


class PasswordWall:
    """An ASGI layer that lets in only requests with the password."""

    def __init__(self, app: Application, login: Login | None) -> None:
        self._app = app
        self._login = login

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or ask for the password."""
        headers = dict(scope.get("headers", ()))
        given = headers.get(b"authorization", b"").decode("latin-1")
        if scope["type"] == "lifespan" or knows_password(given, self._login):
            await self._app(scope, receive, send)
            return
        told = [(b"content-type", b"text/plain; charset=utf-8"), (b"www-authenticate", b"Bearer")]
        await send({"type": "http.response.start", "status": 401, "headers": told})
        reason = b"Send the password as Authorization: Bearer PASSWORD.\n"
        await send({"type": "http.response.body", "body": reason})
