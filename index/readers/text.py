"""The bytes of a plain text file go in; its article comes out."""

from __future__ import annotations

from index.readers.common.decoding import decode
from index.readers.common.draft import Draft
from index.readers.common.head import read_head


def read(data: bytes) -> Draft:
    """Read a plain text file; a headline, a byline and a date above the text are recognised.

    Raises:
        UnreadableContentError: The file is empty or no text.
    """
    return read_head("\n".join(line.rstrip() for line in decode(data).split("\n")))
