"""From an index to the tab of its articles: the list, uploads, builds with their progress.

A build goes on in a thread of its own while the chat answers; whoever opens the page sees it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import gradio as gr

from assistant.web.articles import charts, markup, uploads
from assistant.web.articles.builds import BUSY, Task, Work, Workshop
from index import ListedArticle, UserError, build_index, list_index, rebuild_index
from index.types import Progress

STYLES: Final = tuple(Path(__file__).with_name(name) for name in ("tab.css", "charts.css"))
EVERY: Final = 0.4
"""Seconds between two looks at a build."""
WATCHERS: Final = 40
"""Readers who may watch a build at the same time."""

_LIMITS: Final = (
    f"Files that can be read: {', '.join(uploads.KINDS)}; {uploads.LARGEST >> 20} MB each, "
    f"{uploads.MOST} at once."
)

QUIET: Final[dict[str, Any]] = {"show_progress": "hidden", "api_visibility": "private"}

Changes = dict[Any, Any]
"""New values by component: what a Gradio handler returns."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The components of the tab."""

    files: gr.File
    refresh: gr.Button
    rebuild: gr.Button
    confirm: gr.Button
    report: gr.HTML
    picture: gr.HTML
    search: gr.Textbox
    listed: gr.HTML

    @property
    def shown(self) -> list[Any]:
        """What changes while a build goes on and when it ends."""
        buttons = [self.files, self.refresh, self.rebuild, self.confirm]
        return [*buttons, self.report, self.picture, self.listed]


