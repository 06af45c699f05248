"""PDF files."""

from index.readers.pdf.read import read

__all__ = ["read"]
