"""From what is indexed, and what a build did to it, to HTML: pure functions, all text escaped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from assistant.web.html import clean, safe, short_source
from index import BuildReport, ListedArticle, Unreadable

SHOWN: Final = 100
"""Articles that the list shows at once; the search goes over all."""
REASONS_SHOWN: Final = 50
"""Unreadable files that a report names."""
TITLE_SHOWN: Final = 300
"""Characters of a title that the list shows."""

STATES: Final[dict[str, str]] = {
    "current": "as indexed",
    "changed": "changed since",
    "gone": "gone since",
    "not watched": "not watched",
}
STAGES: Final = {
    "reading": "Reading articles",
    "cutting": "Cutting passages",
    "embedding": "Embedding passages",
    "writing": "Writing the index",
    "comparing": "Comparing",
    "pulling": "Fetching from the server",
    "pushing": "Sending to the server",
    "checking": "Checking what arrived",
}


def find_articles(listed: Sequence[ListedArticle], wanted: str) -> list[ListedArticle]:
    """Return the articles whose title, author, date, place or state holds every word."""
    words = clean(wanted).casefold().split()
    return [each for each in listed if all(word in _searched(each) for word in words)]


def list_html(listed: Sequence[ListedArticle], wanted: str = "") -> str:
    """Return the list of the articles that a search finds, its first ``SHOWN``."""
    matching = find_articles(listed, wanted)
    summary = f'<p class="note" role="status">{_summary(len(matching), len(listed), wanted)}</p>'
    if not matching:
        return f'<div class="shelf">{summary}</div>'
    names = ("Title", "Author", "Date", "Passages", "File")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    rows = "".join(map(_row, matching[:SHOWN]))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="shelf">{summary}{table}</div>'


def report_sentences(report: BuildReport) -> list[str]:
    """Return what a build did, in sentences."""
    sentences = [
        f"{_articles(count)} {name}."
        for name in ("added", "changed", "removed")
        if (count := getattr(report, name))
    ]
    if not sentences:
        sentences = ["Nothing has changed."]
    return [*sentences, f"{_articles(report.unchanged)} unchanged."] if report.unchanged else sentences


def unreadable_sentence(each: Unreadable) -> str:
    """Return what could not be read and why; what was indexed of it may stay."""
    stays = "; what was indexed of it stays" if each.out_of_reach else ""
    return f"{short_source(each.source)}: {each.reason}{stays}"


def report_html(report: BuildReport) -> str:
    """Return what a build did, and what it could not read."""
    sentence = " ".join(report_sentences(report))
    return f'<div class="report"><p role="status">{safe(sentence)}</p>{_unread(report)}</div>'


def rebuilt_html(report: BuildReport) -> str:
    """Return what was written again from the stored texts."""
    sentence = f"{_articles(report.added)} written again, {report.passages:,} passages in all."
    return f'<div class="report"><p role="status">{sentence}</p></div>'


def progress_html(stage: str, done: int, total: int, left: float | None) -> str:
    """Return how far a build has come.

    Args:
        stage: What it is doing.
        done: How much of that is done.
        total: How much there is to do; 0: not known.
        left: Seconds until this stage is over; None: not known.
    """
    name = STAGES.get(stage, "Starting")
    sentence = f"{name}: {done:,} of {total:,}" if total else f"{name}…"
    if left is not None:
        sentence += f", {time_left(left)}"
    amount = f' value="{min(done, total)}" max="{total}"' if total else ""
    bar = f'<progress aria-label="{name}"{amount}></progress>'
    return f'<div class="work"><p role="status">{sentence}</p>{bar}</div>'


def time_left(seconds: float) -> str:
    """Say how long something still takes, no more exactly than anyone can know."""
    if seconds < 5:
        return "a few seconds left"
    if seconds < 90:
        return f"about {5 * round(seconds / 5)} s left"
    return f"about {round(seconds / 60)} min left"


def error_html(message: str) -> str:
    """Return why a build failed."""
    return f'<div class="error" role="alert"><p>{safe(message)}</p></div>'


def _searched(each: ListedArticle) -> str:
    info = each.info
    parts = (info.title, info.author or "", info.published or "", info.source, STATES[each.state])
    return clean(" ".join(parts)).casefold()


def _summary(matching: int, total: int, wanted: str) -> str:
    sentence = f"{_articles(total)}, newest first."
    if clean(wanted):
        sentence = f"{matching:,} of {_articles(total)}." if matching else "No article matches the search."
    if matching > SHOWN:
        sentence += f" The first {SHOWN} are shown; the search goes over all."
    return sentence


def _articles(count: int) -> str:
    return f"{count:,} article" + ("" if count == 1 else "s")


def _row(each: ListedArticle) -> str:
    info = each.info
    title = info.title if len(info.title) <= TITLE_SHOWN else info.title[:TITLE_SHOWN] + "…"
    source = f'<small title="{safe(info.source)}">{safe(short_source(info.source))}</small>'
    state = f'<span class="state-{each.state.split()[0]}">{STATES[each.state]}</span>'
    passages = f"{each.passages:,}"
    return (
        f'<tr><th scope="row" dir="auto">{safe(title)}{source}</th>'
        f"{_cell('author', safe(info.author or ''))}{_cell('date', safe(info.published or ''))}"
        f'<td class="passages">{passages}<span> passage{"s" * (each.passages != 1)}</span></td>'
        f"{_cell('state-of-file', state)}</tr>"
    )


def _cell(name: str, html: str) -> str:
    return f'<td class="{name}" dir="auto">{html}</td>'


def _unread(report: BuildReport) -> str:
    count = len(report.unreadable)
    if not count:
        return ""
    lines = [unreadable_sentence(each) for each in report.unreadable[:REASONS_SHOWN]]
    if count > REASONS_SHOWN:
        lines.append(f"and {count - REASONS_SHOWN:,} more")
    items = "".join(f'<li dir="auto">{safe(line)}</li>' for line in lines)
    return f"<p>{count:,} could not be read:</p><ul>{items}</ul>"
