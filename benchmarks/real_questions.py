"""How many of a hundred questions, asked as readers ask, are answered right.

    python benchmarks/real_questions.py [FOLDER] [--show] [--json FILE] [--picture FILE]

FOLDER holds ``articles.jsonl`` and ``questions.jsonl`` (``tests/data/readers-questions`` by
default). They are indexed in a temporary folder and every question is put once, alone and without
an LLM. Right is an answer of three quotes at most one of which holds a gold answer literally, and
for a near miss a refusal. *Misled* is an answer that holds no gold answer but a stretch which the
set names as wrong. The intervals are Wilson's for a share, at 95%. A gold answer beside a wrong one
counts as right, a right sentence that the set does not name as wrong: ``--show`` prints every
question with what was quoted, so that two persons can judge for themselves.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from measuring import ROOT, draw_bars, keep, load_jsonl, options_parser, print_table, say

from assistant import Answer, open_assistant
from index import build_index
from index.text import one_line

QUESTIONS = ROOT / "tests" / "data" / "readers-questions"
MOST_QUOTES = 3
"""An answer of more quotes is no answer: the reader would have to look for it."""


@dataclass(frozen=True)
class Judged:
    """One question with what was answered, and whether that is right."""

    id: str
    kind: str
    question: str
    answers: tuple[str, ...]
    refused: bool
    quotes: tuple[str, ...]
    confidence: float
    right: bool
    misled: bool


def judged(row: Mapping[str, Any], answer: Answer) -> Judged:
    """Judge the answer to a question of the set."""
    refused = answer.kind == "not_in_articles"
    quotes = tuple(one_line(each.quote) for each in answer.citations)
    holds = holds_any(quotes, row["answers"])
    answered = not refused and holds and len(quotes) <= MOST_QUOTES
    return Judged(
        id=row["id"],
        kind=row["kind"] + (", turned" if row.get("turned") else ""),
        question=row["question"],
        answers=tuple(row["answers"]),
        refused=refused,
        quotes=quotes,
        confidence=answer.confidence,
        right=answered if row["answerable"] else refused,
        misled=not refused and not holds and holds_any(quotes, row.get("not", ())),
    )


def holds_any(quotes: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether one of the quotes holds one of the wanted stretches; case does not matter."""
    return any(one_line(each).casefold() in quote.casefold() for each in wanted for quote in quotes)


def ask_all(folder: Path) -> list[Judged]:
    """Index the articles of a set, put each of its questions and judge the answers."""
    rows = load_jsonl(folder / "questions.jsonl")
    with tempfile.TemporaryDirectory() as work:
        build_index([folder / "articles.jsonl"], Path(work) / "index")
        assistant = open_assistant(Path(work) / "index")
        told = []
        for place, row in enumerate(rows, start=1):
            told.append(judged(row, assistant.ask(row["question"])))
            if place % 20 == 0:
                say(f"question {place} of {len(rows)}")
    return told


def share(told: Sequence[Judged]) -> dict[str, float]:
    """Return the share of right ones with its 95% interval, and how many there are of each.

    The interval is Wilson's (1927), which holds for few questions and for shares near 0 and 1.
    """
    from scipy.stats import binomtest

    right = sum(each.right for each in told)
    low, high = binomtest(right, len(told)).proportion_ci(0.95, method="wilson")
    return {
        "questions": len(told),
        "right": right / len(told),
        "low": float(low),
        "high": float(high),
        "refused": sum(each.refused for each in told),
        "misled": sum(each.misled for each in told),
    }


def by_kind(told: Sequence[Judged]) -> dict[str, dict[str, float]]:
    """Return kind → its figures, by name; those of all kinds together at the end."""
    kinds = sorted({each.kind for each in told})
    figures = {kind: share([each for each in told if each.kind == kind]) for kind in kinds}
    return {**figures, "all kinds": share(told)}


def show(told: Sequence[Judged]) -> None:
    """Print each question with what was answered, for two persons to judge."""
    for each in told:
        verdict = "right" if each.right else "misled" if each.misled else "wrong"
        print(f"\n[{verdict}] {each.id}, {each.kind}: {each.question}")
        print(f"    wanted: {' / '.join(each.answers) or 'a refusal'}")
        print(f"    {'refused' if each.refused else 'answered'}, confidence {each.confidence:.2f}")
        for quote in each.quotes:
            print(f"    > {quote}")


def draw(axes: Any, figures: Mapping[str, Any]) -> None:
    """Draw the share of right ones of each kind."""
    values = {kind: 100 * figure["right"] for kind, figure in figures["by kind"].items()}
    draw_bars(axes, values, "Readers' questions answered right", "%")


def main() -> None:
    """Ask, print the figures and, if asked to, each question."""
    parser = options_parser(__doc__, articles=False)
    parser.add_argument("folder", type=Path, nargs="?", default=QUESTIONS)
    parser.add_argument("--show", action="store_true", help="print each question and its answer")
    options = parser.parse_args()
    told = ask_all(options.folder)
    if options.show:
        show(told)
        print()
    figures = by_kind(told)
    rows = [
        (kind, f"{f['questions']:.0f}", f"{f['right']:.2f}", f"{f['low']:.2f} – {f['high']:.2f}",
         f"{f['refused']:.0f}", f"{f['misled']:.0f}")
        for kind, f in figures.items()
    ]  # fmt: skip
    print_table(("", "questions", "right", "95% interval", "refused", "misled"), rows)
    keep(options, {"by kind": figures, "questions": [asdict(each) for each in told]}, draw)


if __name__ == "__main__":
    main()
