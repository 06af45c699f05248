"""EPUB books: chapters in order, what a book says of itself, and what cannot be read."""

from __future__ import annotations

import pytest

from helpers.epub_files import CALM, CONTAINER, STORM, book, opf, packed, page
from index.readers.common.draft import Draft, UnreadableContentError
from index.readers.epub.read import read


def headings(draft: Draft) -> list[str]:
    """Return the headings; each stands where its section begins."""
    assert all(draft.text[s.start :].startswith(f"{s.title}\n") for s in draft.sections)
    return [section.title for section in draft.sections]


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableContentError) as caught:
        read(data)
    return str(caught.value)


def test_newer_book() -> None:
    """An EPUB 3 gives its chapters in the order of its spine, without cover and contents."""
    nav = page(
        '<nav epub:type="landmarks"><ol><li><a href="text/b.xhtml">Begin</a></li></ol></nav>'
        '<nav epub:type="toc"><h1>Contents</h1><ol><li><a href="text/b.xhtml#top">Storm</a></li>'
        '<li><a href="text/a%20b.xhtml">The <i>calm</i></a></li></ol></nav>'
    )
    kind = 'media-type="application/xhtml+xml"'
    package = opf(
        ["nav.xhtml", "cover.xhtml", "text/b.xhtml", "text/a%20b.xhtml"],
        items=f'<item id="n" href="nav.xhtml" {kind} properties="nav"/>',
    ).replace('<item id="p0" href="nav.xhtml"', '<item id="p0" properties="nav" href="nav.xhtml"')
    storm = (
        '<section id="top"><header><h1>The storm<br/>of 1901</h1></header>'
        f'<p>{STORM}</p><h2>Of <b>boats</b></h2><p>One was lost on p<span epub:type="pagebreak"'
        ' id="p9">9</span>age nine.</p><table><tr><th>Year</th><th>Boats</th></tr><tr><td>1901'
        "</td><td>12</td></tr></table></section>"
    )
    bodies = {
        "nav.xhtml": nav,
        "cover.xhtml": '<svg xmlns="http://www.w3.org/2000/svg"><title>Cover</title></svg>',
        "text/a b.xhtml": f"<p>{CALM}</p>",
        "text/b.xhtml": storm,
    }
    draft = read(book({**bodies, "unlisted.xhtml": "<p>Secret.</p>"}, package))
    assert (draft.title, draft.author, draft.published) == (
        "The Keeper of Marrow",
        "Ada Venn",
        "2019-05-04",
    )
    assert draft.text == (
        f"The storm of 1901\n{STORM}\nOf boats\nOne was lost on page nine.\nYear | Boats\n"
        f"1901 | 12\n\nThe calm\n{CALM}"
    )
    assert headings(draft) == ["The storm of 1901", "Of boats", "The calm"]


def test_older_book() -> None:
    """An EPUB 2 takes the names of chapters without headings from its NCX."""
    ncx = """<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>
    <navPoint><navLabel><text>One: The
    storm</text></navLabel><content src="1.html"/>
      <navPoint><navLabel><text>Boats</text></navLabel><content src="1.html#boats"/></navPoint>
    </navPoint>
    <navPoint><navLabel><text>Two</text></navLabel><content src="2.html#a"/></navPoint>
    <navPoint><navLabel><text>The Calm</text></navLabel><content src="3.html"/></navPoint>
    <navPoint><navLabel><text>Four</text></navLabel><content src="4.html#a"/></navPoint>
    <navPoint><navLabel><text>Five</text></navLabel><content src="4.html#b"/></navPoint>
    </navMap></ncx>"""
    package = opf(
        ["title.html", "1.html", "2.html", "3.html", "4.html", "5.html"],
        items='<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>',
        spine='toc="ncx"',
        end='<guide><reference type="toc" href="5.html#x"/></guide>',
    )
    bodies = {
        "title.html": "<h1>The Keeper of Marrow</h1><p>Ada Venn</p><p>Port Arlen, 2019</p>",
        "1.html": f"<p>{STORM}</p>",
        "2.html": f"<h2>The second day</h2><p>{STORM}</p>",
        "3.html": f'<p class="heading">THE CALM</p><p>{CALM}</p>',
        "4.html": f'<p id="a">{STORM}</p><p id="b">{CALM}</p>',
        "5.html": "<p>Contents</p><p>One</p><p>Two</p>",
    }
    draft = read(book(bodies, package, {"OEBPS/toc.ncx": ncx}))
    assert headings(draft) == ["One: The storm", "The second day", "THE CALM"]
    assert draft.text.startswith(f"One: The storm\n{STORM}\n\nThe second day\n")
    assert draft.text.endswith(f"THE CALM\n{CALM}\n\n{STORM}\n{CALM}")


AUTHORS = "<dc:creator opf:role='{}'>Cy Hall</dc:creator><dc:creator opf:role='aut'>{}</dc:creator>"
DATES = "<dc:date opf:event='{}'>2020-01-02</dc:date><dc:date opf:event='{}'>1999-03-01</dc:date>"


