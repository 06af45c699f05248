"""The work behind ``assistant eval``: index a question set, ask, print the figures, compare."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from assistant.chain import open_assistant
from assistant.errors import EvaluationError
from assistant.evaluation.questions import Question, load_questions
from assistant.evaluation.run import Evaluation, evaluate, fallen
from assistant.settings import AssistantSettings
from index.cli import build_with_progress
from index.display import progress_bar
from index.settings import IndexSettings, read_settings, without_server


def run_evaluation(
    path: Path,
    index_dir: Path | None,
    limit: int | None,
    json_file: Path | None,
    picture: Path | None,
    compare: Path | None,
) -> list[str]:
    """Evaluate a question set; return the names of the figures that fell below ``compare``.

    Raises:
        EvaluationError: The questions or the earlier figures cannot be read.
        UserError: The index cannot be built or opened.
    """
    before = _read_figures(compare) if compare else None
    questions = _evenly(load_questions(path), limit)
    settings, folder = read_settings(AssistantSettings), index_dir
    if path.is_dir():
        # A question set's own articles must never be published in place of the reader's.
        settings, folder = without_server(settings), folder or _kept_index(path)
        build_with_progress(_articles(path), folder, settings=settings)
    with progress_bar() as progress:
        opened = open_assistant(folder, settings=settings)
        result = evaluate(path.name, questions, opened, progress=progress)
    console = Console()
    console.print(_table(result))
    if json_file:
        json_file.write_text(json.dumps(result.to_dict(), indent=1), "utf-8")
    if picture:
        from assistant.evaluation.plots import draw_evaluation

        draw_evaluation(result, picture)
    worse = fallen(before, result) if before else []
    for name in worse:
        console.print(f"fallen below its interval: {name}", style="red")
    return worse


def _articles(folder: Path) -> list[Path]:
    """Return a set's articles: all its files but the questions and the licence."""
    articles = [
        path
        for path in sorted(folder.iterdir())
        if not path.name.startswith(("questions.", "LICENSE", "README", "."))
    ]
    return articles or [folder]


def _kept_index(folder: Path) -> Path:
    """Return where a set's index is kept between evaluations: in the cache, not beside the set."""
    place = str(folder.resolve()).encode()
    name = f"{folder.name}-{hashlib.blake2b(place, digest_size=4).hexdigest()}"
    return read_settings(IndexSettings).cache / "evaluations" / name


def _evenly(questions: Sequence[Question], limit: int | None) -> list[Question]:
    if not limit or limit >= len(questions):
        return list(questions)
    return [questions[place * len(questions) // limit] for place in range(limit)]


def _read_figures(path: Path) -> dict[str, dict[str, dict[str, float]]]:
    try:
        figures: dict[str, dict[str, dict[str, float]]] = json.loads(path.read_text("utf-8"))
        if "figures" not in figures:
            raise ValueError("it holds no figures")
    except (OSError, ValueError) as error:
        raise EvaluationError(
            f"The earlier figures in {path} cannot be read ({error}); give a file that "
            f"`assistant eval --json` wrote."
        ) from error
    return figures


def _table(result: Evaluation) -> Table:
    table = Table("figure", "value", "95% interval", "questions", title=result.name)
    for column in table.columns[1:]:
        column.justify = "right"
    for name, figure in result.figures.items():
        interval = f"{figure.low:.3f} – {figure.high:.3f}"
        table.add_row(name, f"{figure.value:.3f}", interval, str(figure.count))
    return table
