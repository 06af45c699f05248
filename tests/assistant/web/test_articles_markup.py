"""The tab of the articles as text: nothing in an article or a file name is more than text."""

from __future__ import annotations

import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.web.articles import builds, charts, markup, uploads
from index import BuildReport, ListedArticle, Unreadable
from index.errors import RemovalsError
from index.types import ArticleInfo, no_progress

ALLOWED = {
    *("div", "p", "table", "thead", "tbody", "tr", "th", "td", "span", "small", "b", "ul", "ol"),
    *("li", "progress", "figure", "figcaption"),
}
HOSTILE = st.text(max_size=40) | st.sampled_from(
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onclick='x", "&lt;b&gt;"]
)


class Seen(HTMLParser):
    """Notes elements and attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}


def listed(number: int = 0, **known: Any) -> ListedArticle:
    info = {"id": f"a{number}", "title": f"Article {number}", "source": f"/a/{number}.txt"}
    return ListedArticle(ArticleInfo(**{"origin": "/a", **info, **known}), 3, "current")


def report(*unreadable: Unreadable, **counts: int) -> BuildReport:
    every = dict.fromkeys(("added", "changed", "removed", "unchanged"), 0)
    return BuildReport(**{**every, **counts}, unreadable=unreadable, passages=9, embedded=0,
                       seconds=1.0, generation="g")  # fmt: skip


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
def test_hostile_text_stays_text(title: str, author: str, source: str, search: str) -> None:
    """Whatever an article, a file's name or a search holds, only our own elements come out."""
    article = listed(title=title, author=author, published=author, source=source)
    upload = uploads.Upload(title, "refused", author)
    html = (
        markup.list_html([article], search)
        + markup.list_html([article])
        + markup.report_html(report(Unreadable(source, author, out_of_reach=True)))
        + markup.error_html(title)
        + uploads.uploads_html([upload])
        + charts.collection_html([article])
    )
    seen = Seen(html)
    assert seen.elements <= ALLOWED
    assert seen.attributes <= {"class", "scope", "dir", "title", "role", "style", "aria-hidden"}


@pytest.mark.alone
def test_ten_thousand_articles_choke_nobody() -> None:
    """The first hundred are shown, the search goes over all, and both are quick."""
    many = [listed(number, published=f"{1990 + number % 30}-05-01") for number in range(10_000)]
    began = time.perf_counter()
    html = markup.list_html(many)
    found = markup.list_html(many, "article 9876")
    drawn = charts.collection_html(many)
    assert time.perf_counter() - began < 3
    assert (html.count("<tr>"), len(html) < 60_000) == (1 + markup.SHOWN, True)
    assert "The first 100 are shown" in html
    assert "1 of 10,000 articles" in found
    assert drawn.count("<li") <= charts.BARS + len(charts.SIZES)


@given(st.text(max_size=400), st.sampled_from(uploads.KINDS))
def test_a_stored_name_leads_nowhere(name: str, suffix: str) -> None:
    """It is one short part of a path, is not hidden, and keeps its suffix."""
    stored = uploads.stored_name(name + suffix.upper(), "0123456789abcdef0123")
    assert Path(stored).name == stored
    assert stored.endswith(f"-0123456789abcdef{suffix}")
    assert not stored.startswith((".", "-"))
    assert len(stored.encode()) < 120
    assert stored.isprintable()


def test_files_of_one_name_are_kept_apart() -> None:
    """By what they hold."""
    names = {uploads.stored_name("../../x.txt", digest * 16) for digest in "ab"}
    assert names == {"x-aaaaaaaaaaaaaaaa.txt", "x-bbbbbbbbbbbbbbbb.txt"}


