"""The full-text index of the catalogue: words → the passages that hold them, scored by BM25.

SQLite's FTS5 keeps it, without the texts themselves; the words that come in are those that
``index.words`` makes of them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from index.catalogue.rows import PASSAGE, checksum, read_passage, require
from index.types import Passage

TITLE_WEIGHT = 0.5
"""Weight of a title's words against the body's in BM25."""


class FullText:
    """What the full-text index says, as of one commit."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def passages_holding(self, wanted: Sequence[str], limit: int) -> list[Passage]:
        """Return the passages that hold all of these words, the best by BM25 first."""
        if not wanted:
            return []
        rows = self._db.execute(
            f"SELECT {PASSAGE} FROM (SELECT rowid AS row, rank AS place FROM words "
            "WHERE words MATCH ? ORDER BY rank LIMIT ?) "
            "JOIN passage ON passage.number = row ORDER BY place",
            (" AND ".join(f'"{term}"' for term in wanted), limit),
        )
        return [read_passage(row) for row in rows]

    def holds_words(self, passage_id: str, wanted: Sequence[str]) -> bool:
        """Whether the full-text index knows that a passage holds all of these words."""
        query = " AND ".join(f'"{term}"' for term in wanted)
        row = self._db.execute(
            "SELECT 1 FROM words WHERE words MATCH ? AND rowid = "
            "(SELECT number FROM passage WHERE id = ?)",
            (query, passage_id),
        ).fetchone()
        return row is not None

    def words_checksum(self) -> str:
        """Return the checksum of the full-text index, as it is on the disk."""
        crc = 0
        for table in ("words_data", "words_idx", "words_docsize"):
            for row in self._db.execute(f"SELECT * FROM {table}"):
                crc = checksum(crc, *row)
        return str(crc)

    def indexed_words(self) -> int:
        """Return how many passages the full-text index holds."""
        return int(self._db.execute("SELECT count(*) FROM words_docsize").fetchone()[0])

    def lexical(self, query_terms: Sequence[str], limit: int) -> dict[str, float]:
        """Return passage id → BM25 score of the passages that hold any of the words."""
        if not query_terms:
            return {}
        query = " OR ".join(f'"{term}"' for term in query_terms)
        rows = self._db.execute(
            "SELECT passage.id, -best.score FROM (SELECT rowid AS row, bm25(words, ?, 1.0) AS score"
            " FROM words WHERE words MATCH ? ORDER BY score LIMIT ?) AS best "
            "LEFT JOIN passage ON passage.number = best.row",
            (TITLE_WEIGHT, query, limit),
        )
        scores = {passage: float(score) for passage, score in rows}
        require(None not in scores)
        return scores

    def document_frequency(self, query_terms: Sequence[str]) -> dict[str, int]:
        """Return word → number of passages that hold it."""
        rows = self._db.execute(
            "SELECT term, doc FROM vocabulary WHERE term IN (SELECT value FROM json_each(?))",
            (json.dumps(list(query_terms)),),
        )
        return {str(term): int(count) for term, count in rows}

    def words_beginning(self, letter: str, shortest: int, longest: int) -> dict[str, int]:
        """Return the words of a first letter and length, and how many passages hold each."""
        rows = self._db.execute(
            "SELECT term, doc FROM vocabulary WHERE term >= ? AND term < ? "
            "AND length(term) BETWEEN ? AND ?",
            (letter, chr(ord(letter) + 1), shortest, longest),
        )
        return {str(term): int(count) for term, count in rows}
