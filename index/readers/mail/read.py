"""The bytes of a saved email go in; what its sender wrote comes out as an article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from index.readers.common.authors import clean_author
from index.readers.common.dates import iso_date
from index.readers.common.decoding import clean, decode
from index.readers.common.draft import Draft, UnreadableContentError
from index.readers.common.head import read_head
from index.readers.common.titles import clean_line
from index.readers.html import NO_TEXT, decode_page, known_charset, visible_parts, with_sections
from index.readers.mail.quoting import own_words, unflowed

ENCRYPTED = "is encrypted"
NO_EMAIL = "is no email"

_MOST_NESTED = 10  # messages within messages; forwarding goes a few deep, attacks without end
_LONGEST_HEADER = 10_000  # characters; what is longer is no subject and no name
_USUAL_HEADERS = ("from", "to", "date", "subject", "received", "message-id", "mime-version")
_CIPHERS = ("application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/encrypted")
_ARMOUR = "-----BEGIN PGP MESSAGE-----"
# A plain text so much shorter than the page beside it says that the page cannot be shown.
_MERE_NOTICE = 5


@dataclass(frozen=True, slots=True)
class _Body:
    """A text of a message; ``plain``: in it, quoted lines and signatures are known by signs."""

    text: str
    headings: Sequence[str] = ()
    plain: bool = False


def read(data: bytes) -> Draft:
    """Read an email: its text without quoted lines, signature and attachments.

    Raises:
        UnreadableContentError: The file is empty, no email, encrypted, or without words.
    """
    # The modern policy raises on headers that are not as they should be; the old one shows them.
    message = message_from_bytes(data.removeprefix(b"\xef\xbb\xbf").lstrip())
    if not any(name in message for name in _USUAL_HEADERS):
        decode(data)
        raise UnreadableContentError(NO_EMAIL)
    return _read_message(message, _MOST_NESTED)


def _read_message(message: Message, most_nested: int) -> Draft:
    bodies = list(_bodies(message))
    text = _joined(own_words(body.text) if body.plain else body.text for body in bodies)
    if not text:
        text = _joined(body.text for body in bodies)
    if not text:
        nested = next(_attached(message), None) if most_nested else None
        if nested is None:
            raise UnreadableContentError(NO_TEXT)
        return _read_message(nested, most_nested - 1)
    known = Draft(_header(message, "subject"), "", _author(message), _published(message))
    headings = [heading for body in bodies for heading in body.headings]
    return with_sections(read_head(text, known), headings)


def _joined(texts: Iterator[str]) -> str:
    filled = (text.strip("\n") for text in texts if any(map(str.isalnum, text)))
    return "\n".join(line.rstrip() for line in "\n\n".join(filled).split("\n"))


def _bodies(part: Message) -> Iterator[_Body]:
    kind = part.get_content_type()
    if kind in _CIPHERS and part.get_param("smime-type") != "signed-data":
        raise UnreadableContentError(ENCRYPTED)
    if part.get_content_disposition() == "attachment":
        return
    children = _parts(part) if part.get_content_maintype() == "multipart" else []
    if children and kind == "multipart/alternative":
        yield from _best(children)
    elif children and kind in ("multipart/related", "multipart/signed"):
        for child in children[:1]:
            yield from _bodies(child)
    elif children:
        for child in children:
            yield from _digested(child) if kind == "multipart/digest" else _bodies(child)
    elif kind == "text/html":
        text, headings = visible_parts(_decoded(part))
        yield _Body(text, headings)
    elif kind == "text/plain" or kind.startswith("multipart/"):
        yield _plain(part)


def _parts(part: Message) -> list[Message]:
    payload = part.get_payload() if part.is_multipart() else []
    return [each for each in payload if isinstance(each, Message)]


def _best(alternatives: Sequence[Message]) -> Sequence[_Body]:
    """The same words as plain text or as a page: the text, unless it does not hold them."""
    plain: Sequence[_Body] = ()
    rich: Sequence[_Body] = ()
    for part in alternatives:
        bodies = [body for body in _bodies(part) if any(map(str.isalnum, body.text))]
        if all(body.plain for body in bodies):
            plain = plain or bodies
        else:
            rich = bodies
    shown, whole = (sum(len(body.text) for body in bodies) for bodies in (plain, rich))
    return plain if shown and whole < _MERE_NOTICE * shown else rich or plain


def _digested(part: Message) -> Iterator[_Body]:
    """The messages of a digest, each below its subject."""
    for message in _parts(part):
        bodies = list(_bodies(message))
        if bodies and (subject := _header(message, "subject")):
            yield _Body(subject, [subject])
        yield from bodies


def _plain(part: Message) -> _Body:
    text = _decoded(part)
    if text.lstrip().startswith(_ARMOUR):
        raise UnreadableContentError(ENCRYPTED)
    if str(part.get_param("format")).lower() == "flowed":
        text = unflowed(text, spaced=str(part.get_param("delsp")).lower() != "yes")
    return _Body(text, plain=True)


def _decoded(part: Message) -> str:
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    charset = known_charset(part.get_content_charset(""))
    try:
        if charset and charset.startswith(("utf-16", "utf-32")):
            return clean(data.decode(charset, "replace")) if b"\0" in data else decode(data)
        if not charset and part.get_content_type() == "text/html":
            return decode_page(data)
        return decode(data, charset)
    except UnreadableContentError:  # an empty part beside others
        return ""


def _attached(part: Message) -> Iterator[Message]:
    for child in _parts(part):
        if part.get_content_type() == "message/rfc822":
            yield child
        else:
            yield from _attached(child)


def _author(message: Message) -> str | None:
    senders = getaddresses([_raw_header(message, "from")])
    return clean_author([_unescaped(name) or address for name, address in senders])


def _published(message: Message) -> str | None:
    value = _header(message, "date")
    try:
        return iso_date(parsedate_to_datetime(value))
    except (IndexError, OverflowError, TypeError, ValueError):
        return iso_date(value)


def _header(message: Message, name: str) -> str:
    return _unescaped(_raw_header(message, name))


def _raw_header(message: Message, name: str) -> str:
    """A header as it stands there: bytes that are no ASCII are read as text, against the rules."""
    values = (value for key, value in message.raw_items() if key.lower() == name)
    data = str(next(values, ""))[:_LONGEST_HEADER].encode("utf-8", errors="surrogateescape")
    try:
        return clean_line(data.decode())
    except UnicodeDecodeError:
        return clean_line(data.decode("cp1252", errors="replace"))


def _unescaped(header: str) -> str:
    """``=?utf-8?q?caf=C3=A9?=`` → ``café``."""
    try:
        parts = decode_header(header)
    except HeaderParseError:
        return header
    return clean_line("".join(_header_part(part, charset) for part, charset in parts))


def _header_part(part: bytes | str, charset: str | None) -> str:
    if isinstance(part, str):
        return part
    for name in (known_charset(charset) if charset else "raw-unicode-escape", "utf-8"):
        try:
            return part.decode(name or "utf-8")
        except UnicodeError:
            continue
    return part.decode("cp1252", errors="replace")
