"""The running app: ``python app.py`` and its kin in processes of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from helpers.paths import ROOT
from helpers.ports import free_port

_PATIENCE = 120  # seconds in which a program must answer
_POLL = 0.05  # seconds until it is asked again


@dataclass(frozen=True)
class Served:
    """A running app: its address, the folder of its index, and that of its articles."""

    address: str
    index: Path
    articles: Path


def wait_for(address: str, process: subprocess.Popen[bytes] | None = None) -> None:
    """Wait until something answers at an address, whatever it says.

    Raises:
        AssertionError: Its process has ended.
        TimeoutError: It does not answer.
    """
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if process:
            assert process.poll() is None, process.stdout and process.stdout.read().decode()
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - our own address
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(_POLL)
        else:
            return
    raise TimeoutError(address)


@contextmanager
def running(
    command: Sequence[str | Path],
    address: str,
    output: int | IO[bytes] | None = None,
    more: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run our Python with these arguments and variables, from when it answers on."""
    process = subprocess.Popen(
        [sys.executable, *map(str, command)],
        cwd=ROOT,
        env={**os.environ, **(more or {})},
        stdout=output,
        stderr=subprocess.STDOUT,
    )
    try:
        wait_for(address, process)
        yield process
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def running_app(folder: Path) -> Iterator[Served]:
    """``python app.py`` without an index: it indexes the sample articles, then serves."""
    articles = Path(shutil.copytree(ROOT / "articles", folder / "articles"))
    port = free_port()
    served = Served(f"http://127.0.0.1:{port}", folder / "index", articles)
    command: list[str | Path] = [
        "app.py",
        "--index",
        served.index,
        "--articles",
        articles,
        "--port",
        str(port),
    ]
    with running(command, served.address, subprocess.PIPE):
        yield served