def test_too_many_files_are_told(tmp_path: Path, sample_index: Path) -> None:
    """Those beyond the limit are named, and none of them is looked at."""
    files = [tmp_path / f"{number}.exe" for number in range(uploads.MOST + 2)]
    for each in files:
        each.write_bytes(b"MZ")
    done = uploads.add_uploads(files, sample_index, no_progress)
    assert [each.result for each in done] == ["refused"] * len(files)
    assert [("left out" in each.reason) for each in done[-3:]] == [False, True, True]
    assert not uploads.uploads_folder(sample_index).exists()


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (["2026-03-01", "2026-03-03"], ["1 March 2026", "2 March 2026", "3 March 2026"]),
        (["2025-12-01", "2026-02-03"], ["December 2025", "January 2026", "February 2026"]),
        (["2019-12-01", "2021-12-03", "2023-01-01"], ["2019", "2020", "2021", "2022", "2023"]),
        (["1965-01-01", "1999-01-01"], ["1960s", "1970s", "1980s", "1990s"]),
        (["1765-01-01", "2026-01-01"], ["1700s", "1800s", "1900s", "2000s"]),
        (["nonsense", ""], []),
    ],
)
def test_articles_over_time(published: list[str], expected: list[str]) -> None:
    """By the finest unit whose bars fit, those without an article included."""
    bars = charts.over_time(published)
    assert [bar.name for bar in bars[: len(expected)]] == expected
    assert sum(bar.count for bar in bars) == (len(published) if expected else 0)


def test_a_large_span_of_months_is_shown_by_year() -> None:
    """More than two years would be too many bars."""
    assert len(charts.over_time(["2024-01-01", "2026-01-31"])) == 3


def test_passages_per_article() -> None:
    """In groups that grow; none is left out, and the sizes are named."""
    bars = charts.by_size([1, 3, 4, 60, 5000])
    assert [(bar.label, bar.count) for bar in bars if bar.count] == [
        ("1", 1), ("3–4", 2), ("50–99", 1), ("100+", 1),
    ]  # fmt: skip
    assert charts.by_size([0])[0].count == 1
    assert charts.by_size([]) == []


def test_what_a_build_did_is_said_in_sentences() -> None:
    """Only what happened is said; what could not be read is told with its reason."""
    told = markup.report_sentences(report(added=2, removed=1, unchanged=7))
    assert told == ["2 articles added.", "1 article removed.", "7 articles unchanged."]
    assert markup.report_sentences(report()) == ["Nothing has changed."]
    html = markup.report_html(report(Unreadable("/a/b/c.pdf", "is damaged", out_of_reach=True)))
    assert "…/b/c.pdf: is damaged; what was indexed of it stays" in html


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(2, "a few seconds left"), (33, "about 35 s left"), (200, "about 3 min left")],
)
def test_time_left(seconds: float, told: str) -> None:
    """As exactly as anyone can know."""
    assert markup.time_left(seconds) == told


def test_one_build_at_a_time() -> None:
    """A second is not started while one goes on; a fault of the core is told, not thrown."""
    from threading import Event

    queue, go_on = builds.BuildQueue(), Event()

    def build(progress: Any) -> str:
        progress("embedding", 1, 4)
        assert go_on.wait(20)
        raise RuntimeError("a bug")

    first = queue.start(build)
    assert first is not None
    assert queue.start(build) is None
    assert queue.current is first
    go_on.set()
    wait_for(first)
    current: object = queue.current
    assert (current, builds.UNEXPECTED in first.html) == (None, True)


def test_the_guard_against_mass_removals_can_be_answered() -> None:
    """Its refusal is told as such; another failure is not."""

    def refuse(_: Any) -> str:
        raise RemovalsError("Too many would go.")

    started = builds.BuildQueue().start(refuse)
    assert started is not None
    outcome = wait_for(started)
    assert (outcome.failed, outcome.removals) == (True, True)
    assert "Too many would go." in outcome.html


def wait_for(started: builds.Build) -> builds.Outcome:
    for _ in range(1000):
        if started.outcome is not None:
            return started.outcome
        time.sleep(0.02)
    raise AssertionError("the build did not end")
