"""The values that travel through the index: articles, passages, hits and build reports.

Everything here is frozen. Offsets are Python string offsets (code points) into ``Article.text``;
``start`` is included, ``end`` is not, so that ``article.text[start:end]`` is the text meant.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import astuple, dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
"""Float32 array; its shape is stated wherever one is passed."""

Progress = Callable[[str, int, int], None]
"""Called as ``progress(stage, done, total)`` during long work; ``total`` is 0 while unknown."""


def no_progress(stage: str, done: int, total: int) -> None:
    """Ignore progress: the default where nobody watches."""


class Span(NamedTuple):
    """A half-open range of character offsets."""

    start: int
    end: int


class Section(NamedTuple):
    """A heading: from ``start`` on, up to the next one, an article's text stands under it."""

    start: int
    title: str


@dataclass(frozen=True, slots=True)
class ArticleInfo:
    """What is known about an article besides its text.

    Attributes:
        id: Stable identifier: the ``id`` of a JSON line, or derived from the file's path.
        title: Headline, never empty.
        source: Where a reader finds it: a path or an address.
        origin: What it was read from: the absolute path of a file, or an address.
        author: As printed in the article, or None.
        published: ISO 8601 date (``YYYY-MM-DD``), or None.
        language: ISO 639-1 code (``en``), or None where there is too little text to tell.
    """

    id: str
    title: str
    source: str
    origin: str
    author: str | None = None
    published: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """An article: its text, how that is divided, and what is known about it.

    Attributes:
        info: What is known about it.
        text: Its text.
        sections: Its headings in reading order; empty where the format has none.
        pages: Offsets at which its pages begin, the first one's too; empty where it has none.
    """

    info: ArticleInfo
    text: str
    sections: tuple[Section, ...] = ()
    pages: tuple[int, ...] = ()

    @property
    def digest(self) -> str:
        """A hash of everything the index shows of the article; it changes when any of it does."""
        parts = (*astuple(self.info), *self.sections, *self.pages, self.text)
        return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()

    def section_at(self, offset: int) -> str | None:
        """Return the heading that the text at an offset stands under, or None."""
        place = bisect_right(self.sections, offset, key=lambda section: section.start)
        return self.sections[place - 1].title if place else None

    def headline_at(self, offset: int) -> str:
        """Return the title and, where there is one, the heading that an offset stands under."""
        section = self.section_at(offset)
        alone = section is None or section.casefold() == self.info.title.casefold()
        return self.info.title if alone else f"{self.info.title} – {section}"

    def page_at(self, offset: int) -> int | None:
        """Return the number of the page that holds an offset, counted from 1, or None."""
        return bisect_right(self.pages, offset) or None


@dataclass(frozen=True, slots=True)
class Passage:
    """Neighbouring whole sentences of one article, the unit that is embedded and found.

    Attributes:
        id: ``<article id>#<position>``.
        article_id: The article it is cut from.
        start: Offset of its first character in the article.
        end: Offset behind its last character.
        sentences: Spans of its sentences, in order, as offsets into the article.
    """

    id: str
    article_id: str
    start: int
    end: int
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage as it is stored, with its vectors.

    Attributes:
        passage: The passage.
        article: The article it belongs to.
        headline: The article's title and the heading it stands under; see ``headline_at``.
        text: Its text.
        vector: ``(dimension,)``, unit length.
        sentences: ``(sentences, dimension)``, unit length.
        digest: Under which the vectors are stored: a hash of what was embedded.
    """

    passage: Passage
    article: ArticleInfo
    headline: str
    text: str
    vector: Vectors
    sentences: Vectors
    digest: str

    def text_of(self, sentence: Span) -> str:
        """Return the text of one of the passage's sentences."""
        start = self.passage.start
        return self.text[sentence.start - start : sentence.end - start]


@dataclass(frozen=True, slots=True)
class Period:
    """A time that articles are from.

    Attributes:
        first: Its first day, ``YYYY-MM-DD``.
        last: Its last day.
        only: Whether other articles are left out; otherwise those of the period are preferred.
    """

    first: str
    last: str
    only: bool = True

    def holds(self, published: str | None) -> bool:
        """Whether an article of that date is from the period; one without a date never is."""
        return published is not None and self.first <= published <= self.last


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found for a question.

    Attributes:
        passage: The passage.
        article: The article it belongs to, without its text.
        headline: The article's title and the heading it stands under; see ``headline_at``.
        text: The passage's text, ``article.text[passage.start:passage.end]``.
        score: Fused score; larger is nearer. Comparable within one search only.
        dense: Cosine similarity of question and passage vectors, -1..1.
        lexical: BM25 score, 0 when no question word occurs.
        sentence_similarity: Cosine similarity of the question and each sentence, in order.
    """

    passage: Passage
    article: ArticleInfo
    headline: str
    text: str
    score: float
    dense: float
    lexical: float
    sentence_similarity: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file or line that could not be read, and why, in words a person understands.

    Attributes:
        source: Its path, ``path:line`` or address.
        reason: To follow the source in a sentence.
        out_of_reach: Whether nothing is known of what it holds now (no permission, no network):
            then what was indexed of it earlier stays.
    """

    source: str
    reason: str
    out_of_reach: bool = False


ReadItem = tuple[str, Article | Unreadable]
"""Where something was read (a path, ``path:line`` or an address), and what was found there."""


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as it was when it was read: to see later whether it has changed.

    Attributes:
        path: Absolute.
        size: In bytes.
        modified: Time of change in nanoseconds, as the file system gives it.
        digest: SHA-256 of its content.
        sound: Whether all of it could be read.
    """

    path: str
    size: int
    modified: int
    digest: str
    sound: bool = True


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did, as article counts; ``embedded`` and ``passages`` count passages."""

    added: int
    changed: int
    removed: int
    unchanged: int
    unreadable: tuple[Unreadable, ...]
    passages: int
    embedded: int
    seconds: float
    generation: str


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The state of an index: what it holds, with which model, built when and from what.

    ``builds`` tells of the last builds, newest first: when each finished and what it did.
    ``server`` is the address of the Chroma server on which the index lives, ``served`` the
    collection there that holds what this folder does; both are empty where it lives here alone.
    """

    directory: str
    articles: int
    passages: int
    model: str
    generation: str
    built: str
    sources: tuple[str, ...] = ()
    builds: tuple[str, ...] = ()
    server: str = ""
    served: str = ""
