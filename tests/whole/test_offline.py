"""Nothing leaves the machine: no socket is opened while building or asking."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from index.settings import default_cache

pytestmark = pytest.mark.slow

WATCH = """
import sys

opened, reached = [], []

def watch(event, arguments):
    if event == "socket.__new__" and arguments[1] in (2, 10):  # AF_INET, AF_INET6
        opened.append(arguments)
    elif event in ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        reached.append((event, arguments))

sys.addaudithook(watch)
from pathlib import Path
from index import build_index
from assistant import open_assistant

build_index([Path(sys.argv[1])], Path(sys.argv[2]))
answer = open_assistant(sys.argv[2]).ask("what venues were considered?")
assert "Budapest" in answer.text
print(len(opened), len(reached))
"""


def watched(articles: Path, folder: Path, **environment: str) -> str:
    """Build and ask in a process that counts sockets opened, and connections and look-ups."""
    done = subprocess.run(
        [sys.executable, "-c", WATCH, str(articles), str(folder)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


CACHE = os.environ.get("ASSISTANT_CACHE") or default_cache()

# One socket is made and closed unconnected: urllib3, which chromadb imports, asks the kernel
# whether it can speak IPv6.
QUIET = ("0 0", "1 0")


def test_nothing_is_connected_while_building_or_asking(
    tmp_path: Path, articles_folder: Path, sample_index: Path
) -> None:
    """Python's own audit events show no connection, no name look-up and no socket of ours.

    Native code escapes that audit; what onnxruntime would send later lay in the user's cache.
    """
    assert sample_index.is_dir()  # so that the model has been exported
    home = tmp_path / "home"
    home.mkdir()
    places = {"HOME": str(home), "XDG_CACHE_HOME": str(home), "ASSISTANT_CACHE": str(CACHE)}
    assert watched(articles_folder, tmp_path / "index", **places) in QUIET
    assert not list(home.rglob("*onnxruntime*"))


def test_exporting_the_model_reaches_nobody(tmp_path: Path, articles_folder: Path) -> None:
    """Nor does the very first build connect, which loads sentence-transformers."""
    cache = str(tmp_path / "cache")
    assert watched(articles_folder, tmp_path / "index", ASSISTANT_CACHE=cache) in QUIET
