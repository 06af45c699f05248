"""The rule on removals: most of an index goes only where that is asked for."""

from __future__ import annotations

import pytest

from index.errors import RemovalsError
from index.removals import MANY_REMOVALS, require_few_removals

WORDS = {"absence": "articles are gone", "outcome": "done", "remedy": "look, or say so"}


@pytest.mark.parametrize(
    ("removed", "indexed"),
    [(0, 0), (MANY_REMOVALS - 1, MANY_REMOVALS - 1), (MANY_REMOVALS, 2 * MANY_REMOVALS)],
    ids=["nothing", "all of a few", "half of many"],
)
def test_few_may_go(removed: int, indexed: int) -> None:
    """A small index may be emptied, and a large one may lose half."""
    require_few_removals(removed, indexed, **WORDS)


def test_most_of_many_may_not() -> None:
    """The sentence says how many, of how many, what was not done and what helps."""
    with pytest.raises(RemovalsError) as caught:
        require_few_removals(MANY_REMOVALS, 2 * MANY_REMOVALS - 1, **WORDS)
    assert str(caught.value) == (
        "10 of 19 articles are gone, so nothing was done; look, or say so if they are to go."
    )
