"""Files and folders: what is read, what is passed over, and what is reported."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.paths import ROOT
from helpers.read_one import BODY, lines, refusal, write
from index.errors import ArticlesNotFoundError
from index.readers import markdown
from index.readers.registry import suffixes
from index.sources import read
from index.sources.read import read_articles
from index.types import Article, Unreadable


def test_identity_of_a_file(tmp_path: Path) -> None:
    """A file's id comes from its absolute path; source and origin are that path."""
    path = write(tmp_path, "a.txt", BODY)
    (found,) = read_articles([path.parent / "." / ".." / tmp_path.name / "a.txt"])
    assert isinstance(found, Article)
    assert found.info.id == hashlib.blake2b(path.as_posix().encode(), digest_size=6).hexdigest()
    assert (found.info.source, found.info.origin) == (str(path), str(path))


def test_folder(tmp_path: Path) -> None:
    """A folder is read with its subfolders, sorted; hidden things and the index are passed over."""
    names = ["b.txt", "a.TXT", "sub/c.md", "sub/deep/d.htm", ".hidden.txt", ".git/e.txt"]
    for name in [*names, ".article-index/f.txt"]:
        write(tmp_path, name, f"# {name}\n\n{BODY}")
    found = list(read_articles([tmp_path]))
    assert all(isinstance(one, Article) for one in found)
    origins = [Path(one.info.origin) for one in found if isinstance(one, Article)]
    assert origins == [tmp_path / name for name in ("a.TXT", "b.txt", "sub/c.md", "sub/deep/d.htm")]


def test_unknown_kinds(tmp_path: Path) -> None:
    """A file of an unknown kind is reported, in a folder and by itself, and stops nothing."""
    write(tmp_path, "a.txt", BODY)
    paths = [write(tmp_path, name, b"x") for name in ("b.xyz", "README")]
    kinds = ", ".join(suffixes())
    reasons = [
        f"files of this kind ({kind}) cannot be read; use {kinds}" for kind in (".xyz", "no suffix")
    ]
    found = {
        one.source: one.reason for one in read_articles([tmp_path]) if isinstance(one, Unreadable)
    }
    assert found == dict(zip(map(str, paths), reasons, strict=True))
    assert list(read_articles(paths)) == [
        Unreadable(str(p), r) for p, r in zip(paths, reasons, strict=True)
    ]


@pytest.mark.parametrize("name", ["missing", "a.txt/below", "nul\0", "x" * 5000])
def test_missing_path(name: str, tmp_path: Path) -> None:
    """A path that does not exist is an error at once, before anything is read."""
    write(tmp_path, "a.txt", BODY)
    with pytest.raises(ArticlesNotFoundError, match="check the path"):
        read_articles([tmp_path, tmp_path / name])


def test_same_file_twice(tmp_path: Path) -> None:
    """A file reached through two paths, or through a link, is read once."""
    path = write(tmp_path, "sub/a.txt", BODY)
    (tmp_path / "sub" / "b.txt").symlink_to(path)
    assert len(list(read_articles([path, tmp_path, tmp_path / "sub", path]))) == 1


def test_same_id_twice(tmp_path: Path) -> None:
    """The second article with an id is reported, naming the id and its first place."""
    one = write(
        tmp_path, "1.jsonl", lines({"id": "a", "text": BODY}, {"id": "a", "text": "Other."})
    )
    two = write(tmp_path, "2.jsonl", lines({"id": "a", "text": BODY}))
    found = list(read_articles([tmp_path]))
    reason = f"has the id 'a', which {one}:1 has already"
    assert found[1:] == [Unreadable(f"{one}:2", reason), Unreadable(f"{two}:1", reason)]


def test_links(tmp_path: Path) -> None:
    """Links to folders are not followed, so loops end; a link that leads nowhere is reported."""
    write(tmp_path, "a.txt", BODY)
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    (tmp_path / "nowhere.txt").symlink_to(tmp_path / "gone.txt")
    first, *rest = read_articles([tmp_path])
    assert isinstance(first, Article)
    assert [one.source for one in rest if isinstance(one, Unreadable)] == [
        str(tmp_path / "nowhere.txt"),
        str(tmp_path / "self.txt"),
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_pipe(tmp_path: Path) -> None:
    """A pipe is reported and never opened, which would wait for ever."""
    os.mkfifo(tmp_path / "pipe.txt")
    assert list(read_articles([tmp_path])) == [
        Unreadable(str(tmp_path / "pipe.txt"), "not a regular file")
    ]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_no_permission(tmp_path: Path) -> None:
    """What may not be read is reported with the reason, files and folders."""
    path = write(tmp_path, "a.txt", BODY)
    folder = write(tmp_path, "sub/b.txt", BODY).parent
    path.chmod(0)
    folder.chmod(0)
    try:
        found = list(read_articles([tmp_path]))
    finally:
        folder.chmod(0o700)
    expected = [Unreadable(str(p), "cannot be opened: permission denied") for p in (path, folder)]
    assert found == expected


def test_file_name_that_is_not_unicode(tmp_path: Path) -> None:
    """A file name that is no valid text gives an article whose facts can be stored."""
    try:
        path = write(tmp_path, os.fsdecode(b"caf\xe9.txt"), BODY)
    except (OSError, UnicodeError):
        pytest.skip("this system has no such names")
    (found,) = read_articles([path])
    assert isinstance(found, Article)
    assert found.info.source.encode().endswith("caf\ufffd.txt".encode())
    assert found.digest


def test_reader_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a reader raises is reported for its file, and the next file is read."""

    def fail(_: bytes) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(markdown, "read", fail)
    write(tmp_path, "a.md", "x")
    write(tmp_path, "b.txt", BODY)
    bad, good = read_articles([tmp_path])
    assert bad == Unreadable(str(tmp_path / "a.md"), "cannot be read (RecursionError: too deep)")
    assert isinstance(good, Article)


def test_too_large_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file too large for an article is not loaded."""
    monkeypatch.setattr(read, "LARGEST_FILE", 10)
    assert refusal(tmp_path, "a.txt", BODY).startswith("is larger than")


def test_progress(tmp_path: Path) -> None:
    """Progress is told for each file, readable or not, with the total known from the start."""
    for name in ("a.txt", "b.xyz", "c.jsonl"):
        write(tmp_path, name, lines({"id": "1", "text": BODY}))
    calls: list[tuple[str, int, int]] = []
    list(read_articles([tmp_path], lambda *call: calls.append(call)))
    assert calls == [("reading", 1, 3), ("reading", 2, 3), ("reading", 3, 3)]


def test_heavy_imports_come_late(tmp_path: Path) -> None:
    """Reading plain text loads none of the libraries that other formats need."""
    path = write(tmp_path, "a.txt", BODY)
    heavy = "{'trafilatura', 'lxml', 'yaml', 'markdown_it', 'dateparser', 'charset_normalizer'}"
    code = (
        "import sys; from pathlib import Path; import index.readers.text as t;"
        f"before = {heavy} & set(sys.modules);"
        f"t.read(Path({str(path)!r}).read_bytes());"
        f"import index.sources.read; assert {heavy} & set(sys.modules) == before"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
