"""Reading article files: what each format yields, and what happens to files that hold none."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import articles
from index.articles import read_articles
from index.errors import ArticlesNotFoundError
from index.readers import jsonl
from index.readers.dates import iso_date
from index.readers.decoding import clean, decode
from index.readers.heading import read_head
from index.readers.names import author_of, clean_author
from index.readers.text import read as read_text
from index.types import Article, Unreadable

BODY = "The council voted on Tuesday to close the library. It was over in a minute."


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def article(folder: Path, name: str, content: str | bytes) -> Article:
    (found,) = read_articles([write(folder, name, content)])
    assert isinstance(found, Article), found
    return found


def refusal(folder: Path, name: str, content: str | bytes) -> str:
    path = write(folder, name, content)
    (found,) = read_articles([path])
    assert isinstance(found, Unreadable), found
    assert found.source == str(path)
    return found.reason


def lines(*objects: object) -> str:
    return "".join(json.dumps(item) + "\n" for item in objects)


# Plain text: title, byline, date


def test_title_byline_and_date_leave_the_text(tmp_path: Path) -> None:
    """Title, byline and date are recognised and are not part of the text that is quoted."""
    found = article(
        tmp_path,
        "000_281c49e4.txt",
        f"Council closes library\nBy Jane Doe\n20 August 2025\n\n{BODY}\n",
    )
    assert (found.info.title, found.info.author) == ("Council closes library", "Jane Doe")
    assert (found.info.published, found.text) == ("2025-08-20", BODY)


def test_file_name_is_never_the_title(tmp_path: Path) -> None:
    """A file without a headline is titled with the opening words of its first sentence."""
    found = article(tmp_path, "000_281c49e4.txt", f"{BODY}\n\nMore of it.\n")
    assert found.info.title == "The council voted on Tuesday to close the library"
    assert found.text == f"{BODY}\n\nMore of it."


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"Council closes library\n\n{BODY}", "Council closes library"),
        (f"Council closes library\n{BODY}", "Council closes library"),
        (f"Is this the end?\n\n{BODY}", "Is this the end?"),
        (f"Mayor: “It is over”\n\n{BODY}", "Mayor: “It is over”"),
        (f"By Jane Doe\n\nCouncil closes library\n\n{BODY}", "Council closes library"),
        (f"By the sea, a library closes\n\n{BODY}", "By the sea, a library closes"),
        (f"Title: It is over.\n\n{BODY}", "It is over."),
        ("Things to see\n- the library\n- the pier", "Things to see"),
        ("مكتبة البلدة\n\nصوت المجلس يوم الثلاثاء على إغلاق المكتبة.", "مكتبة البلدة"),
        ("图书馆关闭\n\n市议会周二投票。结束了。", "图书馆关闭"),
    ],
)
def test_headline(text: str, title: str) -> None:
    """The first line is the title when it reads like a headline, and then leaves the text."""
    draft = read_head(text)
    assert draft.title == title
    assert title not in draft.text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("It is over.\n\nThe library is closed.", "It is over"),
        ("“It is over.”\n\nThat is what the mayor said.", "“It is over”"),
        (f"{'word ' * 40}\n\n{BODY}", "word word word word word word word word word word…"),
        ("Dr. Roe said so. Then he left.", "Dr. Roe said so"),
        ("Only one line of text", "Only one line of text"),
        (
            "We left the\ncity by the sea and went home.",
            "We left the city by the sea and went home",
        ),
        (
            "We flew last week to the city of New\nYork, where it rained for days\nand days.",
            "We flew last week to the city of New York…",
        ),
        ("https://example.org/story\n\nThe end of it.", "https://example.org/story"),
        ("市议会周二投票决定关闭图书馆。结束了。", "市议会周二投票决定关闭图书馆"),
        ("* * *\n\nThe end is near now.", "The end is near now"),
        ("A" * 300, "A" * 80 + "…"),
    ],
)
def test_opening_words(text: str, title: str) -> None:
    """Without a headline the title is made of opening words, and all of the text stays."""
    assert read_head(text).title == title
    assert read_head(text).text == text


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("By Jane Doe", "Jane Doe"),
        ("Written By Jane Doe", "Jane Doe"),
        ("WRITTEN BY: JANE DOE", "Jane Doe"),
        ("BY JANE O'NEIL-SMITH AND JOHN MCDONALD", "Jane O'Neil-Smith and John McDonald"),
        ("by Jane Doe and John Roe", "Jane Doe and John Roe"),
        ("By Jane Doe, John Roe and Max Poe", "Jane Doe, John Roe and Max Poe"),
        ("By Jane Doe, John Roe, and Max Poe", "Jane Doe, John Roe and Max Poe"),
        ("By Jane Doe, Science Correspondent", "Jane Doe"),
        ("By Jane Doe, science and environment correspondent, in Rome", "Jane Doe"),
        ("By Jane Doe Science correspondent", "Jane Doe"),
        ("By Jane Doe, New York", "Jane Doe"),
        ("By Jane Doe for The Times", "Jane Doe"),
        ("By Jane Doe (Reuters)", "Jane Doe"),
        ("By Jane Doe and agencies", "Jane Doe"),
        ("By Jane Doe jane@example.org", "Jane Doe"),
        ("Words by Ann O'Neil", "Ann O'Neil"),
        ("By J. K. Rowling", "J. K. Rowling"),
        ("By Martin Luther King Jr.", "Martin Luther King Jr."),
        ("By Ludwig van Beethoven", "Ludwig van Beethoven"),
        ("By Mohamed al-Fayed", "Mohamed al-Fayed"),
        ("By María José Núñez-García", "María José Núñez-García"),
        ("By Иван Петров", "Иван Петров"),
        ("By 王小明", "王小明"),
        ("By The Associated Press", "The Associated Press"),
        ("BY AFP", "AFP"),
        ("BY BBC NEWS", "BBC NEWS"),
    ],
)
def test_byline(line: str, author: str) -> None:
    """A byline gives the names alone, without role, place and paper."""
    assert author_of(line) == author


@pytest.mark.parametrize(
    "line",
    [
        "By the end of the day, nothing was left",
        "By Monday",
        "By Tuesday, the rain had stopped",
        "By George, he has done it",
        "By Any Means Necessary",
        "By The Numbers",
        "By 2030, half of all cars will be electric",
        "By London standards it was small",
        "By Ryan Reynolds in the film of the same",
        "By Jane Doe standards, this was mild.",
        "By Smith's own account, the firm was bust",
        "By Apple, Google and Microsoft",
        "By-election in Leeds",
        "Bye Bye Birdie",
        "By",
        "Written by",
        "By " + "Jane " * 30,
    ],
)
def test_no_byline(line: str) -> None:
    """A sentence or headline that begins with "By" names no author."""
    assert author_of(line) is None


@pytest.mark.parametrize(
    ("head", "author", "published"),
    [
        ("By Jane Doe | BBC News | 20 August 2025", "Jane Doe", "2025-08-20"),
        ("By Jane Doe, Wednesday 20 August 2025", "Jane Doe", "2025-08-20"),
        ("By Jane Doe Published 20 August 2025 Updated 21 August 2025", "Jane Doe", "2025-08-20"),
        ("By Jane Doe • 3 min read", "Jane Doe", None),
        ("August 20, 2025", None, "2025-08-20"),
        ("2025-08-20", None, "2025-08-20"),
        ("Published: 20 Aug 2025 10:30", None, "2025-08-20"),
        ("Updated 21 August 2025\nPublished 20 August 2025", None, "2025-08-20"),
        ("Last updated on 21 August 2025", None, "2025-08-21"),
        ("Author: jane doe\nDate: 20 August 2025", "jane doe", "2025-08-20"),
        ("Authors: Jane Doe and John Roe, reporters", "Jane Doe and John Roe", None),
    ],
)
def test_lines_of_the_head(head: str, author: str | None, published: str | None) -> None:
    """Bylines and dates in their usual forms are read and taken out of the text."""
    draft = read_head(f"{head}\n\n{BODY}")
    assert (draft.author, draft.published, draft.text) == (author, published, BODY)


def test_byline_below_a_standfirst() -> None:
    """A byline and date below an introduction are found; the introduction stays in the text."""
    text = (
        f"Council closes library\n\nIt ends a long dispute.\n\nBy Jane Doe\n20 May 2025\n\n{BODY}"
    )
    draft = read_head(text)
    assert (draft.author, draft.published) == ("Jane Doe", "2025-05-20")
    assert draft.text.split() == f"It ends a long dispute. {BODY}".split()


def test_byline_at_the_end() -> None:
    """A byline as the last line counts, and is not part of the text."""
    draft = read_head("\n\n".join(["Council closes library", *[BODY] * 7, "Written By Jane Doe"]))
    assert draft.author == "Jane Doe"
    assert draft.text == "\n\n".join([BODY] * 7)


@pytest.mark.parametrize(
    "body",
    [
        f"{BODY}\n\n20 August 2025\n\nAnother day begins.",
        f"{BODY}\n\n20 August 2025: the vote is near.",
        f"{BODY}\nBy the end of the day, nothing was left.",
        f"{BODY}\n\nCouncil closes library again\n\nAnd more.",
        "20 August 2025 - The council voted on it. It was over.",
    ],
)
def test_text_is_not_taken_for_a_head(body: str) -> None:
    """Dates, headings and sentences inside the text stay there."""
    assert read_head(f"Diary of a dispute\n\n{body}").text == body


@pytest.mark.parametrize("text", ["Council closes library", "A headline\nBy Jane Doe\n2 May 2025"])
def test_nothing_but_a_head(text: str) -> None:
    """An article that would be left without any text keeps the lines of its head."""
    draft = read_head(text)
    assert draft.text == text
    assert draft.title == text.split("\n")[0]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2025-08-20T23:30:00+02:00", "2025-08-20"),
        ("2025-08-20 10:30", "2025-08-20"),
        ("Wed, 20 Aug 2025 10:30:00 GMT", "2025-08-20"),
        ("20th August 2025", "2025-08-20"),
        ("20/08/2025", "2025-08-20"),
        ("03.04.2025", "2025-04-03"),
        ("20 août 2025", "2025-08-20"),
        ("2025年8月20日", "2025-08-20"),
        ("03/04/2025", None),
        ("2025-13-45", None),
        ("30 February 2025", None),
        ("August 2025", None),
        ("Budget 2025", None),
        ("20 August", None),
        ("yesterday", None),
        ("", None),
        (1755648000, None),
        (None, None),
    ],
)
def test_iso_date(value: object, expected: str | None) -> None:
    """A date that names day, month and year becomes an ISO date; anything else is none."""
    assert iso_date(value) == expected


# Encodings


QUOTED = "“It’s over,” said Zoë – the café’s owner. She paid £5 for it."


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (QUOTED.encode("cp1252"), QUOTED),
        (codecs.BOM_UTF8 + QUOTED.encode(), QUOTED),
        (QUOTED.encode("utf-16"), QUOTED),
        (codecs.BOM_UTF16_BE + QUOTED.encode("utf-16-be"), QUOTED),
        (QUOTED.encode("utf-32"), QUOTED),
        ("Le garçon a mangé à l'école.".encode("latin-1"), "Le garçon a mangé à l'école."),
        ("café".encode("latin-1"), "café"),
        (
            "Совет закрыл библиотеку во вторник.".encode("cp1251"),
            "Совет закрыл библиотеку во вторник.",
        ),
        ("市議会は図書館を閉鎖した。".encode("shift_jis"), "市議会は図書館を閉鎖した。"),
        (QUOTED.encode() + b"\xe2\x80", QUOTED + "\ufffd"),
        (b"one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("ﬁ Å Å ½".encode(), "ﬁ Å Å ½"),
    ],
)
def test_decode(data: bytes, text: str) -> None:
    """Text of the usual encodings comes out as it was written, not normalised."""
    assert decode(data) == text


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01",
        b"text with a \x00 in it",
        gzip.compress(BODY.encode() * 20, mtime=0),
        bytes(range(1, 32)) * 9,
        codecs.BOM_UTF16_LE + b"a\x00b",
    ],
)
def test_binary_content_is_refused(data: bytes, tmp_path: Path) -> None:
    """A binary file is reported as such, whatever its name."""
    assert refusal(tmp_path, "photo.txt", data) == "looks like a binary file, not text"


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.jsonl", "a.jsonl.gz"])
@pytest.mark.parametrize("content", [b"", b" \n\n \t\n"])
def test_empty_file(name: str, content: bytes, tmp_path: Path) -> None:
    """An empty file, or one of white space, is reported as empty in every format."""
    packed = gzip.compress(content) if name.endswith(".gz") else content
    assert refusal(tmp_path, name, packed) == "is empty"


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_no_letters(name: str, tmp_path: Path) -> None:
    """An article without a letter or digit is no article."""
    assert refusal(tmp_path, name, "* . . . *\n\n—!") == "holds no text"


def test_line_ends_of_text_files(tmp_path: Path) -> None:
    """Windows line ends and white space at line ends go; indentation and wrapped lines stay."""
    found = article(
        tmp_path, "a.txt", "A headline\r\n\r\nThe first  \r\n  second line.\r\n\r\nEnd.\r\n"
    )
    assert found.text == "The first\n  second line.\n\nEnd."


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters() | st.sampled_from("\0\r\n\ufeff\ud800\udfff")))
def test_article_text_is_clean(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """No article keeps NUL, lone surrogates or carriage returns, whatever its file holds."""
    found = article(
        tmp_path_factory.getbasetemp(), "any.jsonl", lines({"id": 1, "text": f"a{text}"})
    )
    every = found.text + found.info.title
    assert not any(char in "\0\r\ufeff" or unicodedata.category(char) == "Cs" for char in every)
    assert clean(found.text) == found.text
    assert found.digest


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(categories=["L", "M", "N", "P", "S", "Zs"])), min_size=1))
def test_text_file_keeps_its_letters(parts: list[str]) -> None:
    """Every letter of a text file's body is in the article, in order."""
    body = "\n".join(f"said {part} then." for part in parts)
    draft = read_text(f"A headline\n\n{body}\n".encode())
    assert "".join(draft.text.split()) == "".join(clean(body).split())


