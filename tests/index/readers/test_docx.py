"""Word documents: text, tables and headings in order, and nothing that is not to be read."""

from __future__ import annotations

import datetime as dt
from typing import Any

import docx as word
from docx.oxml.parser import parse_xml

from helpers.read_one import BODY
from helpers.word_files import (
    MORE,
    W,
    blocks,
    headings,
    of_xml,
    paragraph,
    read,
    saved,
    with_part,
)
from index.readers import docx


def test_a_document() -> None:
    """Paragraphs, headings, lists and tables come in order; title and byline are no text."""

    def fill(document: Any) -> None:
        document.add_heading("The owl of Marrowby", 0)
        document.add_paragraph("By Jane Doe, 3 May 2021")
        document.add_paragraph(BODY)
        document.add_heading("Habits", 1)
        for item in ("It sleeps.", "It eats."):
            document.add_paragraph(item, style="List Bullet")
        table = document.add_table(2, 3)
        for cell, text in zip(
            table._cells, ["Year", "Voles", "", "2024", "9,100", "x"], strict=True
        ):
            cell.text = text
        document.add_heading("Who pays?", 2)
        document.add_paragraph(MORE)

    draft = read(fill)
    assert (draft.title, draft.author, draft.published) == (
        "The owl of Marrowby", "Jane Doe", "2021-05-03",
    )  # fmt: skip
    assert headings(draft) == ["Habits", "Who pays?"]
    assert blocks(draft) == [
        BODY, "Habits", "It sleeps.", "It eats.", "Year | Voles |", "2024 | 9,100 | x", "Who pays?",
        MORE,
    ]  # fmt: skip


def test_properties() -> None:
    """What the properties say is taken, where the document shows no title of its own."""

    def fill(document: Any) -> None:
        core = document.core_properties
        core.title, core.author = "A winter without snow", "Ada Venn"
        core.created = dt.datetime(2022, 2, 3, 10, tzinfo=dt.UTC)
        document.add_paragraph(BODY)

    draft = read(fill)
    assert (draft.title, draft.author, draft.published) == (
        "A winter without snow", "Ada Venn", "2022-02-03",
    )  # fmt: skip


def test_worthless_properties() -> None:
    """What programs fill in by themselves is no title, no author and no date."""

    def fill(document: Any) -> None:
        document.core_properties.title = "Word Document"
        assert document.core_properties.author == "python-docx"
        document.add_paragraph(BODY)

    draft = read(fill)
    assert draft.title.startswith("The council voted")
    assert (draft.author, draft.published, draft.text) == (None, None, BODY)


def test_first_heading_is_the_title() -> None:
    """Without a title of another kind it is the heading at the top, whatever it ends in."""

    def fill(document: Any) -> None:
        document.add_heading("Where did the owl go?", 1)
        document.add_paragraph(BODY)

    draft = read(fill)
    assert (draft.title, draft.text, draft.sections) == ("Where did the owl go?", BODY, ())


def test_headings_of_other_languages() -> None:
    """A style with an outline level makes headings, whatever its name, as do those based on it."""

    def fill(document: Any) -> None:
        german = document.styles.add_style("Überschrift eins", 1)
        german.element.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {W} w:val="0"/>'))
        document.styles.add_style("Kapitel", 1).base_style = german
        plain = document.styles.add_style("Randnotiz", 1)
        plain.base_style = german
        plain.element.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {W} w:val="9"/>'))
        looped = document.styles.add_style("Schleife", 1)
        looped.base_style = looped
        document.add_paragraph(BODY)
        for name in ("Überschrift eins", "Kapitel", "Randnotiz", "Schleife"):
            document.add_paragraph(f"{name} hier", style=name)
        direct = document.add_paragraph("Von Hand")
        direct._p.get_or_add_pPr().append(parse_xml(f'<w:outlineLvl {W} w:val="2"/>'))

    assert headings(read(fill)) == ["Überschrift eins hier", "Kapitel hier", "Von Hand"]


def test_merged_cells_come_once() -> None:
    """A cell that spans rows and columns is in the text once."""

    def fill(document: Any) -> None:
        document.add_paragraph(BODY)
        table = document.add_table(3, 3)
        for number, cell in enumerate(table._cells):
            cell.text = f"c{number}"
        table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
        table.cell(1, 0).merge(table.cell(2, 0)).text = "high"

    assert blocks(read(fill))[1:] == ["wide | c2", "high | c4 | c5", "c7 | c8"]


