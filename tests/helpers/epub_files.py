"""EPUB books for tests: files with these names and contents go in, the bytes of a book come out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

Parts = Mapping[str, str | bytes]

CONTAINER = """<?xml version="1.0"?>
<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>
<rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>"""
METADATA = """<dc:title>The Keeper of Marrow</dc:title><dc:creator>Ada Venn</dc:creator>
<dc:date>2019-05-04</dc:date>"""
STORM = "The storm came at noon, and nobody had seen anything like it."
CALM = "After nine days the wind dropped, and the keeper slept."


def packed(parts: Parts) -> bytes:
    """Return an archive of these files."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for name, content in parts.items():
            archive.writestr(name, content)
    return memory.getvalue()


def page(body: str, head: str = "<title>A page</title>") -> str:
    """Return a page of a book."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
        f"<head>{head}</head><body>{body}</body></html>"
    )


def opf(
    pages: Sequence[str], metadata: str = METADATA, items: str = "", spine: str = "", end: str = ""
) -> str:
    """Return a package that lists these pages, as names relative to it."""
    kind = 'media-type="application/xhtml+xml"'
    listed = "".join(f'<item id="p{i}" href="{name}" {kind}/>' for i, name in enumerate(pages))
    order = "".join(f'<itemref idref="p{i}"/>' for i in range(len(pages)))
    return (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"'
        f' xmlns:opf="http://www.idpf.org/2007/opf">{metadata}</metadata>'
        f"<manifest>{listed}{items}</manifest><spine {spine}>{order}</spine>{end}</package>"
    )


def book(bodies: Mapping[str, str], package: str = "", extra: Parts | None = None) -> bytes:
    """Return a book with a page for each body, all beside its package."""
    pages = {f"OEBPS/{name}": page(body) for name, body in bodies.items()}
    package = package or opf(list(bodies))
    return packed(
        {"META-INF/container.xml": CONTAINER, "OEBPS/book.opf": package, **pages, **(extra or {})}
    )
