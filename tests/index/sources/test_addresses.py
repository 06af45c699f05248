"""Addresses: the article of a page or a file, and why an address gives none."""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Iterator

import pytest

from helpers.website import BODY, PAGE, DirectReader, Site, article_at, found_at, refusal, running
from index.readers.common.draft import UnreadableContentError
from index.readers.sandbox import IsolatedReader
from index.sources import feed
from index.sources.addresses import read_address
from index.sources.read import is_address
from index.types import Article


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


def test_what_is_an_address() -> None:
    """The two schemes of the web in any case, and nothing else."""
    assert is_address("http://a.example/b")
    assert is_address("HTTPS://a.example")
    assert not is_address("ftp://a.example")
    assert not is_address("http.txt")


def test_page(site: Site) -> None:
    """A page becomes an article under the address that was asked for; we say who we are."""
    address = site.put("/a", PAGE, "text/html; charset=utf-8", Set_Cookie="spy=1")
    article = article_at(address + "#part")
    assert article.text == BODY
    assert article.info.title == "Library"
    assert (article.info.source, article.info.origin) == (address, address + "#part")
    assert article.info.id == article_at(address).info.id
    assert {headers["User-Agent"] for _, headers in site.asked} == {"article-assistant"}
    assert not any("Cookie" in headers for _, headers in site.asked)


def test_packed_page(site: Site) -> None:
    """What arrives packed is unpacked, also in several parts."""
    half = len(PAGE) // 2
    parts = gzip.compress(PAGE[:half].encode()) + gzip.compress(PAGE[half:].encode())
    assert article_at(site.put("/a", parts, Content_Encoding="gzip")).text == BODY
    deflated = zlib.compress(PAGE.encode())
    assert article_at(site.put("/b", deflated, Content_Encoding="deflate")).text == BODY
    cut = gzip.compress(PAGE.encode())[:-20]
    reason, out_of_reach = refusal(site.put("/c", cut, Content_Encoding="gzip"))
    assert "breaks off" in reason
    assert out_of_reach
    assert "damaged" in refusal(site.put("/d", PAGE, Content_Encoding="gzip"))[0]
    assert "(br)" in refusal(site.put("/e", b"x", Content_Encoding="br"))[0]


def test_the_encoding_in_the_header_counts(site: Site) -> None:
    """A page that names no encoding is read in the one that the header names."""
    words = "Совет закрыл библиотеку. Это заняло одну минуту."
    data = f"<html><body><p>{words}</p></body></html>".encode("windows-1251")
    assert article_at(site.put("/a", data, "text/html; charset=windows-1251")).text == words
    assert article_at(site.put("/b", words.encode("koi8-r"), "text/plain; charset=KOI8-R")).text
    # A header that is wrong does no harm.
    wrong = "text/html; charset=iso-8859-1"
    assert words in article_at(site.put("/c", f"<p>{words}</p>", wrong)).text
    assert words in article_at(site.put("/d", f"<p>{words}</p>", "text/html; charset=so")).text
    meta = b'<meta charset="windows-1251">' + data
    assert words in article_at(site.put("/e", meta, "text/html; charset=utf-8")).text


@pytest.mark.parametrize(
    ("path", "kind", "data", "suffix"),
    [
        ("/report", "application/pdf", b"%PDF-1.7", ".pdf"),
        ("/report.pdf?x=1", "application/octet-stream", b"%PDF-1.7", ".pdf"),
        ("/report", "", b"%PDF-1.7", ".pdf"),
        ("/book", "application/epub+zip", b"PK", ".epub"),
        ("/letter.docx", "application/zip", b"PK", ".docx"),
        ("/letter", "text/rtf", b"{\\rtf1", ".rtf"),
        ("/mail", "message/rfc822", b"Subject: Owls", ".eml"),
        ("/mail.eml", "application/octet-stream", b"Subject: Owls", ".eml"),
        ("/notes.md", "text/plain; charset=utf-8", b"# Notes\n\nWords.", ".md"),
        ("/notes", "text/plain", b"Notes\n\nWords.", ".txt"),
        ("/page", "", b"<!DOCTYPE html><p>Words.</p>", ".html"),
        ("/page", "application/xml", b"<?xml version='1.0'?><html><p>Words.</p></html>", ".html"),
    ],
)
def test_files(site: Site, path: str, kind: str, data: bytes, suffix: str) -> None:
    """Files go to the reader of their kind, by what the server or their name says."""
    reader = DirectReader()
    ((_, found),) = read_address(site.put(path, data, kind), reader)
    assert isinstance(found, Article)
    assert [(asked, content.endswith(data)) for asked, content in reader.asked] == [(suffix, True)]


@pytest.mark.parametrize("kind", ["image/png", "application/json", "application/octet-stream"])
def test_what_is_no_article(site: Site, kind: str) -> None:
    """Pictures and the like are named as what they are."""
    reason, out_of_reach = refusal(site.put("/a.png", b"\x89PNG", kind))
    assert reason == f"is of a kind that cannot be read ({kind})"
    assert not out_of_reach


