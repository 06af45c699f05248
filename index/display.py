"""What the index commands found → tables, lines, JSON and progress bars on a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from index.text import shown_source
from index.types import BuildReport, IndexStatus, Progress, Unreadable

if TYPE_CHECKING:
    from rich.console import Console

    from index.build.plan import Plan
    from index.listing import ListedArticle
    from index.remote.push import Pushed
    from index.remote.sync import Pulled
    from index.verify import Verification

_STAGES = {
    "reading": "Reading articles",
    "cutting": "Cutting passages",
    "embedding": "Embedding passages",
    "writing": "Writing the index",
    "verifying": "Checking the catalogue",
    "comparing": "Comparing",
    "asking": "Asking questions",
    "pulling": "Fetching from the server",
    "pushing": "Sending to the server",
    "checking": "Checking what arrived",
}


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
    console = Console(stderr=True)
    bars = Bars(*columns, console=console, transient=True, disable=not console.is_terminal)
    tasks = {stage: bars.add_task(text, visible=False) for stage, text in _STAGES.items()}

    def show(stage: str, done: int, total: int) -> None:
        bars.start()  # only now: most questions need no bar, and even an empty one leaves a line
        bars.update(tasks[stage], completed=done, total=total or None, visible=True)

    try:
        yield show
    finally:
        bars.stop()


def print_json(value: object) -> None:
    """Print plain values as JSON."""
    print(json.dumps(value, ensure_ascii=False, indent=2))  # noqa: T201 - this is the output


def print_report(report: BuildReport) -> None:
    """Print what a build did."""
    console = _console()
    counts = {name: getattr(report, name) for name in ("added", "changed", "removed", "unchanged")}
    console.print(_counts({**counts, "unreadable": len(report.unreadable)}))
    _print_unreadable(console, report.unreadable)
    console.print(
        f"{report.passages} passages, {report.embedded} embedded now, in {report.seconds:.1f} s."
    )


def plan_values(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain values, without texts."""
    return {
        "added": [_named(each.info.title, each.info.source) for each in plan.new],
        "changed": [_named(each.info.title, each.info.source) for each in plan.changed],
        "removed": [_named(each.title, each.source) for each in plan.removed],
        "unchanged": plan.unchanged,
        "unreadable": [asdict(each) for each in plan.unreadable],
    }


def print_plan(plan: Plan) -> None:
    """Print what a build would do."""
    console = _console()
    values = plan_values(plan)
    signs = (("added", "+", "green"), ("changed", "~", "yellow"), ("removed", "-", "red"))
    for name, sign, style in signs:
        for entry in values[name]:
            line = f"{sign} {entry['title']} ({entry['source']})"
            console.print(_plain(line), style=style)
    _print_unreadable(console, plan.unreadable)
    counts = ", ".join(f"{len(values[name])} would be {name}" for name, _, _ in signs)
    console.print(f"{counts}, {plan.unchanged} stay as they are. Nothing was changed.")


def print_status(status: IndexStatus) -> None:
    """Print what an index holds."""
    for name, value in asdict(status).items():
        if name in ("server", "served") and not value:
            continue
        shown = "\n            ".join(map(str, value)) if isinstance(value, tuple) else value
        print(f"{name:<11} {shown}")  # noqa: T201 - this is the output


def print_pushed(pushed: Pushed) -> None:
    """Print what a push did."""
    held = "holds this index already" if pushed.unchanged else "holds it now"
    _console().print(
        f"{pushed.address} {held}: {pushed.articles} articles, {pushed.passages} passages, "
        f"generation {pushed.generation}."
    )


def print_pulled(pulled: Pulled) -> None:
    """Print what a pull did."""
    names = ("added", "changed", "removed", "unchanged")
    console = _console()
    console.print(_counts({name: getattr(pulled, name) for name in names}))
    console.print(
        f"{pulled.passages} passages, as {pulled.address} holds them in generation "
        f"{pulled.generation}."
    )


def print_list(articles: Sequence[ListedArticle]) -> None:
    """Print the articles of an index, two lines each."""
    console = _console()
    styles = {"changed": "yellow", "gone": "red"}
    for listed in articles:
        info = listed.info
        console.print(f"{info.published or '':<11}", _plain(info.title), style="bold")
        passages = f"{listed.passages} passage{'s' if listed.passages != 1 else ''}"
        facts = [info.author, info.language, passages, shown_source(info.source)]
        about = " · ".join(filter(None, facts))
        console.print(" " * 11, _plain(about), style="dim")
        if listed.state in styles:
            state = f"has {listed.state} since it was indexed"
            console.print(" " * 11, state, style=styles[listed.state])
    console.print(f"{len(articles)} articles.")


def print_verification(verification: Verification) -> None:
    """Print what a verification found."""
    console = _console()
    for difference in verification.differences:
        console.print(_plain(f"{difference.subject}: {difference.problem}"), style="red")
    _print_unreadable(console, verification.unreadable)
    outcome = (
        f"{len(verification.differences)} differences" if verification.differences else "all agree"
    )
    console.print(f"{verification.articles} articles, {verification.passages} passages: {outcome}.")
    if verification.remedy:
        console.print(_plain(verification.remedy))


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True)


def _counts(counts: dict[str, int]) -> Any:
    from rich.table import Table

    table = Table("Articles", "Count")
    table.columns[1].justify = "right"
    for name, count in counts.items():
        table.add_row(name, str(count))
    return table


def _print_unreadable(console: Console, unreadable: Iterable[Unreadable]) -> None:
    for item in unreadable:
        stays = "; what was indexed of it stays" if item.out_of_reach else ""
        console.print(f"unreadable: {_plain(item.source)}: {item.reason}{stays}", markup=False)


def _named(title: str, source: str) -> dict[str, str]:
    return {"title": title, "source": source}


def _plain(text: str) -> Any:
    """A text without markup, and without what hostile file names do to lines and terminals."""
    from rich.text import Text

    printable = "".join(char if char.isprintable() else " " for char in text)
    return Text(" ".join(printable.split()))
