"""PDF files: what is printed on their pages becomes whole sentences, and every page is known."""

from __future__ import annotations

from textwrap import fill

import pytest

from helpers.pdf_files import (
    BREAD,
    COUNCIL,
    FERRY,
    SIZE,
    WIDTH,
    Sheet,
    flat,
    page_of,
    printed,
    sheet,
)
from index.readers.pdf.hyphens import Joiner
from index.readers.pdf.read import read


def test_every_page_is_known() -> None:
    """Paragraphs are lines, and each page begins where its first word stands."""
    draft = read(printed(sheet(COUNCIL), sheet(FERRY), sheet(f"{COUNCIL}\n\n{FERRY}")))
    assert draft.text.split("\n\n") == [flat(COUNCIL), flat(FERRY), flat(COUNCIL), flat(FERRY)]
    assert [draft.text[start:][:7] for start in draft.pages] == ["The cou", "The fer", "The cou"]
    assert draft.pages[0] == 0
    assert page_of(draft, "painted green") == 2


@pytest.mark.parametrize("between", [0, 1, 2])
def test_a_sentence_goes_on_overleaf(between: int) -> None:
    """A sentence across pages is whole, also across empty ones, and its pages are right."""
    first, second = FERRY.rsplit("\n", 1)
    pages = [
        sheet(f"{COUNCIL}\n\n{first}"),
        *[Sheet()] * between,
        sheet(f"{second}\n\n{COUNCIL}"),
    ]
    draft = read(printed(*pages))
    assert draft.text.split("\n\n") == [flat(COUNCIL), flat(FERRY), flat(COUNCIL)]
    assert len(draft.pages) == 2 + between
    assert page_of(draft, "It is") == 1
    assert page_of(draft, "painted green") == 2 + between


def test_empty_pages_at_the_ends_count() -> None:
    """Pages without text have numbers too."""
    draft = read(printed(Sheet(), sheet(COUNCIL), Sheet()))
    assert draft.pages == (0, 0, len(draft.text))
    assert page_of(draft, "The council") == 2


def test_what_is_taken_off_the_top_moves_no_page() -> None:
    """A title page is taken for title, author and date; the pages stay where they are."""
    draft = read(
        printed(sheet("By Jane Doe\n\n20 August 2025").text("The Last Library", 20), sheet(COUNCIL))
    )
    assert (draft.title, draft.author, draft.published) == (
        "The Last Library", "Jane Doe", "2025-08-20",
    )  # fmt: skip
    assert draft.text == flat(COUNCIL)
    assert draft.pages == (0, 0)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("the transpor-\ntation of books", "the transportation of books"),
        ("a well-known man and a well-\nknown town", "and a well-known town"),
        ("for the long-\nterm plan, a longterm plan", "for the longterm plan"),
        ("the Anglo-\nSaxon church", "the Anglo-Saxon church"),
        ("a 20-\nyear plan", "a 20-year plan"),
        ("in pre-\nand post-war years", "in pre- and post-war years"),
        ("a state-of-the-\nart library", "a state-of-the-art library"),
        ("a self-\ngoverning town", "a self-governing town"),
        ("the hall –\nor what is left", "the hall – or what is left"),
        ("the hall—\nor what is left", "the hall—or what is left"),
    ],
    ids=lambda value: value.split("\n")[-1],
)
@pytest.mark.parametrize("overleaf", [False, True])
def test_divided_words(lines: str, words: str, overleaf: bool) -> None:
    """A word divided at the end of a line is whole again; a hyphen of its own stays."""
    before, after = lines.split("\n")
    filler = "Everybody who was at home in those days was asked for an opinion on"
    first, second = f"{COUNCIL}\n\n{filler} {before}", f"{after} and thought of once more that day."
    pages = [sheet(first), sheet(second)] if overleaf else [sheet(f"{first}\n{second}")]
    draft = read(printed(*pages))
    assert words in draft.text


def test_scripts_without_spaces() -> None:
    """Lines of Chinese and Japanese are joined without a space; a soft hyphen is none of a text."""
    join = Joiner([])
    assert join(["今日は", "良い天気です。"]) == "今日は良い天気です。"
    assert join(["the trans\u00adpor\u00ad", "tation"]) == "the transportation"


def test_paragraphs_are_told_by_indentation() -> None:
    """A line that is set in begins a paragraph; the second line of a list item does not."""
    indented = "\n".join(f"    {part}" for part in (COUNCIL, FERRY, COUNCIL))
    assert read(printed(sheet(indented))).text.split("\n\n") == list(
        map(flat, (COUNCIL, FERRY, COUNCIL))
    )
    first, second = flat(FERRY).split("which ")
    items = f"{COUNCIL}\n\n• {first}\n  which {second}\n• {first}\n  which {second}"
    assert read(printed(sheet(items))).text.split("\n\n")[1:] == [f"• {flat(FERRY)}"] * 2


def test_paragraphs_are_told_by_an_early_end() -> None:
    """Without gaps and indentation, a last line that is not full ends a paragraph."""
    assert read(printed(sheet(f"{COUNCIL}\n{FERRY}\n{COUNCIL}"))).text.split("\n\n") == [
        flat(COUNCIL), flat(FERRY), flat(COUNCIL),
    ]  # fmt: skip


