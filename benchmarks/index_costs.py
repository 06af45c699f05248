"""What an index costs: building, coming back, starting, and the bytes of a passage.

Measured side by side in one run, each as a command in a process of its own:

    python benchmarks/index_costs.py ARTICLES

ARTICLES is a folder or a file of articles (a few hundred whole articles tell most). Ratios are to
the full build; starts are those of an answer at 10,000 and at 100,000 passages, in turn.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from grow import grow_index

from index.articles import read_articles
from index.search import open_index
from index.types import Article

FEW = 100  # articles that an index of any size is grown from
ROOT = Path(__file__).resolve().parent.parent
ANSWER = "import assistant, sys; assistant.open_assistant(sys.argv[1]).ask(sys.argv[2])"
QUESTION = "Who discovered the island in the year 1774?"


def seconds(*arguments: str | Path) -> float:
    """Run our command line; return how long it took."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return time.perf_counter() - began


def write(article: Article, folder: Path) -> None:
    """Write an article as a file of its own."""
    info = article.info
    record = {"id": info.id, "title": info.title, "text": article.text}
    name = "".join(char if char.isalnum() else "-" for char in info.id)
    (folder / f"{name}.jsonl").write_text(json.dumps(record) + "\n", "utf-8")


def change_one(articles: list[Article], folder: Path, round_: int) -> None:
    """Put a sentence at the end of one article."""
    article = articles[round_ * 37 % len(articles)]
    write(replace(article, text=f"{article.text}\nIt was changed in round {round_}."), folder)


def remove_one(articles: list[Article], folder: Path, round_: int) -> None:
    """Delete one article's file."""
    sorted(folder.iterdir())[round_ * 31 % len(articles)].unlink()


def nothing(articles: list[Article], folder: Path, round_: int) -> None:
    """Leave everything as it is."""


Act = Callable[[list[Article], Path, int], None]
ACTS: dict[str, Act] = {
    "nothing changed": nothing,
    "one article changed": change_one,
    "one article removed": remove_one,
}


def folder_size(folder: Path) -> int:
    """Return the bytes of all files under a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def measure_builds(articles: list[Article], work: Path, rounds: int) -> Path:
    """Print what building and coming back cost; return the index."""
    folder, index = work / "articles", work / "index"
    folder.mkdir()
    for article in articles:
        write(article, folder)
    full = seconds("index", "build", folder, "--index", index)
    passages = open_index(index).status().passages
    print(f"full build of {len(articles)} articles, {passages} passages: {full:.1f} s")
    times: dict[str, list[float]] = {name: [] for name in ACTS}
    for round_ in range(rounds):
        for name, act in ACTS.items():
            act(articles, folder, round_)
            times[name].append(seconds("index", "build", folder, "--index", index))
    for name, taken in times.items():
        median = statistics.median(taken)
        print(f"{name}: {median:.2f} s, {median / full:.2%} of the full build")
    print(f"on disk: {folder_size(index) / passages:,.0f} bytes per passage")
    return index


def measure_starts(index: Path, sizes: list[int], rounds: int) -> None:
    """Print how long an answer in a fresh process takes at each size, asked in turn."""
    few = index.with_name("few")
    few.mkdir()
    for path in sorted((index.parent / "articles").iterdir())[:FEW]:
        shutil.copy(path, few)
    # Nothing is embedded again: all is there already.
    seconds("index", "build", few, "--index", index, "--allow-removals")
    grown: dict[int, Path] = {}
    for size in sizes:
        grown[size] = Path(shutil.copytree(index, index.with_name(f"index-{size}")))
        grow_index(grown[size], size)
        print(f"{size} passages: {folder_size(grown[size]) / size:,.0f} bytes each", flush=True)
    times: dict[int, list[float]] = {size: [] for size in sizes}
    for _ in range(rounds + 1):
        for size, place in grown.items():
            command = [sys.executable, "-c", ANSWER, str(place), QUESTION]
            began = time.perf_counter()
            subprocess.run(command, check=True, cwd=ROOT)
            times[size].append(time.perf_counter() - began)
    medians = {size: statistics.median(taken[1:]) for size, taken in times.items()}  # first: cold
    for size, median in medians.items():
        print(f"first answer at {size} passages: {median:.2f} s")
    print(f"the largest against the smallest: {medians[sizes[-1]] / medians[sizes[0]]:.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("articles", type=Path, nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000])
    options = parser.parse_args()
    articles = [each for each in read_articles(options.articles) if isinstance(each, Article)]
    with tempfile.TemporaryDirectory() as work:
        index = measure_builds(articles, Path(work), options.rounds)
        if options.sizes:
            measure_starts(index, options.sizes, options.rounds)


if __name__ == "__main__":
    main()
