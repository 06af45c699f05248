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
from assistant.web.articles.builds import BUSY, Task, Build, BuildQueue
from assistant.web.handlers import QUIET, Changes
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
        builds: Where builds go on.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.builds = BuildQueue()
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


class ArticlesTab:
    """What Gradio calls: each method has the name of the button or the field that it belongs to.

    Where a build goes on, its progress is painted until it has ended; ``wanted`` is what stands in
    the search field, for the list that is shown then.
    """

    def __init__(self, parts: Parts, library: Library) -> None:
        self._parts = parts
        self._library = library

    def look(self, wanted: str | None) -> Changes:
        """Show what is indexed now."""
        parts = self._parts
        try:
            listed = self._library.look()
        except UserError as error:
            return {parts.listed: markup.error_html(str(error)), parts.picture: ""}
        return {
            parts.listed: markup.list_html(listed, wanted or ""),
            parts.picture: charts.collection_html(listed),
        }

    def search(self, wanted: str) -> str:
        """Return the list of what a search finds."""
        try:
            return markup.list_html(self._library.seen, wanted)
        except UserError as error:
            return markup.error_html(str(error))

    async def upload(self, wanted: str | None, files: list[str]) -> AsyncIterator[Changes]:
        """Take files into the index."""
        async for changes in self._build(self._library.add([*map(Path, files)]), wanted):
            yield changes

    async def refresh(self, wanted: str | None) -> AsyncIterator[Changes]:
        """Build from the same sources."""
        async for changes in self._build(self._library.refresh(), wanted):
            yield changes

    async def rebuild(self, wanted: str | None) -> AsyncIterator[Changes]:
        """Write everything again."""
        async for changes in self._build(self._library.rebuild(), wanted):
            yield changes

    async def confirm(self, wanted: str | None) -> AsyncIterator[Changes]:
        """Build from the same sources, though most of the index would be removed."""
        async for changes in self._build(self._library.refresh(allow_removals=True), wanted):
            yield changes

    async def follow(self, wanted: str | None) -> AsyncIterator[Changes]:
        """Show the build that somebody else has started."""
        build = self._library.builds.current
        if build is None:
            yield {self._parts.report: gr.skip()}
            return
        async for changes in self._watch(build, wanted):
            yield changes

    async def _build(self, task: Task, wanted: str | None) -> AsyncIterator[Changes]:
        build = self._library.builds.start(task)
        if build is None:
            gr.Warning(BUSY)
            build = self._library.builds.current
        if build is None:  # it has ended since
            yield {self._parts.files: None}
            return
        async for changes in self._watch(build, wanted):
            yield changes

    async def _watch(self, build: Build, wanted: str | None) -> AsyncIterator[Changes]:
        """Yield what a build changes on the page, until it has ended."""
        parts = self._parts
        idle = gr.update(interactive=False)
        hidden = gr.update(visible=False)
        begun = {parts.files: None, parts.refresh: idle, parts.rebuild: idle, parts.confirm: hidden}
        yield begun | {parts.report: build.html}
        while build.outcome is None:
            await asyncio.sleep(EVERY)
            yield {parts.report: build.html}
        ready = gr.update(interactive=True)
        yield {
            parts.refresh: ready,
            parts.rebuild: ready,
            parts.confirm: gr.update(visible=build.outcome.removals),
            parts.report: build.outcome.html,
        } | await asyncio.to_thread(self.look, wanted)


def add_tab(page: gr.Blocks, folder: Path, head: gr.HTML, header: Callable[[], str]) -> None:
    """Add the tab to a page that is being made.

    Args:
        page: The page.
        folder: The index.
        head: What tells how many articles there are.
        header: Returns what it tells.
    """
    with gr.Tab("Articles", id="articles") as tab:
        parts = _lay_out()
    _connect(page, tab, parts, ArticlesTab(parts, Library(folder)))
    parts.picture.change(header, None, head, **QUIET)


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


def _connect(page: gr.Blocks, tab: gr.Tab, parts: Parts, articles: ArticlesTab) -> None:
    search, shown = parts.search, parts.shown
    for opened in (page.load, tab.select):
        opened(articles.look, search, [parts.listed, parts.picture], **QUIET)
    search.change(articles.search, search, parts.listed, trigger_mode="always_last", **QUIET)
    watching: dict[str, Any] = {"concurrency_limit": WATCHERS, **QUIET}
    page.load(articles.follow, search, shown, **watching)
    parts.files.upload(articles.upload, [search, parts.files], shown, **watching)
    parts.refresh.click(articles.refresh, search, shown, **watching)
    parts.rebuild.click(articles.rebuild, search, shown, **watching)
    parts.confirm.click(articles.confirm, search, shown, **watching)
