"""The names of what lies in an index folder: all rooms use them, so that no room must know another.

An index folder may be named as a folder of articles, too: what in it is the index's own is told by
these names.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

CATALOGUE = "catalogue.sqlite3"
"""The SQLite file that holds everything that cannot be made again cheaply."""

GENERATIONS = "vectors"
"""The folder of the sealed generations of vectors, one folder each."""

BUILD_LOCK = "build.lock"
"""The file that one builder at a time holds locked."""

BUILD_HOLDER = "build.holder"
"""The file that tells which process that is."""

WORDS_SEEN = "words.seen.json"
"""The stamps of the catalogue whose full-text index was found to be right."""

INDEX_FILES = (f"{CATALOGUE}*", GENERATIONS, BUILD_LOCK, BUILD_HOLDER, f"{WORDS_SEEN}*")
"""Patterns of what lies in an index folder; narrow, for an article may be called ``build.txt``.

A star stands where SQLite puts ``-wal`` and ``-shm`` behind the name, and where a note that is
being written has the number of its process there.
"""


def is_index_file(name: str) -> bool:
    """Whether something of that name, in an index folder, is the index's own."""
    return any(fnmatchcase(name, pattern) for pattern in INDEX_FILES)
