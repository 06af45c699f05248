"""When sentences of two articles are said to differ in a number or a date, and when not."""

from __future__ import annotations

import pytest

from assistant.question.answer_type import answer_type_of
from assistant.question.intent import Intent
from assistant.question.understand import Query
from assistant.reader.conflicts import find_conflict
from assistant.reader.evidence import Candidate
from index import ArticleInfo, Hit, Passage, SentenceSignals, Span
from index.words import terms

LONG = "How long is the Vannow bridge?"
MANY = "How many people died in Lornwick?"
WHEN = "When did the Vannow bridge open?"


def query_of(question: str) -> Query:
    return Query(
        question, question, Intent("question"), question, question, question,
        answer_type=answer_type_of(question),
        weights=dict.fromkeys(terms(question), 1.0),
    )  # fmt: skip


def candidate(number: int, text: str, published: str | None = None) -> Candidate:
    """Make the only sentence of an article; it holds all words of the question."""
    span = Span(0, len(text))
    article = ArticleInfo(f"a{number}", "A report", "", "", published=published)
    passage = Passage(f"a{number}#0", article.id, *span, (span,))
    hit = Hit(passage, article, article.title, text, 1.0, 0.5, 1.0, (0.5,))
    signals = SentenceSignals(hit, span, text, 0.5, 1.0, 1.0)
    return Candidate(number, article, passage, text, span, text, signals, 0, 0.0)


def differ(question: str, one: str, other: str, published: tuple[str | None, ...] = ()) -> bool:
    """Whether the sentences differ; asserts that it does not matter which of them is the best."""
    days = published or (None, None)
    both = [
        candidate(n, text, day) for n, text, day in zip((1, 2), (one, other), days, strict=True)
    ]
    query, chances = query_of(question), {1: 0.5, 2: 0.5}
    rivals = [find_conflict(query, best, both, chances) for best in both]
    assert rivals in ([None, None], both[::-1])
    return rivals[0] is not None


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (LONG, "The Vannow is 310 metres long.", "The Vannow is 342 metres long, not 20 miles."),
        (LONG, "The Vannow measures 1,310 metres.", "The Vannow measures 1,342 metres."),
        (
            MANY,
            "The flood of Lornwick killed 12 people.",
            "The flood of Lornwick killed fifteen people.",
        ),
        (MANY, "Fire in Lornwick: twenty-one people died.", "In Lornwick, 22 people died."),
        (MANY, "In Lornwick, 12 people died in 3 years.", "In Lornwick, 9 people died in 3 years."),
        (
            "What percentage of Lornwick is wood?",
            "Of all land in Lornwick, wood covers 12%.",
            "Wood covers 15 percent of Lornwick.",
        ),
        ("How much did Lornwick pay?", "Then Lornwick paid $2000.", "Then Lornwick paid $3000."),
    ],
)
def test_other_numbers_of_the_same_thing_differ(question: str, one: str, other: str) -> None:
    """Of the same unit, or of what is counted; in figures or in words."""
    assert differ(question, one, other)


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (LONG, "The Vannow is 310 metres long.", "The Vannow is crossed in 5 minutes."),
        (LONG, "The Vannow is 310 metres long.", "The Vannow has 4 spans."),
        (LONG, "The Vannow is about 300 metres long.", "The Vannow is 310 metres long."),
        (LONG, "The Vannow is 310 metres long.", "The Vannow is 310 m long and has 4 spans."),
        (LONG, "The Vannow is 310 metres long.", "The Vannow is 300 to 350 metres long."),
        (
            MANY,
            "The flood of Lornwick killed 12 people.",
            "The flood of Lornwick killed 12 people, 3 people at sea.",
        ),
        (MANY, "The flood of Lornwick killed 12 people.", "In Lornwick, people died at 5:30 pm."),
        (
            MANY,
            "The flood of Lornwick killed 12 people.",
            "It was the 3rd time that Lornwick lost people.",
        ),
        (MANY, "The flood of Lornwick killed a dozen people.", "In Lornwick, 12 people died."),
        (MANY, "The flood of Lornwick killed 12 people.", "In Quill, 15 people died."),
    ],
)
def test_numbers_of_other_things_do_not(question: str, one: str, other: str) -> None:
    """Another unit, a rounding, a span, an order, a time of day, another place."""
    assert not differ(question, one, other)


@pytest.mark.parametrize(
    "other",
    [
        "In Lornwick the Model 3 killed people.",
        "In Lornwick COVID-19 killed people.",
        "In Lornwick people died on line 4.",
        "People died in Lornwick [4].",
        "People died in Lornwick, see chapter 3.",
    ],
)
def test_a_number_within_a_name_is_no_figure(other: str) -> None:
    """It says which one it is."""
    assert not differ(MANY, "The flood of Lornwick killed 12 people.", other)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("The Vannow opened in 1984.", "The Vannow opened in 1987.", True),
        ("The Vannow opened in 1984.", "The Vannow opened on 5 May 1987.", True),
        ("The Vannow opened in May 1984.", "The Vannow opened in June 1984.", True),
        ("The Vannow opened in the 1980s.", "The Vannow opened in 1991.", True),
        ("The Vannow opened in 1984.", "The Vannow opened on 5 May 1984.", False),
        ("The Vannow opened in the 1980s.", "The Vannow opened in 1984.", False),
        ("The Vannow opened in 1984.", "The Vannow opened 1,987 days ago.", False),
        ("The Vannow opened on Monday.", "The Vannow opened on Friday.", False),
        ("The Vannow opened in May.", "The Vannow opened in June.", False),
    ],
)
def test_dates_differ_as_far_as_both_give_them(one: str, other: str, *, expected: bool) -> None:
    """A year alone may be that of a day; without a year nothing is compared."""
    assert differ(WHEN, one, other) == expected


def test_the_year_of_a_date_may_be_its_articles() -> None:
    """Then months differ too."""
    texts = ("The Vannow opens in May.", "The Vannow opens in June.")
    assert differ(WHEN, *texts, ("2024-02-01", "2024-03-01"))
    assert not differ(WHEN, texts[0], texts[0], ("2024-02-01", "2024-03-01"))


def test_only_what_is_asked_for_can_differ() -> None:
    """Other days of one year are no other year; a year that the question names is no answer."""
    first, second = "The Vannow opened on 5 May 1984.", "The Vannow opened on 7 May 1984."
    assert differ(WHEN, first, second)
    assert not differ("In what year did the Vannow bridge open?", first, second)
    assert not differ("When in 1984 did the Vannow bridge open?", first, second)
    assert not differ("Who opened the Vannow bridge?", first, "The Vannow opened in 1987.")
