"""Articles → a committed index: plan what is new, embed only that, commit all at one point.

Until the commit nothing has changed for any reader; after it everything has.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from index.catalogue import Catalogue
from index.embedder import Embedder
from index.errors import (
    ArticlesNotFoundError,
    IndexDamagedError,
    ModelMismatchError,
)
from index.lock import build_lock
from index.models import load_embedder
from index.passages import RULES, cut_passages, passage_budget, title_budget
from index.pending import Pending, pending_passage, sentence_vectors
from index.plan import Plan, make_plan
from index.search import GENERATIONS
from index.settings import IndexSettings, read_settings
from index.types import (
    BuildReport,
    Progress,
    Vectors,
    no_progress,
)
from index.vectors import Generation, next_generation, remove_unused, write_generation
from index.writer import PlacedPassage, Writer, open_writer

_SAVE_SECONDS = 5.0  # how much embedding a crash may cost


def build_index(
    paths: Sequence[Path],
    folder: Path | None = None,
    *,
    settings: IndexSettings | None = None,
    progress: Progress = no_progress,
) -> BuildReport:
    """Make the index hold exactly the articles in ``paths``; embed only what is new.

    Args:
        paths: Files and folders; empty: those of the last build.
        folder: The index; default: as the settings say. It is created where it is missing.
        settings: Default: read from the environment.
        progress: Called with ``reading``, ``cutting``, ``embedding`` and ``writing``.

    Raises:
        ArticlesNotFoundError: A path is missing, or there is no article at all.
        IndexBusyError: Another process is building this index.
        IndexDamagedError: The catalogue is damaged.
        ModelMismatchError: The index was made with another model; ``rebuild_index`` helps.
        StorageError: The folder cannot be written.
    """
    settings = settings or read_settings(IndexSettings)
    folder = folder or settings.index
    with build_lock(folder), open_writer(Catalogue(folder)) as writer:
        return _Build(folder, writer, settings, progress).run(paths)


def rebuild_index(
    paths: Sequence[Path] = (),
    folder: Path | None = None,
    *,
    settings: IndexSettings | None = None,
    progress: Progress = no_progress,
) -> BuildReport:
    """Make the index anew, embedding everything; the old one serves until the new is complete.

    Arguments and errors are those of ``build_index``. A damaged catalogue is replaced when
    ``paths`` are given.
    """
    settings = settings or read_settings(IndexSettings)
    folder = folder or settings.index
    with build_lock(folder):
        catalogue = Catalogue(folder)
        if paths:
            try:
                with open_writer(catalogue) as writer:
                    writer.check()
            except IndexDamagedError:
                catalogue.remove()
        with open_writer(catalogue) as writer:
            return _Build(folder, writer, settings, progress, afresh=True).run(paths)


class _Build:
    """One build, from reading to commit."""

    def __init__(
        self,
        folder: Path,
        writer: Writer,
        settings: IndexSettings,
        progress: Progress,
        *,
        afresh: bool = False,
    ) -> None:
        self.folder = folder
        self.writer = writer
        self.settings = settings
        self.progress = progress
        self.afresh = afresh
        self.started = time.monotonic()

    def run(self, paths: Sequence[Path]) -> BuildReport:
        """Read, plan, embed, write, commit."""
        # Not resolved: a link is to be followed anew at each build.
        paths = [Path(os.path.abspath(path)) for path in paths] or self._remembered()  # noqa: PTH100
        if not self.afresh:
            self._check_model()
        known = {} if self.afresh else self.writer.digests()
        plan = make_plan(paths, known, self.progress)
        current = self.writer.meta("generation")
        if not (plan.new or plan.changed or plan.removed) and self._intact(current):
            return self._finish_unchanged(plan, str(current), paths)
        embedder = load_embedder(self.settings)
        if not self.afresh:
            self._check_weights(embedder)
        placed, pending = self._place(plan, embedder)
        self._embed(pending, embedder)
        return self._commit(plan, placed, len(pending), embedder, paths)

    def _remembered(self) -> list[Path]:
        sources = self.writer.meta("sources")
        if not sources:
            raise ArticlesNotFoundError(
                "No articles were named; say which files or folders to index, for example "
                "`assistant index build articles`."
            )
        return [Path(source) for source in sources.split("\n")]

    def _check_model(self) -> None:
        made_with, rules = self.writer.meta("model"), self.writer.meta("rules")
        if made_with and (made_with, rules) != (self.settings.model, RULES):
            raise ModelMismatchError(
                f"The index in {self.folder} was made with the model {made_with!r} and rules "
                f"{rules}, not {self.settings.model!r} and {RULES}; run `assistant index rebuild` "
                f"to make it again."
            )

    def _check_weights(self, embedder: Embedder) -> None:
        fingerprint = self.writer.meta("fingerprint")
        if fingerprint and fingerprint != embedder.card.fingerprint:
            raise ModelMismatchError(
                f"The model {self.settings.model!r} is not the one of that name that the index in "
                f"{self.folder} was made with; run `assistant index rebuild` to make it again."
            )

    def _place(
        self, plan: Plan, embedder: Embedder
    ) -> tuple[dict[str, list[PlacedPassage]], list[Pending]]:
        """Cut the articles into passages and list what of them must be embedded."""
        placed: dict[str, list[PlacedPassage]] = {}
        wanted: dict[str, Pending] = {}
        articles = (*plan.new, *plan.changed)
        for done, article in enumerate(articles, start=1):
            title = embedder.shorten(article.info.title, title_budget(embedder.card.window))
            passages = cut_passages(
                article.info.id,
                article.text,
                embedder.count_tokens,
                budget=passage_budget(embedder.card.window),
            )
            placed[article.info.id] = []
            for passage in passages:
                pending = pending_passage(article, title, passage, embedder.card.fingerprint)
                wanted[pending.digest] = pending
                placed[article.info.id].append(PlacedPassage(passage, pending.digest))
            self.progress("cutting", done, len(articles))
        known = set() if self.afresh else self.writer.known_vectors(wanted)
        return placed, [each for digest, each in wanted.items() if digest not in known]

    def _embed(self, pending: Sequence[Pending], embedder: Embedder) -> None:
        """Embed and save every few seconds, so that a crash loses no more than that."""
        # Texts of one length together: a batch is as slow as its longest text.
        ordered = sorted(pending, key=lambda each: len(each.text))
        unsaved: list[tuple[str, Vectors, Vectors]] = []
        saved = time.monotonic()
        encoded = embedder.encode([each.text for each in ordered])
        for done, (each, text) in enumerate(zip(ordered, encoded, strict=True), start=1):
            unsaved.append((each.digest, text.vector, sentence_vectors(text, each.sentences)))
            if time.monotonic() - saved > _SAVE_SECONDS:
                self._save(unsaved)
                unsaved, saved = [], time.monotonic()
            self.progress("embedding", done, len(ordered))
        self._save(unsaved)

    def _save(self, vectors: list[tuple[str, Vectors, Vectors]]) -> None:
        self.writer.begin()
        self.writer.put_vectors(vectors)
        self.writer.commit()

    def _commit(
        self,
        plan: Plan,
        placed: dict[str, list[PlacedPassage]],
        embedded: int,
        embedder: Embedder,
        paths: Sequence[Path],
    ) -> BuildReport:
        generations = self.folder / GENERATIONS
        current = self.writer.meta("generation")
        generation = next_generation(generations, current)
        remove_unused(generations, keep=current or "")
        self.writer.begin()
        try:
            replaced = (*plan.removed, *(each.info.id for each in plan.changed))
            for article_id in self.writer.digests() if self.afresh else replaced:
                self.writer.remove_article(article_id)
            for article in (*plan.new, *plan.changed):
                self.writer.put_article(article, placed[article.info.id])
            count = self.writer.count("passage")
            write_generation(
                generations / generation, self.writer.all_vectors(), count, self.progress
            )
            report = self._report(plan, count, embedded, generation)
            self._put_meta(generation, embedder, paths)
            self.writer.put_files(plan.files)
            self.writer.forget_unused_vectors()
            self.writer.put_build(_now(), generation, _summary(report))
            self.writer.commit()
        except BaseException:
            self.writer.rollback()
            raise
        remove_unused(generations, keep=generation)
        return report

    def _put_meta(self, generation: str, embedder: Embedder, paths: Sequence[Path]) -> None:
        self.writer.set_meta("generation", generation)
        self.writer.set_meta("model", self.settings.model)
        self.writer.set_meta("fingerprint", embedder.card.fingerprint)
        self.writer.set_meta("rules", RULES)
        self.writer.set_meta("built", _now())
        self._put_sources(paths)

    def _put_sources(self, paths: Sequence[Path]) -> None:
        self.writer.set_meta("sources", "\n".join(str(path) for path in paths))

    def _finish_unchanged(self, plan: Plan, generation: str, paths: Sequence[Path]) -> BuildReport:
        self.writer.begin()
        self._put_sources(paths)
        self.writer.put_files(plan.files)
        self.writer.commit()
        return self._report(plan, self.writer.count("passage"), 0, generation)

    def _intact(self, generation: str | None) -> bool:
        if generation is None:
            return False
        try:
            Generation(self.folder / GENERATIONS / generation).close()
        except IndexDamagedError:
            return False
        return True

    def _report(self, plan: Plan, passages: int, embedded: int, generation: str) -> BuildReport:
        return BuildReport(
            added=len(plan.new),
            changed=len(plan.changed),
            removed=len(plan.removed),
            unchanged=plan.unchanged,
            unreadable=plan.unreadable,
            passages=passages,
            embedded=embedded,
            seconds=time.monotonic() - self.started,
            generation=generation,
        )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _summary(report: BuildReport) -> str:
    names = ("added", "changed", "removed", "unchanged", "passages", "embedded")
    return json.dumps({name: getattr(report, name) for name in names})
