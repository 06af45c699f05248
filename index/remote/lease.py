"""A record on a Chroma server by which one push at a time is let in.

The holder renews it with every portion it sends; that of a push which was killed runs out.
"""

from __future__ import annotations

import contextlib
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from index.errors import IndexBusyError, ServerError, UserError
from index.remote.server import Server

LASTS = 120.0
"""Seconds after which a lease that is not renewed has run out, by the server's clock."""

RenewLease = Callable[[], None]
"""Renews the lease, if its time has come; raises ``ServerError`` if somebody else holds it now."""

_NAME = "lease"


@contextlib.contextmanager
def lease(server: Server, folder: Path) -> Iterator[RenewLease]:
    """Let exactly one push in.

    Args:
        server: Where to.
        folder: What is pushed; its lock is held, so that a lease in its name is left over.

    Raises:
        IndexBusyError: Somebody else is pushing.
        ServerError: The server cannot be used.
    """
    held = _Lease(server, f"{socket.gethostname()}:{folder}")
    held.acquire()
    try:
        yield held.renew
    finally:
        with contextlib.suppress(UserError):  # it runs out by itself
            held.release()


class _Lease:
    def __init__(self, server: Server, holder: str) -> None:
        self._server = server
        self._holder = holder
        self._token = secrets.token_hex(8)
        self._renew_at = 0.0

    def acquire(self) -> None:
        record = self._server.record(_NAME)
        if record is not None:
            if record["holder"] != self._holder and self._server.seconds() < float(record["until"]):
                raise self._busy(str(record["holder"]))
            self._server.remove_record(_NAME)
        self._put(only_if_new=True)
        if not self._is_ours():
            other = self._server.record(_NAME)
            raise self._busy(str(other["holder"]) if other else "another program")

    def renew(self) -> None:
        if time.monotonic() < self._renew_at:
            return
        if not self._is_ours():
            raise ServerError(
                f"Another push to {self._server.address} has taken this one's place, which was "
                f"broken off; look at its outcome and push again if need be."
            )
        self._put()

    def release(self) -> None:
        if self._is_ours():
            self._server.remove_record(_NAME)

    def _put(self, *, only_if_new: bool = False) -> None:
        values: dict[str, str | int] = {
            "holder": self._holder,
            "token": self._token,
            "until": int(self._server.seconds() + LASTS),
        }
        self._server.put_record(_NAME, values, only_if_new=only_if_new)
        self._renew_at = time.monotonic() + LASTS / 12

    def _is_ours(self) -> bool:
        record = self._server.record(_NAME)
        return record is not None and record["token"] == self._token

    def _busy(self, holder: str) -> IndexBusyError:
        return IndexBusyError(
            f"Another push to {self._server.address} is under way (from {holder}), or was broken "
            f"off less than {LASTS / 60:.0f} minutes ago; wait until it has finished."
        )
