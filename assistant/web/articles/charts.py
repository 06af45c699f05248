"""From what is indexed to two small charts of it: plain HTML and CSS, with words for each bar."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Final

from assistant.web.html import safe
from index import ListedArticle

BARS: Final = 24
"""Bars that fit side by side on a phone."""
SIZES: Final = (1, 2, 3, 5, 10, 20, 50, 100)
"""Passages from which on an article belongs to the next group."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: what it stands for, in full and in short, and how many articles that are."""

    name: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class _Unit:
    """A length of time: the number of the one that a day lies in, and what that one is called."""

    number: Callable[[date], int]
    name: Callable[[int], str]
    label: Callable[[int], str]


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _day_name(number: int) -> str:
    day = date.fromordinal(number)
    return f"{day.day} {day:%B} {day.year}"


_UNITS: Final = (
    _Unit(
        lambda day: day.toordinal(),
        _day_name,
        lambda number: f"{date.fromordinal(number).day} {date.fromordinal(number):%b}",
    ),
    _Unit(
        lambda day: day.year * 12 + day.month - 1,
        lambda number: f"{_month(number):%B} {number // 12}",
        lambda number: f"{_month(number):%b} {number // 12}",
    ),
    _Unit(lambda day: day.year, str, str),
    _Unit(lambda day: day.year // 10, lambda number: f"{number}0s", lambda number: f"{number}0s"),
    _Unit(
        lambda day: day.year // 100, lambda number: f"{number}00s", lambda number: f"{number}00s"
    ),
)


def collection_html(listed: Sequence[ListedArticle]) -> str:
    """Return the charts of a collection: articles over time, and passages per article."""
    if not listed:
        return ""
    times = over_time([each.info.published or "" for each in listed])
    undated = len(listed) - sum(bar.count for bar in times)
    note = f"{undated:,} of {len(listed):,} have no date." if undated else ""
    sizes = by_size([each.passages for each in listed])
    return (
        f'<div class="pictures">{_chart("Articles over time", times, note)}'
        f"{_chart('Passages per article', sizes)}</div>"
    )


def over_time(published: Sequence[str]) -> list[Bar]:
    """Return the articles by day, month, year, decade or century: the finest that fits."""
    days: list[date] = []
    for each in published:
        with suppress(ValueError):
            days.append(date.fromisoformat(each))
    if not days:
        return []
    fitting = (unit for unit in _UNITS if _bars_needed(unit, days) <= BARS)
    unit = next(fitting, _UNITS[-1])
    counts = Counter(map(unit.number, days))
    return [
        Bar(unit.name(number), unit.label(number), counts[number])
        for number in range(min(counts), max(counts) + 1)
    ]


def by_size(passages: Sequence[int]) -> list[Bar]:
    """Return the articles by the number of their passages, in groups that grow."""
    counts = Counter(max(0, bisect_right(SIZES, each) - 1) for each in passages)
    if not counts:
        return []
    return [_group(number, counts[number]) for number in range(min(counts), max(counts) + 1)]


def _bars_needed(unit: _Unit, days: Sequence[date]) -> int:
    return unit.number(max(days)) - unit.number(min(days)) + 1


def _group(number: int, count: int) -> Bar:
    first = SIZES[number]
    if number + 1 == len(SIZES):
        return Bar(f"{first} or more passages", f"{first}+", count)
    last = SIZES[number + 1] - 1
    label = str(first) if first == last else f"{first}–{last}"
    return Bar(f"{label} passage{'' if label == '1' else 's'}", label, count)


def _chart(title: str, bars: Sequence[Bar], note: str = "") -> str:
    most = max((bar.count for bar in bars), default=0)
    # All labels where they fit; else those at both ends.
    crowded = sum(len(bar.label) + 1 for bar in bars) > 44
    marked = {0, len(bars) - 1} if crowded else set(range(len(bars)))
    items = "".join(_bar(bar, most, number in marked) for number, bar in enumerate(bars))
    caption = f"<figcaption>{safe(title)}</figcaption>"
    note = f'<p class="note">{safe(note)}</p>' if note else ""
    kind = "bars crowded" if crowded else "bars"
    return f'<figure>{caption}<ol class="{kind}">{items}</ol>{note}</figure>'


def _bar(bar: Bar, most: int, marked: bool) -> str:
    words = f"{bar.name}: {bar.count:,} article{'' if bar.count == 1 else 's'}"
    height = round(100 * bar.count / most) if most else 0
    label = f'<span class="label" aria-hidden="true">{safe(bar.label) if marked else ""}</span>'
    count = f'<span class="count" aria-hidden="true">{_short(bar.count)}</span>'
    return (
        f'<li title="{safe(words)}"><span class="told">{safe(words)}</span>'
        f'<span class="column" style="--part: {height}%">{count}'
        f'<span class="bar"></span></span>{label}</li>'
    )


def _short(count: int) -> str:
    if not count:
        return ""
    return str(count) if count < 1000 else f"{count / 1000:.1f}k"
