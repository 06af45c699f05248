"""EPUB books."""

from index.readers.epub.read import read

__all__ = ["read"]
