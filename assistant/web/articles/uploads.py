"""Files that a reader sends → a folder of the index's own, and what became of each; no Gradio.

The folder stands beside the index and is one of its sources, so that later builds keep what was
sent. A file's name there is made anew: what is harmless of its old one, and the hash of its
content.
"""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from assistant.web.html import safe
from index import (
    BuildReport,
    Unreadable,
    add_to_index,
    content_digest,
    indexed_files,
    list_index,
    readable_suffixes,
)
from index.errors import StorageError
from index.types import Progress

KINDS: Final = readable_suffixes()
LARGEST: Final = 50 * 1024 * 1024
"""Bytes that a file may have."""
MOST: Final = 50
"""Files that may be sent at once."""
NAME_BYTES: Final = 80
"""Bytes of a file's own name that are kept."""

NAME_SHOWN: Final = 60
"""Characters of its name that are shown."""

_KINDS_NAMED: Final = ", ".join(KINDS)

Result = Literal["added", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent, and what became of it.

    Attributes:
        name: What it was called.
        result: What became of it.
        reason: Why, where that needs saying.
        stored: Where it was put; None: nowhere.
    """

    name: str
    result: Result
    reason: str = ""
    stored: Path | None = None


def uploads_folder(index_dir: Path) -> Path:
    """Return the folder that holds what readers sent to an index."""
    index_dir = index_dir.absolute()
    return index_dir.with_name(f"{index_dir.name}-uploads")


def add_uploads(files: Sequence[Path], index_dir: Path, progress: Progress) -> tuple[Upload, ...]:
    """Take files into the index; those that hold no article are not kept.

    Raises:
        UserError: The index cannot be built now; then none is kept.
    """
    folder, indexed = uploads_folder(index_dir), indexed_files(index_dir)
    uploads = [_store(each, folder, indexed) for each in files[:MOST]]
    left_out = f"was left out: no more than {MOST} files at once"
    uploads += [Upload(_shown(each), "refused", left_out) for each in files[MOST:]]
    try:
        if not any(each.stored for each in uploads):
            return tuple(uploads)
        report = add_to_index([folder], index_dir, progress=progress)
    except BaseException:
        _remove([each for each in uploads if each.result == "added"])
        raise
    origins = {each.info.origin for each in list_index(index_dir)}
    uploads = [_judged(each, report, origins) for each in uploads]
    _remove([each for each in uploads if each.result == "refused"])
    return tuple(uploads)


def uploads_html(uploads: Sequence[Upload]) -> str:
    """Return what became of each file."""
    items = "".join(
        f'<li class="{each.result}" dir="auto"><b>{safe(each.name)}</b> {safe(_told(each))}</li>'
        for each in uploads
    )
    count = sum(each.result == "added" for each in uploads)
    summary = f"{count} of {len(uploads)} file{'s' * (len(uploads) != 1)} added."
    return f'<div class="report"><p role="status">{summary}</p><ul>{items}</ul></div>'


def stored_name(name: str, digest: str) -> str:
    """Return the name under which a file is kept: nothing in it leads anywhere else.

    Args:
        name: What a reader called it.
        digest: The hash of its content, which keeps files of one name apart.
    """
    suffix = _suffix(name)
    stem = unicodedata.normalize("NFC", name[: len(name) - len(suffix)])
    kept = "".join(char if char.isalnum() or char in "-_" else " " for char in stem)
    short = "-".join(kept.split()).encode()[:NAME_BYTES].decode(errors="ignore")
    return f"{short.strip('-_') or 'article'}-{digest[:16]}{suffix}"


def _store(file: Path, folder: Path, indexed: Mapping[str, Path]) -> Upload:
    name = _shown(file)
    if not _suffix(name):
        kind = file.suffix or "no suffix"
        return Upload(name, "refused", f"is of a kind ({kind}) that cannot be read: {_KINDS_NAMED}")
    try:
        if file.stat().st_size > LARGEST:
            return Upload(name, "refused", f"is larger than {LARGEST >> 20} MB")
        digest = content_digest(file)
        if digest in indexed:
            return Upload(name, "unchanged", f"is indexed already, as {indexed[digest].name}")
        target = folder / stored_name(name, digest)
        if target.exists():
            return Upload(name, "unchanged", stored=target)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        shutil.copyfile(file, part)
        part.replace(target)
    except OSError as error:
        raise StorageError(
            f"{name} cannot be stored in {folder} ({error.strerror or error}); make room there, "
            f"or see that it can be written."
        ) from error
    return Upload(name, "added", stored=target)


def _judged(upload: Upload, report: BuildReport, origins: Collection[str]) -> Upload:
    """Return an upload with what the build found of it: all, some or nothing of it is indexed."""
    place = str(upload.stored)
    unread = [
        each for each in report.unreadable if each.source == place or _is_line(each.source, place)
    ]
    if upload.stored is None or (place in origins and not unread):
        return upload
    first = unread[0] if unread else Unreadable(place, "holds no article")
    if place not in origins:
        return replace(upload, result="refused", reason=f"cannot be read: {first.reason}")
    line = f"line {first.source.rpartition(':')[2]} " if _is_line(first.source, place) else ""
    more = f" (and {len(unread) - 1:,} more like it)" if len(unread) > 1 else ""
    return replace(upload, reason=f"but not all of it: {line}{first.reason}{more}")


def _is_line(source: str, place: str) -> bool:
    return source.startswith(f"{place}:")


def _told(upload: Upload) -> str:
    said = {"added": "was added", "unchanged": "is unchanged", "refused": "was not added"}
    if upload.result == "added" and upload.reason:
        return f"{said['added']}, {upload.reason}."
    return f"{upload.reason or said[upload.result]}."


def _remove(uploads: Sequence[Upload]) -> None:
    for each in uploads:
        if each.stored:
            each.stored.unlink(missing_ok=True)


def _shown(file: Path) -> str:
    return file.name if len(file.name) <= NAME_SHOWN else f"{file.name[:NAME_SHOWN]}…{file.suffix}"


def _suffix(name: str) -> str:
    """Return the suffix by which a file can be read, in lower case; empty: it cannot."""
    return max((each for each in KINDS if name.lower().endswith(each)), key=len, default="")
