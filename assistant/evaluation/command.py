"""The work behind ``assistant eval`` and ``assistant calibrate``: index a set, ask, print."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from assistant.chain import open_assistant
from assistant.errors import EvaluationError
from assistant.evaluation.calibration import Calibration, calibrate
from assistant.evaluation.confidences import STRICTEST, ask_confidences
from assistant.evaluation.questions import Question, load_questions
from assistant.evaluation.run import Evaluation, evaluate, fallen
from assistant.settings import AssistantSettings
from index.cli import build_with_progress
from index.display import print_json, progress_bar
from index.errors import IndexOutdatedError
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
    settings, folder = _indexed(path, index_dir)
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


def run_calibration(
    path: Path, index_dir: Path | None, share: float, level: float, *, as_json: bool
) -> None:
    """Work out the threshold that keeps a promise about refusing, and print it.

    Raises:
        EvaluationError: The questions cannot be read, or are too few to promise anything.
        UserError: The index cannot be built or opened.
    """
    questions = load_questions(path)
    settings, folder = _indexed(path, index_dir)
    strictest = settings.model_copy(update={"threshold": STRICTEST})
    with progress_bar() as progress:
        opened = open_assistant(folder, settings=strictest)
        confidences = ask_confidences(questions, opened, progress=progress)
    calibration = calibrate(confidences, share=share, level=level)
    if as_json:
        print_json({"name": path.name} | calibration.to_dict())
        return
    console = Console(highlight=False, soft_wrap=True)
    for line in _lines(calibration):
        console.print(line, markup=False)


def _lines(calibration: Calibration) -> Iterator[str]:
    share = calibration.answered / calibration.unanswerable
    yield calibration.promise
    yield (
        f"In this set {calibration.answered} of {calibration.unanswerable} are ({share:.1%}); the "
        f"upper bound is {calibration.bound:.1%}."
    )
    if calibration.removed:
        yield (
            "The set has no questions that the articles do not answer: those they answer were "
            "asked again with their articles taken away. Near misses are harder; add some."
        )
    if refused := calibration.refused:
        yield (
            f"Of the {refused.count} questions that the articles answer, {refused.value:.1%} are "
            f"refused (95% interval {refused.low:.1%} – {refused.high:.1%})."
        )
    yield f"ASSISTANT_THRESHOLD={calibration.threshold:.2f}"


def _indexed(path: Path, index_dir: Path | None) -> tuple[AssistantSettings, Path | None]:
    """Index a set's own articles, if it has any; return settings and folder of the index."""
    settings = read_settings(AssistantSettings)
    if not path.is_dir():
        return settings, index_dir
    # A question set's own articles must never be published in place of the reader's.
    settings, folder = without_server(settings), index_dir or _kept_index(path)
    try:
        build_with_progress(_articles(path), folder, settings=settings)
    except IndexOutdatedError:
        if index_dir:
            raise
        shutil.rmtree(folder)  # kept for the next evaluation only; nobody's but ours
        build_with_progress(_articles(path), folder, settings=settings)
    return settings, folder


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
