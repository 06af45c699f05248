"""The bytes of an RTF file go in; its article comes out, each row of a table as one line."""

from __future__ import annotations

import codecs
import datetime as dt
import re
from dataclasses import replace

from index.readers.common.decoding import clean
from index.readers.common.draft import Draft, UnreadableContentError
from index.readers.common.head import read_head
from index.readers.common.properties import meant_author, meant_date, meant_title
from index.readers.common.titles import clean_line

NO_RTF = "is no RTF file"
NO_TEXT = "holds no text"

_ROW_BEGIN, _CELL, _INNER_CELL, _ROW_END = "\ue0f0\ue0f1\ue0f2\ue0f3"
# Of tables: private characters, which no text holds.
_MARKS = re.compile(f"[{_ROW_BEGIN}-{_ROW_END}]")
_TABLE_MARKS = {
    "trowd": _ROW_BEGIN,
    "cell": _CELL,
    "nestcell": _INNER_CELL,
    "row": _ROW_END,
}
_FOREIGN = re.compile(rb"[\x80-\xff]")  # bytes that RTF does not allow and careless programs write
_WRAPPED_WIDTH = 120  # characters; where no line is longer, lines were broken by hand
_BINARY = re.compile(rb"\\\\|\\bin(\d{1,9}) ?")  # pictures as bytes, whose braces are none
# A control word with its number, or a control sign.
_WORD = re.compile(r"\\([a-z]{1,32})(-?\d{1,10})? ?|\\[^a-z]", re.IGNORECASE)
_UNKNOWN_CHARSETS = ("78", "79", "80", "82", "85", "86", "87", "88", "89")
_CODE_PAGE = re.compile(r"\\ansicpg(\d{1,5})")  # the encoding of bytes that stand for letters
_INFO = re.compile(r"\{\s*\\info(?![a-z])")  # the group of the properties
_PROPERTY = re.compile(r"\{\s*\\(title|author)(?![a-z]) ?")  # two of them; the next one is the date
# Those that open and close a group; behind a backslash they are text.
_BRACE = re.compile(r"\\.|([{}])", re.DOTALL)
# In numbers, day and month without zeros.
_CREATED = re.compile(r"\\creatim\s*\\yr(\d{4})\s*\\mo(\d{1,2})\s*\\dy(\d{1,2})(?!\d)")
_GAP = re.compile(r"\n{3,}")  # where tables and pictures were
_LONGEST_INFO = 100_000  # characters; a group that is not closed would be looked through to the end


def read(data: bytes) -> Draft:
    """Read an RTF file: its text, and what its properties say of title, author and date.

    Raises:
        UnreadableContentError: The file is no RTF, or holds no text.
    """
    if not data.lstrip()[:5].lower().startswith(b"{\\rtf"):
        raise UnreadableContentError(NO_RTF)
    source = _decoded(_without_binary(data))
    text = _paragraphs(_with_rows(_text(source)))
    if not any(map(str.isalnum, text)):
        raise UnreadableContentError(NO_TEXT)
    known, day = _properties(source)
    draft = read_head(text, known)
    return replace(draft, published=draft.published or day)


def _without_binary(data: bytes) -> bytes:
    """The file without pictures that are stored as bytes, among which braces mean nothing."""
    kept, place = [], 0
    while match := _BINARY.search(data, place):
        kept.append(data[place : match.start() if match[1] else match.end()])
        place = match.end() + int(match[1] or 0)
    return b"".join([*kept, data[place:]])


def _decoded(data: bytes) -> str:
    """The source of the file; letters that stand there as bytes become escapes, as they should."""
    try:
        source = data.decode("utf-8")
    except UnicodeDecodeError:
        source = _FOREIGN.sub(lambda match: b"\\'%02x" % ord(match[0]), data).decode("ascii")
    return _WORD.sub(_tamed, _MARKS.sub("", source))


