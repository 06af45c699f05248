"""Articles → a committed index: what is asked of a build, and who may build."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from index.build.apply import BuildRun
from index.build.plan import Plan, plan_addition, plan_from_texts, plan_update
from index.catalogue.database import Catalogue
from index.catalogue.lock import build_lock
from index.catalogue.snapshot import IndexedArticle, Snapshot
from index.catalogue.writer import open_writer
from index.errors import (
    ArticlesNotFoundError,
    IndexDamagedError,
    IndexMissingError,
    IndexOutdatedError,
    ServerError,
    UnpublishedError,
)
from index.remote.push import publish
from index.remote.server import Server
from index.remote.sync import sync_folder
from index.settings import IndexSettings, read_settings
from index.sources.read import Source, is_address
from index.types import BuildReport, Progress, no_progress


def build_index(
    sources: Source | Sequence[Source],
    folder: Path | str | None = None,
    *,
    settings: IndexSettings | None = None,
    progress: Progress = no_progress,
    allow_removals: bool = False,
) -> BuildReport:
    """Make the index hold exactly the articles in ``sources``; embed only what is new.

    Where the settings name a Chroma server, what has changed is pushed there.

    Args:
        sources: A file, folder or address, or several; empty: those of the last build.
        folder: The index; default: as the settings say. It is created where it is missing.
        settings: Default: read from the environment.
        progress: Called with ``reading``, ``cutting``, ``embedding`` and ``writing``.
        allow_removals: Whether most of what is indexed may be removed.

    Raises:
        ArticlesNotFoundError: A path is missing, or there is no article at all.
        IndexBusyError: Another process is building this index.
        IndexDamagedError: The catalogue is damaged.
        ModelMismatchError: The index was made with another model; ``rebuild_index`` helps.
        RemovalsError: Most of the index would be removed, and that is not allowed.
        ServerError: The server that the settings name cannot be used.
        StorageError: The folder cannot be written.
    """
    settings = settings or read_settings(IndexSettings)
    folder = settings.folder(folder)
    with (
        _builder(folder, settings, progress, allow_removals=allow_removals),
        open_writer(Catalogue(folder)) as writer,
    ):
        run = BuildRun(folder, writer, settings, progress)
        run.check_model()
        named = _absolute(sources) or _remembered(writer)
        plan = plan_update(named, writer, progress)
        if not allow_removals:
            plan.require_few_removals(writer.count("article"))
        return run.carry_out(plan, named)


def add_to_index(
    sources: Source | Sequence[Source],
    folder: Path | str | None = None,
    *,
    settings: IndexSettings | None = None,
    progress: Progress = no_progress,
) -> BuildReport:
    """Bring ``sources`` into an index beside what it holds, which stays as it is.

    The next build that names no sources looks at these, too. An article whose id is taken by one
    of another source is told as unreadable. Other arguments and errors are those of
    ``build_index``.
    """
    settings = settings or read_settings(IndexSettings)
    folder = settings.folder(folder)
    with _builder(folder, settings, progress), open_writer(Catalogue(folder)) as writer:
        run = BuildRun(folder, writer, settings, progress)
        run.check_model()
        named = _absolute(sources)
        plan = plan_addition(named, writer, progress)
        plan.require_few_removals(writer.count("article"))
        together = dict.fromkeys([*writer.sources(), *map(str, named)])
        return run.carry_out(plan, _absolute(list(together)))


def plan_build(
    sources: Source | Sequence[Source],
    folder: Path | str | None = None,
    *,
    settings: IndexSettings | None = None,
    progress: Progress = no_progress,
) -> Plan:
    """Return what ``build_index`` would do, and change nothing.

    Only reading is tried: whether another process is building, whether the model is that of the
    index and whether so much may be removed is not asked.

    Raises:
        ArticlesNotFoundError: A path is missing, or there is no article at all.
        IndexDamagedError: The catalogue is damaged.
        IndexOutdatedError: It was made by another version of the program.
        StorageError: It cannot be read.
    """
    settings = settings or read_settings(IndexSettings)
    try:
        with Catalogue(settings.folder(folder)).snapshot() as snapshot:
            return plan_update(_absolute(sources) or _remembered(snapshot), snapshot, progress)
    except IndexMissingError:
        return plan_update(_absolute(sources) or _remembered(None), None, progress)


def rebuild_index(
    sources: Source | Sequence[Source] = (),
    folder: Path | str | None = None,
    *,
    settings: IndexSettings | None = None,
    progress: Progress = no_progress,
    allow_removals: bool = False,
) -> BuildReport:
    """Make the index anew; the old one serves until the new is complete.

    Without ``sources`` the stored texts are used, so that the files need not be there any more, and
    what is embedded with the same model is not embedded again. With them the articles are read and
    embedded again, and a damaged catalogue is replaced; what cannot be read now is removed, even if
    it is only out of reach. Other arguments and errors are those of ``build_index``.
    """
    settings = settings or read_settings(IndexSettings)
    folder = settings.folder(folder)
    with _builder(folder, settings, progress, allow_removals=allow_removals, follow=False):
        catalogue = Catalogue(folder)
        named = _absolute(sources)
        # Read first: a mistyped name must not cost the catalogue, damaged or not.
        plan = plan_update(named, None, progress) if named else None
        if plan:
            indexed = _readable(catalogue)
            plan = _without_the_rest(plan, indexed)
            if not allow_removals:
                plan.require_few_removals(len(indexed))
            _remove_unusable(catalogue, progress)
        with open_writer(catalogue) as writer:
            run = BuildRun(folder, writer, settings, progress, afresh=True, embed_again=bool(plan))
            if plan:
                return run.carry_out(plan, named)
            return run.carry_out(plan_from_texts(writer), _remembered(writer))


@contextmanager
def _builder(
    folder: Path,
    settings: IndexSettings,
    progress: Progress,
    *,
    allow_removals: bool = False,
    follow: bool = True,
) -> Iterator[None]:
    """Let one builder in; where the index lives on a server, begin there and publish at the end.

    Args:
        folder: The index.
        settings: Name the server, if any.
        progress: Told of what travels.
        allow_removals: Whether most of what the server holds may go.
        follow: Whether the folder is brought up to date first, as far as it is a copy.
    """
    with build_lock(folder):
        if settings.chroma_url is None:
            yield
            return
        server = Server(settings)
        if server.live() and follow:
            with suppress(UnpublishedError):  # what was built here is to be published
                sync_folder(folder, server, settings, progress)
        yield
        try:
            publish(folder, server, progress, allow_removals=allow_removals)
        except ServerError as error:
            raise ServerError(
                f"The index in {folder} was built, but not brought to the server: {error} Then run "
                f"`assistant index push`."
            ) from error


def _readable(catalogue: Catalogue) -> dict[str, IndexedArticle]:
    """Return what is indexed, as far as that can still be said."""
    try:
        with catalogue.snapshot() as snapshot:
            return snapshot.indexed()
    except (IndexMissingError, IndexDamagedError, IndexOutdatedError):
        return {}


def _without_the_rest(plan: Plan, indexed: Mapping[str, IndexedArticle]) -> Plan:
    """Return a plan that removes all that was not read, be it only out of reach, and says so."""
    read = {each.info.id for each in plan.new}
    return replace(
        plan,
        removed=tuple(each.info for key, each in indexed.items() if key not in read),
        unreadable=tuple(replace(each, out_of_reach=False) for each in plan.unreadable),
    )


def _remove_unusable(catalogue: Catalogue, progress: Progress) -> None:
    try:
        with open_writer(catalogue) as writer:
            writer.check()
            is_sound = not any(True for _ in writer.damaged_rows(progress))
        if not is_sound:
            catalogue.remove()
    except (IndexDamagedError, IndexOutdatedError):
        catalogue.remove()


def _absolute(sources: Source | Sequence[Source]) -> list[Source]:
    if isinstance(sources, str | os.PathLike):
        sources = [sources]
    if "" in sources:
        raise ArticlesNotFoundError(
            "A source has an empty name; name the files or folders that hold your articles."
        )
    # Not resolved: a link is to be followed anew at each build.
    return [
        str(each) if is_address(each) else Path(os.path.abspath(each))  # noqa: PTH100
        for each in sources
    ]


def _remembered(snapshot: Snapshot | None) -> list[Source]:
    sources = snapshot.sources() if snapshot else ()
    if not sources:
        raise ArticlesNotFoundError(
            "No articles were named; say which files or folders to index, for example "
            "`assistant index build articles`."
        )
    return _absolute(sources)
