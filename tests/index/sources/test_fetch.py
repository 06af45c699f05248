"""Fetching: servers that break off, dawdle or flood, and ways into the network of the user."""

from __future__ import annotations

import gzip
import socket
import struct
import time
from collections.abc import Callable, Iterator

import pytest

from helpers.website import (
    BODY,
    PAGE,
    DirectReader,
    Handler,
    Site,
    article_at,
    found_at,
    refusal,
    running,
)
from index.network import is_inside, leads_inside
from index.sources import fetch
from index.sources.addresses import read_address
from index.sources.fetch import Fetcher
from index.types import Article, Unreadable


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of the person who runs the tests."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def site() -> Iterator[Site]:
    """A running server."""
    with running() as server:
        yield server


def reset(handler: Handler) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()


def break_off(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(PAGE.encode())


@pytest.mark.parametrize("fault", [reset, break_off])
def test_broken_connections(site: Site, fault: Callable[[Handler], None]) -> None:
    """Half a page is none."""
    site.answers["/a"] = fault
    reason, out_of_reach = refusal(site.at("/a"))
    assert reason == "cannot be reached: the connection breaks off"
    assert out_of_reach


def trickle_body(handler: Handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.end_headers()
    while not handler.server.closing.wait(0.02):
        handler.wfile.write(b"word ")


def trickle_head(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not handler.server.closing.wait(0.02):
        handler.wfile.write(b"x")


def stay_silent(handler: Handler) -> None:
    handler.server.closing.wait(10)


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.parametrize("fault", [trickle_body, trickle_head, stay_silent])
def test_slow_servers(
    site: Site, fault: Callable[[Handler], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that keeps a connection alive with little or nothing is cut off."""
    monkeypatch.setattr(fetch, "TIME_LIMIT", 1.0)
    site.answers["/a"] = fault
    begun = time.monotonic()
    assert refusal(site.at("/a")) == ("takes longer than 1 seconds", True)
    assert time.monotonic() - begun < 3


def test_large_responses(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The size that counts is the one after unpacking, and reading stops there."""
    monkeypatch.setattr(fetch, "LARGEST_RESPONSE", 1 << 20)
    expected = ("is larger than 1 MB", True)
    assert refusal(site.put("/a", b"word " * (1 << 18))) == expected
    bomb = gzip.compress(bytes(64 << 20))
    assert len(bomb) < 1 << 17
    assert refusal(site.put("/b", bomb, Content_Encoding="gzip")) == expected
    unpacked = []
    monkeypatch.setattr(fetch, "LARGEST_RESPONSE", 1 << 18)
    for piece in fetch._unpacked([bomb]):
        unpacked.append(len(piece))
        if len(unpacked) == 10:
            break
    assert max(unpacked) <= 1 << 16
    assert article_at(site.put("/c", PAGE)).text == BODY


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("192.168.0.1", True),
        ("169.254.169.254", True),
        ("0.0.0.0", True),  # noqa: S104
        ("::1", True),
        ("64:ff9b::7f00:1", True),
        ("64:ff9b::808:808", False),
        ("fec0::1", True),
        ("fe80::1%eth0", True),
        ("::ffff:10.0.0.1", True),
        ("2002:7f00:1::", True),
        ("93.184.216.34", False),
        ("2606:2800:220:1::1", False),
    ],
)
def test_what_lies_inside(address: str, inside: bool) -> None:
    """All that is not on the public internet, in every way to write it."""
    assert is_inside(address) is inside
    assert leads_inside("name.example", lambda _: ["93.184.216.34", address]) is inside


def test_public_addresses_do_not_lead_inside(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a redirect nor a feed's link leads from a public address into the network."""

    def is_elsewhere(address: str) -> bool:
        return address != "127.0.0.1"

    monkeypatch.setattr(fetch, "is_inside", is_elsewhere)
    monkeypatch.setattr("index.network.is_inside", is_elsewhere)
    target = "http://10.0.0.1/secret"
    expected = ("leads to an address inside this network", True)
    assert refusal(site.put("/a", "", status=302, Location=target)) == expected
    item = f"<item><title>Secret</title><link>{target}</link></item>"
    feed = f"<rss version='2.0'><channel>{item}</channel></rss>"
    (found,) = found_at(site.put("/feed", feed))
    assert found == Unreadable(target, *expected)


def test_name_that_changes_its_address(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts is where the connection goes, not what a look-up said before."""
    inside = iter([False, True])
    monkeypatch.setattr(fetch, "is_inside", lambda _: next(inside))
    monkeypatch.setattr("index.network.is_inside", lambda _: False)
    address = site.put("/a", "", status=302, Location="/b")
    assert refusal(address) == ("leads to an address inside this network", True)
    assert site.paths == ["/a"]


def test_names_are_looked_up_before_connecting(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that stands for a private address is refused without a connection."""
    monkeypatch.setattr(fetch, "is_inside", lambda _: False)
    asked: list[str] = []

    def resolve(name: str) -> list[str]:
        asked.append(name)
        return ["192.168.0.7"]

    address = site.put("/a", "", status=302, Location="http://intranet.example/")
    ((_, found),) = read_address(address, DirectReader(), Fetcher(resolve))
    assert found == Unreadable(address, "leads to an address inside this network", True)
    assert asked == ["intranet.example"]


def test_proxy(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy of the system is used; that it lies inside the network opens nothing."""
    monkeypatch.setenv("http_proxy", site.at(""))
    resolver = {"public.example": ["93.184.216.34"]}
    site.put("http://public.example/a", PAGE)
    site.put("http://public.example/b", "", status=302, Location="http://10.0.0.1/")
    reader, fetchers = DirectReader(), [Fetcher(lambda name: resolver[name]) for _ in "ab"]
    ((_, page),) = read_address("http://public.example/a", reader, fetchers[0])
    assert isinstance(page, Article)
    ((_, found),) = read_address("http://public.example/b", reader, fetchers[1])
    assert isinstance(found, Unreadable)
    assert found.reason == "leads to an address inside this network"
