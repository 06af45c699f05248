"""Saved emails: what of a message is its text, who wrote it and when, and what cannot be read."""

from __future__ import annotations

import base64
from email import policy
from email.message import EmailMessage

import pytest

from index.readers.common.draft import UnreadableContentError
from index.readers.mail.read import read

HEAD = "From: Jane Doe <jane@example.org>\nSubject: The library\nDate: {date}\n"
DATE = "Wed, 20 Aug 2025 23:30:00 -0700"
WORDS = "The council voted to close the café on the pier. It was over in a minute."


def mail(body: str | bytes, *headers: str, date: str = DATE) -> bytes:
    """Return a message of one part, with these headers besides the usual ones."""
    data = body if isinstance(body, bytes) else body.encode()
    return (HEAD.format(date=date) + "".join(f"{h}\n" for h in headers) + "\n").encode() + data


def composed(**headers: str) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    for name, value in ({"Subject": "The library", "From": "jane@example.org"} | headers).items():
        message[name] = value
    return message


def text(data: bytes | EmailMessage) -> str:
    return read(data if isinstance(data, bytes) else data.as_bytes()).text


def refusal(data: bytes | EmailMessage) -> str:
    with pytest.raises(UnreadableContentError) as caught:
        text(data)
    return str(caught.value)


def test_headers() -> None:
    """Subject, sender's name and date, as written there, are the article's own."""
    draft = read(mail(f"{WORDS}\r\n"))
    assert (draft.title, draft.author, draft.published) == ("The library", "Jane Doe", "2025-08-20")
    assert draft.text == WORDS


@pytest.mark.parametrize(
    ("sender", "author"),
    [
        ("=?utf-8?q?Zo=C3=AB_Doe?= <z@example.org>", "Zoë Doe"),
        ("=?iso-8859-1?Q?Zo=EB?= =?iso-8859-1?Q?_Doe?= <z@example.org>", "Zoë Doe"),
        ('"Doe, Jane" <jane@example.org>', "Doe, Jane"),
        ("jane@example.org (Jane Doe)", "Jane Doe"),
        ("jane@example.org", "jane@example.org"),
        ("Jane Doe <j@a.example>, Max Poe <m@a.example>", "Jane Doe and Max Poe"),
        ("Zoë Doe <z@example.org>", "Zoë Doe"),
        ("=?klingon?q?Jane_Doe?= <j@example.org>", "Jane Doe"),
        ("=?utf-8?b?broken", "=?utf-8?b?broken"),
        ("", None),
    ],
)
def test_sender(sender: str, author: str | None) -> None:
    """The sender is shown by name, else by address, however the name is written."""
    assert read(f"From: {sender}\nSubject: x\n\n{WORDS}\n".encode()).author == author


def test_headers_against_the_rules() -> None:
    """A header with bytes of an old encoding is read, and a date that is none is left out."""
    data = mail(WORDS, date="Wed, 31 Feb 2025 10:00:00").replace(
        b"The library", "Zoë’s\n library".encode("cp1252")
    )
    assert (read(data).title, read(data).published) == ("Zoë’s library", None)
    assert read(mail(WORDS, date="20 August 2025")).published == "2025-08-20"


@pytest.mark.parametrize("subject", ["", "Subject:\n", "Subject: =?utf-8?q??=\n"])
def test_title_falls_back(subject: str) -> None:
    """A message without a subject is titled like a text file."""
    draft = read(f"From: a@example.org\n{subject}\nA pier is sold\n\n{WORDS}\n".encode())
    assert (draft.title, draft.text) == ("A pier is sold", WORDS)


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [
        ("quoted-printable", "utf-8"),
        ("base64", "utf-8"),
        ("quoted-printable", "iso-8859-15"),
        ("8bit", "utf-8"),
    ],
)
def test_encodings(encoding: str, charset: str) -> None:
    """Whatever encoding a message names, its words come out as they were written."""
    message = composed()
    message.set_content(f"{WORDS}\n" * 3, charset=charset, cte=encoding)
    assert text(message) == "\n".join([WORDS] * 3)
    wide = base64.b64encode(WORDS.encode("utf-16-le"))
    kind = "Content-Type: text/plain; charset=utf-16le"
    assert text(mail(wide, kind, "Content-Transfer-Encoding: base64")) == WORDS


