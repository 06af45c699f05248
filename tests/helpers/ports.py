"""Ports of this computer for programs that tests start."""

from __future__ import annotations

import itertools
import os
import socket

_EACH = 1000  # ports for each of the side-by-side workers, which so never choose the same one
# From 10,000 on, below those that Linux hands out by itself (from 32,768 on): between choosing a
# port and listening at it, no connection of another program takes it.
_FIRST = 10_000 + _EACH * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 20)
_numbers = itertools.cycle(range(_EACH))
# Two runs on one computer do not begin at the same port.
_OFFSET = os.getpid()


def free_port() -> int:
    """Return a port at which nobody listens."""
    for number in itertools.islice(_numbers, _EACH):
        port = _FIRST + (_OFFSET + number) % _EACH
        with socket.socket() as probe:
            # As servers do: a port whose last connections are still being closed is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise OSError("no port is free")
