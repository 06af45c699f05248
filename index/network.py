"""A connection goes in and can be cut; names go in, and whether they lie inside the network out."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

Resolve = Callable[[str], Iterable[str]]
"""The name of a computer → its IP addresses; none where the name is not known."""

# Prefixes in front of an IPv4 address: translated (RFC 6052), and compatible (RFC 4291).
_CARRYING = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
_LOCAL_TRANSLATION = ipaddress.IPv6Network("64:ff9b:1::/48")  # RFC 8215


class CuttableConnection:
    """The connection that is in use: it is looked at when it is made, and can be cut."""

    def __init__(self, let_in: Callable[[str], None]) -> None:
        self._let_in = let_in
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._is_cut = False

    def watch(self, event: str, info: dict[str, object]) -> None:
        """Take note of a new connection; httpx calls this with all that happens."""
        if not event.endswith("connect_tcp.complete"):
            return
        stream = info["return_value"]
        try:
            self._let_in(stream.get_extra_info("server_addr")[0])  # type: ignore[attr-defined]
            self._keep(stream.get_extra_info("socket"))  # type: ignore[attr-defined]
        except BaseException:
            stream.close()  # type: ignore[attr-defined]
            raise

    def cut(self) -> None:
        """End the connection, whoever is waiting on it."""
        with self._lock:
            self._is_cut = True
            self._drop()

    def _keep(self, connected: socket.socket) -> None:
        with self._lock:
            if self._is_cut:
                raise TimeoutError("the connection was cut")
            self._drop()
            # A duplicate, because encryption takes the socket itself over.
            self._socket = connected.dup()

    def _drop(self) -> None:
        if self._socket:
            with suppress(OSError):  # it has ended already
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            self._socket = None


def resolve_name(name: str) -> list[str]:
    """Return the IP addresses of a computer; none where its name is not known."""
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(name, None)]
    except (OSError, UnicodeError):
        return []


def leads_inside(name: str, resolve: Resolve) -> bool:
    """Whether a name or IP address stands for a computer that is not on the public internet."""
    try:
        return is_inside(name)
    except ValueError:
        return any(map(is_inside, resolve(name)))


def is_inside(address: str) -> bool:
    """Whether an IP address is private, this computer's own, or otherwise not public.

    Raises:
        ValueError: It is no IP address.
    """
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.is_site_local or parsed in _LOCAL_TRANSLATION:
            return True
        carried = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if any(parsed in network for network in _CARRYING):
            parsed = carried
        else:
            parsed = parsed.ipv4_mapped or parsed.sixtofour or parsed
    return not parsed.is_global or parsed.is_multicast
