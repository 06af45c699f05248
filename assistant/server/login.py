"""Who may come in: the password of the page's form, as a bearer token, or with HTTP Basic."""

from __future__ import annotations

import asyncio
import base64
import binascii
from hmac import compare_digest
from typing import Final

from starlette.exceptions import HTTPException

from assistant.server.access import Application, Login, Receive, Scope, Send

GUESS_SECONDS: Final = 1.0
"""How long a wrong password keeps everybody else's from being looked at."""
GUESSERS: Final = 8
"""How many may wait for their password to be looked at."""


class PasswordCheck:
    """Lets in who knows the name and the password; a wrong guess holds up the next one.

    One for a whole server: whoever guesses at one door waits at the others, too.
    """

    def __init__(self, login: Login) -> None:
        self._login = login
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def admits(self, user: str, password: str) -> bool:
        """Whether these are the right ones.

        Raises:
            HTTPException: Too many are waiting for their turn already (status 429).
        """
        return await self._judge(f"{user}:{password}".encode(), self._pair)

    async def admits_header(self, authorization: str) -> bool:
        """Whether an ``Authorization`` header holds the password; an empty one does not.

        Raises:
            HTTPException: Too many are waiting for their turn already (status 429).
        """
        scheme, _, given = authorization.strip().partition(" ")
        # Headers are bytes that servers decode as Latin-1; programs send UTF-8.
        sent = given.strip().encode("latin-1", "replace")
        if scheme.lower() == "bearer":
            return await self._judge(sent, self._login.password.encode())
        if scheme.lower() == "basic":
            try:
                pair = base64.b64decode(sent, validate=True)
            except binascii.Error:
                return False
            return await self._judge(pair, self._pair)
        return False

    @property
    def _pair(self) -> bytes:
        return f"{self._login.user}:{self._login.password}".encode()

    async def _judge(self, given: bytes, right: bytes) -> bool:
        if self._waiting >= GUESSERS:
            raise HTTPException(429, "Too many people are logging in; try again in a moment.")
        self._waiting += 1
        try:
            async with self._turn:
                # Compared to the end, so that the time taken tells nothing.
                if compare_digest(given, right):
                    return True
                await asyncio.sleep(GUESS_SECONDS)
                return False
        finally:
            self._waiting -= 1


class PasswordWall:
    """An ASGI layer that lets in only requests with the password; without a check, all."""

    def __init__(self, app: Application, password_check: PasswordCheck | None) -> None:
        self._app = app
        self._password_check = password_check

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or ask for the password."""
        given = dict(scope.get("headers", ())).get(b"authorization", b"").decode("latin-1")
        if self._password_check is None or scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        status, reason = 401, "Send the password as Authorization: Bearer PASSWORD."
        try:
            if await self._password_check.admits_header(given):
                await self._app(scope, receive, send)
                return
        except HTTPException as error:
            status, reason = error.status_code, error.detail
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"www-authenticate", b"Bearer"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": f"{reason}\n".encode()})
