"""How many articles may go without being asked for: one rule for all that is built or pushed.

A folder that comes up empty (a disk that is not mounted, a mistyped path) must not empty an index.
"""

from __future__ import annotations

from index.errors import RemovalsError

MANY_REMOVALS = 10
"""Removing so many articles and more than half of all must be asked for.

Fewer are the everyday work of a small collection, in which half of all is soon reached.
"""


def require_few_removals(
    removed: int, indexed: int, *, absence: str, outcome: str, remedy: str
) -> None:
    """Refuse to remove most of what is indexed.

    Args:
        removed: How many articles would go.
        indexed: Of how many.
        absence: Which articles these are, and where they are missing.
        outcome: What was therefore not done.
        remedy: What a person can look at, and how they are removed all the same.

    Raises:
        RemovalsError: Most of them would go.
    """
    if removed >= MANY_REMOVALS and 2 * removed > indexed:
        raise RemovalsError(
            f"{removed} of {indexed} {absence}, so nothing was {outcome}; {remedy} if they are "
            f"to go."
        )
