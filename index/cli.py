"""The index commands: ``build``, ``rebuild`` and ``status``, thin over ``index.build``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from index.build import build_index, rebuild_index
from index.errors import UserError
from index.settings import IndexSettings, read_settings
from index.types import BuildReport, Progress

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Build the index that questions are answered from.",
)

Articles = Annotated[
    list[Path] | None,
    typer.Argument(help="Files and folders (.txt, .md, .html, .jsonl); default: the last ones."),
]
IndexFolder = Annotated[
    Path | None, typer.Option("--index", help="Folder of the index (or ASSISTANT_INDEX).")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]

_STAGES = {
    "reading": "Reading articles",
    "cutting": "Cutting passages",
    "embedding": "Embedding passages",
    "writing": "Writing the index",
    "asking": "Asking questions",
}


@app.command()
def build(articles: Articles = None, index: IndexFolder = None, as_json: AsJson = False) -> None:
    """Make the index match the articles: add, replace and remove; embed only what is new."""
    _print_report(build_with_progress(articles or [], _folder(index)), as_json=as_json)


@app.command()
def rebuild(articles: Articles = None, index: IndexFolder = None, as_json: AsJson = False) -> None:
    """Make the index afresh, embedding every article again."""
    report = _with_progress(rebuild_index, articles or [], _folder(index))
    _print_report(report, as_json=as_json)


@app.command()
def status(index: IndexFolder = None, as_json: AsJson = False) -> None:
    """Show what the index holds."""
    from index.catalogue import Catalogue
    from index.search import read_status

    folder = _folder(index)
    with Catalogue.open(folder).snapshot() as snapshot:
        state = read_status(folder, snapshot)
    if as_json:
        typer.echo(json.dumps(asdict(state), ensure_ascii=False, indent=2))
        return
    for name, value in asdict(state).items():
        shown = ", ".join(value) if isinstance(value, tuple) else value
        typer.echo(f"{name:<11} {shown}")


def build_with_progress(paths: Sequence[Path], folder: Path) -> BuildReport:
    """Build with a progress bar on the terminal's error stream.

    Raises:
        UserError: See ``index.build.build_index``.
    """
    return _with_progress(build_index, paths, folder)


def _with_progress(
    work: Callable[..., BuildReport], paths: Sequence[Path], folder: Path
) -> BuildReport:
    with progress_bar() as progress:
        return work(paths, folder, progress=progress)


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show progress bars with the time left on the terminal's error stream."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks = {stage: bars.add_task(text, visible=False) for stage, text in _STAGES.items()}

        def show(stage: str, done: int, total: int) -> None:
            bars.update(tasks[stage], completed=done, total=total or None, visible=True)

        yield show


def _print_report(report: BuildReport, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(asdict(report), ensure_ascii=False, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("Articles", "Count")
    table.columns[1].justify = "right"
    for name in ("added", "changed", "removed", "unchanged"):
        table.add_row(name, str(getattr(report, name)))
    table.add_row("unreadable", str(len(report.unreadable)))
    console = Console()
    console.print(table)
    for item in report.unreadable:
        console.print(f"unreadable: {item.source}: {item.reason}", markup=False, soft_wrap=True)
    console.print(
        f"{report.passages} passages, {report.embedded} embedded now, in {report.seconds:.1f} s.",
        highlight=False,
    )


def _folder(index: Path | None) -> Path:
    return index or read_settings(IndexSettings).index


def run(application: typer.Typer, name: str) -> None:
    """Run a command-line application; a ``UserError`` becomes one line and exit code 1."""
    try:
        application(prog_name=name)
    except UserError as error:
        typer.echo(f"{name}: {error}", err=True)
        sys.exit(1)


def main() -> None:
    """Run the index commands."""
    run(app, "index")
