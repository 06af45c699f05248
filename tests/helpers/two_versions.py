"""A shelf of articles that exist in two versions, and their index: what the tests let die."""

from __future__ import annotations

from pathlib import Path

from helpers.jobs import CODE_WORDS, State, build, read_state
from helpers.workers import run
from index import BuildReport
from index.catalogue.database import Catalogue

NEW = 3
"""How many passages one version holds and the other does not."""

_PLACES = (
    "Brixby", "Marrow", "Quillon", "Ardle", "Benthorpe", "Corrie", "Dunmere", "Eskdale", "Farrow",
    "Garth", "Holm", "Inver", "Jarrow", "Kells", "Lorne",
)  # fmt: skip
_KEEPERS = ("a widow", "two brothers", "a retired pilot", "the vicar", "a cooper's daughter")


def write_lamps(folder: Path, version: int, *, changing: int = NEW - 1) -> None:
    """Write fifteen articles of which so many tell the version, and one that only it holds."""
    folder.mkdir(exist_ok=True)
    for path in folder.glob("only-*"):
        path.unlink()
    word = CODE_WORDS[version]
    for number, place in enumerate(_PLACES):
        keeper = _KEEPERS[number % len(_KEEPERS)]
        text = f"Each evening {keeper} trims it. Behind its glass lies nest {number}."
        if number < changing:
            text += f" The code word of the lamp is {word}."
        (folder / f"{place}.txt").write_text(f"The lamp of {place}\n\n{text}\n", "utf-8")
    only = f"The moth called {word}\n\nIt was seen at lamp {version} and nowhere else.\n"
    (folder / f"only-{word}.txt").write_text(only, "utf-8")


class Shelf:
    """The articles and their index, which holds the first version; ``states`` has both."""

    def __init__(self, folder: Path, index: Path | None = None) -> None:
        self.articles, self.index = folder / "articles", index or folder / "index"
        self.states: list[State] = []
        for version in (0, 1):
            write_lamps(self.articles, version)
            self.build()
            self.states.append(self.state())
        write_lamps(self.articles, 0)
        self.build()

    def build(self) -> BuildReport:
        """Let a worker bring the index up to date."""
        report: BuildReport = run(build, self.articles, self.index)
        return report

    def state(self) -> State:
        """Let a worker open the index anew and read it."""
        state: State = run(read_state, self.index)
        return state

    def still_to_embed(self) -> int:
        """How many passages of the other version have no vectors yet."""
        with Catalogue(self.index).snapshot() as snapshot:
            return snapshot.count("passage") + NEW - snapshot.count("vector")

    def left_over(self) -> set[str]:
        """What lies in the index that a complete build does not leave there."""
        generations = {path.name for path in (self.index / "vectors").iterdir()}
        there = {path.name for path in self.index.iterdir()} | generations
        with Catalogue(self.index).snapshot() as snapshot:
            live = snapshot.meta("generation")
        return there - {"catalogue.sqlite3", "build.lock", "words.seen.json", "vectors", live}