# Markdown


MARKDOWN = """---
title: Council closes library
authors: [By Jane Doe, John Roe]
date: 2025-08-20
---
# The end of a library

By a **large** majority the [council](https://example.org) voted
to close *it*.  \n
The ![old building](x.png) is <b>for</b> sale.<!-- secret -->

<!-- another secret -->

- one `item`
- two

| Year | Visitors |
|------|----------|
| 2024 | 9,100    |

```
code = 1
```

> A quote.

***

Price &amp; rate: 2 \\* 3.
"""


def test_markdown(tmp_path: Path) -> None:
    """Markdown becomes plain text, a block each, with the facts of its front matter."""
    found = article(tmp_path, "a.md", MARKDOWN)
    assert found.info.title == "Council closes library"
    assert found.info.author == "Jane Doe and John Roe"
    assert found.info.published == "2025-08-20"
    assert found.text.split("\n\n") == [
        "The end of a library",
        "By a large majority the council voted to close it.",
        "The old building is for sale.",
        "one item",
        "two",
        "Year | Visitors",
        "2024 | 9,100",
        "code = 1",
        "A quote.",
        "Price & rate: 2 * 3.",
    ]


@pytest.mark.parametrize(
    "content",
    [
        f"# Council closes library\n\n*By Jane Doe*\n\n20 August 2025\n\n{BODY}",
        "---\nTitle: Council closes library\nauthor: {name: Jane Doe}\n"
        f"published: 20 August 2025\n---\n# Council closes library\n\n{BODY}",
        f"## Council closes library\n\n**Author:** Jane Doe\n\nDate: 20 August 2025\n\n{BODY}",
    ],
)
def test_markdown_head(content: str, tmp_path: Path) -> None:
    """Title, author and date come from front matter, else from heading and byline."""
    found = article(tmp_path, "a.markdown", content)
    assert (found.info.title, found.info.author) == ("Council closes library", "Jane Doe")
    assert (found.info.published, found.text) == ("2025-08-20", BODY)


