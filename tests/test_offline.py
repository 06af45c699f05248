"""Nothing leaves the machine: no socket is opened while building or asking."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

WATCH = """
import sys

opened = []

def watch(event, arguments):
    if event == "socket.__new__" and arguments[1] in (2, 10):  # AF_INET, AF_INET6
        opened.append(arguments)
    elif event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname"):
        opened.append((event, arguments))

sys.addaudithook(watch)
from pathlib import Path
from index import build_index
from assistant import open_assistant

build_index([Path(sys.argv[1])], Path(sys.argv[2]))
answer = open_assistant(sys.argv[2]).ask("what venues were considered?")
assert "Budapest" in answer.text
assert not opened, opened
print("quiet")
"""


def test_no_socket_is_opened_while_building_or_asking(
    tmp_path: Path, articles_folder: Path
) -> None:
    """Python's own audit events show no socket, look-up or connection, model export included."""
    done = subprocess.run(
        [sys.executable, "-c", WATCH, str(articles_folder), str(tmp_path / "index")],
        capture_output=True,
        text=True,
        env={**os.environ, "ASSISTANT_CACHE": str(tmp_path / "cache")},
        check=False,
        timeout=180,
    )
    assert done.stdout.strip() == "quiet", done.stderr
