"""Nothing leaves the machine: no socket is opened while building or asking."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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


def test_no_socket_is_opened_while_building_or_asking(
    tmp_path: Path, articles_folder: Path, sample_index: Path
) -> None:
    """Python's own audit events show no socket, no connection and no name look-up."""
    assert sample_index.is_dir()  # so that the model has been exported
    assert watched(articles_folder, tmp_path / "index") == "0 0"


def test_exporting_the_model_reaches_nobody(tmp_path: Path, articles_folder: Path) -> None:
    """Nor does the very first build, which loads sentence-transformers: nothing is connected.

    (One socket is made there: urllib3 asks the kernel, at import, whether it can speak IPv6.)
    """
    cache = str(tmp_path / "cache")
    counted = watched(articles_folder, tmp_path / "index", ASSISTANT_CACHE=cache)
    assert counted in ("0 0", "1 0")
