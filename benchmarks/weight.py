"""What an index weighs as it grows: disk, memory, and the first answer of a fresh process.

    python benchmarks/weight.py ARTICLES [--sizes 1000 10000 100000] [--questions 20]
                                [--runs 3] [--indexes FOLDER] [--json FILE] [--picture FILE]

The indexes are those of ``asking.py``, kept in a folder with ``--indexes``. At each size:

    disk          bytes of the index's files, in all and for each passage
    chat          memory of ``app.py`` after so many questions, beyond that of a chat of gradio's
                  own that has been asked as often (now; the most it ever held)
    answering     memory of a process that asks as many in Python, beyond a bare Python's
    first answer  seconds of a fresh process that asks one question

The exponent is that of cost over size: 0 is a cost that does not grow, 1 one that grows in
proportion. Memory is read from ``/proc``: Linux only.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from crowd import Visitor
from gradio_client import Client
from grow import SIZES, grown_indexes
from measuring import (
    folder_size,
    growth_exponent,
    keep,
    load_articles,
    load_questions,
    options_parser,
    print_table,
    run_python,
    said,
    say,
)
from serving import GRADIO_ALONE, memory, page_command, served

MEGABYTE = 1 << 20
ANSWERING = """
import json, sys
sys.path.insert(0, sys.argv[1])
from serving import memory
before = memory()[0]
import assistant
program = assistant.open_assistant(sys.argv[2])
for question in json.loads(sys.argv[3]):
    program.ask(question)
print(json.dumps({"answering": memory()[0] - before}))
"""
ANSWER = "import assistant, sys; assistant.open_assistant(sys.argv[1]).ask(sys.argv[2])"

Weights = dict[str, float]


def gradio_alone(questions: Sequence[str]) -> tuple[float, float]:
    """Return what gradio's own chat holds after so many questions, in megabytes."""
    with served(["-c", GRADIO_ALONE]) as page:
        client = Client(page.address, verbose=False)
        for question in questions:
            client.predict(question, api_name="/chat")
        return memory(page.process)


def chat(index: Path, questions: Sequence[str]) -> tuple[float, float]:
    """Return what our chat holds after so many questions, in megabytes."""
    with served(page_command(index)) as page:
        Visitor(page.address).visit(list(questions))
        return memory(page.process)


def weigh(
    index: Path, questions: Sequence[str], alone: tuple[float, float] | None, runs: int
) -> Weights:
    """Return everything that is told of one index; ``alone`` is gradio's own, None: no chat."""
    asked = said(
        run_python(
            "-c", ANSWERING, Path(__file__).parent, index, json.dumps(list(questions))
        ).output
    )
    told = {
        "disk, MB": folder_size(index) / MEGABYTE,
        "answering in Python, MB": asked["answering"],
        "first answer, s": median(
            run_python("-c", ANSWER, index, questions[0]).seconds for _ in range(runs)
        ),
    }
    if alone:
        now, most = chat(index, questions)
        told |= {"chat beyond gradio, MB": now - alone[0], "the most it held, MB": most - alone[1]}
    return told


def show(told: Mapping[int, Weights], alone: tuple[float, float] | None) -> None:
    """Print what each size weighs and how it grows."""
    sizes = list(told)
    rows = [
        (
            name,
            *(f"{told[size][name]:,.2f}" for size in sizes),
            f"{growth_exponent(sizes, [told[size][name] for size in sizes]):.2f}",
        )
        for name in told[sizes[0]]
    ]
    each = (f"{told[size]['disk, MB'] * MEGABYTE / size:,.0f}" for size in sizes)
    rows.append(("disk of a passage, bytes", *each, ""))
    print_table(("", *(f"{size:,}" for size in sizes), "exponent"), rows)
    if alone:
        print(f"\ngradio's own chat holds {alone[0]:.0f} MB, at most {alone[1]:.0f} MB")


def draw(axes: Any, figures: dict[str, Any]) -> None:
    """Draw everything over size, as shares of what the smallest index takes."""
    sizes = list(figures["by size"])
    for name in figures["by size"][sizes[0]]:
        costs = [figures["by size"][size][name] for size in sizes]
        shares = [cost / costs[0] for cost in costs]
        label = f"{name}: exponent {growth_exponent(sizes, costs):.2f}"
        axes.plot(sizes, shares, marker="o", label=label)
    axes.set(
        title="What grows with an index", xlabel="passages", ylabel="to the smallest", xscale="log"
    )
    axes.set_yscale("log")
    axes.legend()


def main() -> None:
    """Measure and print."""
    parser = options_parser(__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--questions", type=int, default=20)
    parser.add_argument("--runs", type=int, default=3, help="of the first answer")
    parser.add_argument("--without-chat", action="store_true", help="start no page")
    parser.add_argument("--indexes", type=Path, help="folder for the indexes, kept afterwards")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = options.indexes or Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        indexes = grown_indexes(options.articles, options.sizes, work)
        articles = load_articles([work / "articles"])
        questions = load_questions(options.articles, articles, options.questions)
        alone = None if options.without_chat else gradio_alone(questions)
        told = {}
        for size, index in indexes.items():
            told[size] = weigh(index, questions, alone, options.runs)
            say(f"{size:,} passages are weighed")
    print()
    show(told, alone)
    keep(options, {"by size": told, "gradio alone": alone}, draw)


if __name__ == "__main__":
    main()