@pytest.mark.parametrize("charset", ["x-unknown", "punycode", "undefined", "us-ascii", "utf-16"])
def test_charset_that_is_wrong(charset: str) -> None:
    """A message in an unknown encoding, or not in the one that it names, is read all the same."""
    kind = f"Content-Type: text/plain; charset={charset}"
    for encoding in ("cp1252", "utf-8"):
        assert text(mail(WORDS.encode(encoding), kind)) == WORDS


def test_page_alone() -> None:
    """A message without plain text gives the visible text of its page, with the headings."""
    message = composed()
    message.set_content(
        f"<style>p {{}}</style><h2>The pier</h2><p>The <b>café</b> is closed.</p><p>{WORDS}</p>",
        subtype="html",
    )
    draft = read(message.as_bytes())
    assert draft.text == f"The pier\nThe café is closed.\n{WORDS}"
    assert [(each.start, each.title) for each in draft.sections] == [(0, "The pier")]


def test_plain_text_is_preferred() -> None:
    """Of the same words twice the plain text is taken; a notice to look at the page is not."""
    message = composed()
    message.set_content(WORDS)
    message.add_alternative(f"<p>{WORDS}</p><p>As a page.</p>", subtype="html")
    message.add_attachment(b"\0" * 99, maintype="image", subtype="png", filename="a.png")
    message.add_attachment("Secret.", filename="a.txt")
    assert text(message) == WORDS
    notice = composed()
    notice.set_content("Your program cannot show this message.")
    shown = composed()
    shown.set_content(f"<p>{WORDS}</p>" * 9, subtype="html")
    shown.add_related(b"\0" * 99, maintype="image", subtype="png")
    notice.make_alternative()
    notice.attach(shown)
    assert text(notice) == "\n".join([WORDS] * 9)


def test_text_in_several_parts() -> None:
    """A text that a picture interrupts is put together."""
    message = composed()
    message.make_mixed()
    for number in range(2):
        part = EmailMessage()
        part.set_content(f"Part {number} of it.")
        message.attach(part)
        message.add_attachment(b"\0", maintype="image", subtype="png", disposition="inline")
    assert text(message) == "Part 0 of it.\n\nPart 1 of it."


def test_nested_message() -> None:
    """A message that holds nothing but another one is read as that one; others are not read."""
    inner = composed(Subject="Inside", From="Max Poe <m@example.org>", Date=DATE)
    inner.set_content(WORDS)
    outer = composed(Subject="Fwd: Inside")
    outer.add_attachment(inner)
    twice = composed(Subject="Fwd: Fwd: Inside")
    twice.add_attachment(outer)
    for message in (outer, twice):
        draft = read(message.as_bytes())
        assert (draft.title, draft.author, draft.text) == ("Inside", "Max Poe", WORDS)
    covered = composed()
    covered.set_content("Look at this.")
    covered.add_attachment(inner)
    assert text(covered) == "Look at this."
    for _ in range(20):
        inner, inside = composed(), inner
        inner.add_attachment(inside)
    assert refusal(inner) == "holds no readable text"


def test_digest() -> None:
    """The messages of a digest follow each other, each below its subject."""
    kind = 'Content-Type: multipart/digest; boundary="b"'
    parts = "".join(f"--b\n\nSubject: Part {n}\n\nWords of part {n}.\n\n" for n in (1, 2))
    draft = read(mail(f"{parts}--b--\n", kind))
    assert draft.text == "Part 1\n\nWords of part 1.\n\nPart 2\n\nWords of part 2."
    assert [section.title for section in draft.sections] == ["Part 1", "Part 2"]


