"""What a reader found in a file goes in; the frozen value that readers hand on comes out."""

from __future__ import annotations

from dataclasses import dataclass

from index.types import Section


@dataclass(frozen=True, slots=True)
class Draft:
    """An article before it has an identity.

    Attributes:
        title: Headline, or "" as long as none is known.
        text: The article itself.
        author: Name as shown to a reader, or None.
        published: ISO 8601 date (``YYYY-MM-DD``), or None.
        sections: Headings, by the offsets in ``text`` at which they stand.
        pages: Offsets in ``text`` at which its pages begin, the first one's (0) too; empty where
            the format has no pages.
    """

    title: str = ""
    text: str = ""
    author: str | None = None
    published: str | None = None
    sections: tuple[Section, ...] = ()
    pages: tuple[int, ...] = ()


class UnreadableContentError(Exception):
    """A file or line holds no article; the message says why, to follow its name."""
