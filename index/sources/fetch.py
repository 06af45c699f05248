"""An address goes in; what it answers comes out, or the reason why not, in words for a person.

Whoever answers decides what arrives, so size, time and redirects are limited, and what a public
address leads to may not lie inside the network of the person who asks.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING
from urllib.request import getproxies

from index.network import CuttableConnection, Resolve, is_inside, leads_inside, resolve_name

if TYPE_CHECKING:
    import httpx

LARGEST_RESPONSE = 20 * 1024 * 1024
"""Bytes, unpacked, above which a response is taken for no article."""

TIME_LIMIT = 30.0
"""Seconds that fetching one address may take, redirects and all."""

MOST_REDIRECTS = 5  # browsers follow 20; more than a few are a circle or a trap

USER_AGENT = "article-assistant"

_BROKEN_OFF = "cannot be reached: the connection breaks off"
_LEADS_NOWHERE = "leads to what is no web address"
_REDIRECTS = (301, 302, 303, 307, 308)
_GONE = (404, 410)
_PACKED = ("gzip", "x-gzip", "deflate")
_PLAIN = ("", "identity")
_PIECE = 1 << 16  # bytes unpacked at once
_GZIP = b"\x1f\x8b"
_EITHER_HEADER = 47  # has zlib tell by the first bytes whether it is gzip or deflate
# In a header; servers write it with quotes, spaces and capitals.
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)


class FetchError(Exception):
    """An address gives nothing to read; the message says why, to follow the address.

    Attributes:
        out_of_reach: Whether nothing is known of what it holds now.
    """

    def __init__(self, reason: str, *, out_of_reach: bool = True) -> None:
        super().__init__(reason)
        self.out_of_reach = out_of_reach


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address answered.

    Attributes:
        address: Where it came from in the end.
        media_type: What it is called, in small letters (``text/html``), or "" where none is named.
        charset: The encoding that the header names, or None.
        data: Its bytes, unpacked.
    """

    address: str
    media_type: str
    charset: str | None
    data: bytes


