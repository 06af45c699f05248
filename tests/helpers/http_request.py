"""One plain HTTP request, as any program sends it."""

from __future__ import annotations

import http.client
from collections.abc import Mapping


def request(
    port: int, path: str = "/config", body: str | None = None, **headers: str
) -> tuple[int, Mapping[str, str], str]:
    """Send one request; a Host that is given stands in the place of the right one."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("POST" if body else "GET", path, body and body.encode(), named)
    answer = connection.getresponse()
    shown = answer.read().decode()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, shown
