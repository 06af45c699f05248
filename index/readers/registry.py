"""The suffix of a file and its bytes go in; the draft of its article comes out."""

from __future__ import annotations

from importlib import import_module

from index.readers.common.draft import Draft

_MODULES = {
    ".txt": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".rtf": "rtf",
    ".epub": "epub",
    ".eml": "mail",
}

SUFFIXES: tuple[str, ...] = tuple(_MODULES)
"""The formats that hold one article each, in lower case."""


def read_kind(suffix: str, data: bytes) -> Draft:
    """Read the bytes of a file by the format that its suffix names, one of ``SUFFIXES``.

    Raises:
        UnreadableContentError: The file holds no article.
    """
    # Imported here, because some of these formats need libraries that take long to load.
    reader = import_module(f"index.readers.{_MODULES[suffix]}")
    draft: Draft = reader.read(data)
    return draft
