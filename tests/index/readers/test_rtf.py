"""RTF files: letters of every kind, tables, links, pictures, and what is none."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from helpers.read_one import BODY
from index.readers import rtf
from index.readers.common.draft import Draft, UnreadableContentError

MORE = "Nobody in the council would say what is to become of the building, nor of its books."


def refusal(reader: Callable[[bytes], object], data: bytes) -> str:
    """Return why a reader refuses a file."""
    with pytest.raises(UnreadableContentError) as caught:
        reader(data)
    return str(caught.value)


def blocks(draft: Draft) -> list[str]:
    """Return the paragraphs and rows of a text."""
    return draft.text.split("\n\n")


HEAD = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset204 Arial Cyr;}}"
TABLE = (
    r"\trowd\cellx100\cellx200\intbl Jahr\cell Besucher\cell\row "
    r"\trowd\cellx100\cellx200\pard\intbl 2024\cell 9.100\par im Mai\cell\row\pard "
)


def of_rtf(body: str) -> Draft:
    """Read an RTF file with this body."""
    return rtf.read(f"{HEAD}{body}}}".encode("cp1252"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"B\'fccher, M\'e4dchen, Stra\'dfe", "Bücher, Mädchen, Straße"),
        (r"B\u252?cher \u8211- K\u246\'f6ln", "Bücher – Köln"),
        (r"\uc0 B\u252 cher", "Bücher"),
        (r"\f1 \'cf\'f0\'e8\'e2\'e5\'f2\f0  caf\'e9", "Привет café"),
        (r"owl \u-10178?\u-8831?.", "owl 🦁."),
        (r"\u-10178? half, \u99999999? much", "\ufffd half, ? much"),
        ("caf\xe9 as a byte", "café as a byte"),
        (r"\{braces\} and C:\\bin\\pict", r"{braces} and C:\bin\pict"),
        (r"a{\v0 b}\emdash c\~d\line e", "ab—c\xa0d\ne"),
        (r"kept{\deleted  gone}\deleted0  and {\*\generator X;}kept", "kept and kept"),
    ],
)
def test_letters(source: str, expected: str) -> None:
    """Escapes, code pages, halves of letters and bytes become the letters they mean."""
    draft = of_rtf(f"{source}\\par Und hier steht noch ein Satz, der lang genug ist.")
    assert " ".join(expected.split()) in " ".join(f"{draft.title} {draft.text}".split())
    assert draft.text.encode()


def test_an_rtf_file() -> None:
    """Title, author and date come from the properties, rows of tables are lines."""
    info = (
        r"{\info{\title Gr\'fc\'dfe aus K\u246?ln}{\author Jane Doe}{\operator admin}"
        r"{\creatim\yr2020\mo3\dy4\hr1}}"
    )
    draft = of_rtf(rf"{info}\f0 {BODY}\par {TABLE}{MORE}\par}}")
    assert (draft.title, draft.author, draft.published) == (
        "Grüße aus Köln", "Jane Doe", "2020-03-04",
    )  # fmt: skip
    assert blocks(draft) == [BODY, "Jahr | Besucher", "2024 | 9.100 im Mai", MORE]


def test_an_rtf_file_without_properties() -> None:
    """Then title, author and date are looked for in the first lines."""
    draft = of_rtf(rf"The owl of Marrowby\par By Jane Doe\par 3 May 2021\par {BODY} {MORE}\par")
    assert (draft.title, draft.author, draft.published, draft.text) == (
        "The owl of Marrowby", "Jane Doe", "2021-05-03", f"{BODY} {MORE}",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("source", "rows"),
    [
        (rf"{BODY}\par\pard\intbl a\cell b\cell\row\intbl c\cell d\cell\row", ["a | b", "c | d"]),
        (
            r"\trowd\intbl x\cell\itap2 p\nestcell q\nestcell{\*\nesttableprops\trowd\nestrow}"
            r"{\nonesttables\par}\itap1\cell\trowd\row\pard ",
            ["x | p; q"],
        ),
        (r"\trowd\intbl a|b\cell\cell c\cell\row", ["a|b | | c"]),
    ],
    ids=["no beginning", "nested", "empty cell"],
)
def test_tables(source: str, rows: list[str]) -> None:
    """Tables without their beginnings, in others, and with empty cells come out as lines."""
    assert blocks(of_rtf(rf"{MORE}\par {source}"))[-len(rows) :] == rows


def test_links() -> None:
    """The words of a link are text and its address is not."""
    link = r'{\field{\*\fldinst{HYPERLINK "http://x.y/z"}}{\fldrslt{\ul the report}}}'
    assert of_rtf(rf"See {link} and {link}, says the council of the town.").text == (
        "See the report and the report, says the council of the town."
    )


def test_pictures() -> None:
    """Pictures are passed over, also where they are stored as bytes with braces among them."""
    inline = rb"{\*\shppict{\pict\pngblip\bin12 {{{}\par ab}\\}}"
    body = (
        HEAD.encode() + BODY.encode() + rb"{\pict\wmetafile8 0123abcd}" + inline + b"\xe9 After.}"
    )
    draft = rtf.read(body)
    assert draft.text == f"{BODY}é After."


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"words", "is no RTF file"),
        (b"", "is no RTF file"),
        (b"{\\rtf1}", "holds no text"),
        (b"{\\rtf1" + b"{" * 200_000, "holds no text"),
        (rb"{\rtf1{\info{\title Only this}}}", "holds no text"),
    ],
)
def test_no_rtf(data: bytes, reason: str) -> None:
    """What is no RTF file, and one without words, is refused with the reason."""
    assert refusal(rtf.read, data[:300_000]) == reason


@pytest.mark.alone
def test_odd_rtf_is_read_in_time() -> None:
    """Control words without sense, and lines made to be slow, harm nobody."""
    for odd in (
        r"\uc \u \u- \fcharset78 \ansicpg \deff{\fonttbl{\f9\fcharset78 X;}}\f9 caf\'e9 ",
        r"{\field{\*\fldinst{HYPERLINK " + '"a" ' * 5_000,
        r"\trowd" * 20_000,
        r"\cell\row" * 20_000,
        r"{\info" * 10_000,
        r"}" * 10,
    ):
        began = time.perf_counter()
        try:
            rtf.read(f"{HEAD}{BODY}\\par {odd} {BODY}}}".encode())
        except UnreadableContentError:
            continue
        finally:
            assert time.perf_counter() - began < 5
