"""The settings' address and headers → an open Chroma database, and its failures as sentences."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from index.errors import (
    CollectionGoneError,
    ServerAwayError,
    ServerError,
    SettingsError,
    UserError,
)
from index.settings import IndexSettings
from index.vectors.chroma import collection_of, connect, is_missing

_GREETING = 10.0  # seconds within which a server must say that it is there
_SILENCE = 60.0  # seconds for which it may be silent during a request
_PASSING = (429, 502, 503, 504)  # what a proxy answers while the server is away or busy

Value = TypeVar("Value")


class Connection:
    """A way to a Chroma server; opened at the first use. May be shared by threads.

    Attributes:
        address: The server's, as it may be shown: without a password.
    """

    def __init__(self, settings: IndexSettings) -> None:
        if not settings.chroma_url:
            raise SettingsError(
                "No Chroma server is named; set ASSISTANT_CHROMA_URL to its address, for example "
                "http://127.0.0.1:8000."
            )
        self.address = _without_password(settings.chroma_url)
        self._settings = settings
        self._headers = read_headers(settings.chroma_headers.get_secret_value())
        self._client: Any = None
        self._handles: dict[str, Any] = {}
        self._connecting = threading.Lock()

    def collection(self, client: Any, name: str) -> Any:
        """Return a collection of the database; asked for once, for its handle stays good."""
        if name not in self._handles:
            self._handles[name] = collection_of(client, name)
        return self._handles[name]

    def read(self, work: Callable[[Any], Value]) -> Value:
        """Do what changes nothing; once more if what was remembered of the server is outdated.

        Args:
            work: Takes Chroma's client.

        Raises:
            CollectionGoneError: What is asked for is not on the server.
            ServerError: The server cannot be used.
        """
        import httpx

        broken = (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError)
        with self._translated():
            client = self._connected()
            try:
                return work(client)
            except Exception as error:
                if not isinstance(error, broken) and not (is_missing(error) and self._handles):
                    raise
            self._handles.clear()
            return work(client)

    def write(self, work: Callable[[Any], Value]) -> Value:
        """Do what changes something, once.

        Args:
            work: Takes Chroma's client.

        Raises:
            The same as ``read``.
        """
        with self._translated():
            return work(self._connected())

    def _connected(self) -> Any:
        with self._connecting:
            if self._client is None:
                self._greet()
                self._client = connect(
                    str(self._settings.chroma_url),
                    self._headers,
                    self._settings.chroma_tenant,
                    self._settings.chroma_database,
                    _SILENCE,
                )
            return self._client

    def _greet(self) -> None:
        """Find out whether a Chroma server is there, and does not only hold the line."""
        import httpx

        answer = httpx.get(
            f"{self._settings.chroma_url}/api/v2/heartbeat",
            headers=self._headers,
            timeout=_GREETING,
        )
        if answer.status_code in (401, 403, *_PASSING):
            answer.raise_for_status()
        with contextlib.suppress(ValueError):
            if answer.is_success and "nanosecond heartbeat" in answer.json():
                return
        raise ServerError(
            f"What answers at {self.address} is no Chroma server of version 1 (status "
            f"{answer.status_code}); correct ASSISTANT_CHROMA_URL."
        )

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except UserError:
            raise
        except Exception as error:
            raise self._explained(error) from error

    def _explained(self, error: Exception) -> ServerError:
        """Return what Chroma's client or its HTTP library raised, as a sentence."""
        import httpx

        if is_missing(error):
            if self._client is None:
                return ServerError(
                    f"The Chroma server at {self.address} has no database "
                    f"{self._settings.chroma_database!r} of the tenant "
                    f"{self._settings.chroma_tenant!r}; correct ASSISTANT_CHROMA_TENANT or "
                    f"ASSISTANT_CHROMA_DATABASE."
                )
            return CollectionGoneError(
                f"The Chroma server at {self.address} does not hold the collection any more "
                f"({_short(error)}); push the index again with `assistant index push`."
            )
        for cause in _causes(error):
            if isinstance(cause, httpx.TransportError):
                return self._away(cause)
            if isinstance(cause, httpx.HTTPStatusError):
                return self._refused(cause.response.status_code, error)
        return ServerError(
            f"The Chroma server at {self.address} failed ({_short(error)}); look into its log, "
            f"and whether ASSISTANT_CHROMA_URL names a Chroma server."
        )

    def _away(self, error: BaseException) -> ServerAwayError:
        return ServerAwayError(
            f"The Chroma server at {self.address} does not answer ({_short(error)}); start it, or "
            f"correct ASSISTANT_CHROMA_URL."
        )

    def _refused(self, status: int, error: Exception) -> ServerError:
        if status in (401, 403):
            return ServerError(
                f"The Chroma server at {self.address} lets nobody in without the right key "
                f"(status {status}); put it into ASSISTANT_CHROMA_HEADERS."
            )
        if status in _PASSING:
            return self._away(error)
        return ServerError(
            f"The Chroma server at {self.address} refused a request (status {status}: "
            f"{_short(error)}); look into its log, and whether ASSISTANT_CHROMA_URL is right."
        )


def read_headers(text: str) -> dict[str, str]:
    """Return the headers that a setting holds, as JSON or as lines of ``Name: value``.

    Raises:
        SettingsError: It can be read as neither; what it holds is not shown, for it is secret.
    """
    text = text.strip()
    try:
        if text.startswith("{"):
            return {str(name): str(value) for name, value in json.loads(text).items()}
        pairs = [line.split(":", 1) for line in text.splitlines() if line.strip()]
        return {name.strip(): value.strip() for name, value in pairs}
    except ValueError as error:
        raise SettingsError(
            "ASSISTANT_CHROMA_HEADERS cannot be used; give a JSON object, or a line "
            "`Name: value` for each header."
        ) from error


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _short(error: BaseException) -> str:
    text = " ".join((str(error) or type(error).__name__).split())
    return text if len(text) <= 200 else text[:200] + "…"


def _without_password(address: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
