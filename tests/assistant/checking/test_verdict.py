"""Verdicts on sentences that an LLM wrote, from the quotes that they cite."""

from __future__ import annotations

import itertools
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.checking.sources import choose_sources
from assistant.checking.verdict import Quote, Verdict, judge

QUOTE = (
    "Mr Trump said on Tuesday that the United States would not send ground troops to Ukraine, "
    "but could offer air support worth $3 million to 1,200 soldiers."
)
ABOUT = "Trump rules out troops. By Jane Doe. 2025-08-20"


def source(text: str, about: str = "", *, number: int = 1, similarity: float = 0.7) -> Quote:
    return Quote(number, text, about, similarity=similarity)


def verdict(sentence: str, *quotes: str, about: str = "", question: str = "") -> Verdict:
    sources = [source(quote, about, number=n) for n, quote in enumerate(quotes, start=1)]
    return judge(sentence, sources, question=question)


@pytest.mark.parametrize(
    "sentence",
    [
        "Donald Trump said the US will not send ground troops to Ukraine.",
        "According to the article, Trump ruled out that ground troops would be sent: he said the "
        "United States would not send them.",
        "On 19 August 2025, Trump said the US could offer air support worth 3,000,000 dollars.",
        "Trump said the air support, worth $3m, could be offered to twelve hundred soldiers.",
        "In an article of August 20, 2025, Jane Doe writes that Trump could offer air support.",
        "**Trump** could offer air support to 1200 Ukrainian soldiers.",
    ],
)
def test_the_same_in_other_words_is_supported(sentence: str) -> None:
    """Numbers, dates and names may be written otherwise, and may stand round the quote."""
    assert verdict(sentence, QUOTE, about=ABOUT).support == "supported"


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("Trump could offer air support worth $4 million.", "$4 million"),
        ("Trump could offer air support to 1,300 soldiers.", "1,300"),
        ("Trump said on 21 August 2025 that he could offer air support.", "21 August 2025"),
        ("Trump said on Friday that he could offer air support.", "Friday"),
        ("Putin said the United States could offer air support.", "Putin"),
        ("Trump could offer air support to Poland.", "Poland"),
        ("Trump said the United States would send ground troops to Ukraine.", "not"),
        ("Trump would not offer air support.", "not"),
    ],
)
def test_what_is_wrong_is_named(sentence: str, word: str) -> None:
    """One wrong number, date, name or "not" makes a sentence unsupported, and is the reason."""
    found = verdict(sentence, QUOTE, about=ABOUT)
    assert found.support == "unsupported"
    assert word in found.reason


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("Sales rose by 5 percent.", "Sales grew 5% last year."),
        ("The tram cost 5 to 10 million euros.", "The tram cost between €5m and €10m."),
        ("He won five medals.", "He won 5 medals in Paris."),
        ("It was the 20th century's largest bridge.",
         "It was the largest bridge of the twentieth century."),
        ("The vote began at 3 p.m.", "The vote began at 15:00 and lasted an hour."),
        ("About 1.2 million people live there.", "1,234,567 people live there."),
        ("More than 30 people were hurt.", "32 people were hurt."),
        ("The UN has 193 member states.", "The United Nations has 193 member states."),
        ("The city refused to answer.", "The city did not answer."),
        ("The city did not accept the offer.", "The city rejected the offer."),
        ("No, the mayor did not resign.", "The mayor did not resign."),
    ],
)  # fmt: skip
def test_two_ways_to_write_the_same(sentence: str, quote: str) -> None:
    """What people write in two ways is no difference."""
    assert verdict(sentence, quote).support == "supported"


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("Sales rose by 5%.", "Sales fell by 5%."),
        ("Arsenal beat Chelsea 2-1.", "Chelsea beat Arsenal 2-1 on Saturday."),
        ("Rain fell for eight days.", "Rain fell for 8 hours."),
        ("The wall is 40 feet long.", "The wall is 40 metres long."),
        ("In 1917 the engineer showed his motor.",
         "In 1937 the engineer showed his motor, which he had built in 1917."),
        ("The museum was opened.", "The museum was not opened."),
        ("The plan was not only opposed in Geneva.", "The plan was opposed in Istanbul."),
    ],
)  # fmt: skip
def test_the_same_words_may_say_something_else(sentence: str, quote: str) -> None:
    """Opposites, swapped roles, other units and numbers in each other's place are seen."""
    assert verdict(sentence, quote).support != "supported"


@pytest.mark.parametrize(
    "sentence",
    [
        "Die Stadt Wien hat im Jahr 2019 rund 1.200 Bäume an der Donau nicht gefällt.",
        "Президент не посетил Москву 5 мая 2019 года.",
        "2019年5月，北京有6座桥。",
        "لم يزر الرئيس القاهرة في 5 مايو 2019.",
        "Le maire de Paris n’a pas signé l’accord le 3 mai.",
    ],
)
def test_other_languages_are_quoted_as_well(sentence: str) -> None:
    """A part of a quote is supported in any language, and another number in it is not."""
    assert verdict(sentence, f"{sentence} (2)").support == "supported"
    for old, new in (("5", "7"), ("3 mai", "4 mai"), ("19", "18")):
        if old in sentence:
            assert verdict(sentence.replace(old, new), sentence).support != "supported"
    assert verdict(sentence, sentence).reason == ""