@pytest.mark.parametrize(
    "front", ["title: [unclosed", "title: 'a\n  b: c", "- a list", "date: 2025-13-45", "just words"]
)
def test_broken_front_matter(front: str, tmp_path: Path) -> None:
    """Front matter that cannot be read is no front matter; the article is read all the same."""
    found = article(tmp_path, "a.md", f"---\n{front}\n---\n# A headline\n\n{BODY}")
    assert found.info.title == "A headline"
    assert found.text.endswith(BODY)


def test_markdown_hard_break_and_html(tmp_path: Path) -> None:
    """A hard break is a new line; of raw HTML only the visible words remain."""
    source = "# T\n\none  \ntwo<br>three\n\n<div><script>x()</script><p>four</p>five</div>\n"
    assert article(tmp_path, "a.md", source).text == "one\ntwo\nthree\n\nfour\nfive"


# HTML


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


# JSON lines


def test_json_lines(tmp_path: Path) -> None:
    """All fields of a JSON line are used, and its text stays as it is."""
    text = "By Jane Doe\n\n  An indented line. \n"
    full = {"id": "a", "title": " A\ntitle ", "text": text, "author": "By Jane Doe",
            "published": "2025-08-20T10:00:00Z", "source": "https://example.org/a"}  # fmt: skip
    path = write(tmp_path, "a.jsonl", lines(full, {"id": 7, "text": BODY, "published": "soon"}))
    first, second = read_articles([path])
    assert isinstance(first, Article)
    assert isinstance(second, Article)
    assert first.text == text
    info = first.info
    assert (info.id, info.title, info.author) == ("a", "A title", "Jane Doe")
    assert (info.published, info.source, info.origin) == ("2025-08-20", full["source"], str(path))
    assert (second.info.id, second.info.source) == ("7", f"{path}#7")
    assert second.info.title == "The council voted on Tuesday to close the library"
    assert (second.info.author, second.info.published) == (None, None)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": "x", "text": "cut', "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'["x"]', "is not a JSON object, {…}"),
        (b'{"text": "no id"}', 'has no "id"'),
        (b'{"id": true, "text": "no id"}', 'has no "id"'),
        (b'{"id": "x"}', 'has no "text"'),
        (b'{"id": "x", "text": "  "}', 'has no "text"'),
        (b'{"id": "x", "text": ["a"]}', 'has no "text"'),
        (b'{"id": "x", "text": "..."}', "holds no text"),
        (b'{"id": "x", "text": "caf\xe9"}', "is not UTF-8 text"),
    ],
)
def test_bad_json_line(line: bytes, reason: str, tmp_path: Path) -> None:
    """A bad line is reported with its number and the lines after it are read."""
    good = json.dumps({"id": "good", "text": BODY}).encode()
    path = write(tmp_path, "a.jsonl", codecs.BOM_UTF8 + b"\n" + line + b"\r\n" + good)
    bad, found = read_articles([path])
    assert bad == Unreadable(f"{path}:2", reason)
    assert isinstance(found, Article)


