"""Feeds: their entries become articles, from the feed itself or from the pages they link to."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from helpers.website import BODY, PAGE, Site, article_at, found_at, refusal, running
from index.readers.common.draft import UnreadableContentError
from index.sources import addresses, feed
from index.types import Article, Unreadable

LONG = "The mayor spoke about the library for a very long time. " * 15

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>News</title><link>/</link>
<item><title>Owls &amp;amp; voles</title><link>/owl?a=1&amp;b=2</link><guid>owl-1</guid>
<dc:creator>Jane Doe</dc:creator><pubDate>Wed, 20 Aug 2025 23:30:00 -0500</pubDate>
<description>Short.</description><content:encoded><![CDATA[<p>The owl eats <b>forty</b> voles.</p>
<h2>Habits</h2><ul><li>It sleeps in the barn.</li></ul><script>secret</script>]]>
</content:encoded>
</item>
<item><title>No link</title>
<description>Flour &amp;amp; &lt;b&gt;water&lt;/b&gt;.</description></item>
<item><title>Twice</title><link>/owl</link><guid>owl-1</guid>
<description>Again.</description></item>
</channel></rss>"""


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


def test_feed_with_whole_articles(site: Site) -> None:
    """Each entry becomes an article, from the feed alone where that holds it."""
    address = site.put("/news/feed", RSS.replace("owl-1</guid>\n<desc", "owl-2</guid>\n<desc"))
    site.put("/owl", PAGE)
    owl, bread, other = found_at(address)
    assert isinstance(owl, Article)
    assert owl.text == "The owl eats forty voles.\nHabits\nIt sleeps in the barn."
    assert [section.title for section in owl.sections] == ["Habits"]
    assert (owl.info.title, owl.info.author) == ("Owls & voles", "Jane Doe")
    assert owl.info.published == "2025-08-20"
    assert (owl.info.source, owl.info.origin) == (site.at("/owl?a=1&b=2"), address)
    assert isinstance(bread, Article)
    assert (bread.info.title, bread.text) == ("No link", "Flour & water.")
    assert isinstance(other, Article)
    assert other.text == BODY
    assert len({owl.info.id, bread.info.id, other.info.id}) == 3
    assert site.paths == ["/news/feed", "/owl"]


def test_entry_that_comes_twice(site: Site) -> None:
    """Entries of one name are one article, under an id that does not change."""
    first = found_at(site.put("/feed", RSS, "application/rss+xml"))
    assert len(first) == 2
    assert first == found_at(site.at("/feed"))


ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/blog/"><title>Blog</title>
<author><name>Ann Lee</name></author>
{}</feed>"""


def entry(name: str, summary: str, title: str = "Entry") -> str:
    return (
        f"<entry><id>urn:{name}</id><title>{title} {name}</title>"
        f'<link rel="alternate" href="{name}"/><updated>2025-08-20T10:30:00Z</updated>'
        f"<summary>{summary}</summary></entry>"
    )


def test_feed_with_summaries(site: Site) -> None:
    """Pages are fetched where the feed holds little; the summary serves where they fail."""
    page = f"<html><body><article><p>{LONG}</p></article></body></html>"
    site.put("/blog/long", page)
    site.put("/blog/short", "<p>Tiny.</p>")
    site.put("/blog/picture", b"\x89PNG", "image/png")
    names = ("long", "short", "picture", "gone")
    entries = [entry(name, f"About the {name} one.") for name in names]
    entries += [entry("told", LONG), entry("empty", "")]
    address = site.put("/feed", ATOM.format("".join(entries)), "application/atom+xml")
    *articles, empty = found_at(address)
    texts = [each.text for each in articles if isinstance(each, Article)]
    assert texts == [LONG.strip(), *(f"About the {name} one." for name in names[1:]), LONG.strip()]
    assert isinstance(articles[0], Article)
    info = articles[0].info
    assert (info.title, info.author, info.published) == ("Entry long", "Ann Lee", "2025-08-20")
    assert (info.source, info.origin) == (site.at("/blog/long"), address)
    assert empty == Unreadable(site.at("/blog/empty"), "answers 404 (not found)")
    assert "/blog/told" not in site.paths


def test_limits_of_feeds(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only so many pages are fetched, and only for so long; then summaries serve."""
    for name in ("a", "b", "c"):
        site.put(f"/blog/{name}", f"<p>{LONG}</p>")
    entries = "".join(entry(name, "Short.") for name in ("a", "b", "c")) + entry("d", "")
    address = site.put("/feed", ATOM.format(entries), "application/atom+xml")
    monkeypatch.setattr(addresses, "MOST_FOLLOWED", 1)
    first, *others, last = found_at(address)
    assert isinstance(first, Article)
    assert first.text == LONG.strip()
    assert [each.text for each in others if isinstance(each, Article)] == ["Short.", "Short."]
    assert isinstance(last, Unreadable)
    assert last.out_of_reach
    monkeypatch.setattr(addresses, "FEED_TIME_LIMIT", -1.0)
    site.asked.clear()
    assert len(found_at(address)) == 4
    assert site.paths == ["/feed"]


def test_feed_without_entries(site: Site) -> None:
    """An empty feed says nothing of the articles that it held before."""
    assert refusal(site.put("/feed", ATOM.format(""))) == ("is a feed without entries", True)


def test_links_of_entries_are_of_the_web(site: Site) -> None:
    """A link that is no web address is neither followed nor shown."""
    bad = ATOM.format(entry("x", "Words.")).replace('href="x"', 'href="javascript:alert(1)"')
    article = article_at(site.put("/feed", bad))
    assert article.info.source == site.at("/feed") + "#urn:x"


def test_what_looks_like_a_feed() -> None:
    """Feeds are known by their name, or by how they begin."""
    assert feed.looks_like_feed("application/rss+xml; charset=utf-8", b"")
    assert feed.looks_like_feed("text/xml", RSS.encode("utf-8-sig"))
    assert feed.looks_like_feed("text/html", b"<!-- a --><feed xmlns='x'>")
    assert feed.looks_like_feed("", b"<?xml version='1.0'?>\n<rdf:RDF xmlns='x'>")
    assert not feed.looks_like_feed("text/html", PAGE.encode())
    assert not feed.looks_like_feed("text/html", b"<??>" * 1000 + b"<!---->" * 1000)
    assert not feed.looks_like_feed("text/html", b"<html><pre><rss></pre></html>")


def test_feeds_in_other_encodings() -> None:
    """The header's encoding counts, then the feed's own."""
    source = RSS.replace("Short.", "Кратко").replace("<content:encoded>", "<x>")
    source = source.replace("</content:encoded>", "</x>")
    data = source.replace("utf-8", "windows-1251").encode("windows-1251")
    assert feed.parse(data, "http://a.example/f")[0].text == "Кратко"
    data = source.replace(' encoding="utf-8"', "").encode("koi8-r")
    kind = "application/rss+xml; charset=koi8-r"
    assert feed.parse(data, "http://a.example/f", kind)[0].text == "Кратко"


def test_feed_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parsing is cut off."""
    monkeypatch.setattr(feed, "TIME_LIMIT", 0.01)
    with pytest.raises(UnreadableContentError, match="takes longer"):
        feed.read_entries(RSS.encode(), "http://a.example/f")
