"""Mail messages."""

from index.readers.mail.read import read

__all__ = ["read"]
