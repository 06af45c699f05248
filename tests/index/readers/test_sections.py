"""The sections of an article: the headings of its format, each where its text stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.read_one import BODY, article
from index.readers import html, markdown
from index.readers.common.draft import Draft
from index.readers.common.sections import locate_sections
from index.types import Article

MORE = "Nobody in the council would say what is to become of the building, nor of its books."


def headings(found: Draft | Article) -> list[str]:
    """Return the headings of an article; each stands at the beginning of its section."""
    for section in found.sections:
        assert found.text[section.start :].split("\n")[0] == section.title
    return [section.title for section in found.sections]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"# T\n\n{BODY}\n\n## One\n\n{BODY}\n\n###### Two ##\n\n{BODY}", ["One", "Two"]),
        (f"T\n===\n\n{BODY}\n\nOne *and*\na half\n---\n\n{BODY}", ["One and a half"]),
        (f"# T\n\n{BODY}\n\n# Other\n\n{BODY}", ["Other"]),
        (f"---\ntitle: T\n---\n# One\n\n{BODY}\n\n# T\n\n{BODY}", ["One"]),
        (f"## T\n\nBy Jane Doe\n\n{BODY}\n\n## One\n\n{BODY}", ["One"]),
        (f"# T\n\n> ## `One` &amp; [two](x)\n> {BODY}\n\n- ### Three\n", ["One & two", "Three"]),
        (
            f"# T\n\n<h2>One<br>and two</h2>\n<p>{BODY}</p>\n\n```\n## no heading\n```",
            ["One and two"],
        ),
        (f"# T\n\n##\n\n## ***\n\n## One\n\n{BODY}", ["One"]),
        (f"# T\n\n{BODY}", []),
        ("# T", []),
    ],
)
def test_markdown(source: str, expected: list[str]) -> None:
    """Headings of every level are sections, but for the title's own."""
    draft = markdown.read(source.encode())
    assert draft.title == "T"
    assert headings(draft) == expected


def test_the_same_heading_again() -> None:
    """A heading that comes twice begins two sections, one behind the other."""
    draft = markdown.read(f"# T\n\n## One\n\n{BODY}\n\n## Two\n\n{MORE}\n\n## One\n\nEnd.".encode())
    assert headings(draft) == ["One", "Two", "One"]
    last = draft.sections[-1]
    assert draft.text[last.start :] == "One\n\nEnd."


PAGE = """<!DOCTYPE html><html><head><title>Council closes library | The Daily</title>
<meta property="og:title" content="Council closes library"></head><body>
<header><h2>The Daily</h2></header><nav><h3>Menu</h3><ul><li><a href="/">Home</a></li></ul></nav>
<main><article><h1>Council closes library</h1><p>{body} {more}</p>
<h2 id="a"><span>The <em>vote</em></span><a class="headerlink" href="#a">¶</a></h2>
<p>{more} {body}</p>
<h3>Three years<br>of dis\xadpute</h3><p>{body} {more}</p>
<h2>می\u200cخواهم 👨\u200d👩\u200d👧</h2><p>{more} {body}</p>
<h4 style="display:none">Hidden</h4><h4>  What
 comes   next </h4><p>{body} {more} The end of it is not known to anybody yet.</p></article>
<aside class="related"><h2>Related stories</h2><ul><li><a href="/x">Ten libraries</a></li></ul>
</aside></main><footer><h2>About us</h2><p>Copyright 2019.</p></footer></body></html>"""