def test_columns() -> None:
    """A sentence goes on at the top of the next column."""
    lines = fill(flat(f"{COUNCIL} {FERRY}"), 45).split("\n")
    page = sheet("\n".join(lines[:5])).column(WIDTH / 2).text("\n".join(lines[5:]))
    assert read(printed(page)).text == flat(f"{COUNCIL} {FERRY}")


def test_a_caption_is_not_taken_for_half_a_sentence() -> None:
    """A page that ends with few words does not go on overleaf, whatever begins there."""
    draft = read(printed(sheet(f"{FERRY}\n\n\nThe quay"), sheet(f"and so on. {COUNCIL}")))
    assert draft.text.split("\n\n") == [flat(FERRY), "The quay", flat(f"and so on. {COUNCIL}")]


def test_running_lines_are_dropped() -> None:
    """What stands above and below the text of most pages is no text; numbers in a text stay."""
    pages = [
        sheet(
            f"{text}\n\nIn {year} the ferry of Marrowby was painted green, as it was before.",
            "Annals of Marrowby",
            f"Page {number} of 3",
        )
        for number, (text, year) in enumerate([(COUNCIL, 1912), (FERRY, 1956), (BREAD, 1970)], 1)
    ]
    draft = read(printed(*pages))
    assert "Annals" not in draft.text
    assert "Page" not in draft.text
    assert [draft.text.count(str(year)) for year in (1912, 1956, 1970)] == [1, 1, 1]


@pytest.mark.parametrize("form", ["{}", "- {} -", "Page {}", "{}/9"])
def test_lone_page_numbers_are_dropped(form: str) -> None:
    """Two pages, or pages of the same text, show by their count that a number is the page's."""
    first, second = FERRY.rsplit("\n", 1)
    pages = [sheet(f"{COUNCIL}\n\n{first}", footer=form.format(7)),
             sheet(f"{second}\n\n{COUNCIL}", footer=form.format(8))]  # fmt: skip
    draft = read(printed(*pages))
    assert draft.text.split("\n\n") == [flat(COUNCIL), flat(FERRY), flat(COUNCIL)]
    assert page_of(draft, second) == 2
    same = [sheet(COUNCIL, footer=form.format(number)) for number in range(1, 6)]
    assert read(printed(*same)).text.split("\n\n") == [flat(COUNCIL)] * 5


def test_numbers_that_count_no_pages_stay() -> None:
    """The year at the end of a page is text."""
    pages = [sheet(f"{COUNCIL}\n\n{year}") for year in (1912, 1956)]
    assert read(printed(*pages)).text.split("\n\n")[1::2] == ["1912", "1956"]


def test_numbered_headers_of_chapters_are_dropped() -> None:
    """A header that differs from chapter to chapter is known by the number of the page in it."""
    chapters = ["Before the vote", "Before the vote", "The vote", "After the vote", "The vote"]
    lines = flat(f"{COUNCIL} {FERRY}").replace(", ", ". ").split(". ")
    pages = [
        sheet(f"{line.capitalize()}.", f"{title} {number}")
        for number, (title, line) in enumerate(zip(chapters, lines, strict=False), start=31)
    ]
    assert not any(char.isdigit() for char in read(printed(*pages)).text)


def test_a_title_is_no_header() -> None:
    """What is printed large stays, though the pages below repeat it; two pages repeat nothing."""
    first = Sheet().text("Annals of Marrowby", 20).text(f"\n{COUNCIL}")
    rest = [sheet(COUNCIL, "Annals of Marrowby") for _ in range(3)]
    assert read(printed(first, *rest)).title == "Annals of Marrowby"
    twice = read(printed(*[sheet(f"{COUNCIL}\n\n{FERRY}")] * 2))
    assert twice.text.count("painted green") == 2


def test_a_footnote_does_not_part_a_sentence() -> None:
    """A sentence that goes on overleaf is whole although a footnote stands below its beginning."""
    first, second = FERRY.rsplit("\n", 1)
    page = sheet(f"{COUNCIL}\n\n{first}")
    page.line("1 The ferry was built in 1956, in the yard of the town.", 72, 80, SIZE * 0.7)
    draft = read(printed(page, sheet(f"{second}\n\n{COUNCIL}")))
    assert flat(FERRY) in draft.text
    assert page_of(draft, "1 The ferry was built") == 1


def test_a_stamp_along_the_margin_is_dropped() -> None:
    """A few lines that run in another direction are no text; a page that is turned is read."""
    page = sheet(f"{COUNCIL}\n\n{FERRY}")
    page.line("Copy of the archive", 20, 300, 20, "0 1 -1 0")
    assert "archive" not in read(printed(page)).text
    turned = Sheet()
    for number, line in enumerate(f"{COUNCIL}\n{FERRY}".split("\n")):
        turned.line(line, 100 + 13 * number, 72, turn="0 1 -1 0")
    assert read(printed(turned)).text.split("\n\n") == [flat(COUNCIL), flat(FERRY)]


def test_spaces_where_browsers_may_divide_words() -> None:
    """Browsers print a space where a word has a soft hyphen, and say what it means."""
    page = sheet(COUNCIL)
    page.draw("BT /F1 11 Tf 1 0 0 1 72 600 Tm (The transpor) Tj")
    page.draw("/Span << /ActualText <FEFF00AD> >> BDC ( ) Tj EMC (tation of books.) Tj ET")
    assert "The transportation of books." in read(printed(page)).text
