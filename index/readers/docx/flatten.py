"""A Word document as it is stored → as its page shows it: one paragraph or table after the other.

What was deleted or is hidden goes; what is wrapped, or kept apart as footnotes and text boxes are,
comes to where it is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
"""What the names of Word's own elements begin with."""

VALUE = f"{W}val"
"""The attribute that holds the value of a property."""

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_ID = f"{W}id"
# What a mark of hiding says: that it holds, or that the part is a table of contents.
_HIDING = ("1", "true", "on", "Table of Contents")
# What is not to be seen on the page; of an alternative only the first choice is.
_UNSEEN = [f"{W}{name}" for name in ("del", "moveFrom", "rt")] + [f"{_MC}Fallback"]
_WRAPPERS = [f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo")]


def flatten(document: Document) -> None:
    """Take out of a document what is not seen, and put what is apart where it is read."""
    body = document.element.body
    _clean_up(body)
    _insert_notes(document, body)
    for box in reversed(list(body.iter(f"{W}txbxContent"))):
        paragraph = next(box.iterancestors(f"{W}p"), None)
        if paragraph is not None:
            _put_behind(paragraph, list(box))


def _clean_up(root: Any) -> None:
    _delete(root)
    for mark in list(root.iter(f"{W}vanish", f"{W}showingPlcHdr", f"{W}docPartGallery")):
        owner = next(mark.iterancestors(f"{W}r", f"{W}p", f"{W}sdt"), None)
        if mark.get(VALUE, "1") in _HIDING and owner is not None and owner.tag != f"{W}p":
            _remove(owner)
    for wrapper in list(root.iter(*_WRAPPERS)):
        if wrapper.getparent() is not None and wrapper.getparent().tag != f"{W}rPr":
            _put_behind(wrapper, list(wrapper))
            _remove(wrapper)


def _delete(root: Any) -> None:
    for mark in list(root.iter(f"{W}del")):
        parent = mark.getparent()
        if parent.tag == f"{W}trPr":
            _remove(parent.getparent())
        elif parent.tag == f"{W}rPr" and parent.getparent().tag == f"{W}pPr":
            _join_with_next(parent.getparent().getparent())
    for element in list(root.iter(*_UNSEEN)):
        _remove(element)


def _join_with_next(paragraph: Any) -> None:
    """Move what a paragraph holds into the next one, where the end between them is deleted."""
    following = paragraph.getnext()
    if following is None or following.tag != f"{W}p":
        return
    place = 1 if following.find(f"{W}pPr") is not None else 0
    following[place:place] = [child for child in paragraph if child.tag != f"{W}pPr"]


def _insert_notes(document: Document, body: Any) -> None:
    """Put each footnote and endnote behind the paragraph or table that refers to it."""
    from docx.oxml.parser import parse_xml

    parts = [each.target_part for each in document.part.rels.values() if not each.is_external]
    for kind in ("footnote", "endnote"):
        part = next((p for p in parts if str(p.partname).endswith(f"/{kind}s.xml")), None)
        if part is None:
            continue
        root = parse_xml(part.blob)
        _clean_up(root)
        notes = {note.get(_ID): note for note in root.iter(f"{W}{kind}")}
        for reference in reversed(list(body.iter(f"{W}{kind}Reference"))):
            note = notes.pop(reference.get(_ID), None)
            place = next((e for e in reference.iterancestors() if e.getparent() is body), None)
            if note is not None and place is not None:
                _put_behind(place, list(note))


def _put_behind(place: Any, elements: Sequence[Any]) -> None:
    for element in reversed(elements):
        place.addnext(element)


def _remove(element: Any) -> None:
    parent = element.getparent() if element is not None else None
    if parent is not None:
        parent.remove(element)
