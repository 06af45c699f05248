"""The index commands, thin over what does the work."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from index.build.build import build_index, plan_build, rebuild_index
from index.display import (
    plan_values,
    print_json,
    print_list,
    print_plan,
    print_pulled,
    print_pushed,
    print_report,
    print_status,
    print_verification,
    progress_bar,
)
from index.errors import UnpublishedError, UserError
from index.settings import IndexSettings, read_settings
from index.types import BuildReport

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Build the index that questions are answered from, and look after it.",
)

Articles = Annotated[
    list[str] | None,
    typer.Argument(help="Files, folders, addresses of pages and feeds; default: the last ones."),
]
IndexFolder = Annotated[
    Path | None, typer.Option("--index", help="Folder of the index (or ASSISTANT_INDEX).")
]
AllowRemovals = Annotated[
    bool, typer.Option("--allow-removals", help="Remove even most of what is indexed.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command()
def build(
    articles: Articles = None,
    index: IndexFolder = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
    allow_removals: AllowRemovals = False,
    as_json: AsJson = False,
) -> None:
    """Make the index match the articles: add, replace and remove; embed only what is new."""
    folder = _folder(index)
    if dry_run:
        with progress_bar() as progress:
            plan = plan_build(articles or [], folder, progress=progress)
        print_json(plan_values(plan)) if as_json else print_plan(plan)
        return
    report = build_with_progress(articles or [], folder, allow_removals=allow_removals)
    _print_report(report, as_json=as_json)


@app.command()
def rebuild(
    articles: Articles = None,
    index: IndexFolder = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Embedding model to change to: name or folder.")
    ] = None,
    allow_removals: AllowRemovals = False,
    as_json: AsJson = False,
) -> None:
    """Write the index again from its stored texts, or read and embed the named articles again."""
    settings = read_settings(IndexSettings)
    if model:
        settings = settings.model_copy(update={"model": _model_name(model)})
    with progress_bar() as progress:
        report = rebuild_index(
            articles or [],
            _folder(index),
            settings=settings,
            progress=progress,
            allow_removals=allow_removals,
        )
    _print_report(report, as_json=as_json)


@app.command()
def status(index: IndexFolder = None, as_json: AsJson = False) -> None:
    """Show what the index holds and what the last builds did."""
    from index.catalogue.database import Catalogue
    from index.remote.server import Server
    from index.status import read_status

    folder, settings = _current(index), read_settings(IndexSettings)
    server = Server(settings) if settings.chroma_url else None
    live = server.require_live() if server else None
    with Catalogue.open(folder).snapshot() as snapshot:
        state = read_status(folder, snapshot, server)
    print_json(asdict(state)) if as_json else print_status(state)
    if live and live.collection != state.served:
        typer.echo(f"index: the server's live generation is another: {live.collection}", err=True)


@app.command(name="list")
def list_articles(index: IndexFolder = None, as_json: AsJson = False) -> None:
    """List the articles with dates, passages, and whether their files are still the same."""
    from index.listing import list_index

    articles = list_index(_current(index))
    print_json([asdict(each) for each in articles]) if as_json else print_list(articles)


@app.command()
def verify(index: IndexFolder = None, as_json: AsJson = False) -> None:
    """Check catalogue, vectors and source files against each other; exit 1 on any difference."""
    from index.verify import verify_index

    folder = _current(index)
    with progress_bar() as progress:
        found = verify_index(folder, progress, settings=read_settings(IndexSettings))
    print_json(asdict(found)) if as_json else print_verification(found)
    if found.differences:
        raise typer.Exit(1)


@app.command()
def push(
    index: IndexFolder = None, allow_removals: AllowRemovals = False, as_json: AsJson = False
) -> None:
    """Make the index the live one on the Chroma server that ASSISTANT_CHROMA_URL names."""
    from index.remote.push import push_index

    with progress_bar() as progress:
        pushed = push_index(_folder(index), progress=progress, allow_removals=allow_removals)
    print_json(asdict(pushed)) if as_json else print_pushed(pushed)


@app.command()
def pull(
    index: IndexFolder = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Even if the folder holds another index.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make the folder hold what the Chroma server holds, to be used without it."""
    from index.remote.pull import pull_index

    with progress_bar() as progress:
        pulled = pull_index(_folder(index), progress=progress, replace=replace)
    print_json(asdict(pulled)) if as_json else print_pulled(pulled)


@app.command()
def watch(
    folders: Annotated[list[Path], typer.Argument(help="Folders of articles.")],
    index: IndexFolder = None,
) -> None:
    """Keep the index current with folders until Ctrl+C; a burst of changes becomes one build."""
    from index.build.watch import watch_index

    typer.echo("Watching; Ctrl+C ends it.", err=True)
    with progress_bar() as progress:
        watch_index(folders, _folder(index), on_build=_print_build, progress=progress)


def build_with_progress(
    articles: Sequence[Path | str],
    folder: Path,
    *,
    settings: IndexSettings | None = None,
    allow_removals: bool = False,
) -> BuildReport:
    """Build with a progress bar on the terminal's error stream.

    Raises:
        UserError: See ``index.build.build.build_index``.
    """
    with progress_bar() as progress:
        return build_index(
            articles, folder, settings=settings, progress=progress, allow_removals=allow_removals
        )


def _print_build(outcome: BuildReport | UserError) -> None:
    if isinstance(outcome, UserError):
        typer.echo(f"index: {outcome}", err=True)
    elif outcome.added or outcome.changed or outcome.removed or outcome.unreadable:
        print_report(outcome)


def _print_report(report: BuildReport, *, as_json: bool) -> None:
    print_json(asdict(report)) if as_json else print_report(report)


def _model_name(model: str) -> str:
    """A model's name as it is; a folder's path made absolute, because the index keeps it."""
    return os.path.abspath(model) if Path(model).is_dir() else model  # noqa: PTH100


def _folder(index: Path | None) -> Path:
    return index or read_settings(IndexSettings).index


def _current(index: Path | None) -> Path:
    """Return the index's folder; a copy of a server's index is filled or brought up to date."""
    settings, folder = read_settings(IndexSettings), _folder(index)
    if settings.chroma_url:
        from index.remote.replica import Replica

        # What was built here and is not published can be looked at, too.
        with progress_bar() as progress, suppress(UnpublishedError):
            Replica(folder.absolute(), settings).open(progress)
    return folder


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
