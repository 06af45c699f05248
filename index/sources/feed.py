"""The bytes of a feed (RSS or Atom) go in; its entries come out.

Feeds are parsed in a process of their own, for the reasons given in ``index.readers.sandbox``.
"""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urljoin

from index.own_process import own_command, own_environment
from index.readers.common.authors import clean_author
from index.readers.common.dates import iso_date
from index.readers.common.draft import UnreadableContentError
from index.readers.common.titles import clean_line
from index.readers.html import visible_parts, visible_text
from index.readers.sandbox import MEMORY_LIMIT

TIME_LIMIT = 60.0
"""Seconds that parsing a feed may take."""

LARGEST_FEED = 20 * 1024 * 1024
"""Characters of all entries together above which a feed is taken for none."""

_FEED_KINDS = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")
_MARKUP_KINDS = ("text/html", "application/xhtml+xml")
_FEED_ROOT = re.compile(
    # Atomic groups: else a row of comments takes for ever.
    rb"\s*(?>(?><\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)\s*)*<(?:rss|(?:\w+:)?feed|rdf:RDF)[\s>]",
    re.DOTALL,
)
_WEB = ("http://", "https://")  # the only links that are followed and shown
_HEAD = 4096  # bytes in which a feed's first element stands, behind comments and style sheets
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a feed says of one article.

    Attributes:
        id: Names it among the entries of its feed; never empty.
        link: The address of its page, or "".
        title: Headline, or "".
        author: Name as shown to a reader, or None.
        published: ISO 8601 date, or None.
        text: What the feed itself holds of it: all, for there are no surroundings to leave out.
        headings: Those in the text.
        whole: Whether the text is the article, and not only a summary of it.
    """

    id: str
    link: str
    title: str
    author: str | None
    published: str | None
    text: str
    headings: tuple[str, ...]
    whole: bool


def looks_like_feed(content_type: str, data: bytes) -> bool:
    """Whether a response is a feed: it is called one, or it begins as one does."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind in _FEED_KINDS or bool(_FEED_ROOT.match(data[:_HEAD].removeprefix(_BOM)))


def read_entries(data: bytes, address: str, content_type: str = "") -> list[Entry]:
    """Read the entries of a feed, in its order; one that comes twice counts once.

    Args:
        data: The feed.
        address: Where it was found: relative links start there.
        content_type: As the server gave it, for the encoding that it names.

    Raises:
        UnreadableContentError: The feed cannot be parsed, or not in time.
    """
    head = json.dumps([address, content_type]).encode() + b"\n"
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            own_command("-m", "index.sources.feed"),
            input=head + data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # One thread: numpy would set address space aside for as many as there are processors.
            env=own_environment(OPENBLAS_NUM_THREADS="1"),
            timeout=TIME_LIMIT,
            check=True,
        )
    except subprocess.TimeoutExpired:
        reason = f"is a feed that takes longer than {TIME_LIMIT:.0f} seconds to read"
        raise UnreadableContentError(reason) from None
    except subprocess.CalledProcessError:
        raise UnreadableContentError("is a feed that cannot be read") from None
    entries = json.loads(done.stdout)
    return [Entry(**{**each, "headings": tuple(each["headings"])}) for each in entries]


def parse(data: bytes, address: str, content_type: str = "") -> list[Entry]:
    """Do what ``read_entries`` does, in this process."""
    import feedparser  # type: ignore[import-untyped]

    # Without its address: relative names of entries would change when the feed moves.
    headers = {"content-type": content_type} if content_type else {}
    # As a stream: a string or bytes might be taken for an address or the name of a file.
    feed = feedparser.parse(
        io.BytesIO(data),
        response_headers=headers,
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    inherited = _author(feed.feed) if feed.version.startswith("atom") else None
    entries: dict[str, Entry] = {}
    size = 0
    for item in feed.entries:
        entry = _entry(item, address, inherited)
        # Counted here, because what a feed defines as an entity may stand for far more.
        size += len(entry.id) + len(entry.link) + len(entry.title) + len(entry.text)
        if size > LARGEST_FEED:
            raise UnreadableContentError("is a feed that cannot be read")
        entries.setdefault(entry.id, entry)  # the newest one comes first
    return list(entries.values())


def _entry(item: Mapping[str, Any], address: str, inherited: str | None) -> Entry:
    markup, whole = _markup(item)
    text, headings = visible_parts(markup, surroundings=True) if markup else ("", [])
    link, title = _link(item, address), _title(item)
    content = hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()
    return Entry(
        id=str(item.get("id") or item.get("link") or content),
        link=link,
        title=title,
        author=_author(item) or inherited,
        published=_published(item),
        text=text,
        headings=tuple(headings),
        whole=whole,
    )


def _link(item: Mapping[str, Any], address: str) -> str:
    try:
        link = urljoin(address, str(item.get("link") or "").strip())
    except ValueError:
        return ""
    # Links are shown to be followed, and an address may also be a script or a file.
    return link if item.get("link") and link.lower().startswith(_WEB) else ""


def _markup(item: Mapping[str, Any]) -> tuple[str, bool]:
    """The longest version of the content, else the summary; and whether it is the content."""
    versions = [_as_markup(each) for each in item.get("content") or ()]
    content = max(versions, key=len, default="")
    if content.strip():
        return content, True
    return _as_markup(item.get("summary_detail") or {}), False


def _as_markup(detail: Mapping[str, Any]) -> str:
    value, kind = str(detail.get("value") or ""), detail.get("type") or "text/html"
    if kind in _MARKUP_KINDS:
        return value
    if kind != "text/plain":
        return ""
    return "".join(f"<p>{html.escape(line)}</p>" for line in value.splitlines())


def _title(item: Mapping[str, Any]) -> str:
    detail = item.get("title_detail") or {}
    value = str(detail.get("value") or "")
    if detail.get("type") in _MARKUP_KINDS:
        value = visible_text(value)
    return clean_line(value)


def _author(item: Mapping[str, Any]) -> str | None:
    names = [each.get("name") for each in item.get("authors") or () if each]
    return clean_author(names) or clean_author(item.get("author"))


def _published(item: Mapping[str, Any]) -> str | None:
    for name in ("published", "updated"):
        if day := iso_date(item.get(name)):
            return day
        if parsed := item.get(f"{name}_parsed"):
            return "{:04}-{:02}-{:02}".format(*parsed[:3])
    return None


def _serve() -> None:
    """Parse the feed that comes in, and write its entries."""
    with suppress(ImportError, ValueError, OSError):  # not on Windows, or less is allowed already
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    head, data = sys.stdin.buffer.read().split(b"\n", 1)
    entries = parse(data, *json.loads(head))
    sys.stdout.write(json.dumps([asdict(each) for each in entries]))


if __name__ == "__main__":
    _serve()
