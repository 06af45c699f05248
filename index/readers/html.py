"""The bytes of a saved web page go in; the article without its surroundings comes out."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING

from index.readers.common.authors import clean_author
from index.readers.common.dates import iso_date
from index.readers.common.decoding import clean, decode
from index.readers.common.draft import Draft, UnreadableContentError
from index.readers.common.head import read_head
from index.readers.common.sections import locate_sections
from index.readers.common.titles import clean_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

NO_TEXT = "holds no readable text"
# In a <meta>, or in the declaration of XML.
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_STYLE = "translate(@style, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ \t\n', 'abcdefghijklmnopqrstuvwxyz')"
# A whole page is hidden only until its scripts have run, so html and body are kept.
_HIDDEN = (
    "//*[not(self::html or self::body)][(@hidden and @hidden != 'until-found')"
    f" or contains({_STYLE}, 'display:none') or contains({_STYLE}, 'visibility:hidden')]"
    " | //noscript | //template"
    " | //rt | //rp"  # how a word is pronounced, set above it in small print
)
_NO_TEXT_IN = ".//script | .//style | .//nav | .//head | .//title"
_SURROUNDINGS = ".//header | .//footer"
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_LONGEST_HEADING = 300  # characters; longer ones are paragraphs that were only set large
_MOST_MORE = 1.25  # times the text: beyond that, marked headings have let surroundings in
# Elements that begin on a line of their own; between all others words may run on.
_BLOCK = re.compile(
    "address|article|aside|blockquote|body|br|caption|dd|details|div|dl|dt|fieldset|figcaption"
    "|figure|form|h[1-6]|hr|legend|li|main|ol|option|p|pre|section|summary|table|td|th|tr|ul"
)
_INLINE = (
    "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr",
)  # fmt: skip
# trafilatura drops characters that are not printable, which cuts Persian words and emoji apart;
# these stand in for them meanwhile. They are letters of an undeciphered script.
_JOINERS, _STAND_INS = "\u200c\u200d\u200e\u200f", "\U00010600\U00010601\U00010602\U00010603"
_HEADING_MARK = "\U00010604"  # of the same script, so that it too comes through
_MARKS = re.compile(_HEADING_MARK + "[ \t]*")  # behind a mark, spaces are the page's indentation
# The line below a table's head, as trafilatura writes it.
_TABLE_RULE = re.compile(r"(?m)^\|(?:---\|)+[ \t]*\n?")
# A row, of which only the outer bars go.
_TABLE_ROW = re.compile(r"(?m)^\|[ \t]*(.*?)[ \t]*\|[ \t]*$")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what lxml refuses in a text
_WHITE = re.compile(r"\s+")  # a browser shows any of it as one space
# trafilatura's sign of a list's item, which the page does not hold.
_BULLET = re.compile(r"(?m)^[ \t]*- ")
# Encodings of Python that are none of pages and letters; some of them fail on ordinary text.
_NO_CHARSETS = ("undefined", "idna", "punycode", "unicode-escape", "raw-unicode-escape")


def read(data: bytes) -> Draft:
    """Read a web page: its main text, and what the page says of title, author and date.

    Raises:
        UnreadableContentError: The file is empty, no text, or a page without words.
    """
    source = decode_page(data)
    metadata, headings = _extract(source)
    if not metadata.text:
        text, headings = visible_parts(source)
        metadata = replace(metadata, text=text)
    if not any(map(str.isalnum, metadata.text)):
        raise UnreadableContentError(NO_TEXT)
    return with_sections(read_head(metadata.text, metadata), headings)


def decode_page(data: bytes) -> str:
    """Turn the bytes of a page into text, in the encoding that the page names or it seems to have.

    Raises:
        UnreadableContentError: The page is empty or no text.
    """
    match = _CHARSET.search(data[:4096])
    return decode(data, known_charset(match[1].decode("ascii", "replace")) if match else None)


def known_charset(name: str) -> str | None:
    """Return Python's name for an encoding, read as browsers do; None where there is none."""
    try:
        name = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    if name in _NO_CHARSETS:
        return None
    return "cp1252" if name in ("iso8859-1", "ascii") else name


def visible_text(source: str) -> str:
    """Return the text of a page or a piece of one: a line per block, nothing hidden."""
    return visible_parts(source)[0]


def visible_parts(source: str, *, surroundings: bool = False) -> tuple[str, list[str]]:
    """Return the text of a page or a piece of one as ``visible_text`` does, and its headings.

    Args:
        source: The markup.
        surroundings: Whether the header and the footer of each part belong to the text, as in
            a book.
    """
    tree = _parse(source)
    dropped = (_HIDDEN, _NO_TEXT_IN) if surroundings else (_HIDDEN, _NO_TEXT_IN, _SURROUNDINGS)
    for element in tree.xpath(" | ".join(dropped)):
        element.drop_tree()
    _mark_headings(tree)
    _join_cells(tree)
    for element in tree.iter():
        mark = "\n" if _BLOCK.fullmatch(element.tag) else ""
        element.text = mark + _WHITE.sub(" ", element.text or "")
        element.tail = mark + _WHITE.sub(" ", element.tail or "")
    lines = map(clean_line, tree.text_content().split("\n"))
    return _unmarked(clean("\n".join(filter(None, lines))))


def with_sections(draft: Draft, headings: Iterable[str]) -> Draft:
    """Return an article with its headings as sections, without its title and mere ornaments."""
    title = draft.title.casefold()
    words = (heading for heading in headings if any(map(str.isalnum, heading)))
    below = [heading for heading in words if heading.casefold() != title]
    return replace(draft, sections=locate_sections(draft.text, below))


