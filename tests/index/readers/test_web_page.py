"""Saved web pages: the article comes out, without what surrounds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.read_one import BODY, article, refusal

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="{charset}">
<title>Council closes library | The Daily Example</title>
<meta property="og:title" content="Council closes library">
<meta name="author" content="By Jane Doe">
<meta property="article:published_time" content="2025-08-20T23:30:00+02:00">
<script>var secret = "scripted";</script><style>.secret {{color: red}}</style></head><body>
<div class="cookie-banner">We use secret cookies to improve your experience. <a>Accept</a></div>
<header><nav><ul><li><a href="/">Secret home</a></li><li><a href="/n">News</a></li></ul></nav>
</header>
<main><article><h1>Council closes library</h1><p class="byline">By <a href="/j">Jane Doe</a></p>
<time datetime="2025-08-20">20 August 2025</time>
<p>The council voted on Tuesday to close the <b>town’s only</b> library, ending a
dispute that has <a href="/d">lasted</a> for more than three years.</p>
<!-- secret comment -->
<p>“We waited for <em>hours</em>,” said Ann O’Neil.</p><ul><li>The books go to schools.</li></ul>
<table><tr><th>Year</th><th>Visitors</th></tr><tr><td>2024</td><td>9,100</td></tr></table>
<div hidden>secret hidden words that nobody sees</div>
<p style="display: none">secret words that are not displayed</p>
<p>The last paragraph says that the mayor would not comment before the vote.</p></article>
<aside class="related-stories"><h3>Secret related stories</h3><ul><li><a href="/a">Mayor in secret
scandal</a></li><li><a href="/b">Ten best secret libraries</a></li></ul></aside></main>
<footer>Copyright 2019 The Secret Example. All rights reserved.</footer></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252"])
def test_web_page(charset: str, tmp_path: Path) -> None:
    """A web page gives its article, in its own encoding, without all that surrounds it."""
    found = article(tmp_path, "a.html", PAGE.format(charset=charset).encode(charset))
    assert (found.info.title, found.info.author) == ("Council closes library", "Jane Doe")
    assert found.info.published == "2025-08-20"
    assert "secret" not in found.text.lower()
    assert found.text.split("\n") == [
        "The council voted on Tuesday to close the town’s only library, ending a dispute that has"
        " lasted for more than three years.",
        "“We waited for hours,” said Ann O’Neil.",
        "The books go to schools.",
        "Year | Visitors",
        "2024 | 9,100",
        "The last paragraph says that the mayor would not comment before the vote.",
    ]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (f"<p>{BODY}</p>", BODY),
        (f"<html><body><div>{BODY}</div></body></html>", BODY),
        ("just words, no tags", "just words, no tags"),
        (
            "<h1>T</h1><p>A <b>bold</b> move<sup>1</sup> by <a href=x>Ann</a><i>a</i>.</p>",
            "A bold move1 by Anna.",
        ),
        ("<h1>T</h1><p>The family 👨‍👩‍👧 said می‌خواهم.</p>", "The family 👨‍👩‍👧 said می‌خواهم."),
        (
            "<html><body style='display:none'><h1>T</h1><p>Words shown later.</p>",
            "Words shown later.",
        ),
        ("<h1>T</h1><p>one &amp; two &lt;three&gt;</p>", "one & two <three>"),
        ("<h1>T</h1><p>one &#1;<b>two</b> \x0bthree</p>", "one two three"),
        ("<h1>T</h1><p>" + "<font>" * 600 + "deep words</p><p>the end</p>", "deep words\nthe end"),
    ],
)
def test_small_and_odd_pages(source: str, text: str, tmp_path: Path) -> None:
    """Fragments, short pages and broken markup give whole sentences, character for character."""
    assert article(tmp_path, "a.htm", source).text == text


def test_declared_encoding(tmp_path: Path) -> None:
    """A page is read in the encoding that it names, where that is not what UTF-8 would give."""
    text = "市議会は火曜日に図書館を閉鎖した。"
    for name, words in (
        ("iso-2022-jp", text),
        ("iso-8859-7", "Το συμβούλιο ψήφισε."),
        ("nonsense", "Words."),
    ):
        encoding = "ascii" if name == "nonsense" else name
        page = f'<html><head><meta charset="{name}"></head><body><p>{words}</p></body></html>'
        assert article(tmp_path, f"{name}.html", page.encode(encoding)).text == words


@pytest.mark.parametrize(
    "source",
    [
        "<html><head><title>T</title></head><body><script>x()</script></body></html>",
        "<html><body><nav>Home</nav></body></html>",
        "<!-- only a comment -->",
    ],
)
def test_page_without_words(source: str, tmp_path: Path) -> None:
    """A page of scripts, menus or comments alone is reported."""
    assert refusal(tmp_path, "a.html", source) == "holds no readable text"


def test_page_title_falls_back(tmp_path: Path) -> None:
    """A page that names no title is titled like a text file; byline and date are still found."""
    page = f"<p>By Jane Doe</p><p>20 August 2025</p><p>{BODY}</p>"
    found = article(tmp_path, "a.html", page)
    assert found.info.title == "The council voted on Tuesday to close the library"
    assert (found.info.author, found.info.published) == ("Jane Doe", "2025-08-20")
    assert found.text == BODY
