"""Word documents (.docx)."""

from index.readers.docx.read import read

__all__ = ["read"]