def test_web_page() -> None:
    """The headings of the article are sections; those of menus and notices around it are none."""
    draft = html.read(PAGE.format(body=BODY, more=MORE).encode())
    assert draft.title == "Council closes library"
    vote, dispute, words, following = headings(draft)
    assert (vote, following) == ("The vote", "What comes next")
    assert dispute.replace("\xad", "") == "Three years of dispute"
    assert words == "می\u200cخواهم 👨\u200d👩\u200d👧"
    assert "¶" not in draft.text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (f"<h1>T</h1><h2>One</h2><p>{BODY}</p>", ["One"]),
        (f"<title>T</title><h2>One</h2><p>{BODY}</p><h2>Two</h2><p>{MORE}</p>", ["One", "Two"]),
        (f"<h1>T</h1><p>{BODY}</p><h2><img alt='One'></h2><h2>***</h2><p>{MORE}</p>", []),
        (f"<h1>T</h1><h2>{MORE * 5}<p>{BODY}</p>", []),
        (f"<title>T</title><p>{BODY}</p>", []),
    ],
)
def test_small_and_odd_pages(source: str, expected: list[str]) -> None:
    """Headings of fragments are found; pictures, signs and headings that never end are none."""
    draft = html.read(source.encode())
    assert draft.title == "T"
    assert headings(draft) == expected


def test_page_without_an_article() -> None:
    """Headings are found where nothing says what the article is; those of teasers are not taken."""
    parts = "".join(f"<h2>Part {n}</h2><p>{BODY} {MORE} {n}</p>" for n in range(9))
    aside = f"<div class='teasers'><h2>More</h2><p>{MORE}</p><h3>Most read</h3><p>{MORE}</p></div>"
    draft = html.read(f"<title>T</title><body><h1>T</h1>{parts}</body>".encode())
    assert headings(draft) == [f"Part {n}" for n in range(9)]
    story = "".join(f"<p>{BODY} {MORE} {n}</p>" for n in range(9))
    for around in ("<div class='story-body'>{}</div>", "<div>{}</div>", "<article>{}</article>"):
        page = f"<title>T</title><body>{aside}{around.format(story)}{aside}</body>"
        assert headings(html.read(page.encode())) == []


def test_no_mark_is_left(tmp_path: Path) -> None:
    """What finds the headings again leaves no sign in the text."""
    found = article(tmp_path, "a.html", PAGE.format(body=BODY, more=MORE))
    assert not [char for char in found.text + found.info.title if 0x10600 <= ord(char) < 0x10700]
    assert headings(found)


def test_text_of_tables_and_glosses() -> None:
    """A row of a table is a line; how a word is pronounced does not interrupt it."""
    source = (
        "<table><tr><th>Year</th><th>Visitors</th></tr><tr><td>2024<td><td>9,100</table>"
        "<table><tr><td><p>Left.</p></td><td>Right.</td></tr></table>"
        "<p>漢<ruby>字<rp>(</rp><rt>じ</rt><rp>)</rp></ruby></p><svg><title>Logo</title></svg>"
    )
    assert html.visible_text(source).split("\n") == [
        "Year | Visitors",
        "2024 | | 9,100",
        "Left.",
        "Right.",
        "漢字",
    ]


@pytest.mark.parametrize("charset", ["undefined", "punycode", "idna", "unicode_escape", "hex"])
def test_encoding_that_is_none(charset: str) -> None:
    """A page that names an encoding of Python's which is none of pages is read all the same."""
    page = f'<meta charset="{charset}"><title>T</title><p>{BODY} \\x41 A-</p>'
    assert html.read(page.encode()).text == f"{BODY} \\x41 A-"


# Where headings stand


def test_sections_come_one_behind_the_other() -> None:
    """Whole lines are found, each behind the one before; what is not found is left out."""
    text = "One\nabout One\n  Two \n\nOne\nText\nOne"
    found = locate_sections(text, ["One", "Missing", "Two", "One", "about", "One", "One"])
    assert [(each.start, each.title) for each in found] == [
        (0, "One"), (16, "Two"), (22, "One"), (31, "One"),
    ]  # fmt: skip


def test_many_sections_in_a_long_text() -> None:
    """Thousands of headings, the same or missing, in megabytes of text take no time."""
    text = "\n".join(f"Heading {number}\n{'words ' * 160}" for number in range(10_000))
    names = [f"Heading {number}" for number in range(10_000)]
    assert len(locate_sections(text, names)) == 10_000
    assert len(locate_sections(text, ["Missing"] * 10_000)) == 0
    assert len(locate_sections("Same\n" * 100_000, ["Same"] * 10_000)) == 10_000