def test_page_without_words(site: Site) -> None:
    """A page that only scripts would fill holds nothing."""
    reason, out_of_reach = refusal(site.put("/a", "<html><body><script>1</script></body></html>"))
    assert reason == "holds no readable text"
    assert not out_of_reach


@pytest.mark.parametrize(
    ("status", "reason", "out_of_reach"),
    [
        (404, "answers 404 (not found)", False),
        (410, "answers 410 (gone)", False),
        (401, "answers 401 (unauthorized)", True),
        (403, "answers 403 (forbidden)", True),
        (429, "answers 429 (too many requests)", True),
        (500, "answers 500 (internal server error)", True),
        (799, "answers 799", True),
        (304, "answers 304 (not modified)", True),
    ],
)
def test_refusals(site: Site, status: int, reason: str, out_of_reach: bool) -> None:
    """An answer that is none is told by number and name; only some tell that a page is gone."""
    body = b"" if status == 304 else PAGE
    assert refusal(site.put("/a", body, status=status)) == (reason, out_of_reach)


def test_redirects(site: Site) -> None:
    """A page that has moved keeps its id and shows where it is now; cookies stay behind."""
    site.put("/c", PAGE)
    site.put("/b", "", status=308, Location=site.at("/c"))
    address = site.put("/a", "", status=302, Location="b", Set_Cookie="spy=1")
    moved = article_at(address)
    assert (moved.info.source, moved.info.origin) == (site.at("/c"), address)
    site.put("/a", PAGE)
    assert article_at(address).info.id == moved.info.id
    assert not any("Cookie" in headers for _, headers in site.asked)


def test_redirects_that_lead_nowhere(site: Site) -> None:
    """Circles end, and only the web is followed."""
    reason = refusal(site.put("/a", "", status=302, Location="/a"))
    assert reason == ("redirects more than 5 times", True)
    assert len(site.asked) == 6
    for target in (
        "file:///etc/passwd",
        "ftp://a.example/",
        "javascript:1",
        "http://[::",
        "http://a b/",
    ):
        reason = refusal(site.put("/b", "", status=302, Location=target))
        assert reason == ("leads to what is no web address", True)


@pytest.mark.parametrize("address", ["http://", "https:///a", "http://[::1", "http://a b/"])
def test_no_address_at_all(address: str) -> None:
    """What only begins like an address is called none."""
    assert refusal(address) == ("is no web address", False)


def test_nobody_there() -> None:
    """A closed port is told from a broken connection."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    expected = ("cannot be reached: the connection is refused", True)
    assert refusal(f"http://127.0.0.1:{port}/") == expected


def test_proxy_that_cannot_be_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting on this computer says nothing of the page."""
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:9")
    assert refusal(site.put("/a", PAGE))[1]


def test_broken_feed(site: Site) -> None:
    """A feed that cannot be parsed today says nothing of the articles that it held before."""
    address = site.put("/feed", "", "application/rss+xml")
    assert refusal(address) == ("is a feed that cannot be read", True)


def test_feed_that_unfolds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small feed does not become a huge one by the entities that it defines."""
    item = "<item><title>Owls</title><description>{}</description></item>"
    rss = "<!DOCTYPE rss [<!ENTITY x {}>]><rss version='2.0'><channel>{}</channel></rss>"
    rss = "<?xml version='1.0'?>" + rss  # without it, entities are not unfolded
    data = rss.format('"' + "word " * 20 + '"', item.format("&x;" * 20)).encode()
    assert len(feed.parse(data, "http://a.example/feed")[0].text) > 3 * len(data)
    monkeypatch.setattr(feed, "LARGEST_FEED", 1000)
    with pytest.raises(UnreadableContentError):
        feed.parse(data, "http://a.example/feed")


def test_moved_feed(site: Site) -> None:
    """Entries keep their ids when their feed is answered from elsewhere."""
    items = "<item><guid>1</guid><title>A</title><description>Words.</description></item>"
    items += "<item><link>/2</link><title>B</title><description>Words.</description></item>"
    rss = f"<rss version='2.0'><channel>{items}</channel></rss>"
    site.put("/new/feed", rss)
    address = site.put("/feed", rss)
    before = [found.info.id for found in found_at(address) if isinstance(found, Article)]
    site.put("/feed", "", status=301, Location="/new/feed")
    after = [found.info.id for found in found_at(address) if isinstance(found, Article)]
    assert len(before) == 2
    assert after == before


def test_with_the_real_reader(site: Site) -> None:
    """What is fetched goes through the process that reads files."""
    with IsolatedReader() as reader:
        ((_, found),) = read_address(site.put("/a", PAGE), reader)
    assert isinstance(found, Article)
    assert found.text == BODY
