"""Bytes of unknown encoding go in; clean text comes out, or the reason why it is none."""

from __future__ import annotations

import codecs
import re

from index.readers.common.draft import UnreadableContentError

BINARY = "looks like a binary file, not text"
EMPTY = "is empty"

# NUL, byte order marks, and halves of characters, which no UTF-8 can hold.
_UNWANTED = re.compile("[\x00\ufeff\ud800-\udfff]")
# Control characters that texts do without; ESC is part of Japanese encodings.
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1b") + b"\x7f"
_MOST_CONTROLS = 0.02  # share of the bytes; a damaged text has a few, a binary file many
_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE = 1 << 18  # bytes from which the encoding is told; all of a large file would take long

# What a Western reading of another encoding gives itself away by: a symbol inside a word, a
# capital after a small letter, three accented letters in a row.
_LETTER = r"[^\W\d_]"
_ACCENTED = "[À-ÖØ-öø-ÿŠšŽžŒœŸƒ]"
_IMPLAUSIBLE = re.compile(
    rf"(?<={_LETTER})[^\x00-\x7f’‘“”«»–—…·•\xa0\xad\w](?={_LETTER})"
    rf"|(?<={_LETTER})[¹²³ªº¼½¾](?={_LETTER})"
    r"|(?<=[a-zß-ÿ])[À-ÖØ-Þ]|" + _ACCENTED + "{3}"
)
_SHORT = 200  # letters; in fewer, a few accented ones are a large share
# Shares of accented letters that texts in Western languages stay below.
_MOST_ACCENTED, _MOST_ACCENTED_SHORT = 0.07, 0.3


def decode(data: bytes, declared: str | None = None) -> str:
    """Turn the bytes of a file into clean text.

    Args:
        data: The whole file.
        declared: The encoding that the file itself names, if it does.

    Raises:
        UnreadableContentError: The file is empty or no text.
    """
    marked = _decode_marked(data)
    text = clean(_decode_unmarked(data, declared) if marked is None else marked)
    if not text.strip():
        raise UnreadableContentError(EMPTY)
    return text


def clean(text: str) -> str:
    r"""Return text with ``\n`` as its newline, without NUL, byte order marks, lone surrogates."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def require_words(text: str) -> str:
    """Return the text as it is.

    Raises:
        UnreadableContentError: It holds neither letter nor digit.
    """
    if not any(char.isalnum() for char in text):
        raise UnreadableContentError("holds no text")
    return text


def _decode_marked(data: bytes) -> str | None:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError:
                return None
    return None


def _decode_unmarked(data: bytes, declared: str | None) -> str:
    controls = len(data) - len(data.translate(None, _CONTROLS))
    if b"\0" in data or controls > _MOST_CONTROLS * len(data):
        raise UnreadableContentError(BINARY)
    # Bytes that are valid UTF-8 are UTF-8, whatever the file claims; pure ASCII may be one of
    # the escape-sequence encodings of East Asia.
    names = [declared, "utf-8"] if declared and data.isascii() else ["utf-8", declared]
    for name in filter(None, names):
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return _damaged_utf8(data) or _western(data) or _detected(data)


def _damaged_utf8(data: bytes) -> str | None:
    """Text that is UTF-8 but for a few bytes, as when a download was cut short."""
    text = data.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    sound = sum(not char.isascii() for char in text) - damaged
    return text if sound >= 2 * damaged else None


def _western(data: bytes) -> str | None:
    """Windows-1252 where that is plausible: detection by statistics takes it for Chinese."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    letters = sum(char.isalpha() for char in text)
    accented = sum(char.isalpha() and not char.isascii() for char in text)
    limit = _MOST_ACCENTED if letters >= _SHORT else _MOST_ACCENTED_SHORT
    if accented > limit * letters or _IMPLAUSIBLE.search(text):
        return None
    return text


def _detected(data: bytes) -> str:
    from charset_normalizer import from_bytes

    cut = data.rfind(b"\n", 0, _SAMPLE) if len(data) > _SAMPLE else len(data)
    without_marks = ["utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_7"]
    best = from_bytes(data[: cut if cut > 0 else _SAMPLE], cp_exclusion=without_marks).best()
    if best is None:
        raise UnreadableContentError(BINARY)
    return data.decode(best.encoding, errors="replace")