def test_tables_in_tables() -> None:
    """A table in a cell stays in its row; a table of one column is only a frame around text."""

    def fill(document: Any) -> None:
        document.add_paragraph(BODY)
        outer = document.add_table(1, 2)
        outer.cell(0, 0).text = "outer"
        inner = outer.cell(0, 1).add_table(2, 2)
        for number, cell in enumerate(inner._cells):
            cell.text = f"i{number}"
        frame = document.add_table(1, 1).cell(0, 0)
        frame.text = MORE
        frame.add_paragraph("A box", style="Heading 1")
        within = frame.add_table(1, 2)
        within.cell(0, 0).text, within.cell(0, 1).text = "left", "right"

    draft = read(fill)
    assert blocks(draft)[1:] == ["outer | i0 | i1; i2 | i3", MORE, "A box", "left | right"]
    assert headings(draft) == ["A box"]


def test_revisions() -> None:
    """What is deleted is gone, with rows and the ends of paragraphs; what is inserted is there."""
    draft = of_xml(
        paragraph(
            "The owl ",
            "<w:del><w:r><w:delText>sleeps</w:delText></w:r></w:del>",
            "<w:ins><w:r><w:t>eats</w:t></w:r></w:ins>",
            " forty voles a week",
            "<w:moveFrom><w:r><w:t> moved</w:t></w:r></w:moveFrom>",
            properties="<w:rPr><w:del/></w:rPr>",
        ),
        paragraph(" and all its beetles.", "<w:moveTo><w:r><w:t> Here.</w:t></w:r></w:moveTo>"),
        "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p/></w:tc><w:tc><w:p><w:r><w:t>gone</w:t>"
        "</w:r></w:p></w:tc></w:tr><w:tr><w:trPr><w:ins/></w:trPr><w:tc><w:p><w:r><w:t>new</w:t>"
        "</w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>row</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
    )
    assert blocks(draft) == [
        "The owl eats forty voles a week and all its beetles. Here.",
        "new | row",
    ]


def test_links_fields_and_signs() -> None:
    """Links, fields and their results are text; addresses, hidden words and glosses are not."""
    draft = of_xml(
        paragraph(
            "See ",
            '<w:hyperlink w:anchor="x"><w:r><w:t>the report</w:t></w:r></w:hyperlink>',
            '<w:fldSimple w:instr="DATE"><w:r><w:t> of May</w:t></w:r></w:fldSimple>',
            "<w:r><w:instrText> HYPERLINK x </w:instrText></w:r>",
            "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>",
            '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t> on page 3</w:t></w:r>',
            "<w:r><w:noBreakHyphen/><w:t>4,</w:t><w:br/><w:t>below.</w:t></w:r>",
            properties="<w:tabs><w:tab/></w:tabs><w:rPr><w:vanish/></w:rPr>",
        ),
    )
    assert draft.text == "See the report of May on page 3-4,\nbelow."


def test_what_is_wrapped_or_apart() -> None:
    """Content controls and text boxes are read; contents and unfilled fields are not."""
    control = "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
    boxes = "".join(
        f"<w:r><w:pict><w:txbxContent>{paragraph(text)}</w:txbxContent></w:pict></w:r>"
        for text in ("The first box.", "The second box.")
    )
    draft = of_xml(
        control.format(gallery, paragraph("Habits 3")),
        control.format("", paragraph(BODY)),
        control.format("<w:showingPlcHdr/>", paragraph("Click here to enter text.")),
        paragraph(MORE, boxes),
        paragraph("The end of it."),
    )
    assert blocks(draft) == [BODY, MORE, "The first box.", "The second box.", "The end of it."]


def test_footnotes() -> None:
    """A footnote stands behind the paragraph that refers to it."""
    document = word.Document()
    first = document.add_paragraph(BODY)
    document.add_paragraph(MORE)
    first._p.append(parse_xml(f'<w:r {W}><w:footnoteReference w:id="2"/></w:r>'))
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    link = f'<Relationship Id="rId99" Type="{kind}" Target="footnotes.xml"/></Relationships>'

    def change(name: str, part: bytes) -> bytes:
        if name == "word/_rels/document.xml.rels":
            return part.replace(b"</Relationships>", link.encode())
        return part

    note = "<w:footnote w:id='{}'><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:footnote>"
    notes = note.format(1, "Unused.") + note.format(2, "By five votes to four.")
    part = f"<w:footnotes {W}>{notes}</w:footnotes>".encode()
    data = with_part(saved(document), change, **{"word__footnotes.xml": part})
    assert blocks(docx.read(data)) == [BODY, "By five votes to four.", MORE]


def test_a_picture_that_is_lost() -> None:
    """A reference to nothing, as some programs write it, does not keep the text from being read."""
    document = word.Document()
    document.add_paragraph(BODY)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    link = f'<Relationship Id="rId99" Type="{kind}" Target="NULL"/></Relationships>'

    def change(name: str, part: bytes) -> bytes:
        return part.replace(b"</Relationships>", link.encode()) if "document" in name else part

    assert docx.read(with_part(saved(document), change)).text == BODY
