"""The catalogue's rows → values, each row checked against the checksum it was stored with.

SQLite itself notices only damage to its own structure: what else has changed on the disk would
otherwise be taken for the truth.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from index.types import Article, ArticleInfo, FileState, Passage, PassageRow, Section, Span

# Each of these ends with the checksum of what stands before it.
INFO = (
    "article.id, title, source, origin, author, published, language, article.digest, "
    "article.passages, article.text_checksum, article.checksum"
)
PASSAGE = (
    'passage.id, article, start, "end", passage.sentences, passage.vector, '
    "headline, passage.text_checksum, passage.checksum"
)
VECTOR = "vector.digest, vector.passage, vector.sentences, vector.checksum"
META = "key, value, checksum"
FILE = "path, size, modified, digest, sound, checksum"
BUILD = "finished, generation, report, checksum"

ARTICLE = f"{INFO}, text, article.sections, pages"
PASSAGE_ROW = f'{PASSAGE}, {INFO}, {VECTOR}, substr(text, start + 1, "end" - start)'


def checksum(*values: object) -> int:
    """Return the checksum of a row's values, which is stored in the row's last column."""
    crc = 0
    for value in values:
        crc = zlib.crc32(value if isinstance(value, bytes) else repr(value).encode(), crc)
    return crc


def is_sound(row: Sequence[object]) -> bool:
    """Whether a row's last column is the checksum of the others."""
    return checksum(*row[:-1]) == row[-1]


def is_sound_article(row: Sequence[object]) -> bool:
    """Whether a row of ``ARTICLE`` is as it was stored, its text too."""
    return is_sound(row[:11]) and checksum(*row[11:]) == row[9]


def require(sound: bool) -> None:
    """Refuse what is not as it was stored.

    Raises:
        sqlite3.DatabaseError: It is not.
    """
    if not sound:
        raise sqlite3.DatabaseError("a row is not as it was stored")


def read_info(row: Sequence[str]) -> ArticleInfo:
    """Return what is known of an article from a row of ``INFO``."""
    require(is_sound(row))
    return ArticleInfo(*row[:7])


def read_article(row: Sequence[str]) -> Article:
    """Return an article from a row of ``ARTICLE``."""
    require(is_sound_article(row))
    text, sections, pages = row[11:]
    headings = tuple(Section(*section) for section in json.loads(sections))
    return Article(ArticleInfo(*row[:7]), text, headings, tuple(json.loads(pages)))


def read_file(row: Sequence[Any]) -> FileState:
    """Return a file's state from a row of ``FILE``."""
    require(is_sound(row))
    path, size, modified, digest, sound, _ = row
    return FileState(path, size, modified, digest, bool(sound))


def read_passage(row: Sequence[Any]) -> Passage:
    """Return a passage from a row of ``PASSAGE``."""
    require(is_sound(row))
    identifier, article, start, end, sentences, *_ = row
    spans = tuple(Span(*span) for span in json.loads(sentences))
    return Passage(identifier, article, start, end, spans)


def read_passage_row(row: Sequence[Any]) -> PassageRow:
    """Return a passage with its text and vectors from a row of ``PASSAGE_ROW``."""
    passage, info, vectors, text = read_passage(row[:9]), read_info(row[9:20]), row[20:24], row[24]
    require(is_sound(vectors) and checksum(text) == row[7])
    sentences = np.frombuffer(vectors[2], dtype=np.float16).astype(np.float32)
    return PassageRow(
        passage=passage,
        article=info,
        headline=row[6],
        text=text,
        vector=np.frombuffer(vectors[1], dtype=np.float32),
        sentences=sentences.reshape(len(passage.sentences), -1),
        digest=row[5],
    )
