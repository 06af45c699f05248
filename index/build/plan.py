"""Articles as they are now, beside what is indexed → what a build has to do."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from index.catalogue.snapshot import IndexedArticle, Snapshot
from index.errors import ArticlesNotFoundError
from index.readers.registry import formats_in_words
from index.removals import require_few_removals
from index.sources.read import (
    READING_RULES,
    FileRead,
    IndexedFile,
    Source,
    clash,
    is_address,
    read_sources,
)
from index.types import Article, ArticleInfo, FileState, Progress, Unreadable


@dataclass(frozen=True, slots=True)
class Plan:
    """What a build has to do.

    Attributes:
        new: Articles to add.
        changed: Articles to put in place of those of the same id.
        removed: What is indexed and has gone.
        unchanged: How many stay as they are.
        unreadable: What could not be read.
        files: The state of every file that holds an article.
        reading_rules: By which version of the rules the articles were read.
    """

    new: tuple[Article, ...]
    changed: tuple[Article, ...]
    removed: tuple[ArticleInfo, ...]
    unchanged: int
    unreadable: tuple[Unreadable, ...] = ()
    files: tuple[FileState, ...] = ()
    reading_rules: str = READING_RULES

    @property
    def changes_nothing(self) -> bool:
        """Whether the index is as the articles are."""
        return not (self.new or self.changed or self.removed)

    def require_few_removals(self, indexed: int) -> None:
        """Refuse to empty an index because a folder came up empty.

        Args:
            indexed: How many articles the index holds.

        Raises:
            RemovalsError: Most of the index would be removed.
        """
        require_few_removals(
            len(self.removed),
            indexed,
            absence="indexed articles are not there any more",
            outcome="changed",
            remedy="check the folder, or repeat the command with --allow-removals",
        )


def plan_update(sources: Sequence[Source], snapshot: Snapshot | None, progress: Progress) -> Plan:
    """Read what is new and compare it with what is indexed.

    Args:
        sources: Files, folders and addresses.
        snapshot: What is indexed; None: nothing yet.
        progress: Told of each file.

    Raises:
        ArticlesNotFoundError: A path is missing, or there is no article at all.
    """
    findings, states = _look(sources, snapshot, progress)
    kept = findings.out_of_sight(sources)
    if not findings.seen and not kept:
        raise ArticlesNotFoundError(_nothing_found(sources, findings.unreadable))
    return findings.plan(kept, states)


def plan_addition(sources: Sequence[Source], snapshot: Snapshot, progress: Progress) -> Plan:
    """Plan like ``plan_update``, but what is indexed of other sources stays, without a look at it.

    Raises:
        ArticlesNotFoundError: A path is missing.
    """
    findings, states = _look(sources, snapshot, progress, apart=True)
    return findings.plan(findings.out_of_sight(sources) | set(findings.foreign), states)


def _look(
    sources: Sequence[Source],
    snapshot: Snapshot | None,
    progress: Progress,
    *,
    apart: bool = False,
) -> tuple[_Findings, Mapping[str, FileState]]:
    """Read the sources; return what was found, and the states of the files that are indexed."""
    indexed = snapshot.indexed() if snapshot else {}
    by_origin = _by_origin(indexed)
    # What other readers made of a file says nothing about what these would.
    same_rules = snapshot is not None and snapshot.meta("reading") == READING_RULES
    states = {
        state.path: replace(state, sound=state.sound and same_rules)
        for state in (snapshot.files() if snapshot else ())
    }
    read_before = {
        path: IndexedFile(state.digest, by_origin.get(path, ()))
        for path, state in states.items()
        if state.sound
    }
    findings = _Findings(indexed, by_origin, _of_others(by_origin, sources) if apart else {})
    for item in read_sources(sources, read_before, progress):
        findings.take(item)
    return findings, states


def plan_from_texts(snapshot: Snapshot) -> Plan:
    """Plan to make every article again from its stored text, without looking at its file.

    Raises:
        ArticlesNotFoundError: There is none.
    """
    articles = tuple(snapshot.texts())
    if not articles:
        raise ArticlesNotFoundError(
            "The index holds no articles yet; name the files or folders to index, for example "
            "`assistant index build articles`."
        )
    return Plan(
        new=articles,
        changed=(),
        removed=(),
        unchanged=0,
        files=tuple(snapshot.files()),
        reading_rules=snapshot.meta("reading") or "",
    )


class _Findings:
    """What has been found so far, compared with what is indexed.

    Attributes:
        foreign: Id → origin of the articles that are not to be touched.
    """

    def __init__(
        self,
        indexed: Mapping[str, IndexedArticle],
        by_origin: Mapping[str, tuple[str, ...]],
        foreign: Mapping[str, str],
    ) -> None:
        self.indexed = indexed
        self.by_origin = by_origin
        self.foreign = foreign
        self.clashing: set[str] = set()
        self.seen: set[str] = set()
        self.new: list[Article] = []
        self.changed: list[Article] = []
        self.unreadable: list[Unreadable] = []
        self.files: dict[str, FileState] = {}

    def take(self, item: Article | Unreadable | FileRead) -> None:
        """Note one thing that was found."""
        if isinstance(item, Unreadable):
            self.unreadable.append(item)
        elif isinstance(item, FileRead):
            sound = item.state.sound and item.state.path not in self.clashing
            self.files[item.state.path] = replace(item.state, sound=sound)
            if item.unchanged:
                self.seen.update(self.by_origin.get(item.state.path, ()))
        elif item.info.id in self.foreign:
            first = self.foreign[item.info.id]
            self.clashing.add(item.info.origin)
            self.unreadable.append(clash(item.info.origin, item.info.id, first))
        else:
            self.seen.add(item.info.id)
            before = self.indexed.get(item.info.id)
            if before is None:
                self.new.append(item)
            elif before.digest != item.digest:
                self.changed.append(item)

    def out_of_sight(self, sources: Sequence[Source]) -> set[str]:
        """Return the ids of what was not seen and yet stays.

        Nothing is known of what is out of reach, and a feed drops its older entries.
        """
        hidden = [each.source for each in self.unreadable if each.out_of_reach]
        gone = {each.source for each in self.unreadable if not each.out_of_reach}
        feeds = {str(each) for each in sources if is_address(each)} - gone
        return {
            article_id
            for origin, ids in self.by_origin.items()
            if origin in feeds or any(_lies_in(origin, each) for each in hidden)
            for article_id in ids
            if article_id not in self.seen
        }

    def plan(self, kept: set[str], states: Mapping[str, FileState]) -> Plan:
        """Return what is to be done."""
        stay = {self.indexed[each].info.origin for each in kept}
        kept_files = {path: states[path] for path in stay if path in states}
        removed = (each for key, each in self.indexed.items() if key not in self.seen | kept)
        return Plan(
            new=tuple(self.new),
            changed=tuple(self.changed),
            removed=tuple(each.info for each in removed),
            unchanged=len(self.seen) - len(self.new) - len(self.changed) + len(kept),
            unreadable=tuple(self.unreadable),
            files=tuple((kept_files | self.files).values()),
        )


def _by_origin(indexed: Mapping[str, IndexedArticle]) -> dict[str, tuple[str, ...]]:
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for article_id, article in indexed.items():
        ids[article.info.origin].append(article_id)
    return {origin: tuple(these) for origin, these in ids.items()}


def _of_others(
    by_origin: Mapping[str, tuple[str, ...]], sources: Sequence[Source]
) -> dict[str, str]:
    """Return id → origin of what comes from no source that is named."""
    named = [str(each) for each in sources]
    return {
        article_id: origin
        for origin, ids in by_origin.items()
        if not any(_lies_in(origin, each) for each in named)
        for article_id in ids
    }


def _lies_in(origin: str, place: str) -> bool:
    return origin == place or origin.startswith(place.rstrip(os.sep) + os.sep)


def _nothing_found(sources: Sequence[Source], unreadable: Sequence[Unreadable]) -> str:
    where = ", ".join(map(str, sources))
    readable = formats_in_words()
    if unreadable:
        first = unreadable[0]
        return (
            f"None of the files in {where} could be read (first: {first.source}: {first.reason}); "
            f"give {readable} articles."
        )
    return f"There are no articles in {where}; put {readable} files there."
