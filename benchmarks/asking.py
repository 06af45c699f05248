"""How fast a running program answers: by the size of its index, and by how many ask at once.

    python benchmarks/asking.py ARTICLES [--questions 100] [--sizes 1000 10000 100000]
                                [--askers 1 4 16] [--indexes FOLDER] [--json FILE] [--picture FILE]

The indexes hold the articles again and again under other names (``grow.py``); with ``--indexes``
they are kept in a folder, for the next run and for ``weight.py``. Every question is put to each
size in turn, once each, so that no passage has been read before. Told are milliseconds of whole
cited answers, without an LLM, and of their stages: *finding* is everything before reading
(spelling, understanding, search), *reading* picks the sentences, the rest is citing. Then as many
as ``--askers`` ask one program at once, at the middle size: answers a second, and failures. The
exponent is that of cost over size: 0 is a cost that does not grow, 1 one that grows in proportion.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from grow import SIZES, grown_indexes
from measuring import (
    OURS,
    growth_exponent,
    keep,
    load_articles,
    load_questions,
    options_parser,
    percentile,
    print_table,
    say,
)

from assistant import Assistant, open_assistant
from index import UserError

WARM = 5  # questions that are asked before anything is told
STAGES = ("whole answer", "finding", "reading", "citing")
Laps = dict[str, float]


def timed_answer(assistant: Assistant, question: str) -> Laps:
    """Ask; return the seconds of the answer and of its stages."""
    started = time.perf_counter()
    timings = assistant.ask(question).timings
    whole = time.perf_counter() - started
    reading, citing = timings.get("read", 0.0), timings.get("write", 0.0)
    return {
        "whole answer": whole,
        "finding": sum(timings.get(each, 0.0) for each in ("understand", "search")),
        "reading": reading,
        "citing": citing,
    }


def by_size(indexes: Mapping[int, Path], questions: Sequence[str]) -> dict[int, list[Laps]]:
    """Put each question to each index in turn; return size → its answers' seconds."""
    assistants = {size: open_assistant(folder) for size, folder in indexes.items()}
    laps: dict[int, list[Laps]] = {size: [] for size in assistants}
    for place, question in enumerate(questions):
        for size, assistant in assistants.items():
            lap = timed_answer(assistant, question)
            if place >= WARM:
                laps[size].append(lap)
        if place % 20 == 0:
            say(f"question {place + 1} of {len(questions)}")
    return laps


def at_once(index: Path, questions: Sequence[str], askers: int) -> dict[str, float]:
    """Let so many ask one program at once; return answers a second and failures."""
    assistant = open_assistant(index)
    for question in questions[:WARM]:
        assistant.ask(question)

    def ask(question: str) -> bool:
        try:
            return bool(assistant.ask(question).text)
        except UserError:
            return False

    started, cpu = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(askers) as pool:
        told = list(pool.map(ask, questions[WARM:]))
    seconds = time.perf_counter() - started
    cpu = time.process_time() - cpu
    return {
        "a second": len(told) / seconds,
        "failures": told.count(False),
        "cores busy": cpu / seconds,
        "cpu ms": 1000 * cpu / len(told),
    }


def figures_of(laps: Mapping[int, Sequence[Laps]]) -> dict[str, dict[int, dict[str, float]]]:
    """Return stage → size → milliseconds at p50, p95 and p99."""
    return {
        stage: {
            size: {
                f"p{share}": 1000 * percentile([lap[stage] for lap in rows], share)
                for share in (50, 95, 99)
            }
            for size, rows in laps.items()
        }
        for stage in STAGES
    }


def show_sizes(told: dict[str, dict[int, dict[str, float]]]) -> None:
    """Print the milliseconds of each stage at each size, and how they grow."""
    sizes = list(told[STAGES[0]])
    rows = []
    for stage, per_size in told.items():
        middles = [per_size[size]["p50"] for size in sizes]
        rows += [
            (
                f"{stage}, {size:,} passages",
                *(f"{value:.0f}" for value in per_size[size].values()),
                f"{per_size[size]['p50'] / max(middles[0], 0.001):.2f}",
            )
            for size in sizes
        ]
        rows.append((f"{stage}, exponent", f"{growth_exponent(sizes, middles):.2f}", "", "", ""))
    print_table(("", "p50 ms", "p95 ms", "p99 ms", "to the smallest"), rows)


def show_askers(told: dict[int, list[dict[str, float]]]) -> None:
    """Print what many at once get."""
    one = next(iter(told.values()))
    rows = [
        (
            f"{askers} at once",
            f"{median(each['a second'] for each in rounds):.2f}",
            f"{_ratio(rounds, one):.2f}",
            f"{median(each['cores busy'] for each in rounds):.2f}",
            f"{median(each['cpu ms'] for each in rounds):.0f}",
            f"{sum(each['failures'] for each in rounds):.0f}",
        )
        for askers, rounds in told.items()
    ]
    print_table(("", "answers/s", "to one", "cores busy", "CPU ms each", "failures"), rows)


def _ratio(rounds: Sequence[Mapping[str, float]], one: Sequence[Mapping[str, float]]) -> float:
    pairs = zip(rounds, one, strict=True)
    return median(many["a second"] / alone["a second"] for many, alone in pairs)


def draw(axes: Any, figures: dict[str, Any]) -> None:
    """Draw the milliseconds of each stage over size."""
    for stage, per_size in figures["by size"].items():
        sizes = list(per_size)
        middles = [per_size[size]["p50"] for size in sizes]
        colour = OURS if stage == STAGES[0] else None
        label = f"{stage}: exponent {growth_exponent(sizes, middles):.2f}"
        axes.plot(sizes, middles, marker="o", label=label, color=colour)
    axes.set(title="A warm answer", xlabel="passages", ylabel="ms, median", xscale="log")
    axes.set_ylim(bottom=0)
    axes.legend()


def measure(options: Any, work: Path) -> dict[str, Any]:
    """Measure by size and by askers."""
    indexes = grown_indexes(options.articles, options.sizes, work)
    articles = load_articles([work / "articles"])
    questions = load_questions(options.articles, articles, options.questions + WARM)
    laps = by_size(indexes, questions)
    middle = list(indexes.values())[len(indexes) // 2]
    askers: dict[int, list[dict[str, float]]] = {count: [] for count in options.askers}
    for round_ in range(options.rounds):
        for count in askers:
            askers[count].append(at_once(middle, questions, count))
            say(f"round {round_ + 1}: {count} at once")
    return {"by size": figures_of(laps), "askers": askers}


def main() -> None:
    """Measure and print."""
    parser = options_parser(__doc__)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--askers", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--rounds", type=int, default=2, help="of asking at once")
    parser.add_argument("--indexes", type=Path, help="folder for the indexes, kept afterwards")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = options.indexes or Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        figures = measure(options, work)
    print()
    show_sizes(figures["by size"])
    print()
    show_askers(figures["askers"])
    keep(options, figures, draw)


if __name__ == "__main__":
    main()