@pytest.mark.parametrize(
    ("kind", "body", "joined"),
    [
        ("flowed", "One line that \nflows on.\n \n Kept in.\nEnd \n> of quote.", None),
        ("flowed", "A  \nb", "A  b"),
        ("flowed; delsp=yes", "図書 \n館が閉 \n鎖", "図書館が閉鎖"),
        ("fixed", "One line that \nstands.", "One line that\nstands."),
        ("flowed", "Jane \n-- \nJane Doe", "Jane"),
    ],
)
def test_flowed_text(kind: str, body: str, joined: str | None) -> None:
    """Lines that a mail program broke are joined again, and no others."""
    expected = "One line that flows on.\n\nKept in.\nEnd" if joined is None else joined
    assert text(mail(body, f"Content-Type: text/plain; charset=utf-8; format={kind}")) == expected


@pytest.mark.parametrize(
    ("body", "own"),
    [
        ("Yes.\n\nOn 20 Aug 2025 at 10:30, Max Poe <m@a.example> wrote:\n> Close it.\n>", "Yes."),
        ("Yes.\n\nOn 20 Aug 2025 at 10:30, Max Poe\n<m@a.example> wrote:\n\n> Close it.", "Yes."),
        ("Yes.\nAm 20.08.2025 um 10:30 schrieb Max Poe:\n> Zu damit.\n", "Yes."),
        ("m@a.example writes:\n> Close it?\nYes.\n\n>> And when?\n\nIn May.", "Yes.\n\nIn May."),
        ("For two reasons:\n> Which?\nCost and age.", "For two reasons:\nCost and age."),
        ("In May 2025.\nMax wrote:\n> No.\nSo be it.", "In May 2025.\nMax wrote:\nSo be it."),
        ("> Close it.\n> All of it.", "> Close it.\n> All of it."),
        ("I agree.\n-- \nJane Doe\nThe Daily Example", "I agree."),
        ("I agree.\n--\nJane Doe\n\n> Close it.", "I agree."),
        ("One.\n--\n" + "Two.\n" * 30, "One.\n--\n" + "Two.\n" * 29 + "Two."),
        ("-- \nJane Doe", "--\nJane Doe"),
    ],
)  # fmt: skip
def test_quotes_and_signatures(body: str, own: str) -> None:
    """Quoted lines, what announces them and a signature go where there is other text."""
    assert text(mail(body)) == own


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        ("application/pkcs7-mime; smime-type=enveloped-data", "MIAGCS", "is encrypted"),
        ("multipart/encrypted; boundary=b", "--b\n\nx\n--b--\n", "is encrypted"),
        ("text/plain", "-----BEGIN PGP MESSAGE-----\n\nhQEM", "is encrypted"),
        ("application/pkcs7-mime; smime-type=signed-data", "MIAGCS", "holds no readable text"),
        ("text/plain", "\n* * *\n", "holds no readable text"),
        ("image/png", "iVBORw0KGgo=", "holds no readable text"),
    ],
)
def test_unreadable(kind: str, body: str, reason: str) -> None:
    """An encrypted message is told apart from one without words."""
    assert refusal(mail(body, f"Content-Type: {kind}")) == reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b" \n", "is empty"),
        (WORDS.encode(), "is no email"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "looks like a binary file, not text"),
    ],
)
def test_no_email(data: bytes, reason: str) -> None:
    """A file that is no message is reported."""
    assert refusal(data) == reason


def test_broken_structure() -> None:
    """A message that announces parts but has none is read as the text that it is."""
    for kind in (
        "multipart/mixed; boundary=b",
        "multipart/alternative",
        "text",
        "multipart/signed",
    ):
        assert text(mail(WORDS, f"Content-Type: {kind}")) == WORDS
    assert text(b"\xef\xbb\xbf\n" + mail(WORDS)) == WORDS
    assert text(b"From jane Wed Aug 20 10:00:00 2025\n" + mail(WORDS)) == WORDS
