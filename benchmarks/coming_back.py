"""What coming back costs: nothing changed, one article changed, one removed.

    python benchmarks/coming_back.py ARTICLES [--rounds 3] [--most 100] [--json FILE] [--picture …]

Ours is ``index build``; beside it, where it is installed (``.[bench]``), LangChain's indexing API
with its SQL record manager and Chroma, ``cleanup="full"``. Each run is a process of its own, the
two in turn, on the same files. Told are the median seconds of the whole process and of the work
alone (libraries loaded), and the work's share of the first build. What "nothing changed" costs is
mostly Python's start and a look at the files: its share falls as a collection grows.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from measuring import (
    RECIPES,
    draw_bars,
    keep,
    load_articles,
    options_parser,
    print_table,
    run_python,
    said,
    say,
    write_article,
    write_articles,
)
from recipes import NAMES, installed

from index.types import Article

CASES = ("first build", "nothing changed", "one article changed", "one article removed")

Rows = dict[str, dict[str, list[dict[str, float]]]]
"""Recipe → case → what each round took."""


def change(case: str, articles: Sequence[Article], folder: Path, round_: int) -> None:
    """Do to the articles' files what the case says, to another article in each round."""
    files = sorted(folder.iterdir())
    chosen = files[(round_ * 37 + 1) % len(files)]
    if case == CASES[2]:
        place = int(chosen.stem)
        write_article(articles[place], folder, place, f"It was changed in round {round_}.\n")
    elif case == CASES[3]:
        chosen.unlink()


def measure(articles: Sequence[Article], work: Path, recipes: Sequence[str], rounds: int) -> Rows:
    """Build once by each recipe, then come back in each way, in turn."""
    folder = work / "articles"
    write_articles(articles, folder)
    taken: Rows = {name: {case: [] for case in CASES} for name in recipes}
    for case, round_ in [(CASES[0], 0), *((c, r) for r in range(rounds) for c in CASES[1:])]:
        change(case, articles, folder, round_)
        for name in recipes:
            told = said(run_python(RECIPES, "again", name, folder, work / name, cwd=work).output)
            taken[name][case].append({each: told[each] for each in ("whole", "cpu", "seconds")})
            say(f"{case}: {NAMES[name]} {told['whole']:.1f} s {told['phases']}")
    return taken


def summary(taken: Rows) -> dict[str, dict[str, dict[str, float]]]:
    """Return recipe → case → the medians, and the share of the first build."""
    told: dict[str, dict[str, dict[str, float]]] = {}
    for name, cases in taken.items():
        first = cases[CASES[0]][0]["seconds"]
        told[name] = {
            case: {
                "whole": median(row["whole"] for row in rows),
                "seconds": median(row["seconds"] for row in rows),
                "share": median(row["seconds"] for row in rows) / first,
                "cpu": median(row["cpu"] for row in rows),
            }
            for case, rows in cases.items()
        }
    return told


def draw(axes: Any, told: dict[str, dict[str, dict[str, float]]]) -> None:
    """Draw the seconds of coming back."""
    values = {
        f"{NAMES[name]}: {case}": told[name][case]["whole"] for case in CASES[1:] for name in told
    }
    draw_bars(axes, values, "Coming back to an index", "seconds of the whole process")


def main() -> None:
    """Measure and print."""
    parser = options_parser(__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=int, help="how many articles at most")
    parser.add_argument("--alone", action="store_true", help="without LangChain's indexing API")
    options = parser.parse_args()
    articles = load_articles(options.articles, options.most)
    beside = [name for name in installed() if name == "langchain" and not options.alone]
    with tempfile.TemporaryDirectory() as folder:
        taken = measure(articles, Path(folder), ["ours", *beside], options.rounds)
    told = summary(taken)
    print(f"\n{len(articles)} articles, {options.rounds} rounds\n")
    rows = [
        (
            f"{NAMES[name]}: {case}",
            f"{row['whole']:.2f}",
            f"{row['seconds']:.2f}",
            f"{row['cpu']:.2f}",
            f"{row['share']:.2%}",
        )
        for name in told
        for case, row in told[name].items()
    ]
    print_table(("", "whole s", "work s", "cpu s", "of the first build"), rows)
    keep(options, {"told": told, "rounds": taken}, lambda axes, kept: draw(axes, kept["told"]))


if __name__ == "__main__":
    main()
