"""Articles and passages ↔ the records in which they travel to a Chroma server and back.

Passages are records as any client of Chroma expects them: text, vector, metadata. Beside these they
carry what a catalogue holds of them, so that one filled from a server is the one that was pushed,
bit by bit: Chroma itself gives vectors back rounded.
"""

from __future__ import annotations

import base64
import json
import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from index.catalogue.snapshot import Snapshot
from index.catalogue.writer import PlacedPassage
from index.errors import ServerError
from index.types import Article, ArticleInfo, Passage, PassageRow, Section, Span, Vectors
from index.vectors.write import metadata_of

Metadata = Mapping[str, str | int]

_PIECE = 4000
"""Characters of one value: hosted servers limit the size of each, not their number alone."""


@dataclass(frozen=True, slots=True)
class Record:
    """A row of a collection; ``vector`` has shape ``(dimension,)``."""

    id: str
    vector: Vectors
    text: str | None
    metadata: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class ArticleRecord:
    """What an article's record holds: all of it but the texts of its passages.

    Attributes:
        info: What is known about it.
        digest: That of the article.
        place: Its place among all articles, from 0.
        gaps: What stands before the first passage, between them, and behind the last.
        sections: Its headings.
        pages: Offsets of its pages.
    """

    info: ArticleInfo
    digest: str
    place: int
    gaps: tuple[str, ...]
    sections: tuple[Section, ...]
    pages: tuple[int, ...]

    @property
    def passage_ids(self) -> list[str]:
        """The ids of its passages, in reading order."""
        return [f"{self.info.id}#{number}" for number in range(len(self.gaps) - 1)]


@dataclass(frozen=True, slots=True)
class PassageRecord:
    """What a passage's record holds: the passage, its text, and its vectors under their digest."""

    placed: PlacedPassage
    text: str
    vector: Vectors
    sentences: Vectors


def article_records(snapshot: Snapshot) -> Iterator[Record]:
    """Yield every article as a record, in the order in which they were stored.

    Raises:
        ServerError: One of them cannot be put together again from its passages.
    """
    for place, article in enumerate(snapshot.texts()):
        passages = snapshot.passages(article.info.id)
        ends = [0, *(each.end for each in passages)]
        starts = [*(each.start for each in passages), len(article.text)]
        gaps = [article.text[end:start] for end, start in zip(ends, starts, strict=True)]
        record = ArticleRecord(
            article.info, article.digest, place, tuple(gaps), article.sections, article.pages
        )
        if [each.id for each in passages] != record.passage_ids:
            raise ServerError(
                f"The passages of the article {article.info.id!r} are not numbered one by one; run "
                f"`assistant index rebuild` and push again."
            )
        whole = json.dumps({each: getattr(record, each) for each in ("gaps", "sections", "pages")})
        info = json.dumps(asdict(article.info))
        yield Record(
            id=article.info.id,
            vector=_direction(article.digest),
            text=None,
            metadata={
                "title": article.info.title,
                "digest": article.digest,
                "place": place,
                **_pieces("info", info),
                **_pieces("whole", whole),
            },
        )


def read_article_record(metadata: Metadata) -> ArticleRecord:
    """Return what an article's record holds.

    Raises:
        ServerError: It is not as it was pushed.
    """
    try:
        whole = json.loads(_joined("whole", metadata))
        return ArticleRecord(
            info=ArticleInfo(**json.loads(_joined("info", metadata))),
            digest=str(metadata["digest"]),
            place=int(metadata["place"]),
            gaps=tuple(whole["gaps"]),
            sections=tuple(Section(*each) for each in whole["sections"]),
            pages=tuple(whole["pages"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise not_as_pushed(str(metadata.get("title"))) from error


def whole_article(record: ArticleRecord, passages: Sequence[PassageRecord]) -> Article:
    """Put an article together from its record and its passages' texts.

    Raises:
        ServerError: It is not the article that was pushed.
    """
    parts = [record.gaps[0]]
    for passage, gap in zip(passages, record.gaps[1:], strict=True):
        parts += [passage.text, gap]
    article = Article(record.info, "".join(parts), record.sections, record.pages)
    if article.digest != record.digest:
        raise not_as_pushed(record.info.title)
    return article


def passage_record(row: PassageRow) -> Record:
    """Return a passage as a record."""
    numbers = row.vector.astype("<f4").tobytes() + row.sentences.astype("<f2").tobytes()
    placed = PlacedPassage(row.passage, row.digest)
    return Record(
        id=row.passage.id,
        vector=row.vector,
        text=row.text,
        metadata={
            **metadata_of(row.passage, row.article),
            "digest": row.digest,
            "checksum": _checksum(placed, numbers),
            **_pieces("sentences", json.dumps(row.passage.sentences)),
            **_pieces("vectors", base64.b64encode(numbers).decode("ascii")),
        },
    )


def read_passage_record(passage_id: str, text: str, metadata: Metadata) -> PassageRecord:
    """Return what a passage's record holds.

    Raises:
        ServerError: It is not as it was pushed.
    """
    try:
        spans = tuple(Span(*each) for each in json.loads(_joined("sentences", metadata)))
        numbers = base64.b64decode(_joined("vectors", metadata), validate=True)
        start, end = int(metadata["start"]), int(metadata["end"])
        passage = Passage(passage_id, str(metadata["article_id"]), start, end, spans)
        placed = PlacedPassage(passage, str(metadata["digest"]))
        if _checksum(placed, numbers) != metadata["checksum"]:
            raise ValueError("it is not as it was pushed")
        # Four bytes a number for the passage, two for each of its sentences.
        dimension = len(numbers) // (4 + 2 * len(spans))
        return PassageRecord(
            placed=placed,
            text=text,
            vector=np.frombuffer(numbers[: 4 * dimension], dtype="<f4").astype(np.float32),
            sentences=np.frombuffer(numbers[4 * dimension :], dtype="<f2")
            .astype(np.float32)
            .reshape(len(spans), dimension),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise not_as_pushed(passage_id) from error


def not_as_pushed(what: str) -> ServerError:
    """Return the error for a record that has changed on the server."""
    return ServerError(
        f"What the Chroma server holds of {what!r} is not as it was pushed; push the index again "
        f"with `assistant index push` where it was built."
    )


def _checksum(placed: PlacedPassage, numbers: bytes) -> int:
    return zlib.crc32(repr(placed).encode(), zlib.crc32(numbers))


def _pieces(name: str, value: str) -> dict[str, str]:
    starts = range(0, len(value), _PIECE)
    return {f"{name}{place}": value[start : start + _PIECE] for place, start in enumerate(starts)}


def _joined(name: str, metadata: Metadata) -> str:
    parts: list[str] = []
    while (part := metadata.get(f"{name}{len(parts)}")) is not None:
        parts.append(str(part))
    return "".join(parts)


def _direction(digest: str) -> Vectors:
    """Return a vector for a record that nobody looks for by one: Chroma takes none without."""
    angle = int(digest[:8], 16) / 2**32 * 2 * math.pi
    return np.array([math.cos(angle), math.sin(angle)], dtype=np.float32)