class Fetcher:
    """Fetches an address that a person named, and then what this one leads to."""

    def __init__(self, resolve: Resolve | None = None) -> None:
        """Start with nothing fetched.

        Args:
            resolve: How names become IP addresses; by default the system does it.
        """
        self._resolve = resolve or resolve_name
        self._proxied = any(getproxies().get(each) for each in ("http", "https", "all"))
        self._inside: bool | None = None
        self._context: ssl.SSLContext | None = None

    def fetch(self, address: str) -> Fetched:
        """Fetch what an address shows.

        The first address is the one that a person named. It may lie inside the network; all
        later ones and all redirects may do so only if it does.

        Raises:
            FetchError: There is nothing to read, or not within the limits.
        """
        connection, answer = CuttableConnection(self._let_in), Future[Fetched]()

        # In a thread, because neither a look-up of a name nor a header that arrives byte by
        # byte can be given a time limit from within.
        def work() -> None:
            try:
                answer.set_result(self._follow(address, connection))
            except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
                answer.set_exception(error)

        threading.Thread(target=work, daemon=True).start()
        try:
            return answer.result(TIME_LIMIT)
        except TimeoutError:
            raise FetchError(_too_slow()) from None
        finally:
            connection.cut()

    def _follow(self, address: str, connection: CuttableConnection) -> Fetched:
        import httpx

        try:
            with self._client() as client:
                url = _web_address(address)
                for _ in range(MOST_REDIRECTS + 1):
                    self._check(url)
                    with client.stream(
                        "GET", url, extensions={"trace": connection.watch}
                    ) as response:
                        target = response.headers.get("location")
                        if not target or response.status_code not in _REDIRECTS:
                            return _fetched(response)
                        url = _target(url, target)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise FetchError(_words(error)) from error
        raise FetchError(f"redirects more than {MOST_REDIRECTS} times")

    def _client(self) -> httpx.Client:
        import httpx

        self._context = self._context or httpx.create_ssl_context()
        return httpx.Client(
            verify=self._context,
            # Packings that httpx unpacks at one go could fill the memory.
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=TIME_LIMIT,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    def _check(self, url: httpx.URL) -> None:
        if self._inside is None:
            # Without a proxy, the first connection shows where the named address really lies.
            if self._proxied:
                self._inside = leads_inside(url.host, self._resolve)
        elif not self._inside and leads_inside(url.host, self._resolve):
            raise _inside_error()

    def _let_in(self, address: str) -> None:
        """Refuse a connection that a name was made to lead to after it was looked up."""
        if self._proxied:
            return
        inside = is_inside(address)
        if self._inside is None:
            self._inside = inside
        if inside and not self._inside:
            raise _inside_error()


def _web_address(address: str) -> httpx.URL:
    import httpx

    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        raise FetchError("is no web address", out_of_reach=False) from None
    if not _is_of_the_web(url):
        raise FetchError("is no web address", out_of_reach=False)
    return url


def _target(url: httpx.URL, location: str) -> httpx.URL:
    import httpx

    with suppress(httpx.InvalidURL):
        target = url.join(location)
        if _is_of_the_web(target):
            return target
    raise FetchError(_LEADS_NOWHERE)


def _is_of_the_web(url: httpx.URL) -> bool:
    # What cannot stand in a name has been escaped; in IPv6 addresses it names an interface.
    is_name = bool(url.host) and ("%" not in url.host or ":" in url.host)
    return url.scheme in ("http", "https") and is_name


def _fetched(response: httpx.Response) -> Fetched:
    status = response.status_code
    if not response.is_success:
        with suppress(ValueError):
            name = HTTPStatus(status).phrase.lower()
            raise FetchError(f"answers {status} ({name})", out_of_reach=status not in _GONE)
        raise FetchError(f"answers {status}")
    header = response.headers.get("content-type", "")
    charset = _CHARSET.search(header)
    return Fetched(
        address=str(response.url.copy_with(fragment=None, userinfo=b"")),
        media_type=header.partition(";")[0].strip().lower(),
        charset=charset[1] if charset else None,
        data=_body(response),
    )


def _body(response: httpx.Response) -> bytes:
    packing = response.headers.get("content-encoding", "").strip().lower()
    if packing not in _PACKED + _PLAIN:
        raise FetchError(f"is packed in a way that cannot be read ({packing})")
    body = bytearray()
    chunks = response.iter_raw(_PIECE)
    for piece in _unpacked(chunks) if packing in _PACKED else chunks:
        body += piece
        if len(body) > LARGEST_RESPONSE:
            raise FetchError(f"is larger than {LARGEST_RESPONSE >> 20} MB")
    return bytes(body)


def _unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Unpack piece by piece, so that a small response cannot become a huge one unnoticed."""
    unpacker = zlib.decompressobj(_EITHER_HEADER)
    begun = False
    try:
        for chunk in chunks:
            rest, begun = chunk, True
            while rest:
                if unpacker.eof:
                    if not rest.startswith(_GZIP):  # what follows the end is padding
                        return
                    unpacker = zlib.decompressobj(_EITHER_HEADER)
                yield unpacker.decompress(rest, _PIECE)
                rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error:
        raise FetchError("arrives damaged") from None
    if begun and not unpacker.eof:
        raise FetchError(_BROKEN_OFF)


def _too_slow() -> str:
    return f"takes longer than {TIME_LIMIT:.0f} seconds"


def _inside_error() -> FetchError:
    return FetchError("leads to an address inside this network")


def _words(error: BaseException) -> str:
    """Why a connection failed; what the system said of it is hidden some causes deep."""
    import httpx

    if isinstance(error, httpx.TimeoutException):
        return _too_slow()
    # httpx follows each redirect in thought, even where it is told not to.
    if isinstance(error, httpx.InvalidURL) or str(error).startswith("Invalid URL"):
        return _LEADS_NOWHERE
    causes = [error]
    while following := causes[-1].__cause__ or causes[-1].__context__:
        causes.append(following)
    for kind, words in (
        (socket.gaierror, "there is no such name, or no network"),
        (ConnectionRefusedError, "the connection is refused"),
        (ssl.SSLCertVerificationError, "its certificate is not valid"),
    ):
        if any(isinstance(each, kind) for each in causes):
            return f"cannot be reached: {words}"
    if isinstance(error, httpx.ReadError | httpx.WriteError | httpx.RemoteProtocolError):
        return _BROKEN_OFF
    return f"cannot be reached: {error or type(error).__name__}"