def test_json_text_is_cleaned(tmp_path: Path) -> None:
    """NUL, byte order marks and lone surrogates are removed from every field of a JSON line."""
    line = (
        rb'{"id":"a\u0000", "title":"T\ud800", "author":"\udfffJane",'
        rb' "text":"\ufeffa\r\nb \ud83d\ude00"}'
    )
    found = article(tmp_path, "a.jsonl", line)
    assert (found.info.id, found.info.title, found.info.author) == ("a", "T", "Jane")
    assert found.text == "a\nb 😀"


def test_damaged_gzip_keeps_the_good_lines(tmp_path: Path) -> None:
    """Of a packed file that breaks off the lines before are kept and the file is reported."""
    packed = gzip.compress(
        lines(*({"id": i, "text": os.urandom(99).hex()} for i in range(500))).encode()
    )
    path = write(tmp_path, "a.JSONL.gz", packed[: len(packed) // 2])
    *good, last = read_articles([path])
    assert len(good) > 100
    assert all(isinstance(found, Article) for found in good)
    assert isinstance(last, Unreadable)
    assert last.source == str(path)
    assert "damaged" in last.reason
    assert "damaged" in refusal(tmp_path, "b.jsonl.gz", "this was never packed")


def test_endless_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line beyond all measure ends the file instead of filling the memory."""
    monkeypatch.setattr(jsonl, "LONGEST_LINE", 1000)
    good, bad = read_articles(
        [write(tmp_path, "a.jsonl", lines({"id": 1, "text": BODY}) + "x" * 2000)]
    )
    assert isinstance(good, Article)
    assert isinstance(bad, Unreadable)
    assert "line 2" in bad.reason


@pytest.mark.parametrize(
    ("value", "author"),
    [
        ("Jane Doe", "Jane Doe"),
        ("By Jane Doe, Reporter", "Jane Doe"),
        ("Doe, Jane", "Doe, Jane"),
        (["A B", "C D", "E F"], "A B, C D and E F"),
        ([], None),
        (" ", None),
        (5, None),
    ],
)
def test_author_of_metadata(value: object, author: str | None) -> None:
    """An author in metadata is shown as given, without "By"; lists become one string."""
    assert clean_author(value) == author


# Files and folders


def test_identity_of_a_file(tmp_path: Path) -> None:
    """A file's id comes from its absolute path; source and origin are that path."""
    path = write(tmp_path, "a.txt", BODY)
    (found,) = read_articles([path.parent / "." / ".." / tmp_path.name / "a.txt"])
    assert isinstance(found, Article)
    assert found.info.id == hashlib.blake2b(path.as_posix().encode(), digest_size=6).hexdigest()
    assert (found.info.source, found.info.origin) == (str(path), str(path))


def test_folder(tmp_path: Path) -> None:
    """A folder is read with its subfolders, sorted; hidden things and the index are passed over."""
    names = ["b.txt", "a.TXT", "sub/c.md", "sub/deep/d.htm", ".hidden.txt", ".git/e.txt"]
    for name in [*names, ".article-index/f.txt"]:
        write(tmp_path, name, f"# {name}\n\n{BODY}")
    found = list(read_articles([tmp_path]))
    assert all(isinstance(one, Article) for one in found)
    origins = [Path(one.info.origin) for one in found if isinstance(one, Article)]
    assert origins == [tmp_path / name for name in ("a.TXT", "b.txt", "sub/c.md", "sub/deep/d.htm")]


def test_unknown_kinds(tmp_path: Path) -> None:
    """A file of an unknown kind is reported, in a folder and by itself, and stops nothing."""
    write(tmp_path, "a.txt", BODY)
    paths = [write(tmp_path, name, b"x") for name in ("b.docx", "README")]
    reasons = [f"files of this kind ({kind}) cannot be read; use .txt, .md, .html or .jsonl"
               for kind in (".docx", "no suffix")]  # fmt: skip
    found = {
        one.source: one.reason for one in read_articles([tmp_path]) if isinstance(one, Unreadable)
    }
    assert found == dict(zip(map(str, paths), reasons, strict=True))
    assert list(read_articles(paths)) == [
        Unreadable(str(p), r) for p, r in zip(paths, reasons, strict=True)
    ]


@pytest.mark.parametrize("name", ["missing", "a.txt/below", "nul\0", "x" * 5000])
def test_missing_path(name: str, tmp_path: Path) -> None:
    """A path that does not exist is an error at once, before anything is read."""
    write(tmp_path, "a.txt", BODY)
    with pytest.raises(ArticlesNotFoundError, match="check the path"):
        read_articles([tmp_path, tmp_path / name])


def test_same_file_twice(tmp_path: Path) -> None:
    """A file reached through two paths, or through a link, is read once."""
    path = write(tmp_path, "sub/a.txt", BODY)
    (tmp_path / "sub" / "b.txt").symlink_to(path)
    assert len(list(read_articles([path, tmp_path, tmp_path / "sub", path]))) == 1


def test_same_id_twice(tmp_path: Path) -> None:
    """The second article with an id is reported, naming the id and its first place."""
    one = write(
        tmp_path, "1.jsonl", lines({"id": "a", "text": BODY}, {"id": "a", "text": "Other."})
    )
    two = write(tmp_path, "2.jsonl", lines({"id": "a", "text": BODY}))
    found = list(read_articles([tmp_path]))
    reason = f"has the id 'a', which {one}:1 has already"
    assert found[1:] == [Unreadable(f"{one}:2", reason), Unreadable(f"{two}:1", reason)]


def test_links(tmp_path: Path) -> None:
    """Links to folders are not followed, so loops end; a link that leads nowhere is reported."""
    write(tmp_path, "a.txt", BODY)
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    (tmp_path / "nowhere.txt").symlink_to(tmp_path / "gone.txt")
    first, *rest = read_articles([tmp_path])
    assert isinstance(first, Article)
    assert [one.source for one in rest if isinstance(one, Unreadable)] == [
        str(tmp_path / "nowhere.txt"),
        str(tmp_path / "self.txt"),
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_pipe(tmp_path: Path) -> None:
    """A pipe is reported and never opened, which would wait for ever."""
    os.mkfifo(tmp_path / "pipe.txt")
    assert list(read_articles([tmp_path])) == [
        Unreadable(str(tmp_path / "pipe.txt"), "not a regular file")
    ]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_no_permission(tmp_path: Path) -> None:
    """What may not be read is reported with the reason, files and folders."""
    path = write(tmp_path, "a.txt", BODY)
    folder = write(tmp_path, "sub/b.txt", BODY).parent
    path.chmod(0)
    folder.chmod(0)
    try:
        found = list(read_articles([tmp_path]))
    finally:
        folder.chmod(0o700)
    expected = [Unreadable(str(p), "cannot be opened: permission denied") for p in (path, folder)]
    assert found == expected


def test_file_name_that_is_not_unicode(tmp_path: Path) -> None:
    """A file name that is no valid text gives an article whose facts can be stored."""
    try:
        path = write(tmp_path, os.fsdecode(b"caf\xe9.txt"), BODY)
    except (OSError, UnicodeError):
        pytest.skip("this system has no such names")
    (found,) = read_articles([path])
    assert isinstance(found, Article)
    assert found.info.source.encode().endswith("caf\ufffd.txt".encode())
    assert found.digest


def test_reader_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a reader raises is reported for its file, and the next file is read."""

    def fail(_: bytes) -> None:
        raise RecursionError("too deep")

    monkeypatch.setitem(articles._READERS, ".md", fail)
    write(tmp_path, "a.md", "x")
    write(tmp_path, "b.txt", BODY)
    bad, good = read_articles([tmp_path])
    assert bad == Unreadable(str(tmp_path / "a.md"), "cannot be read (RecursionError: too deep)")
    assert isinstance(good, Article)


def test_too_large_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file too large for an article is not loaded."""
    monkeypatch.setattr(articles, "LARGEST_FILE", 10)
    assert refusal(tmp_path, "a.txt", BODY).startswith("is larger than")


def test_progress(tmp_path: Path) -> None:
    """Progress is told for each file, readable or not, with the total known from the start."""
    for name in ("a.txt", "b.xyz", "c.jsonl"):
        write(tmp_path, name, lines({"id": "1", "text": BODY}))
    calls: list[tuple[str, int, int]] = []
    list(read_articles([tmp_path], lambda *call: calls.append(call)))
    assert calls == [("reading", 1, 3), ("reading", 2, 3), ("reading", 3, 3)]


def test_heavy_imports_come_late(tmp_path: Path) -> None:
    """Reading plain text loads none of the libraries that other formats need."""
    path = write(tmp_path, "a.txt", BODY)
    heavy = "{'trafilatura', 'lxml', 'yaml', 'markdown_it', 'dateparser', 'charset_normalizer'}"
    code = (
        "import sys; from pathlib import Path; import index.readers.text as t;"
        f"before = {heavy} & set(sys.modules);"
        f"t.read(Path({str(path)!r}).read_bytes());"
        f"import index.articles; assert {heavy} & set(sys.modules) == before"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1])
