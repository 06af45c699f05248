"""What numbers and dates a text holds, however they are written."""

from __future__ import annotations

import pytest

from assistant.language.amounts import read_values, same_amount
from assistant.language.dates import MONTHS, SHORT_MONTHS, month_number
from assistant.language.number_words import SMALL_NUMBERS, is_ordinal, spelt_value


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("a bridge of 1,310 metres", 1310, "metre"),
        ("12 percent of it", 12, "%"),
        ("it cost $2.5bn", 2.5e9, "$"),
        ("twenty-one people", 21, ""),
        ("twelve hundred sheep", 1200, ""),
        ("two dozen eggs", 24, ""),
    ],
)
def test_a_number_is_read_with_its_unit(text: str, value: float, unit: str) -> None:
    """In figures or in words."""
    (amount,) = read_values(text).amounts
    assert value in amount.values
    assert amount.unit == unit
    assert not amount.ordinal


@pytest.mark.parametrize("text", ["the 3rd time", "the twenty-first of them"])
def test_a_place_in_an_order_is_no_count(text: str) -> None:
    """It says which one, not how many."""
    (amount,) = read_values(text).amounts
    assert amount.ordinal


@pytest.mark.parametrize("text", ["COVID-19", "an F-16", "in 1984", "on 3 May 2024", "the 1990s"])
def test_dates_and_names_are_no_numbers(text: str) -> None:
    """A number within them counts nothing."""
    assert not read_values(text).amounts


def test_a_rounding_is_the_same_number() -> None:
    """One way only: the exact number does not stand for a rounded one."""
    (rounded,) = read_values("about 300 metres").amounts
    (exact,) = read_values("310 metres").amounts
    assert same_amount(rounded, exact)
    assert not same_amount(exact, rounded)


def test_months_have_their_numbers() -> None:
    """In full, shortened, in any case."""
    assert [month_number(name) for name in MONTHS] == list(range(1, 13))
    assert [month_number(name.upper()) for name in SHORT_MONTHS] == [*range(1, 13), 9]
    assert month_number("feb.") == 2
    with pytest.raises(ValueError, match="not in"):
        month_number("Brumaire")


def test_words_have_their_values() -> None:
    """The word at a place means that number."""
    assert [spelt_value(word) for word in SMALL_NUMBERS] == list(range(20))
    assert is_ordinal("Twenty-first")
    assert not is_ordinal("twenty-one")
