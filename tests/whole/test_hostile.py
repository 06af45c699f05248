"""A folder that means harm: the build ends, in bounded time and memory, and names each trouble."""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from helpers.paths import ROOT
from index import open_index

pytestmark = pytest.mark.slow

MEMORY = 2_500  # MB that the builder or any of its readers may use at most
SECONDS = 240
# A process of its own does the weighing: the children of the tests' own process are many, and
# a child starts out with the peak of the process that it was forked from.
_WEIGHED = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print("peak", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
raise SystemExit(code)
"""

GOOD = {
    "good.txt": "The owl of Marrowby\n\nThe owl eats forty voles a week.\n",
    "line\nbreak.txt": "The ferry to Quillon\n\nThe ferry sails at noon.\n",
    "🦉 \x1b[31m.txt": "A loaf without salt\n\nThe loaf bakes for an hour.\n",
}
_BOMB = bytes(600 << 20)


def _zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


def _laughs(levels: int = 12) -> str:
    """An XML document that would grow tenfold with each level."""
    entities = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 10}">' for n in range(levels)
    )
    return f"<?xml version='1.0'?><!DOCTYPE a [{entities}]><a>&e{levels - 1};</a>"


def _pdf_with_a_broken_table() -> bytes:
    from pypdf import PdfWriter

    target = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(target)
    return target.getvalue().replace(b"startxref", b"startxxxx").replace(b"endobj", b"endxxx", 1)


def _write_bad_files(folder: Path) -> list[str]:
    files = {
        "bomb.docx": _zipped({"word/document.xml": _BOMB, "[Content_Types].xml": b"<Types/>"}),
        "bomb.epub": _zipped({"META-INF/container.xml": _BOMB}),
        "laughs.docx": _zipped({"word/document.xml": _laughs().encode()}),
        "laughs.epub": _zipped({"META-INF/container.xml": _laughs().encode()}),
        "broken.pdf": _pdf_with_a_broken_table(),
        "noise.pdf": b"%PDF-1.7\n" + bytes(range(256)) * 500,
        "noise.rtf": b"{\\rtf1" + b"{" * 200_000,
        "bomb.jsonl.gz": gzip.compress(_BOMB[: 200 << 20], 1),
        "deep.jsonl": b"[" * 500_000,
        "lies.txt": b"\x00\x01\x02\xff" * 1000,
        "no.xyz": b"?",
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return list(files)


def _write_odd_files(folder: Path) -> None:
    """Files that may be read or refused, as long as they do no harm."""
    nested = "<div>" * 10_000 + "<p>A nested tale of lanterns.</p>" + "</div>" * 10_000
    (folder / "nested.html").write_text(f"<html><body>{nested}</body></html>", "utf-8")
    (folder / "invalid.txt").write_bytes(b"Caf\xe9 \xff\xfe in the harbour\n\nIt opens at six.\n")
    (folder / "endless.txt").write_text("a" * 2_000_000, "utf-8")
    (folder / "quotes.md").write_text(">" * 20_000 + " quoted", "utf-8")
    mail = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(500))
    (folder / "nested.eml").write_text(f"Subject: Lanterns\n{mail}\nHello there.\n", "utf-8")


def _make_hostile(folder: Path) -> list[str]:
    folder.mkdir()
    for name, text in GOOD.items():
        (folder / name).write_text(text, "utf-8")
    bad = _write_bad_files(folder)
    _write_odd_files(folder)
    with (folder / "sparse.txt").open("wb") as file:
        file.truncate(1 << 30)
    os.mkfifo(folder / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(folder)  # a socket's path may not be long
        listener.bind("socket.txt")
        os.chdir(here)
    (folder / "loop").symlink_to(folder)
    (folder / "one.txt").symlink_to(folder / "two.txt")
    (folder / "two.txt").symlink_to(folder / "one.txt")
    (folder / "nowhere.txt").symlink_to("/nowhere")
    _make_deep(folder)
    return [*bad, "sparse.txt", "pipe.txt", "socket.txt", "one.txt", "two.txt", "nowhere.txt"]


def _make_deep(folder: Path) -> None:
    """Folders in folders, deeper than a path can name."""
    here = Path.cwd()
    os.chdir(folder)
    try:
        for level in range(2_500):
            Path("d").mkdir()
            os.chdir("d")
            if level == 1_000:
                Path("deep.txt").write_text("Deep down\n\nThe lantern is lit.\n", "utf-8")
    finally:
        os.chdir(here)


@dataclass(frozen=True)
class Outcome:
    """What came of building from a hostile folder."""

    index: Path
    reasons: dict[str, str]
    expected: list[str]
    seconds: float
    megabytes: float


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    top = tmp_path_factory.mktemp("hostile")
    folder, index = top / "articles", top / "index"
    try:
        expected = _make_hostile(folder)
        began = time.monotonic()
        build = ["-m", "index", "build", str(folder), "--json", "--index", str(index)]
        done = subprocess.run(
            [sys.executable, "-c", _WEIGHED, sys.executable, *build],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=False,
            timeout=SECONDS * 2,
        )
        seconds = time.monotonic() - began
        assert done.returncode == 0, done.stderr
        unreadable = json.loads(done.stdout)["unreadable"]
        yield Outcome(
            index=index,
            reasons={
                each["source"].removeprefix(f"{folder}/"): each["reason"] for each in unreadable
            },
            expected=expected,
            seconds=seconds,
            megabytes=int(done.stderr.rpartition("peak ")[2]) / 1024,
        )
    finally:
        subprocess.run(["rm", "-rf", str(folder)], check=True)  # Python's own gives up half-way


def test_what_is_good_is_found(outcome: Outcome) -> None:
    """Articles with odd names and in deep folders are answered from."""
    opened = open_index(outcome.index)
    for question, title in [
        ("What does the owl eat?", "The owl of Marrowby"),
        ("When does the ferry sail?", "The ferry to Quillon"),
        ("How long does the loaf bake?", "A loaf without salt"),
        ("Where is the lantern lit, deep down?", "Deep down"),
    ]:
        assert opened.search(question)[0].article.title == title


def test_each_trouble_is_named(outcome: Outcome) -> None:
    """With a reason that a person understands, on one line."""
    named = {name.partition(":")[0] for name in outcome.reasons}
    assert set(outcome.expected) <= named
    assert any("too long" in reason for reason in outcome.reasons.values())
    for reason in outcome.reasons.values():
        assert "\n" not in reason
        assert "Traceback" not in reason
    assert "larger than 100 MB" in outcome.reasons["sparse.txt"]
    assert "not a regular file" in outcome.reasons["pipe.txt"]
    for name in ("bomb.docx", "bomb.epub"):
        assert "unpacks to more" in outcome.reasons[name]


def test_time_and_memory_are_bounded(outcome: Outcome) -> None:
    """No file takes more than its share."""
    assert outcome.seconds < SECONDS
    assert outcome.megabytes < MEMORY
