"""A question as it was understood → the passages to read, best attempt first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.question.followup import Understood
from assistant.question.period import AskedTime, asked_time
from assistant.reader.evidence import PASSAGES
from index import Hit, View

LIST_PASSAGES = 12
"""How many passages are read where a question asks for a list: the best of further articles too."""

_WIDE = 60  # passages among which other articles are looked for
_ABOUT_AS_NEAR = 0.7  # share of the best sentence's similarity from which on one is on the subject

_ASKS_FOR_LIST = re.compile(
    r"^(?:please )?(?:list|enumerate|name (?:all|the|some|every|each)|which are)\b"
    r"|\b(?:which|what) (?:\w+ ){0,2}(?!does\b|this\b|his\b|its\b|news\b|was\b|is\b|has\b)"
    r"\w+[^\Ws]s (?:were|are|have|had|do|did|can|could)\b",
    re.IGNORECASE,
)


_LIST_COMMAND = re.compile(
    r"^(?:please )?(?:list|enumerate|name)\b(?: me)?(?: (?:all|every|some|each))?(?: of)?\b",
    re.IGNORECASE,
)


def asks_for_list(question: str) -> bool:
    """Whether a question asks for several things that may stand in several articles."""
    return bool(_ASKS_FOR_LIST.search(question))


def time_asked(view: View, question: str) -> AskedTime:
    """Return the time a question asks about; none where most articles have no date.

    The question that is left is what the articles are searched for: no article says "list".
    """
    sought = _LIST_COMMAND.sub("which are", question) if asks_for_list(question) else question
    asked, untimed = asked_time(sought, date.today()), AskedTime(sought)
    # Asked last: all articles must be looked through for it, and few questions name a time.
    return asked if asked != untimed and view.newest() else untimed


def find_passages(view: View, understood: Understood, limit: int = PASSAGES) -> list[Hit]:
    """Return the passages that are nearest to a question, best first."""
    return _search(view, understood, time_asked(view, understood.question), limit)


@dataclass(frozen=True, slots=True)
class Found:
    """The passages of one attempt to answer.

    Attributes:
        read: Those that are read, best first.
        others: Those that were found besides, best first.
    """

    read: tuple[Hit, ...]
    others: tuple[Hit, ...]


def attempts(view: View, understood: Understood, time: AskedTime) -> Iterator[Found]:
    """Yield the passages to read: if the first ones do not answer, the next ones may."""
    hits = _search(view, understood, time, _WIDE)
    if time.latest:
        yield _found(_newest(hits)[:PASSAGES], hits)
    asks = asks_for_list(understood.question)
    yield _found(_spread(hits) if asks else hits[:PASSAGES], hits)


def _found(read: Sequence[Hit], hits: Sequence[Hit]) -> Found:
    chosen = {hit.passage.id for hit in read}
    return Found(tuple(read), tuple(hit for hit in hits if hit.passage.id not in chosen))


def _search(view: View, understood: Understood, time: AskedTime, limit: int) -> list[Hit]:
    return view.search(
        time.question,
        limit,
        said=understood.said,
        leaning=understood.leaning,
        period=time.period,
    )


def _newest(hits: Sequence[Hit]) -> list[Hit]:
    """Return the passages of the newest article among those on the subject."""
    near = max((max(hit.sentence_similarity) for hit in hits), default=0.0)
    about = [hit for hit in hits if max(hit.sentence_similarity) >= _ABOUT_AS_NEAR * near]
    newest = max((hit.article.published or "" for hit in about), default="")
    return [hit for hit in about if (hit.article.published or "") == newest]


def _spread(hits: Sequence[Hit]) -> list[Hit]:
    """Return the best passages, and the best one of each further article."""
    spread = list(hits[:PASSAGES])
    seen = {hit.passage.article_id for hit in spread}
    for hit in hits[PASSAGES:]:
        if hit.passage.article_id not in seen and len(spread) < LIST_PASSAGES:
            seen.add(hit.passage.article_id)
            spread.append(hit)
    return spread
