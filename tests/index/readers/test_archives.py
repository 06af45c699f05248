"""Archives that would unpack to too much, and what is none."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

import pytest

from index.readers import docx
from index.readers.common.archive import check_archive
from index.readers.common.draft import UnreadableContentError


def refusal(reader: Callable[[bytes], object], data: bytes) -> str:
    """Return why a reader refuses a file."""
    with pytest.raises(UnreadableContentError) as caught:
        reader(data)
    return str(caught.value)


def packed(parts: dict[str, bytes]) -> bytes:
    """Return an archive of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


def test_a_part_that_grows_too_much() -> None:
    """A small file that unpacks to hundreds of times its size is refused."""
    bomb = packed({"a": bytes(11 << 20)})
    assert len(bomb) < 20_000
    assert "unpacks to more than" in refusal(check_archive, bomb)
    check_archive(packed({"a": bytes(9 << 20)}))


def test_parts_that_are_too_large_together() -> None:
    """Parts that are harmless one by one are added up."""
    bomb = packed({str(number): bytes(9 << 20) for number in range(34)})
    assert "unpacks to more than 300 MB" in refusal(check_archive, bomb)


def _lying(data: bytes, size: int) -> bytes:
    """The archive with another size stated in its directory and before its one part."""
    place = data.index(b"PK\x01\x02")
    stated = struct.pack("<I", size)
    data = data[: place + 24] + stated + data[place + 28 :]
    return data[:22] + stated + data[26:]


@pytest.mark.parametrize("size", [0, 10, 1 << 20])
def test_a_part_that_lies_about_its_size(size: int) -> None:
    """What a part unpacks to counts, not what it says."""
    bomb = _lying(packed({"word/document.xml": bytes(64 << 20)}), size)
    with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
        assert archive.infolist()[0].file_size == size
    assert "unpacks to more than" in refusal(check_archive, bomb)
    assert "unpacks to more than" in refusal(docx.read, bomb)


@pytest.mark.parametrize("data", [b"", b"no archive", b"PK\x03\x04 and no more"])
def test_no_archive(data: bytes) -> None:
    """What is no archive is said to be damaged."""
    assert refusal(check_archive, data).startswith("is damaged")
