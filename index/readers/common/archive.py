"""The bytes of a ZIP archive go in; nothing comes out, or the reason not to unpack it.

A file of a few kilobytes can unpack to many gigabytes, and the sizes it states can be wrong.
"""

from __future__ import annotations

import copy
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from index.readers.common.draft import UnreadableContentError

LARGEST = 300 << 20
"""Bytes that all parts of an archive together may unpack to."""

STEEPEST, SMALL = 200, 10 << 20
"""How many times its packed size a part may unpack to, unless it stays small."""

_TOO_LARGE = f"unpacks to more than {LARGEST >> 20} MB"
_TOO_STEEP = f"unpacks to more than {STEEPEST} times its size"
_NO_ARCHIVE = "is damaged, or not of the kind that its name says"
_UNKNOWN_PACKING = "is packed in a way that cannot be read"
_MOST_PARTS = 100_000  # large books have thousands
_CHUNK = 1 << 20  # bytes unpacked at once, so that a bomb is noticed while it is small
_ENCRYPTED = 0x1  # bit of a part's flags, by the ZIP format
# What the parts that cannot be unpacked raise; they do no harm, and not every part is needed.
_BROKEN = (BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError, zlib.error)


def check_archive(data: bytes) -> None:
    """Make sure that an archive unpacks to an ordinary amount, whatever it states.

    Raises:
        UnreadableContentError: It unpacks to too much, or it is no archive.
    """
    try:
        archive = ZipFile(BytesIO(data))
    except (BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableContentError(_NO_ARCHIVE) from error
    with archive:
        parts = archive.infolist()
        if len(parts) > _MOST_PARTS:
            raise UnreadableContentError(f"is an archive of more than {_MOST_PARTS} files")
        _require_modest(sum(part.file_size for part in parts))
        unpacked = 0
        for part in parts:
            _require_flat(part, part.file_size)
            unpacked += _unpacked_size(archive, part, unpacked)


def _unpacked_size(archive: ZipFile, part: ZipInfo, before: int) -> int:
    """Unpack a part piece by piece, keeping none, and stop where it becomes too much."""
    if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):  # others unpack in one piece only
        raise UnreadableContentError(_UNKNOWN_PACKING)
    if part.flag_bits & _ENCRYPTED:
        return 0
    boundless = copy.copy(part)
    boundless.file_size = LARGEST + 1  # else nothing is read beyond the size it states
    size = 0
    try:
        with archive.open(boundless) as stream:
            while piece := stream.read(_CHUNK):
                size += len(piece)
                _require_modest(before + size)
                _require_flat(part, size)
    except _BROKEN:
        pass
    return size


def _require_modest(size: int) -> None:
    if size > LARGEST:
        raise UnreadableContentError(_TOO_LARGE)


def _require_flat(part: ZipInfo, size: int) -> None:
    if size > SMALL and size > STEEPEST * part.compress_size:
        raise UnreadableContentError(_TOO_STEEP)