def test_a_lead_in_holds_nothing_to_check() -> None:
    """A sentence that only announces others needs no citation; one that says something does."""
    asked = "What did the mayor of Port Arlen promise?"
    for sentence in ("Here is what the articles say:", "The mayor of Port Arlen promised:"):
        assert judge(sentence, [], question=asked) == Verdict("supported", 1.0)
        assert choose_sources(sentence, (1,), [source(QUOTE)], question=asked)[0] == ()
    assert judge("The mayor promised 40 trams:", [], question=asked).support == "unsupported"
    assert judge("Here is what the articles say.", []).reason == "it cites nothing"


def test_the_question_tells_names_but_no_numbers() -> None:
    """A name that was asked about may be repeated; a number of the question proves nothing."""
    quote, asked = (
        "The mayor resigned after the flood.",
        "Did Brennick's mayor resign in 2021?",
    )
    assert verdict("The mayor of Brennick resigned.", quote, question=asked).support == "supported"
    found = verdict("The mayor resigned in 2021.", quote, question=asked)
    assert found.support == "weak"
    assert "2021" in found.reason


def test_the_silence_of_articles_cannot_be_checked() -> None:
    """That the articles do not say something is no more than weak."""
    assert verdict("The articles do not mention the air support.", QUOTE).support != "supported"


PIECES = ("The bridge cost {} euros.", "In Vienna {} people voted.", "{} trams ran, and none late.")
NUMBERS = st.integers(2, 900)


@given(st.sampled_from(PIECES), NUMBERS, NUMBERS)
def test_another_number_is_never_supported(piece: str, one: int, other: int) -> None:
    """A quote is supported word for word; with any other number in it, never."""
    quote = piece.format(one)
    assert verdict(quote, quote).support == "supported"
    if one != other:
        assert verdict(piece.format(other), quote).support == "unsupported"


TEXTS = st.text(max_size=80) | st.sampled_from(
    ["", " ", "👩‍👩‍👧 5", "שלום 12", "2/0/2000 30 Feb. 0000-00-00", "¼ ½ ² Ⅻ 五", "[*]( #) A.B. …:",
     "No 1. Not.", "\ud800 5", "$ €5 % 1,2,3.4.5", "May the 4th", "١٩٩٩-٠٥-٠١"]
)  # fmt: skip


@given(TEXTS, st.lists(st.tuples(TEXTS, TEXTS), max_size=3), TEXTS)
def test_any_text_gets_a_verdict(sentence: str, quotes: list[tuple[str, str]], asked: str) -> None:
    """No text is too odd, the order of sources means nothing, and what is doubted says why."""
    sources = [source(*quote, number=n, similarity=n / 4) for n, quote in enumerate(quotes)]
    found = {judge(sentence, order, question=asked) for order in itertools.permutations(sources)}
    assert len(found) == 1
    (only,) = found
    assert (only.reason == "") == (only.support == "supported")
    assert 0 <= only.score <= 1
    assert ("supported", "weak", "unsupported")[(only.score < 2 / 3) + (only.score < 1 / 3)] == (
        only.support
    )
    numbers, _ = choose_sources(sentence, (0,), sources, question=asked)
    assert set(numbers) <= {each.number for each in sources}


@given(st.text(min_size=1, max_size=80))
def test_a_quote_supports_itself(text: str) -> None:
    """Whatever is quoted word for word is supported."""
    assert judge(text, [source(text, similarity=1.0)]).support == "supported"


SHELF = (
    source("The tram line opened in 2021.", number=1, similarity=0.8),
    source("It cost 40 million euros.", "The tram line opened in 2021.", number=2, similarity=0.6),
    source("Storks nest on the roof of the town hall.", number=3, similarity=0.1),
    source("Line 4 is a tram line that was opened in 2021.", number=4, similarity=0.75),
)


@pytest.mark.parametrize(
    ("sentence", "cited", "chosen", "support"),
    [
        ("The tram line opened in 2021.", (1,), (1,), "supported"),
        ("The tram line opened in 2021.", (1, 4), (1, 4), "supported"),
        ("The tram line opened in 2021.", (1, 3), (1,), "supported"),
        ("The tram line opened in 2021.", (3,), (1,), "supported"),
        ("The tram line opened in 2021.", (), (1,), "supported"),
        ("The tram line opened in 2021 and cost 40 million euros.", (1,), (1, 2), "supported"),
        ("The tram line opened in 2022.", (1,), (), "unsupported"),
        ("Penguins cannot swim.", (3,), (), "unsupported"),
    ],
)
def test_sources_are_chosen(
    sentence: str, cited: tuple[int, ...], chosen: tuple[int, ...], support: str
) -> None:
    """What carries a sentence stays, what adds nothing goes, and what is missing is added."""
    near = 0.1 if "Penguins" in sentence else 1.0
    shelf = [replace(each, similarity=each.similarity * near) for each in SHELF]
    numbers, found = choose_sources(sentence, cited, shelf)
    assert (numbers, found.support) == (chosen, support)


@pytest.mark.alone
def test_choosing_is_quick() -> None:
    """Sixty sentences of evidence take a small part of what an LLM takes for one sentence."""
    evidence = [
        source(
            f"{QUOTE} The council of town {n} met {n} times.", ABOUT, number=n, similarity=n / 60
        )
        for n in range(60)
    ]
    started = time.perf_counter()
    for n in range(10):
        choose_sources(
            f"Trump met the council of Vienna {n + 70} times on 3 May 2024.", (1,), evidence
        )
    assert (time.perf_counter() - started) / 10 < 0.2  # about 0.02 on an idle machine
