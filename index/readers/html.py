"""The bytes of a saved web page go in; the article without its surroundings comes out."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

from index.readers.dates import iso_date
from index.readers.decoding import clean, decode
from index.readers.draft import Draft, UnreadableContentError
from index.readers.heading import read_head
from index.readers.names import clean_author
from index.readers.titles import one_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

NO_TEXT = "holds no readable text"
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_STYLE = "translate(@style, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ \t\n', 'abcdefghijklmnopqrstuvwxyz')"
# A whole page is hidden only until its scripts have run, so html and body are kept.
_HIDDEN = (
    "//*[not(self::html or self::body)][(@hidden and @hidden != 'until-found')"
    f" or contains({_STYLE}, 'display:none') or contains({_STYLE}, 'visibility:hidden')]"
    " | //noscript | //template"
)
_SURROUNDINGS = ".//script | .//style | .//nav | .//header | .//footer | .//head"
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
_TABLE_RULE = re.compile(r"(?m)^\|(?:---\|)+[ \t]*\n?")
_TABLE_ROW = re.compile(r"(?m)^\|[ \t]*(.*?)[ \t]*\|[ \t]*$")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_WHITE = re.compile(r"\s+")
_BULLET = re.compile(r"(?m)^[ \t]*- ")


def read(data: bytes) -> Draft:
    """Read a web page: its main text, and what the page says of title, author and date.

    Raises:
        UnreadableContentError: The file is empty, no text, or a page without words.
    """
    source = decode(data, _declared_encoding(data))
    known = _extract(source)
    if not known.text:
        known = Draft(known.title, visible_text(source), known.author, known.published)
    if not any(map(str.isalnum, known.text)):
        raise UnreadableContentError(NO_TEXT)
    return read_head(known.text, known)


def visible_text(source: str) -> str:
    """Return the text of a page or a piece of one: a line per block, nothing hidden."""
    tree = _parse(source)
    for element in tree.xpath(f"{_HIDDEN} | {_SURROUNDINGS}"):
        element.drop_tree()
    for element in tree.iter():
        mark = "\n" if _BLOCK.fullmatch(element.tag) else ""
        element.text = mark + _WHITE.sub(" ", element.text or "")
        element.tail = mark + _WHITE.sub(" ", element.tail or "")
    lines = map(one_line, tree.text_content().split("\n"))
    return clean("\n".join(filter(None, lines)))


def _extract(source: str) -> Draft:
    from trafilatura import bare_extraction, extract_metadata
    from trafilatura.settings import Document

    tree = _parse(source.translate(str.maketrans(_JOINERS, _STAND_INS)))
    # An extensive search takes any year in a footer for the date.
    meta = extract_metadata(tree, date_config={"original_date": True, "extensive_search": False})
    title = one_line(meta.title or "") or _named_title(tree)
    author = clean_author((meta.author or "").split("; "))
    for element in tree.xpath(f"{_HIDDEN} | //nav"):
        element.drop_tree()
    _unwrap_inline(tree)
    page = bare_extraction(tree, include_comments=False, include_tables=True)
    text = _plain(page.text or "") if isinstance(page, Document) else ""
    title, author, text = (_restored(value) for value in (title, author or "", text))
    return Draft(title, text, author or None, iso_date(meta.date))


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
    named = (one_line(element.text_content()) for element in tree.xpath("//h1 | //title"))
    return next(filter(None, named), "")


def _plain(text: str) -> str:
    """Without the marks that trafilatura sets before list items and around table cells."""
    plain = _BULLET.sub("", _TABLE_ROW.sub(r"\1", _TABLE_RULE.sub("", text)))
    return "\n".join(map(str.rstrip, plain.split("\n")))


def _restored(text: str) -> str:
    return clean(text.translate(str.maketrans(_STAND_INS, _JOINERS)))


def _declared_encoding(data: bytes) -> str | None:
    """What a page says of its own encoding, read as browsers do."""
    match = _CHARSET.search(data[:4096])
    if not match:
        return None
    try:
        name = codecs.lookup(match[1].decode("ascii")).name
    except (LookupError, UnicodeDecodeError):
        return None
    return "cp1252" if name in ("iso8859-1", "ascii") else name
