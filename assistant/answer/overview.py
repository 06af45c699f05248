"""Answers that nothing is searched for: greetings, summaries, lists of articles.

They quote like any other answer: a summary is made of the article's own central sentences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from assistant.answer.citations import cite_span, marked_text
from assistant.question.intent import Intent
from assistant.question.understand import Query
from assistant.reader.boilerplate import is_boilerplate
from assistant.reader.evidence import Evidence, Material
from assistant.types import Answer, Citation, Sentence
from index import ArticleInfo, Passage, Span, View
from index.text import one_line
from index.types import PassageRow
from index.words import terms
from prompts import fill

SUMMARY_SENTENCES = 3
LISTED = 20

_TELLING = 6  # words from which on a sentence says enough: shorter ones are headings and fragments
_SUMMARISED = 60  # sentences that an LLM summarises an article from, the most central ones

_LEAD_BONUS = 0.15  # an article's opening usually says what it is about
_CLOSENESS = 0.5  # share of a subject's words, by rarity, that an article must hold to be meant


@dataclass(frozen=True, slots=True)
class Overview:
    """An answer made of whole sentences.

    Attributes:
        sentences: Its sentences.
        citations: What they cite.
        material: What it could be phrased from: an article's central sentences; nothing of a list.
    """

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    material: Material = field(default_factory=Material)

    def answer(self, query: Query) -> Answer:
        """Return the overview as the answer to the message that asks for it."""
        return Answer(
            question=query.asked,
            standalone_question=query.asked,
            kind="answered",
            text=marked_text(self.sentences),
            sentences=self.sentences,
            citations=self.citations,
            confidence=1.0,
        )


@dataclass(frozen=True, slots=True)
class _Quotable:
    """A sentence that can be quoted, with the passage it stands in, its text, and its vector."""

    passage: Passage
    around: str
    span: Span
    text: str
    vector: np.typing.NDArray[np.float32]


def greet(query: Query, articles: int, suggestions: tuple[str, ...]) -> Answer:
    """Return the answer to a greeting: how many articles there are, and what one can ask them."""
    text = fill("greeting", count=articles)
    return Answer(query.asked, query.asked, "greeting", text, suggestions=suggestions)


def overview_of(view: View, intent: Intent) -> Overview | None:
    """Return the overview that is asked for; None if none is, or one of nothing that is known."""
    if intent.kind in {"question", "greeting"}:
        return None
    if intent.kind == "listing" or (intent.kind == "mentions" and not intent.subject):
        return list_articles(view)
    if intent.kind == "mentions":
        return list_mentions(view, intent.subject)
    if intent.subject:
        info = find_subject(view, intent.subject)
        return summarise(view, info) if info else None
    articles = view.articles()
    return summarise(view, articles[0]) if len(articles) == 1 else list_articles(view)


def find_subject(view: View, subject: str) -> ArticleInfo | None:
    """Return the article that a subject names: by its title, else by what its passages say."""
    wanted = " ".join(terms(subject))
    for info in view.articles():
        if wanted and wanted == " ".join(terms(info.title)):
            return info
    hits = view.search(subject, 5)
    weights = view.term_weights(subject)
    total = sum(weights.values())
    for hit in hits:
        present = set(terms(f"{hit.article.title} {hit.text}"))
        share = sum(weight for term, weight in weights.items() if term in present)
        if total and share / total >= _CLOSENESS:
            return hit.article
    return None


def summarise(view: View, info: ArticleInfo) -> Overview:
    """Quote the sentences of an article that stand nearest to its whole, in reading order."""
    quotable = list(_quotable(view, view.passages(info.id)))
    vectors = np.stack([each.vector for each in quotable])
    central = vectors @ vectors.mean(axis=0)
    central[0] += _LEAD_BONUS
    lengths = np.array([len(each.text.split()) for each in quotable])
    central[lengths < _TELLING] -= 1.0
    chosen: list[int] = []
    while len(chosen) < min(SUMMARY_SENTENCES, len(quotable)):
        # Maximal marginal relevance: what is chosen already makes its like less welcome.
        repeated = (vectors @ vectors[chosen].T).max(axis=1) if chosen else np.zeros(len(vectors))
        score = central - 0.5 * repeated
        score[chosen] = -np.inf
        chosen.append(int(score.argmax()))
    citations = tuple(
        _cite(view, info, quotable[place], n) for n, place in enumerate(sorted(chosen), start=1)
    )
    sentences = tuple(Sentence(one_line(each.quote), (each.n,), "quoted") for each in citations)
    most_central = sorted(np.argsort(-central, kind="stable")[:_SUMMARISED].tolist())
    telling = [quotable[place] for place in most_central if lengths[place] >= _TELLING]
    evidence = tuple(
        Evidence(n, info, each.passage, each.around, each.span, each.text)
        for n, each in enumerate(telling, start=1)
    )
    # Nobody has searched for these sentences: all of them count alike.
    material = Material(evidence, chances=dict.fromkeys(range(1, len(evidence) + 1), 1.0))
    return Overview(sentences, citations, material)


def list_articles(view: View) -> Overview:
    """List the articles, newest first, each with its opening sentence as citation."""
    articles = view.articles()
    shown = articles[:LISTED]
    citations: list[Citation] = []
    entries: list[Sentence] = []
    for info in shown:
        opening = next(iter(_quotable(view, view.passages(info.id)[:1])), None)
        if opening is None:
            continue
        citations.append(_cite(view, info, opening, len(citations) + 1))
        byline = ", ".join(filter(None, [info.author, info.published]))
        line = f"“{one_line(info.title)}”" + (f" ({byline})" if byline else "")
        entries.append(Sentence(line, (len(citations),), "supported", begins="item"))
    opening_line = (
        fill("listing", count=len(articles))
        if len(shown) == len(articles)
        else fill("listing_newest", count=len(articles), shown=len(shown))
    )
    return _listed(opening_line, entries, citations)


def list_mentions(view: View, subject: str) -> Overview | None:
    """List the articles that hold all words of a subject, each with the sentence that names it.

    Returns:
        None if there are none.
    """
    passages = view.holding(subject)
    first = {each.article_id: each for each in reversed(passages)}  # the best one of each article
    mentioning = list(dict.fromkeys(each.article_id for each in passages))
    citations: list[Citation] = []
    entries: list[Sentence] = []
    wanted = set(terms(subject))
    for row in view.rows(first[article] for article in mentioning[:LISTED]):
        quotable = _quotable_sentences(row)
        named = max(quotable, key=lambda each: len(wanted & set(terms(each.text))))
        citations.append(_cite(view, row.article, named, len(citations) + 1))
        quoted = Sentence(one_line(named.text), (len(citations),), "quoted", begins="item")
        entries.append(quoted)
    if not entries:
        return None
    shown = "" if len(entries) == len(mentioning) else fill("mentions_shown", shown=len(entries))
    opening_line = fill(
        "mentions",
        count=len(mentioning),
        total=len(view.articles()),
        subject=one_line(subject),
        shown=shown,
    )
    return _listed(opening_line, entries, citations)


def _listed(opening: str, entries: Sequence[Sentence], citations: Sequence[Citation]) -> Overview:
    sentences = (Sentence(opening, (), "supported"), *entries)
    return Overview(sentences, tuple(citations))


def _quotable(view: View, passages: Sequence[Passage]) -> Iterator[_Quotable]:
    for row in view.rows(passages):
        yield from _quotable_sentences(row)


def _quotable_sentences(row: PassageRow) -> list[_Quotable]:
    """Return a passage's sentences, without what belongs to the page if there is more."""
    passage = row.passage
    whole = [
        _Quotable(passage, row.text, span, row.text_of(span), vector)
        for span, vector in zip(passage.sentences, row.sentences, strict=True)
    ]
    said = [each for each in whole if not is_boilerplate(row.text, each.span, passage.start)]
    return said or whole


def _cite(view: View, info: ArticleInfo, quotable: _Quotable, n: int) -> Citation:
    around = (quotable.passage.id, Span(quotable.passage.start, quotable.passage.end))
    return cite_span(view, info, quotable.span, n=n, passage=around, score=1.0)
