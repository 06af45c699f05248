"""The archive of an EPUB book goes in; what the book says of itself and of its pages comes out."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote
from zipfile import ZipFile

from index.readers.common.authors import clean_author
from index.readers.common.dates import iso_date
from index.readers.common.decoding import clean
from index.readers.common.draft import UnreadableContentError
from index.readers.common.titles import clean_line

if TYPE_CHECKING:
    from lxml.etree import _Element  # type: ignore[import-untyped]

DAMAGED = "is damaged, or no EPUB book"
PROTECTED = "is protected against copying"
TYPE = "{http://www.idpf.org/2007/ops}type"
"""The attribute by which a part of a page says what it is: ``toc``, ``pagebreak`` and so on."""

FURNITURE = re.compile(r"\b(?:cover|half-?title-?page|title-?page|toc|contents)\b")
"""In such a type: a part that is there to find one's way, not to be read."""

_CONTAINER, _ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"
_DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
_PACKAGE = "{http://www.idpf.org/2007/opf}"
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)  # what leads out of the book
# Media types of pages, those of EPUB 2 and its forerunners too.
_PAGE = re.compile(r"html?\b|/xml|x-oeb1-document|x-dtbook")


@dataclass(frozen=True, slots=True)
class Package:
    """What a book says of itself.

    Attributes:
        title: Its title, or "".
        author: Its authors, or None.
        published: ISO 8601 date, or None.
        pages: The names of its pages in reading order, without its table of contents.
        labels: What the table of contents calls a page, by its name.
        furniture: The pages that the book calls its cover, title page or table of contents.
    """

    title: str
    author: str | None
    published: str | None
    pages: Sequence[str]
    labels: Mapping[str, str]
    furniture: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Item:
    name: str
    kind: str
    properties: Sequence[str]