@pytest.mark.parametrize(
    ("metadata", "author", "published"),
    [
        (AUTHORS.format("ill", "Ada Venn"), "Ada Venn", None),
        (AUTHORS.format("aut", "Ada Venn"), "Cy Hall and Ada Venn", None),
        ('<dc:creator id="c">A B</dc:creator><meta refines="#c" property="role">edt</meta>',
         "A B", None),
        ("<dc:creator>A B</dc:creator><dc:creator/><dc:creator>C D</dc:creator>",
         "A B and C D", None),
        (DATES.format("modification", "publication"), None, "1999-03-01"),
        ("<dc:date opf:event='modification'>2020-01-02</dc:date>", None, None),
        ("<dc:date>1999</dc:date><meta property='dcterms:modified'>2020-01-02</meta>", None, None),
    ],
)  # fmt: skip
def test_authors_and_date(metadata: str, author: str | None, published: str | None) -> None:
    """Authors are named before others, and the date is that of publication or none."""
    draft = read(book({"1.xhtml": f"<p>{STORM}</p>"}, opf(["1.xhtml"], metadata)))
    assert (draft.author, draft.published) == (author, published)


def test_title_falls_back() -> None:
    """A book that names no title has its first heading or its opening words for one."""
    package = opf(["1.xhtml"], "<dc:title> </dc:title>")
    draft = read(book({"1.xhtml": f"<h1>Marrow</h1><p>{STORM}</p><h2>Later</h2><p>x</p>"}, package))
    assert (draft.title, headings(draft)) == ("Marrow", ["Later"])
    assert read(book({"1.xhtml": f"<p>{CALM}</p>"}, package)).title.startswith("After nine days")


def test_headings_are_found_in_their_own_chapter() -> None:
    """A heading is not taken for the line of a list of contents that names it."""
    bodies = {
        "1.xhtml": f"<h1>Preface</h1><p>{CALM}</p><p>Storm</p><p>Calm</p>",
        "2.xhtml": f"<h1>Storm</h1><p>{STORM}</p>",
        "3.xhtml": f"<h1>Calm</h1><p>{CALM}</p>",
    }
    draft = read(book(bodies))
    assert headings(draft) == ["Preface", "Storm", "Calm"]
    assert draft.text[draft.sections[1].start :].startswith(f"Storm\n{STORM}")


TITLE_PAGE = '<section epub:type="titlepage"><p>{}</p></section>'


@pytest.mark.parametrize(
    ("first", "kept"),
    [
        ("<h1>Half a title</h1>", False),
        (TITLE_PAGE.format("A very long title page " * 20), False),
        (TITLE_PAGE.format("It was first printed by Hall and Son in 1901."), True),
        ("<p>A line of verse,</p>" * 20, True),
        ("<p>昔々あるところにおじいさんとおばあさんが住んでいました。</p>", True),
    ],
)
def test_title_pages(first: str, kept: bool) -> None:
    """What stands before the first chapter is left out unless it holds prose or much text."""
    draft = read(book({"1.xhtml": first, "2.xhtml": f"<p>{STORM}</p>"}))
    assert draft.text.endswith(STORM)
    assert (draft.text != STORM) is kept


def test_pages_that_are_not_as_they_should_be() -> None:
    """Pages that are no XML, empty, missing or listed twice cost nothing but themselves."""
    pages = ["bad.xhtml", "gone.xhtml", "empty.xhtml", "old.xhtml", "old.xhtml", "p.xhtml", "i.svg"]
    old = "<html><meta charset=windows-1252><body><p>A café by the sea<br>was lost & found.</html>"
    prefixed = (
        '<h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:head><h:title/></h:head><h:body><h:p>One'
        "&#160;<![CDATA[<two> & three]]></h:p><h:p>漢<h:ruby>字<h:rt>じ</h:rt></h:ruby></h:p>"
        "</h:body></h:html>"
    )
    extra: dict[str, str | bytes] = {
        "OEBPS/bad.xhtml": page(f"<p>{STORM}<p>Storm &nbsp; and stress.<a id='x'/><i/>"),
        "OEBPS/empty.xhtml": "",
        "OEBPS/old.xhtml": old.encode("cp1252"),
        "OEBPS/p.xhtml": prefixed,
        "OEBPS/i.svg": "<svg><text>Secret</text></svg>",
    }
    picture = 'href="i.svg" media-type="image/svg+xml"'
    package = opf(pages).replace('href="i.svg" media-type="application/xhtml+xml"', picture)
    assert read(book({}, package, extra)).text == (
        f"{STORM}\nStorm and stress.\n\nA café by the sea\nwas lost & found.\n\n"
        "One <two> & three\n漢字"
    )


BOMB = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 20 if i else "lol" * 20}">' for i in range(12))
LEAK = '<!ENTITY e11 SYSTEM "file:///etc/passwd">'


