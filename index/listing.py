"""An index → its articles, each with its passages and whether its file is still the same."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from index.catalogue.database import Catalogue
from index.file_state import file_changed
from index.types import ArticleInfo

State = Literal["current", "changed", "gone", "not watched"]
"""Of an article's file; an address, or a name that is no text, is not watched."""


@dataclass(frozen=True, slots=True)
class ListedArticle:
    """An article of the index, how many passages it has, and the state of its file."""

    info: ArticleInfo
    passages: int
    state: State


def list_index(folder: Path | str) -> tuple[ListedArticle, ...]:
    """List what an index holds, newest article first, undated ones last.

    Raises:
        IndexMissingError: There is no index.
        IndexDamagedError: Its catalogue is damaged.
    """
    with Catalogue.open(Path(folder)).snapshot() as snapshot:
        states = {state.path: state for state in snapshot.files()}

        @cache
        def state_of(origin: str) -> State:
            if origin not in states:
                return "not watched"
            if not os.path.lexists(origin):
                return "gone"
            return "changed" if file_changed(states[origin]) else "current"

        listed = [
            ListedArticle(each.info, each.passages, state_of(each.info.origin))
            for each in snapshot.indexed().values()
        ]
    listed.sort(key=lambda each: (each.info.title.casefold(), each.info.id))
    return tuple(sorted(listed, key=lambda each: each.info.published or "", reverse=True))


def indexed_files(folder: Path | str) -> dict[str, Path]:
    """Return the files that an index was made from and that are still there.

    They are found by the hash of their content, as ``content_digest`` returns it.

    Raises:
        IndexMissingError: There is no index.
        IndexDamagedError: Its catalogue is damaged.
    """
    with Catalogue.open(Path(folder)).snapshot() as snapshot:
        states = [(state.digest, Path(state.path)) for state in snapshot.files()]
    return {digest: path for digest, path in states if path.exists()}
