"""The address of a page or a feed goes in; the articles found there come out."""

from __future__ import annotations

import codecs
import hashlib
import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Protocol
from urllib.parse import unquote, urldefrag, urlsplit

from index.readers.common.decoding import require_words
from index.readers.common.draft import Draft, UnreadableContentError
from index.readers.common.titles import opening_words
from index.readers.html import known_charset, with_sections
from index.readers.registry import Format, format_of_response
from index.sources.feed import Entry, looks_like_feed, read_entries
from index.sources.fetch import Fetched, Fetcher, FetchError
from index.types import Article, ArticleInfo, ReadItem, Unreadable

logger = logging.getLogger(__name__)

MOST_FOLLOWED = 200
"""Entries of one feed whose pages are fetched."""

FEED_TIME_LIMIT = 600.0
"""Seconds after which no more pages of a feed's entries are fetched."""

SHORT = 600
"""Characters of text below which the summary in a feed is not taken for the article."""

_BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class FormatReader(Protocol):
    """Reads what has been fetched."""

    def read(self, file_format: Format, data: bytes) -> Draft:
        """Read the bytes of a file; raises ``UnreadableContentError`` where it is no article."""


def read_address(
    address: str, reader: FormatReader, fetcher: Fetcher | None = None
) -> Iterator[ReadItem]:
    """Read what an address shows: the article of a page or a file, or those of a feed.

    Args:
        address: As a person gives it.
        reader: Reads what is fetched.
        fetcher: Fetches it; by default a new one.

    Returns:
        Pairs of where something was found, and the article or why it is none. Nothing is raised.
    """
    fetcher = fetcher or Fetcher()
    try:
        fetched = fetcher.fetch(address)
        if looks_like_feed(fetched.media_type, fetched.data):
            yield from _read_feed(address, fetched, fetcher, reader)
        else:
            draft = _read_fetched(fetched, reader)
            yield address, _article(draft, _id(address), fetched.address, address)
    except Exception as error:
        # As with files: one odd page must not stop the others.
        logger.debug("Reading %s failed", address, exc_info=True)
        yield address, _reported(address, error)


def _read_fetched(fetched: Fetched, reader: FormatReader) -> Draft:
    file_format = _format(fetched)
    data = _marked(fetched) if file_format.text else fetched.data
    draft = reader.read(file_format, data)
    require_words(draft.text)
    return draft


def _format(fetched: Fetched) -> Format:
    """Return the format of what was fetched.

    Raises:
        UnreadableContentError: It is none that can be read.
    """
    name = PurePosixPath(unquote(urlsplit(fetched.address).path)).name
    file_format = format_of_response(fetched.media_type, name, fetched.data)
    if file_format is None:
        raise UnreadableContentError(
            f"is of a kind that cannot be read ({fetched.media_type or 'none is named'})"
        )
    return file_format


def _marked(fetched: Fetched) -> bytes:
    """The text in UTF-8 with a mark that says so, if the header names its encoding."""
    data, charset = fetched.data, known_charset(fetched.charset or "")
    if charset is None or data.startswith(_BYTE_ORDER_MARKS):
        return data
    if not data.isascii() and _is_utf8(data):  # whatever the header claims
        charset = "utf-8"
    try:
        text = data.decode(charset)
    except (UnicodeError, LookupError):  # the header is wrong; the page itself may know better
        return data
    return codecs.BOM_UTF8 + text.encode("utf-8", "replace")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _read_feed(
    address: str, fetched: Fetched, fetcher: Fetcher, reader: FormatReader
) -> Iterator[ReadItem]:
    content_type = fetched.media_type + (f"; charset={fetched.charset}" if fetched.charset else "")
    # Out of reach, because a feed that is empty or broken today says nothing of yesterday's
    # articles.
    try:
        entries = read_entries(fetched.data, fetched.address, content_type)
    except UnreadableContentError as error:
        raise FetchError(str(error)) from error
    if not entries:
        raise FetchError("is a feed without entries")
    pages = _Pages(fetcher, reader)
    for entry in entries:
        # What is reported of the feed's own address is said of the whole feed.
        where = entry.link if entry.link not in ("", address) else f"{address}#{entry.id}"
        try:
            draft = pages.read(entry)
            yield where, _article(draft, _id(address, entry.id), entry.link or where, address)
        except Exception as error:
            logger.debug("Reading %s failed", where, exc_info=True)
            yield where, _reported(where, error)


class _Pages:
    """The pages that the entries of one feed link to, as far as time and number allow."""

    def __init__(self, fetcher: Fetcher, reader: FormatReader) -> None:
        self._fetcher = fetcher
        self._reader = reader
        self._followed = 0
        self._end = time.monotonic() + FEED_TIME_LIMIT

    def read(self, entry: Entry) -> Draft:
        """Read an entry: what the feed holds of it, or its page where that holds more.

        Raises:
            FetchError: Neither has a text, and the page cannot be fetched.
            UnreadableContentError: Neither has a text.
        """
        own = _own_text(entry)
        if entry.link and not entry.whole and len(own.text) < SHORT:
            try:
                page = self._page(entry.link)
            except Exception:
                logger.debug("Reading %s failed", entry.link, exc_info=True)
                if not own.text:
                    raise
            else:
                if len(page.text) > len(own.text):
                    return _completed(page, own)
        require_words(own.text)
        return replace(own, title=own.title or opening_words(own.text))

    def _page(self, link: str) -> Draft:
        if self._followed >= MOST_FOLLOWED:
            raise FetchError(f"is not fetched: its feed has more than {MOST_FOLLOWED} entries")
        if time.monotonic() > self._end:
            raise FetchError(f"is not fetched: its feed takes over {FEED_TIME_LIMIT:.0f} seconds")
        self._followed += 1
        return _read_fetched(self._fetcher.fetch(link), self._reader)


def _own_text(entry: Entry) -> Draft:
    text = entry.text if any(map(str.isalnum, entry.text)) else ""
    draft = Draft(entry.title, text, entry.author, entry.published)
    return with_sections(draft, entry.headings if text else ())


def _completed(page: Draft, own: Draft) -> Draft:
    """A page, with what the feed knows where the page does not."""
    has_title = page.title and page.title != opening_words(page.text)
    return replace(
        page,
        title=page.title if has_title else own.title or page.title,
        author=page.author or own.author,
        published=page.published or own.published,
    )


def _id(address: str, entry: str = "") -> str:
    """An identifier that stays, wherever the address leads to."""
    name = "\n".join(filter(None, (urldefrag(address).url, entry)))
    return hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=6).hexdigest()


def _article(draft: Draft, article_id: str, source: str, origin: str) -> Article:
    title = draft.title or opening_words(draft.text)
    info = ArticleInfo(article_id, title, source, origin, draft.author, draft.published)
    return Article(info, draft.text, draft.sections, draft.pages)


def _reported(address: str, error: Exception) -> Unreadable:
    if isinstance(error, FetchError):
        return Unreadable(address, str(error), out_of_reach=error.out_of_reach)
    if isinstance(error, UnreadableContentError):
        return Unreadable(address, str(error))
    # Whatever went wrong here, the address has not said that it holds nothing.
    reason = f"cannot be read ({type(error).__name__}: {error})"
    return Unreadable(address, reason, out_of_reach=True)
