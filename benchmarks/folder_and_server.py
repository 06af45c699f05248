"""The same questions to an index in its folder and to its copy on a Chroma server: same answers?

Starts a server of its own on loopback, pushes the index there, lets a second program's folder fill
itself from the address alone, asks both, and compares the answers field by field.

    python benchmarks/folder_and_server.py INDEX QUESTIONS [--limit N]

QUESTIONS is a file of JSON lines with a field ``question``.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from measuring import load_jsonl

from assistant import open_assistant
from assistant.settings import AssistantSettings
from index import push_index

PATIENCE = 60  # seconds in which the server must be there


@contextmanager
def chroma_server(folder: Path) -> Iterator[str]:
    """Run a Chroma server on loopback; give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("chroma")), "run", "--path", str(folder)]
    server = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(PATIENCE * 10):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def told(answer: Any) -> dict[str, Any]:
    """Return everything an answer says but how long it took."""
    values = answer.to_dict()
    values.pop("timings")
    return values


def compare(index: Path, questions: list[str], folder: Path, address: str) -> None:
    """Push, fill, ask both, and print what differs."""
    served = AssistantSettings(chroma_url=address)
    copy = folder / "pushed"
    shutil.copytree(index, copy)
    started = time.monotonic()
    pushed = push_index(copy, settings=served)
    print(f"pushed {pushed.passages} passages in {time.monotonic() - started:.1f} s")
    started = time.monotonic()
    remote = open_assistant(folder / "filled", settings=served)
    print(f"filled a folder from the address in {time.monotonic() - started:.1f} s")
    local = open_assistant(index, settings=AssistantSettings(chroma_url=None))
    differing: Counter[str] = Counter()
    seconds: tuple[list[float], list[float]] = ([], [])
    same = 0
    for number, question in enumerate(questions):
        answers = {}
        # In turn, and not always the same one first.
        for side in (0, 1) if number % 2 else (1, 0):
            started = time.monotonic()
            answers[side] = told((local, remote)[side].ask(question))
            seconds[side].append(time.monotonic() - started)
        fields = [key for key, value in answers[0].items() if answers[1][key] != value]
        differing.update(fields)
        same += not fields
        if (number + 1) % 100 == 0:
            print(f"  {number + 1} asked, {same} the same", flush=True)
    print(f"{same} of {len(questions)} answers are the same in every field")
    for name, count in differing.items():
        print(f"  {name} differs in {count}")
    here, there = (statistics.median(each) for each in seconds)
    print(f"median answer: folder {here * 1000:.0f} ms, server {there * 1000:.0f} ms")


def main() -> None:
    """Read the arguments and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("index", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--limit", type=int, default=None, help="ask only so many, evenly chosen")
    chosen = parser.parse_args()
    questions = [each["question"] for each in load_jsonl(chosen.questions)]
    if chosen.limit and chosen.limit < len(questions):
        questions = [questions[n * len(questions) // chosen.limit] for n in range(chosen.limit)]
    with TemporaryDirectory() as folder, chroma_server(Path(folder) / "store") as address:
        compare(chosen.index, questions, Path(folder), address)


if __name__ == "__main__":
    main()
