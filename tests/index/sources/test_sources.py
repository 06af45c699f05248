"""From a source to a citation: pages of the web, feeds and PDFs, asked as any other article."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import open_assistant
from helpers.pdf_files import COUNCIL, printed, sheet
from helpers.website import PAGE, Site, running
from index import build_index, list_index, rebuild_index

OWL = "<html><head><title>Owls</title></head><body><h1>Owls</h1><p>{}</p></body></html>"
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{}</channel></rss>"""
ITEM = "<item><title>{0}</title><guid>{0}</guid><description>{1}</description></item>"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of the person who runs the tests."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def site() -> Iterator[Site]:
    with running() as server:
        yield server


def titles(index: Path) -> list[str]:
    return sorted(each.info.title for each in list_index(index))


@pytest.mark.slow
def test_a_page_follows_its_address(site: Site, tmp_path: Path) -> None:
    """Changed, it is replaced; out of reach, it stays; gone, it goes."""
    index = tmp_path / "index"
    owl = site.put("/owl", OWL.format("The owl of Marrowby eats forty voles a week."))
    library = site.put("/library", PAGE)
    assert build_index([owl, library], index).added == 2
    (citation,) = open_assistant(index).ask("How many voles does the owl eat a week?").citations
    assert (citation.article.source, citation.stale) == (owl, False)
    site.put("/owl", OWL.format("The owl of Marrowby eats sixty voles a week."))
    assert build_index([], index).changed == 1
    assert "sixty" in open_assistant(index).ask("How many voles does the owl eat a week?").text
    site.put("/owl", "out of order", status=503)
    report = build_index([], index)
    assert (report.unchanged, report.removed) == (2, 0)
    assert [each.out_of_reach for each in report.unreadable] == [True]
    site.put("/owl", "gone", status=404)
    assert build_index([], index).removed == 1
    assert titles(index) == ["Library"]


@pytest.mark.slow
def test_a_rebuild_drops_what_is_out_of_reach(site: Site, tmp_path: Path) -> None:
    """It reads all again, so that nothing stays of what it cannot read, and says nothing else."""
    index = tmp_path / "index"
    owl = site.put("/owl", OWL.format("The owl of Marrowby eats forty voles a week."))
    library = site.put("/library", PAGE)
    build_index([owl, library], index)
    site.put("/owl", "out of order", status=503)
    report = rebuild_index([owl, library], index)
    assert (report.added, report.removed) == (1, 1)
    assert [(each.source, each.out_of_reach) for each in report.unreadable] == [(owl, False)]
    assert titles(index) == ["Library"]


@pytest.mark.slow
def test_a_feed_keeps_its_older_entries(site: Site, tmp_path: Path) -> None:
    """A feed shows its newest entries only; the index keeps what it has seen of it."""
    index = tmp_path / "index"
    first = ITEM.format("Owls", "The owl of Marrowby eats forty voles a week.")
    second = ITEM.format("Ferries", "The ferry to Quillon sails at noon.")
    feed = site.put("/feed", FEED.format(first), "application/rss+xml")
    assert build_index([feed], index).added == 1
    site.put("/feed", FEED.format(second), "application/rss+xml")
    report = build_index([], index)
    assert (report.added, report.removed) == (1, 0)
    assert titles(index) == ["Ferries", "Owls"]
    library = site.put("/library", PAGE)
    assert build_index([library], index).removed == 2


def test_a_citation_names_the_section(tmp_path: Path) -> None:
    """The heading under which a quote stands is told on every face."""
    text = (
        "# The owl of Marrowby\n\nIt has lived in the barn for years.\n\n"
        "## Food\n\nThe owl eats forty voles a week.\n\n## Sleep\n\nIt sleeps by day.\n"
    )
    (tmp_path / "owl.md").write_text(text, "utf-8")
    build_index([tmp_path / "owl.md"], tmp_path / "index")
    answer = open_assistant(tmp_path / "index").ask("How many voles does the owl eat a week?")
    assert (answer.citations[0].section, answer.citations[0].page) == ("Food", None)
    assert "owl.md, “Food”, characters" in str(answer)
    (document, *_) = open_assistant(tmp_path / "index").as_retriever().invoke("voles a week")
    assert document.metadata["page"] is None


def test_a_citation_names_the_page(tmp_path: Path) -> None:
    """Of a PDF, the number of the page on which a quote stands."""
    pages = [sheet(COUNCIL), sheet("The owl eats forty voles a week.")]
    (tmp_path / "owl.pdf").write_bytes(printed(*pages))
    build_index([tmp_path / "owl.pdf"], tmp_path / "index")
    answer = open_assistant(tmp_path / "index").ask("How many voles does the owl eat a week?")
    assert answer.citations[0].page == 2
    assert "owl.pdf, p. 2, characters" in str(answer)
