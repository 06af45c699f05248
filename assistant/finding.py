"""A question as it was understood → the passages to read, best attempt first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from assistant.evidence import PASSAGES
from assistant.followup import Understood
from assistant.periods import AskedTime, asked_time
from index import Hit, View

LIST_PASSAGES = 12
"""How many passages are read where a question asks for a list: the best of further articles too."""

_WIDE = 60  # passages among which other articles are looked for
_RELEVANT = 0.6  # share of the best passage's score from which on an article is about the question

_ASKS_FOR_LIST = re.compile(
    r"\b(?:list|name (?:all|the|some|every)|enumerate|all (?:the|of)|every|each of"
    r"|(?:which|what) (?:\w+ ){0,2}\w+[^\Ws]s (?:were|are|have|had|do|did|can|could|was|is))\b",
    re.IGNORECASE,
)


def asks_for_list(question: str) -> bool:
    """Whether a question asks for several things that may stand in several articles."""
    return bool(_ASKS_FOR_LIST.search(question))


def time_asked(view: View, question: str) -> AskedTime:
    """Return the time a question asks about; none where no article has a date."""
    return asked_time(question, date.today()) if view.newest() else AskedTime(question)


def find_passages(view: View, understood: Understood, limit: int = PASSAGES) -> list[Hit]:
    """Return the passages that are nearest to a question, best first."""
    time = time_asked(view, understood.question)
    return view.search(
        time.question,
        limit,
        said=understood.said,
        leaning=understood.leaning,
        period=time.period,
    )


def attempts(view: View, understood: Understood) -> Iterator[list[Hit]]:
    """Yield the passages to read: if the first ones do not answer, the next ones may."""
    hits = find_passages(view, understood, _WIDE)
    if time_asked(view, understood.question).latest:
        yield _newest(hits)[:PASSAGES]
    yield _spread(hits) if asks_for_list(understood.question) else hits[:PASSAGES]


def _newest(hits: Sequence[Hit]) -> list[Hit]:
    """Return the passages of the newest article among those about the question."""
    about = [hit for hit in hits if hit.score >= _RELEVANT * hits[0].score]
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
