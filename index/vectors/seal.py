"""A generation's graph files ↔ its seal: whether they are as they were written, and who reads them.

The engine trusts its files: garbage in them ends the whole process. So they are looked at first.
Reading them all would make every start slower as an index grows; a file with the stamp of the
sealed one is taken for it.
"""

from __future__ import annotations

import contextlib
import json
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from index.file_stamps import Stamp, read_note, stamp_of, write_note

SEAL = "seal.json"
_SEEN = "seen.json"  # stamps of files that were found to be right after they had been copied


@dataclass(frozen=True, slots=True)
class Seal:
    """What was written.

    Attributes:
        rows: How many passages.
        holes: How many were taken out since all were written; each leaves a hole in the graph.
        checksums: File → CRC-32 of its content.
        stamps: File → its stamp when it was sealed.
    """

    rows: int
    holes: int
    checksums: dict[str, int]
    stamps: dict[str, Stamp]


class SealError(Exception):
    """A generation has no seal, or is not as it was sealed."""


def write_seal(folder: Path, rows: int, holes: int) -> None:
    """Seal the graph files of a generation as they are now."""
    names = _graph_files(folder)
    checksums = {name: checksum(folder / name) for name in names}
    stamps = {name: stamp_of(folder / name) for name in names}
    (folder / SEAL).write_text(json.dumps(asdict(Seal(rows, holes, checksums, stamps))), "utf-8")


def check_seal(folder: Path, *, thorough: bool = False) -> Seal:
    """Return a generation's seal if its graph files are as they were sealed.

    Args:
        folder: The generation.
        thorough: Whether to read the files even where their stamps are right.

    Raises:
        SealError: They are not, or some are missing.
    """
    try:
        seal = Seal(**json.loads((folder / SEAL).read_text("utf-8")))
        stamps = {name: stamp_of(folder / name) for name in seal.checksums}
        if not thorough and stamps in (seal.stamps, read_note(folder / _SEEN)):
            return seal
        wrong = [name for name, right in seal.checksums.items() if checksum(folder / name) != right]
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise SealError(str(error)) from error
    if wrong or not seal.checksums:
        raise SealError(f"{', '.join(wrong) or SEAL} is not as it was written")
    if stamps != seal.stamps:
        write_note(folder / _SEEN, stamps)
    return seal


def checksum(path: Path) -> int:
    """Return the CRC-32 of a file's content.

    Raises:
        OSError: It cannot be read.
    """
    value = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            value = zlib.crc32(chunk, value)
    return value


def hold(folder: Path, *, alone: bool = False) -> IO[bytes]:
    """Take a lock on a generation until the file is closed: shared to read, alone to remove it.

    Raises:
        OSError: It is held by somebody else, or has no seal.
    """
    file = (folder / SEAL).open("rb")
    # Windows has no fcntl, and refuses by itself to delete files that are open.
    with contextlib.suppress(ImportError):
        import fcntl

        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise
    return file


def _graph_files(folder: Path) -> list[str]:
    files = [*folder.glob("*/*.bin"), *folder.glob("*/*.pickle")]
    return sorted(path.relative_to(folder).as_posix() for path in files)
