"""Reading in a process of its own: what loops, eats memory or crashes is a reason like others."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpers.paths import ROOT
from index.readers import sandbox
from index.readers.common.draft import UnreadableContentError
from index.readers.registry import FORMATS
from index.readers.sandbox import IsolatedReader

FORMAT = {each.suffix: each for each in FORMATS}
PAGE = b"<html><head><title>Owls</title></head><body><p>The owl eats voles.</p></body></html>"

# Put in place of a reader, in the child only: PYTHONPATH finds this first.
TROUBLE = """
import ctypes, sys
from index.readers.common.draft import Draft, UnreadableContentError

def read(data):
    print("noise on the output")
    if data == b"loop":
        while True:
            pass
    if data == b"memory":
        bytearray(8 << 30)
    if data == b"crash":
        ctypes.string_at(0)
    if data == b"deep":
        def deeper():
            deeper()
        deeper()
    if data == b"exit":
        sys.exit(3)
    if data == b"refuse":
        raise UnreadableContentError("is refused")
    return Draft("A title", "Its text.", None, "2025-01-02", pages=(0, 4))
"""


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[IsolatedReader]:
    """A reader whose process meets trouble with RTF files."""
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util, sys\n"
        "if '-m' in sys.orig_argv:\n"
        "    spec = importlib.util.spec_from_file_location(\n"
        f"        'index.readers.rtf', {str(tmp_path / 'trouble.py')!r})\n"
        "    import index\n"
        "    module = importlib.util.module_from_spec(spec)\n"
        "    spec.loader.exec_module(module)\n"
        "    sys.modules['index.readers.rtf'] = module\n",
        "utf-8",
    )
    (tmp_path / "trouble.py").write_text(TROUBLE, "utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(tmp_path)]))
    with IsolatedReader() as reading:
        yield reading


def test_a_file_is_read_as_it_would_be_here(reader: IsolatedReader) -> None:
    """Title, text, date and pages come back; noise of libraries does not disturb."""
    page = reader.read(FORMAT[".html"], PAGE)
    assert (page.title, page.text) == ("Owls", "The owl eats voles.")
    draft = reader.read(FORMAT[".rtf"], b"fine")
    assert (draft.title, draft.published, draft.pages) == ("A title", "2025-01-02", (0, 4))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"refuse", "is refused"),
        (b"loop", "takes longer than 3 seconds to read"),
        (b"memory", "needs more than 2 GB of memory to read"),
        (b"crash", "crashes its reader (SIGSEGV)"),
        (b"deep", "RecursionError"),
        (b"exit", "crashes its reader (exit 3)"),
    ],
    ids=lambda value: value.decode() if isinstance(value, bytes) else "",
)
def test_trouble_is_a_reason_and_the_next_file_is_read(
    reader: IsolatedReader, data: bytes, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever one file does to its reader, the next one is read."""
    reader.read(FORMAT[".rtf"], b"fine")
    monkeypatch.setattr(sandbox, "TIME_LIMIT", 3.0)
    with pytest.raises(UnreadableContentError) as caught:
        reader.read(FORMAT[".rtf"], data)
    assert reason in str(caught.value)
    monkeypatch.setattr(sandbox, "TIME_LIMIT", 60.0)
    assert reader.read(FORMAT[".rtf"], b"fine").title == "A title"


def test_plain_text_needs_no_process() -> None:
    """Text and Markdown are read at once."""
    with IsolatedReader() as reading:
        assert reading.read(FORMAT[".txt"], b"Owls\n\nThe owl eats voles.").title == "Owls"
        assert reading._process is None


@pytest.mark.slow
def test_the_process_ends_with_its_parent() -> None:
    """Killed without a word, the parent leaves nothing behind."""
    script = (
        "import os, signal; from index.readers.registry import format_of_name;"
        "from index.readers.sandbox import IsolatedReader as R; r = R();"
        f"r.read(format_of_name('a.html'), {PAGE!r}); print(r._process.pid, flush=True);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    child = Path("/proc") / done.stdout.strip()
    deadline = time.monotonic() + 20
    while child.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert done.stdout.strip().isdigit()
    assert not child.exists()