def _extract(source: str) -> tuple[Draft, list[str]]:
    from trafilatura import extract_metadata

    tree = _parse(source.translate(str.maketrans(_JOINERS, _STAND_INS)))
    # An extensive search takes any year in a footer for the date.
    meta = extract_metadata(tree, date_config={"original_date": True, "extensive_search": False})
    title = clean_line(meta.title or "").rstrip(" ¶") or _named_title(tree)
    author = clean_author((meta.author or "").split("; "))
    for element in tree.xpath(f"{_HIDDEN} | //nav"):
        element.drop_tree()
    _mark_headings(tree)
    _unwrap_inline(tree)
    title, author, text = (_restored(value) for value in (title, author or "", _main_text(tree)))
    text, headings = _unmarked(text)
    return Draft(title, text, author or None, iso_date(meta.date)), headings


def _main_text(tree: HtmlElement) -> str:
    """The text of the article in a page, with the marks of its headings."""
    whole = deepcopy(tree)
    text = _extracted(tree)
    body = whole.find("body")
    if body is None or _HEADING_MARK in text or whole.text_content().count(_HEADING_MARK) < 2:
        return text
    # Where trafilatura finds nothing that looks like an article, it collects paragraphs and
    # loses the headings between them. So it is told that all of the page is one.
    body.tag = "article"
    body.addprevious(body.makeelement("body"))
    body.getprevious().append(body)
    return _with_headings(text, _extracted(whole))


def _with_headings(text: str, larger: str) -> str:
    """The part of a larger text that begins and ends like this one, if it adds little more."""
    first, last = text.partition("\n")[0], text.rpartition("\n")[2]
    lines = larger.split("\n")
    if first not in lines or last not in lines:
        return text
    start, end = lines.index(first), len(lines) - lines[::-1].index(last)
    while start and lines[start - 1].startswith(_HEADING_MARK):
        start -= 1
    found = "\n".join(lines[start:end])
    return found if _HEADING_MARK in found and len(found) <= _MOST_MORE * len(text) else text


def _extracted(tree: HtmlElement) -> str:
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    page = bare_extraction(tree, include_comments=False, include_tables=True)
    return _plain(page.text or "") if isinstance(page, Document) else ""


def _mark_headings(tree: HtmlElement) -> None:
    """Set a mark before each heading and make one line of it, to know it again in the text."""
    for heading in list(tree.iter(*_HEADINGS)):
        words = clean_line(heading.text_content())
        if len(words) > _LONGEST_HEADING or not any(map(str.isalnum, words)):
            continue
        for element in list(heading.iterdescendants()):
            if element.tag == "a" and not any(map(str.isalnum, element.text_content())):
                element.drop_tree()  # a sign to copy the heading's address by
            elif element.tag in _INLINE or _BLOCK.fullmatch(element.tag):
                gap = " " if _BLOCK.fullmatch(element.tag) else ""
                element.text = gap + (element.text or "")
                element.tail = gap + (element.tail or "")
                element.drop_tag()
        heading.text = _HEADING_MARK + (heading.text or "").lstrip()


def _join_cells(tree: HtmlElement) -> None:
    """Make one line of each row of a table."""
    for row in list(tree.iter("tr")):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        inside = (element.tag for cell in cells for element in cell.iterdescendants())
        if any(map(_BLOCK.fullmatch, inside)):  # such tables hold no facts, they lay out a page
            continue
        for cell in cells:
            cell.text = (cell.text or "") if cell is cells[0] else f" | {cell.text or ''}"
            cell.drop_tag()


def _unmarked(text: str) -> tuple[str, list[str]]:
    """The text without the marks of its headings, and these."""
    lines = (line for line in text.split("\n") if line.startswith(_HEADING_MARK))
    headings = [clean_line(line.replace(_HEADING_MARK, "")) for line in lines]
    return _MARKS.sub("", text), headings


def _unwrap_inline(tree: HtmlElement) -> None:
    """Make one text of each run of words: trafilatura breaks short pages at every tag.

    Tags without words around them stay, as do lists of links: it knows menus by them.
    """
    for parent in list(tree.iter()):
        words = sum(len((part or "").strip()) for part in (parent.text, *(c.tail for c in parent)))
        if not words or parent.tag == "pre":
            continue
        links = sum(len(link.text_content()) for link in parent.iter("a"))
        unwrapped = _INLINE if words < links else (*_INLINE, "a")
        while wrapped := [child for child in parent if child.tag in unwrapped]:
            for child in wrapped:
                child.drop_tag()


def _parse(source: str) -> HtmlElement:
    from lxml.etree import ParserError  # type: ignore[import-untyped]
    from lxml.html import HTMLParser, document_fromstring

    # As bytes: lxml refuses a str that holds an encoding declaration. Huge: without it, all
    # that follows 255 elements left open is lost without a word.
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        tree = document_fromstring(source.encode(), parser=parser)
    except ParserError:  # nothing but comments
        return document_fromstring("<html></html>")
    for element in tree.iter():  # lxml parses what it then refuses to move elsewhere
        element.text = _CONTROLS.sub("", element.text or "")
        element.tail = _CONTROLS.sub("", element.tail or "")
    return tree


def _named_title(tree: HtmlElement) -> str:
    named = (clean_line(element.text_content()) for element in tree.xpath("//h1 | //title"))
    return next(filter(None, named), "")


def _plain(text: str) -> str:
    """Without the marks that trafilatura sets before list items and around table cells."""
    plain = _BULLET.sub("", _TABLE_ROW.sub(r"\1", _TABLE_RULE.sub("", text)))
    return "\n".join(map(str.rstrip, plain.split("\n")))


def _restored(text: str) -> str:
    return clean(text.translate(str.maketrans(_STAND_INS, _JOINERS)))