def _tamed(match: re.Match[str]) -> str:
    """A control word in a form that striprtf understands, and understands in time."""
    name, value = (match[1] or "").lower(), match[2]
    if match[0] == "\\\\":  # behind it a word of the text could be taken for a control word
        return "\\\\{}"
    if name in _TABLE_MARKS:
        return "{}" + _TABLE_MARKS[name]  # the braces end the letters that stand in for another
    if name == "deleted" and value != "0":
        return "\\*"
    if name == "pict":  # picks pictures out in a way that loses the text behind them
        return "\\objdata "
    if name == "fldinst":  # else the address of each link is put into the text
        return "\\fldinst "
    if name == "fcharset" and value in _UNKNOWN_CHARSETS:
        return "\\fcharset1 "
    if name == "uc":
        return f"\\uc{value or 1} "
    if name == "u" and (not value or not _is_letter(int(value))):
        return ""
    return match[0]


def _is_letter(code: int) -> bool:
    return -0x8000 <= code <= 0xFFFF and not _MARKS.match(chr(code % 0x10000))


def _text(source: str) -> str:
    from striprtf.striprtf import rtf_to_text

    page = _CODE_PAGE.search(source)
    codec = _codec(page[1] if page else "")
    text = str(rtf_to_text(source, codec, "replace"))  # type: ignore[no-untyped-call]
    # Letters beyond the first 65,536 are written as two halves.
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _codec(page: str) -> str:
    try:
        return codecs.lookup(f"cp{page}").name
    except LookupError:
        return "cp1252"


def _with_rows(text: str) -> str:
    """The text with a line for each row of a table."""
    *pieces, rest = text.split(_ROW_END)
    return "".join(map(_with_row, pieces)) + _MARKS.sub(" ", rest)


def _with_row(piece: str) -> str:
    begin = piece.find(_ROW_BEGIN)
    if begin < 0:  # its first cell can be told only as far as it is one line
        begin = piece.rfind("\n", 0, max(piece.find(_CELL), 0)) + 1
    cells = [clean_line(_cell(cell)) for cell in piece[begin:].split(_CELL)]
    if not cells[-1]:
        cells.pop()
    return f"{_MARKS.sub(' ', piece[:begin])}\n\n{clean_line(' | '.join(cells))}\n\n"


def _cell(text: str) -> str:
    parts = (part.strip() for part in text.replace(_ROW_BEGIN, "").split(_INNER_CELL))
    return "; ".join(filter(None, parts))


def _paragraphs(text: str) -> str:
    """The text with empty lines between its paragraphs, unless its lines may be wrapped ones."""
    lines = [line.rstrip() for line in clean(text).split("\n")]
    wrapped = max(map(len, lines)) <= _WRAPPED_WIDTH
    whole = ("\n" if wrapped else "\n\n").join(lines)
    return _GAP.sub("\n\n", whole).strip("\n")


def _properties(source: str) -> tuple[Draft, str | None]:
    """What the properties say of title and author, and the day on which the file was made."""
    begin = _INFO.search(source)
    info = _group(source, begin.start()) if begin else ""
    found = {match[1]: _property(source, info, match) for match in _PROPERTY.finditer(info)}
    properties = Draft(meant_title(found.get("title")), "", meant_author(found.get("author")))
    made = _CREATED.search(info)
    try:
        return properties, meant_date(dt.date(*map(int, made.groups()))) if made else None
    except ValueError:
        return properties, None


def _property(source: str, info: str, match: re.Match[str]) -> str:
    page = _CODE_PAGE.search(source)
    words = _group(info, match.start())[match.end() - match.start() : -1]
    return clean_line(_text(f"{{\\rtf1{page[0] if page else ''} {words}}}"))


def _group(source: str, start: int) -> str:
    """The group that begins at a brace, up to the brace that ends it."""
    depth = 0
    for brace in _BRACE.finditer(source, start, start + _LONGEST_INFO):
        depth += {"{": 1, "}": -1}.get(brace[1], 0)
        if depth == 0 and brace[1]:
            return source[start : brace.end()]
    return ""
