"""How fast an index is built: ours beside the usual recipes, and beside the machine's limit.

    python benchmarks/building.py ARTICLES [--rounds 3] [--most 100] [--json FILE] [--picture FILE]

The recipes take turns, each in a fresh process (``recipes.py`` tells what they do; those that are
not installed are left out: ``pip install -c constraints.txt -e '.[bench]'``). Told are medians of:

    whole      seconds of the whole process, Python's start, imports and model included
    work       seconds of reading, cutting, embedding and storing alone
    times      how many times as long the work takes as ours, the median of each round's ratio
    cpu        the same of the seconds of all cores, for the whole process
    pieces     what was embedded, and how many tokens of it the model read
    unread     tokens of pieces that are too long for the model, which cuts them off in silence
    per token  ``times`` for each token that the model read
    limit      the arithmetic of those tokens, done at the rate of matrix products, over the work
               (``limit.py``); for ours also over the embedding alone
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from limit import model_work
from measuring import (
    RECIPES,
    ROOT,
    draw_bars,
    keep,
    load_articles,
    options_parser,
    print_table,
    run_python,
    said,
    say,
    write_articles,
)
from recipes import NAMES, installed

_ALL = 0.98  # what of the tokens counts as all of them


def measure(folder: Path, work: Path, recipes: list[str], rounds: int) -> dict[str, Any]:
    """Let all build in turn; return recipe → its rounds, and the machine's rate of each round."""
    found: dict[str, Any] = {"rates": [], "rounds": {name: [] for name in recipes}}
    for round_ in range(rounds):
        found["rates"].append(said(run_python(ROOT / "benchmarks" / "limit.py").output)["rate"])
        for name in recipes:
            store = work / f"{name}-{round_}"
            row = said(run_python(RECIPES, "build", name, folder, store, cwd=work).output)
            lengths = row.pop("lengths")
            row |= {"tokens": sum(lengths), "work": model_work(lengths)}
            found["rounds"][name].append(row)
            say(f"round {round_ + 1} of {rounds}: {NAMES[name]} {row['seconds']:.1f} s")
    return found


def summary(found: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Return recipe → the figures that are told."""
    rate = max(found["rates"])
    told = {}
    for name, rows in found["rounds"].items():
        ours = found["rounds"]["ours"]
        told[name] = {
            "whole": median(row["whole"] for row in rows),
            "seconds": median(row["seconds"] for row in rows),
            "times": median(a["seconds"] / b["seconds"] for a, b in zip(rows, ours, strict=True)),
            "cpu_times": median(a["cpu"] / b["cpu"] for a, b in zip(rows, ours, strict=True)),
            "texts": rows[0]["texts"],
            "tokens": rows[0]["tokens"],
            "lost": rows[0]["lost"],
            "per_token": 0.0,
            "limit": median(row["work"] / row["seconds"] for row in rows) / rate,
        }
    for row in told.values():
        row["per_token"] = row["times"] * told["ours"]["tokens"] / row["tokens"]
    embedding = [row["work"] / row["phases"]["embedding"] for row in found["rounds"]["ours"]]
    told["ours"]["limit_embedding"] = median(embedding) / rate
    return told


def show(articles: int, found: dict[str, Any], told: dict[str, dict[str, float]]) -> None:
    """Print the figures."""
    print(f"\n{articles} articles, {len(found['rates'])} rounds\n")
    head = (
        "",
        "whole s",
        "work s",
        "times",
        "cpu",
        "pieces",
        "tokens",
        "unread",
        "per token",
        "limit",
    )
    rows = [
        (
            NAMES[name],
            f"{row['whole']:.1f}",
            f"{row['seconds']:.1f}",
            f"{row['times']:.2f}",
            f"{row['cpu_times']:.2f}",
            f"{row['texts']:,}",
            f"{row['tokens']:,}",
            f"{row['lost']:,}",
            f"{row['per_token']:.2f}",
            f"{row['limit']:.0%}",
        )
        for name, row in told.items()
    ]
    print_table(head, rows)
    phases = found["rounds"]["ours"][0]["phases"]
    parts = ", ".join(
        f"{phase} {median(row['phases'][phase] for row in found['rounds']['ours']):.1f} s"
        for phase in phases
    )
    print(f"\nours: {parts}")
    print(f"matrix products: {max(found['rates']) / 1e9:.0f} GFLOP/s; our embedding alone runs at "
          f"{told['ours']['limit_embedding']:.0%} of that")  # fmt: skip


def draw(axes: Any, told: dict[str, dict[str, float]]) -> None:
    """Draw how long each takes, and say of whom that it has not read everything."""
    values = {}
    for name, row in told.items():
        read = row["tokens"] / (row["tokens"] + row["lost"])
        values[NAMES[name] + (f"\n(reads {read:.0%})" if read < _ALL else "")] = row["times"]
    draw_bars(axes, values, "Building an index of the same articles", "times as long as ours")


def main() -> None:
    """Measure and print."""
    parser = options_parser(__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=int, help="how many articles at most")
    parser.add_argument("--recipes", nargs="+", choices=NAMES, default=installed())
    options: argparse.Namespace = parser.parse_args()
    articles = load_articles(options.articles, options.most)
    recipes = list(dict.fromkeys(["ours", *options.recipes]))
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        write_articles(articles, work / "articles")
        found = measure(work / "articles", work, recipes, options.rounds)
    told = summary(found)
    show(len(articles), found, told)
    keep(options, {"told": told, **found}, lambda axes, kept: draw(axes, kept["told"]))


if __name__ == "__main__":
    main()