class Files:
    """The files of a book by their names; they are never written anywhere."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self.names = {each.filename: each for each in archive.infolist()}

    def read(self, name: str) -> bytes:
        """Return the content of a file; nothing where there is none of this name."""
        if name not in self.names:
            return b""
        if self.names[name].flag_bits & 1:  # it takes a password
            raise UnreadableContentError(PROTECTED)
        return self._archive.read(self.names[name])

    def elements(self, name: str, *tags: str) -> Iterator[_Element]:
        """The elements with these tags in an XML file; none where it is missing or broken."""
        tree = parse_xml(self.read(name), recover=True)
        return iter(()) if tree is None else tree.iter(*tags)

    def resolve(self, base: str, reference: str) -> str:
        """Return the name that a reference in a file means; none leads out of the book."""
        path = reference.partition("#")[0]
        if not path or _ADDRESS.match(path):
            return base if not path else ""
        literal, decoded = (
            posixpath.normpath(posixpath.join("/", posixpath.dirname(base), each)).lstrip("/")
            for each in (path, unquote(path))
        )
        return literal if literal in self.names else decoded


def parse_xml(data: bytes, *, recover: bool = False) -> _Element | None:
    """Return the root of an XML document; None where there is none.

    No entity is replaced and nothing else is fetched for it.

    Args:
        data: The document.
        recover: Whether to make the best of one that is not well-formed.
    """
    from lxml.etree import XMLParser, XMLSyntaxError, fromstring

    parser = XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
        remove_pis=True, recover=recover,
    )  # fmt: skip
    try:
        return fromstring(data, parser)
    except XMLSyntaxError:
        return None


def read_package(files: Files) -> Package:
    """Read what a book says of itself.

    Raises:
        UnreadableContentError: The archive holds no book, or one that is protected.
    """
    name = _package_name(files)
    package = next(files.elements(name, "*"), None)
    if package is None:
        raise UnreadableContentError(DAMAGED)
    items = {item.get("id", ""): _item(files, name, item) for item in package.iter("{*}item")}
    pages = _pages(package, items)
    _require_unprotected(files, pages)
    titles = (clean_line(_words(each)) for each in package.iter(f"{_DUBLIN_CORE}title"))
    return Package(
        title=next(filter(None, titles), ""),
        author=_author(package),
        published=_published(package),
        pages=pages,
        labels=_labels(files, package, items),
        furniture=frozenset(
            files.resolve(name, each.get("href", ""))
            for each in package.iter("{*}reference")
            if FURNITURE.search(each.get("type", "").lower())
        ),
    )


def _package_name(files: Files) -> str:
    roots = files.elements(_CONTAINER, "{*}rootfile")
    named = (files.resolve("", root.get("full-path", "")) for root in roots)
    packages = (name for name in files.names if name.lower().endswith(".opf"))
    return next((name for name in (*named, *packages) if name in files.names), "")


def _item(files: Files, base: str, item: _Element) -> _Item:
    return _Item(
        name=files.resolve(base, item.get("href", "")),
        kind=item.get("media-type", "").lower(),
        properties=item.get("properties", "").split(),
    )


def _pages(package: _Element, items: Mapping[str, _Item]) -> list[str]:
    spine = [each.get("idref", "") for each in package.iter("{*}itemref")]
    listed = [items[each] for each in spine if each in items] or items.values()
    pages = (each for each in listed if _PAGE.search(each.kind or each.name))
    return list(dict.fromkeys(page.name for page in pages if "nav" not in page.properties))


def _require_unprotected(files: Files, pages: Sequence[str]) -> None:
    """Fonts may be encrypted, which hides no word; pages may not."""
    hidden = files.elements(_ENCRYPTION, "{*}CipherReference")
    if any(files.resolve("", each.get("URI", "")) in pages for each in hidden):
        raise UnreadableContentError(PROTECTED)


def _labels(files: Files, package: _Element, items: Mapping[str, _Item]) -> dict[str, str]:
    """What each page is called; not those of which only places further down have a name."""
    entries: dict[str, list[tuple[str, str]]] = {}
    for base, reference, label in _entries(files, package, items):
        place = reference.partition("#")[2]
        entries.setdefault(files.resolve(base, reference), []).append((place, label))
    return {
        page: found[0][1]
        for page, found in entries.items()
        if found[0][1] and (not found[0][0] or len(found) == 1)
    }


def _entries(
    files: Files, package: _Element, items: Mapping[str, _Item]
) -> Iterator[tuple[str, str, str]]:
    """File, reference and label of each entry of the table of contents; of two, of the newer."""
    for item in items.values():
        if "nav" in item.properties:
            for nav in files.elements(item.name, "{*}nav"):
                if nav.get(TYPE, "toc") == "toc":
                    for link in nav.iter("{*}a"):
                        yield item.name, link.get("href", ""), clean_line(_words(link))
            return
    named = [each.get("toc", "") for each in package.iter("{*}spine")]
    for key, item in items.items():
        if key in named or "dtbncx" in item.kind:
            for point in files.elements(item.name, "{*}navPoint"):
                content, label = point.find("{*}content"), point.find("{*}navLabel")
                if content is not None and label is not None:
                    yield item.name, content.get("src", ""), clean_line(_words(label))
            return


def _author(package: _Element) -> str | None:
    """All authors; others who had a part in the book only where nobody is called its author."""
    refined = {
        each.get("refines", "").lstrip("#"): _words(each).strip()
        for each in package.iter("{*}meta")
        if each.get("property") == "role"
    }
    creators = [
        (each.get(f"{_PACKAGE}role") or refined.get(each.get("id", "")), clean_line(_words(each)))
        for each in package.iter(f"{_DUBLIN_CORE}creator")
    ]
    authors = [name for role, name in creators if role in (None, "aut")]
    return clean_author(authors or [name for _, name in creators])


def _published(package: _Element) -> str | None:
    dates = {
        each.get(f"{_PACKAGE}event", ""): iso_date(_words(each).strip())
        for each in package.iter(f"{_DUBLIN_CORE}date")
    }
    return dates.get("publication") or dates.get("original-publication") or dates.get("")


def _words(element: _Element) -> str:
    return clean("".join(element.itertext()))
