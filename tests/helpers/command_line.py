"""The command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def run(
    *arguments: str | Path, module: str = "assistant", stdin: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command and return what came of it."""
    return subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        capture_output=True,
        text=True,
        input=stdin,
        env={**os.environ, **environment},
        check=False,
        timeout=120,
    )


def assert_one_sentence(done: subprocess.CompletedProcess[str], *remedy: str) -> None:
    """Exit code 1, one line without traceback, and the remedy in it."""
    assert done.returncode == 1, done
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert all(each in done.stderr for each in remedy), done.stderr