class Library:
    """The articles of one index: what is listed, and who builds.

    Attributes:
        folder: The index.
        workshop: Where builds go on.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workshop = Workshop()
        self._listed: tuple[ListedArticle, ...] = ()

    def look(self) -> tuple[ListedArticle, ...]:
        """Return what is indexed now.

        Raises:
            UserError: The index cannot be read.
        """
        self._listed = list_index(self.folder)
        return self._listed

    @property
    def seen(self) -> tuple[ListedArticle, ...]:
        """What was indexed at the last look: a search need not look at ten thousand files."""
        return self._listed or self.look()

    def add(self, files: list[Path]) -> Task:
        """Return the task of taking files into the index."""

        def task(progress: Progress) -> str:
            return uploads.uploads_html(uploads.add_uploads(files, self.folder, progress))

        return task

    def refresh(self, *, allow_removals: bool = False) -> Task:
        """Return the task of building from the same sources."""

        def task(progress: Progress) -> str:
            report = build_index([], self.folder, progress=progress, allow_removals=allow_removals)
            return markup.report_html(report)

        return task

    def rebuild(self) -> Task:
        """Return the task of writing everything again from the stored texts."""
        return lambda progress: markup.rebuilt_html(
            rebuild_index([], self.folder, progress=progress)
        )


def add_tab(page: gr.Blocks, folder: Path, head: gr.HTML, paint: Callable[[], str]) -> None:
    """Add the tab to a page that is being made.

    Args:
        page: The page.
        folder: The index.
        head: What tells how many articles there are.
        paint: Returns what it tells.
    """
    library = Library(folder)
    with gr.Tab("Articles", id="articles") as tab:
        parts = _lay_out()
    _connect(page, tab, parts, library)
    parts.picture.change(paint, None, head, **QUIET)


def _lay_out() -> Parts:
    with gr.Row(elem_id="library"):
        with gr.Column(scale=38, min_width=300, elem_id="care"):
            files = gr.File(
                label="Add articles",
                file_count="multiple",
                elem_id="files",
                height=150,
            )
            gr.HTML(f'<p class="note">{_LIMITS}</p>')
            with gr.Row(elem_id="builds"):
                refresh = gr.Button("Refresh", size="sm", elem_id="refresh")
                rebuild = gr.Button("Rebuild", size="sm", elem_id="rebuild")
            confirm = gr.Button(
                "Remove them", variant="stop", size="sm", elem_id="confirm", visible=False
            )
            report = gr.HTML(elem_id="report")
            picture = gr.HTML(elem_id="picture")
        with gr.Column(scale=62, min_width=300, elem_id="listing"):
            search = gr.Textbox(
                elem_id="search",
                label="Search the articles",
                placeholder="Search by title, author, date or file",
                container=False,
                max_lines=1,
            )
            listed = gr.HTML(elem_id="listed")
    return Parts(files, refresh, rebuild, confirm, report, picture, search, listed)


def _connect(page: gr.Blocks, tab: gr.Tab, parts: Parts, library: Library) -> None:
    look, follow = _looker(parts, library), _follower(parts, library)
    for opened in (page.load, tab.select):
        opened(look, parts.search, [parts.listed, parts.picture], **QUIET)
    parts.search.change(
        _searcher(library), parts.search, parts.listed, trigger_mode="always_last", **QUIET
    )
    watching: dict[str, Any] = {"concurrency_limit": WATCHERS, **QUIET}
    page.load(follow, parts.search, parts.shown, **watching)

    def on(event: Callable[..., Any], task: Callable[..., Task], given: list[Any]) -> None:
        event(_starter(parts, library, task), [parts.search, *given], parts.shown, **watching)

    on(parts.files.upload, lambda files: library.add([Path(each) for each in files]), [parts.files])
    on(parts.refresh.click, library.refresh, [])
    on(parts.rebuild.click, library.rebuild, [])
    on(parts.confirm.click, lambda: library.refresh(allow_removals=True), [])


def _looker(parts: Parts, library: Library) -> Callable[[str | None], Changes]:
    def look(wanted: str | None) -> Changes:
        try:
            listed = library.look()
        except UserError as error:
            return {parts.listed: markup.error_html(str(error)), parts.picture: ""}
        return {
            parts.listed: markup.list_html(listed, wanted or ""),
            parts.picture: charts.collection_html(listed),
        }

    return look


def _searcher(library: Library) -> Callable[[str], str]:
    def search(wanted: str) -> str:
        try:
            return markup.list_html(library.seen, wanted)
        except UserError as error:
            return markup.error_html(str(error))

    return search


def _starter(
    parts: Parts, library: Library, task: Callable[..., Task]
) -> Callable[..., AsyncIterator[Changes]]:
    async def start(wanted: str | None, *given: Any) -> AsyncIterator[Changes]:
        work = library.workshop.start(task(*given))
        if work is None:
            gr.Warning(BUSY)
            work = library.workshop.current
        if work is None:  # it has ended since
            yield {parts.files: None}
            return
        async for changes in _watch(parts, library, work, wanted):
            yield changes

    return start


def _follower(parts: Parts, library: Library) -> Callable[[str | None], AsyncIterator[Changes]]:
    async def follow(wanted: str | None) -> AsyncIterator[Changes]:
        work = library.workshop.current
        if work is None:
            yield {parts.report: gr.skip()}
            return
        async for changes in _watch(parts, library, work, wanted):
            yield changes

    return follow


async def _watch(
    parts: Parts, library: Library, work: Work, wanted: str | None
) -> AsyncIterator[Changes]:
    """Yield what a build changes on the page, until it has ended."""
    idle = gr.update(interactive=False)
    hidden = gr.update(visible=False)
    begun = {parts.files: None, parts.refresh: idle, parts.rebuild: idle, parts.confirm: hidden}
    yield begun | {parts.report: work.html}
    while work.outcome is None:
        await asyncio.sleep(EVERY)
        yield {parts.report: work.html}
    ready = gr.update(interactive=True)
    yield {
        parts.refresh: ready,
        parts.rebuild: ready,
        parts.confirm: gr.update(visible=work.outcome.removals),
        parts.report: work.outcome.html,
    } | await asyncio.to_thread(_looker(parts, library), wanted)
