"""Title, byline and date: what is found above an article, and what is left in its text."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.read_one import BODY, article
from index.readers.common.authors import author_of, clean_author
from index.readers.common.dates import iso_date
from index.readers.common.head import read_head


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