@pytest.mark.parametrize("entity", [BOMB, LEAK])
@pytest.mark.parametrize("place", ["<p>&e11;</p>", "<p title='&e11;'>Words.</p>"])
def test_entities(entity: str, place: str) -> None:
    """An entity that stands for billions of others, or for a file, does not become text."""
    source = page(f"<p>{STORM}</p>{place}").replace("html>", f"html [{entity}]>", 1)
    text = read(book({}, opf(["1.xhtml"]), {"OEBPS/1.xhtml": source})).text
    assert STORM in text
    assert len(text) < len(source) + 100
    assert "root:" not in text


def test_entities_of_the_package() -> None:
    """A package with such an entity names no pages, or all but that entity."""
    package = opf(["1.xhtml"], "<dc:title>Marrow &e11;</dc:title>")
    for entity in (BOMB, LEAK):
        source = package.replace("<package", f"<!DOCTYPE package [{entity}]><package")
        data = book({"1.xhtml": f"<p>{STORM}</p>"}, source)
        if entity is LEAK:
            assert read(data).title == "Marrow &e11;"
        else:
            assert refusal(data) == "holds no readable text"


@pytest.mark.parametrize(
    "reference",
    ["../../../text/1.xhtml", "/text/1.xhtml", "..%2Ftext/%31.xhtml", "../OEBPS/./../text/1.xhtml"],
)
def test_paths(reference: str) -> None:
    """Names with ``..`` and escapes are looked for inside the book, and nowhere else."""
    extra = {"text/1.xhtml": page(f"<p>{CALM}</p>"), "../secret.xhtml": page("<p>Secret.</p>")}
    package = opf(
        [reference, "../../secret.xhtml", "file:///etc/passwd", "http://a.example/x", "//b"]
    )
    assert read(book({}, package, extra)).text == CALM


def encryption(*names: str) -> dict[str, str | bytes]:
    listed = "".join(
        f'<e:EncryptedData xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:CipherData>'
        f'<e:CipherReference URI="{name}"/></e:CipherData></e:EncryptedData>'
        for name in names
    )
    return {
        "META-INF/encryption.xml": "<encryption"
        f' xmlns="urn:oasis:names:tc:opendocument:xmlns:container">{listed}</encryption>'
    }


def test_protected_book() -> None:
    """A book whose pages are encrypted is reported; one that hides only its fonts is read."""
    bodies = {"1.xhtml": f"<p>{STORM}</p>"}
    assert read(book(bodies, extra=encryption("OEBPS/fonts/a.otf"))).text == STORM
    hidden = book(bodies, extra=encryption("OEBPS/fonts/a.otf", "OEBPS/1.xhtml"))
    assert refusal(hidden) == "is protected against copying"


def test_page_behind_a_password() -> None:
    """An archive that takes a password is reported as protected."""
    data = bytearray(book({"1.xhtml": f"<p>{STORM}</p>"}))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := data.find(mark, place + 1)) >= 0:
            data[place + flags] |= 1
    assert refusal(bytes(data)) == "is protected against copying"


@pytest.mark.parametrize("missing", ["META-INF/container.xml", "spine"])
def test_parts_that_can_be_missing(missing: str) -> None:
    """Without a container the package is looked for; without a spine all pages are read."""
    parts = {
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": opf(["1.xhtml", "2.xhtml"]),
        "OEBPS/1.xhtml": page(f"<p>{STORM}</p>"),
        "OEBPS/2.xhtml": page(f"<p>{CALM}</p>"),
    }
    if missing == "spine":
        parts["OEBPS/book.opf"] = parts["OEBPS/book.opf"].replace("itemref", "nothing")
    parts.pop(missing, None)
    assert read(packed(parts)).text == f"{STORM}\n\n{CALM}"


def test_what_is_no_book() -> None:
    """An archive without a book, a book without words and a damaged file are told apart."""
    assert refusal(packed({"a.txt": "words"})) == "is damaged, or no EPUB book"
    assert refusal(packed({"a.opf": "no markup"})) == "is damaged, or no EPUB book"
    assert refusal(book({"1.xhtml": "<p>...</p>"})) == "holds no readable text"
    assert refusal(book({}, opf(["gone.xhtml"]))) == "holds no readable text"
    whole = book({"1.xhtml": f"<p>{STORM}</p>" * 999})
    start = whole.index(b"OEBPS/1.xhtml") + 40
    assert refusal(whole[:start] + bytes(50) + whole[start + 50 :])


def test_long_book() -> None:
    """Every chapter of a long book is read, each below its own heading."""
    names = [f"c{i}.xhtml" for i in range(300)]
    draft = read(book({n: f"<h2>Chapter {n}</h2>" + f"<p>{STORM}</p>" * 40 for n in names}))
    assert headings(draft) == [f"Chapter {name}" for name in names]
    assert draft.text.count(STORM) == 12_000
