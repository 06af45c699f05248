"""What the benchmarks share: fresh processes, articles as files, tables, pictures and growth."""

from __future__ import annotations

import argparse
import gzip
import json
import math
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.sources.read import read_articles
from index.types import Article

ROOT = Path(__file__).resolve().parent.parent
RECIPES = ROOT / "benchmarks" / "recipes.py"
SAMPLES = ROOT / "articles"
OURS, OTHERS = "#0f766e", "#94a3b8"
QUIET = {
    "HF_HUB_OFFLINE": "1",  # nothing may be downloaded
    "TRANSFORMERS_OFFLINE": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "TOKENIZERS_PARALLELISM": "true",
    "TQDM_DISABLE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
}


@dataclass(frozen=True)
class Ran:
    """A process that has ended: its seconds and what it printed."""

    seconds: float
    output: str


def run_python(*arguments: str | Path, cwd: Path = ROOT) -> Ran:
    """Run our Python as a process of its own.

    Raises:
        SystemExit: It failed.
    """
    paths = filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, **QUIET, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        raise SystemExit(f"{arguments[:4]} failed:\n{done.stdout[-1000:]}\n{done.stderr[-3000:]}")
    return Ran(seconds, done.stdout)


def said(output: str) -> dict[str, Any]:
    """Return the JSON in the last line that a process printed."""
    return dict(json.loads(output.strip().splitlines()[-1]))


def load_articles(sources: Sequence[Path], most: int | None = None) -> list[Article]:
    """Read the articles of files and folders, as building does; ``most`` is how many at most.

    Raises:
        SystemExit: There are none.
    """
    found = [each for each in read_articles(sources) if isinstance(each, Article)]
    if not found:
        raise SystemExit("There are no articles; name a folder that holds some.")
    return found[:most]


def write_articles(articles: Sequence[Article], folder: Path) -> list[Path]:
    """Write articles as plain text files, which everybody can read; return the files."""
    folder.mkdir(parents=True)
    return [write_article(article, folder, place) for place, article in enumerate(articles)]


def write_article(article: Article, folder: Path, place: int, more: str = "") -> Path:
    """Write one article under the number of its place, with ``more`` at its end."""
    path = folder / f"{place:05d}.txt"
    path.write_text(f"{article.info.title}\n\n{article.text}\n{more}", "utf-8")
    return path


def load_jsonl(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a file of JSON lines, gzipped or not."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def load_questions(sources: Sequence[Path], articles: Sequence[Article], count: int) -> list[str]:
    """Return questions on articles: those of a ``questions.jsonl`` beside them, else made ones.

    The made ones ask whether what a sentence says is true; they serve to measure time only.
    """
    for source in sources:
        path = (source if source.is_dir() else source.parent) / "questions.jsonl"
        if path.is_file():
            asked = [row["question"] for row in load_jsonl(path) if not row.get("history")]
            return asked[:: max(1, len(asked) // count)][:count]
    sentences = (each.strip() for a in articles for each in re.split(r"(?<=[.!?])\s+", a.text))
    sized = [each for each in sentences if 6 <= len(each.split()) <= 20 and each.endswith(".")]
    chosen = sized[:: max(1, len(sized) // count)][:count]
    return [f"Is it true that {each[0].lower()}{each[1:-1]}?" for each in chosen]


def percentile(values: Sequence[float], share: int) -> float:
    """Return a percentile of some values."""
    return float(np.percentile(values, share))


def folder_size(folder: Path) -> int:
    """Return the bytes of all files under a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def growth_exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Return b of cost = a · size^b, fitted by least squares on logarithms: 1 is proportional."""
    if len(sizes) < 2:
        return math.nan
    return float(np.polyfit(np.log(sizes), np.log(np.maximum(costs, 1e-9)), 1)[0])


def print_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns, the first to the left, the others to the right."""
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    for row in (head, *rows):
        first = f"{row[0]:<{widths[0]}}"
        rest = (f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True))
        print("  ".join([first, *rest]))


def say(text: str) -> None:
    """Tell how far things are, beside the table."""
    print(f"  … {text}", file=sys.stderr, flush=True)


def options_parser(doc: str | None, *, articles: bool = True) -> argparse.ArgumentParser:
    """Return a parser of the options that all benchmarks have."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    if articles:
        parser.add_argument("articles", type=Path, nargs="*", default=[SAMPLES])
    parser.add_argument("--json", type=Path, help="write the raw figures into this file")
    parser.add_argument("--picture", type=Path, help="draw them into this file")
    return parser


def keep(options: argparse.Namespace, figures: Any, draw: Callable[[Any, Any], None]) -> None:
    """Write what the options ask for; ``draw`` gets matplotlib's axes and the figures."""
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), "utf-8")
    if options.picture:
        import matplotlib as mpl

        mpl.use("Agg")  # no screen is needed
        from matplotlib import pyplot as plt

        figure, axes = plt.subplots(figsize=(8, 4), layout="constrained")
        draw(axes, figures)
        figure.savefig(options.picture, dpi=120)
        plt.close(figure)


def draw_bars(axes: Any, values: Mapping[str, float], title: str, label: str) -> None:
    """Draw one bar for each name, ours in colour."""
    names = list(values)
    colours = [OURS if name.startswith("Article Assistant") else OTHERS for name in names]
    bars = axes.barh(names, list(values.values()), color=colours)
    axes.bar_label(bars, fmt="%.3g", padding=3)
    axes.invert_yaxis()
    axes.set(title=title, xlabel=label)
    axes.spines[["top", "right"]].set_visible(False)
