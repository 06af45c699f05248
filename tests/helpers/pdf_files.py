"""A printing press for tests: lines of text go in, the bytes of a small PDF file come out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from index.readers.common.draft import Draft
from index.types import Article, ArticleInfo

WIDTH, HEIGHT = 595, 842
LEFT, TOP, BOTTOM = 72, 770, 60
SIZE, PITCH = 11, 13

COUNCIL = (
    "The council of Marrowby voted on Tuesday evening to close the library at the end\n"
    "of the year. Nobody in the hall had expected a decision before the summer, and\n"
    "the librarian left without a word."
)
FERRY = (
    "The ferry to Quillon sails at noon and carries twelve lorries on its lower deck,\n"
    "which is why the queue on the quay is seldom longer than the harbour wall. It is\n"
    "painted green."
)

BREAD = (
    "Flour and water are mixed in the evening and left to themselves until the morning,\n"
    "when the loaf is shaped and goes into the oven for an hour. No salt is added to it\n"
    "by anybody."
)


@dataclass
class Sheet:
    """A page to be printed: instructions, and the place of the next line."""

    x: float = LEFT
    y: float = TOP
    instructions: list[str] = field(default_factory=list)

    def line(
        self, text: str, x: float, y: float, size: float = SIZE, turn: str = "1 0 0 1"
    ) -> None:
        """Print a line anywhere."""
        shown = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        self.draw(f"BT /F1 {size} Tf {turn} {x} {y} Tm ({shown}) Tj ET")

    def draw(self, instruction: str) -> None:
        """Carry out any instruction."""
        self.instructions.append(instruction)

    def text(self, text: str, size: float = SIZE) -> Sheet:
        """Print lines below each other; spaces set them in, empty ones leave half a line free."""
        for line in text.split("\n"):
            if line.strip():
                self.line(line.strip(), self.x + 4 * (len(line) - len(line.lstrip())), self.y, size)
            self.y -= size * PITCH / SIZE * (1 if line.strip() else 0.5)
        return self

    def column(self, x: float) -> Sheet:
        """Go on at the top of another column."""
        self.x, self.y = x, TOP
        return self


def sheet(text: str = "", header: str = "", footer: str = "") -> Sheet:
    """A page with a text and perhaps something above and below it."""
    page = Sheet()
    if header:
        page.line(header, LEFT, HEIGHT - 40)
    page.text(text)
    if footer:
        page.line(footer, WIDTH / 2, BOTTOM - 20)
    return page


def printed(
    *pages: Sheet, info: Mapping[str, str] | None = None, outline: Iterable[tuple[str, int]] = ()
) -> bytes:
    """The file of these pages.

    Args:
        pages: The pages.
        info: Properties by their names, such as ``Title``.
        outline: Headings with the numbers of their pages, counted from 0.
    """
    entries = list(outline)
    first_page = 5 + len(entries)
    kids = [f"{first_page + 2 * number} 0 R" for number in range(len(pages))]
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R >>",
        f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        _outlines(entries),
        *(_entry(entries, number, kids) for number in range(len(entries))),
    ]
    for number, page in enumerate(pages):
        content = "\n".join(page.instructions)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {first_page + 2 * number + 1} 0 R >>"
        )
        length = len(content.encode("cp1252"))
        objects.append(f"<< /Length {length} >>\nstream\n{content}\nendstream")
    objects.append(
        f"<< {' '.join(f'/{name} ({value})' for name, value in (info or {}).items())} >>"
    )
    return _file(objects)


def _outlines(entries: Sequence[tuple[str, int]]) -> str:
    if not entries:
        return "<< /Type /Outlines /Count 0 >>"
    last = 4 + len(entries)
    return f"<< /Type /Outlines /First 5 0 R /Last {last} 0 R /Count {len(entries)} >>"


def _entry(entries: Sequence[tuple[str, int]], number: int, kids: Sequence[str]) -> str:
    heading, page = entries[number]
    following = f"/Next {6 + number} 0 R " if number + 1 < len(entries) else ""
    before = f"/Prev {4 + number} 0 R " if number else ""
    return f"<< /Title ({heading}) /Parent 4 0 R {following}{before}/Dest [{kids[page]} /Fit] >>"


def _file(objects: Sequence[str]) -> bytes:
    data = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{content}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R /Info {len(objects)} 0 R >>"
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}\nstartxref\n{len(data)}\n%%EOF\n"
    return data + end.encode()


def flat(text: str) -> str:
    """The words of a text on one line."""
    return " ".join(text.split())


def page_of(draft: Draft, words: str) -> int | None:
    """The number of the page on which words of a text begin."""
    article = Article(ArticleInfo("a", "T", "s", "s"), draft.text, pages=draft.pages)
    return article.page_at(draft.text.index(words))
