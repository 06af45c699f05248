"""A plan → the committed index: cut, embed only what is new, write beside, commit at one point.

Until the commit nothing has changed for any reader; after it everything has.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from index.build.plan import Plan
from index.catalogue.writer import CatalogueWriter, PlacedPassage
from index.embedding.embedder import Embedder
from index.embedding.encoder import EmbeddingInput, embedding_input, sentence_vectors
from index.embedding.load import load_embedder
from index.errors import ModelMismatchError
from index.passages import RULES, cut_passages, passage_budget
from index.settings import DEFAULT_MODEL, IndexSettings, with_model
from index.sources.read import Source
from index.types import BuildReport, Progress, Vectors
from index.vectors.generations import (
    is_intact,
    new_generation,
    remove_old_generations,
    renew_generation,
)
from index.vectors.inspector import Inspector

_SAVE_SECONDS = 5.0  # how much embedding a crash may cost


class BuildRun:
    """One build, from the plan to the commit.

    Attributes:
        afresh: Whether nothing of what is indexed may stay.
        embed_again: Whether what was embedded with the same model is not used either.
    """

    def __init__(
        self,
        folder: Path,
        writer: CatalogueWriter,
        settings: IndexSettings,
        progress: Progress,
        *,
        afresh: bool = False,
        embed_again: bool = False,
    ) -> None:
        self.folder = folder
        self.writer = writer
        self.settings = with_model(settings, writer.meta("model"))
        self.progress = progress
        self.afresh = afresh
        self.embed_again = embed_again
        self.started = time.monotonic()

    def carry_out(self, plan: Plan, sources: Sequence[Source]) -> BuildReport:
        """Cut, embed, write, commit."""
        current = self.writer.meta("generation")
        if plan.changes_nothing and current:
            return self._finish_unchanged(plan, current, sources)
        with Inspector() as inspector:
            embedder = load_embedder(self.settings)
            if not self.afresh:
                self._check_weights(embedder)
            placed, inputs = self._place(plan, embedder)
            self._embed(inputs, embedder)
            return self._commit(plan, placed, len(inputs), embedder, sources, inspector)

    def check_model(self) -> None:
        """Refuse to add to an index that was made with another model or other rules.

        Raises:
            ModelMismatchError: It was.
        """
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
    ) -> tuple[dict[str, list[PlacedPassage]], list[EmbeddingInput]]:
        """Cut the articles into passages and list what of them must be embedded."""
        placed: dict[str, list[PlacedPassage]] = {}
        inputs: dict[str, EmbeddingInput] = {}
        articles = (*plan.new, *plan.changed)
        for done, article in enumerate(articles, start=1):
            passages = cut_passages(
                article.info.id,
                article.text,
                embedder.count_tokens,
                budget=passage_budget(embedder.card.window),
                language=article.info.language or "en",
                sections=article.sections,
            )
            placed[article.info.id] = []
            for passage in passages:
                piece = embedding_input(article, passage, embedder)
                inputs[piece.digest] = piece
                placed[article.info.id].append(PlacedPassage(passage, piece.digest))
            self.progress("cutting", done, len(articles))
        # All again; but what a killed change of model has embedded is kept.
        again = self.embed_again and self.writer.meta("fingerprint") == embedder.card.fingerprint
        embedded = set() if again else self.writer.embedded_digests(inputs)
        return placed, [each for digest, each in inputs.items() if digest not in embedded]

    def _embed(self, inputs: Sequence[EmbeddingInput], embedder: Embedder) -> None:
        """Embed and save every few seconds, so that a crash loses no more than that."""
        # Texts of one length together: a batch is as slow as its longest text.
        lengths = embedder.count_tokens([each.text for each in inputs])
        ordered = [inputs[place] for place in np.argsort(lengths, kind="stable")]
        unsaved: list[tuple[str, Vectors, Vectors]] = []
        saved = time.monotonic()
        encoded = embedder.encode([each.text for each in ordered])
        for done, (piece, text) in enumerate(zip(ordered, encoded, strict=True), start=1):
            unsaved.append((piece.digest, text.vector, sentence_vectors(text, piece.sentences)))
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
        sources: Sequence[Source],
        inspector: Inspector,
    ) -> BuildReport:
        with new_generation(self.folder, self.writer) as generation:
            if self.afresh:
                self.writer.remove_all_articles()
            else:
                for info in (*plan.removed, *(each.info for each in plan.changed)):
                    self.writer.remove_article(info.id)
            for article in (*plan.new, *plan.changed):
                self.writer.put_article(article, placed[article.info.id])
            count = generation.write(self.progress, anew=self.afresh, inspector=inspector)
            report = self._report(plan, count, embedded, generation.name)
            self._put_meta(embedder)
            self._put_sources(plan, sources)
            self.writer.forget_unused_vectors()
            self.writer.put_build(_now(), generation.name, _summary(report))
        return report

    def _put_meta(self, embedder: Embedder) -> None:
        self.writer.set_meta("model", self.settings.model or DEFAULT_MODEL)
        self.writer.set_meta("fingerprint", embedder.card.fingerprint)
        self.writer.set_meta("rules", RULES)
        self.writer.set_meta("built", _now())

    def _put_sources(self, plan: Plan, sources: Sequence[Source]) -> None:
        self.writer.set_sources(list(map(str, sources)))
        self.writer.set_meta("reading", plan.reading_rules)
        self.writer.put_files(plan.files)

    def _finish_unchanged(
        self, plan: Plan, generation: str, sources: Sequence[Source]
    ) -> BuildReport:
        noted = (self.writer.sources(), self.writer.meta("reading"), set(self.writer.files()))
        if noted != (tuple(map(str, sources)), plan.reading_rules, set(plan.files)):
            self.writer.begin()
            self._put_sources(plan, sources)
            self.writer.commit()
        if not is_intact(self.folder, generation):
            generation = renew_generation(self.folder, self.writer, self.progress)
        remove_old_generations(self.folder, generation)
        return self._report(plan, self.writer.count("passage"), 0, generation)

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
