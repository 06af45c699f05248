"""The Chroma side: passages' vectors → a sealed generation → the passages nearest to a question.

A generation is a folder of its own that is written once, checked, and from then on only read; the
catalogue names the live one. The only file that knows chromadb.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np

from index.errors import IndexDamagedError, StorageError, UserError
from index.types import ArticleInfo, Passage, Progress, Vectors, no_progress

COLLECTION = "passages"
SEAL = "seal.json"
_LARGEST_BATCH = 5000  # Chroma refuses more than 5461 rows at once
# hnsw ef_search; at 100,000 passages recall@10 is .97 with the default 100 and .99 with 300.
_SEARCH_WIDTH = 200
_SELF_QUERIES = 20

Row = tuple[Passage, ArticleInfo, str, Vectors]


def write_generation(
    folder: Path, rows: Iterable[Row], count: int, progress: Progress = no_progress
) -> None:
    """Write, check and seal a generation of ``count`` rows in a folder that does not exist yet.

    Raises:
        StorageError: It cannot be written, or was not written as it should be.
    """
    try:
        with _engine_errors():
            folder.mkdir(parents=True)
            _fill(folder, iter(rows), count, progress)
            _check_in_child(folder, count)
            _seal(folder)
    except EngineError as error:
        raise StorageError(
            f"The vectors could not be written into {folder} ({error}); check the free space on "
            f"its disk. The index is as it was before."
        ) from error


def next_generation(folder: Path, current: str | None) -> str:
    """Return a name that no generation has had that anybody may still have open."""
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    numbers = [int(name[1:]) for name in [*names, current or "g0"] if name[1:].isdigit()]
    return f"g{max(numbers) + 1:06d}"


class EngineError(Exception):
    """Whatever chromadb's engine raised: some of it does not even inherit from ``Exception``."""


@contextlib.contextmanager
def _engine_errors() -> Iterator[None]:
    try:
        yield
    except (UserError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        # Rust panics arrive as PanicException, a BaseException that cannot be imported by name.
        raise EngineError(str(error) or type(error).__name__) from error


def _client(folder: Path) -> Any:
    # Imported here: chromadb takes most of a second, and only questions and builds need it.
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))


def _fill(folder: Path, rows: Iterator[Row], count: int, progress: Progress) -> None:
    client = _client(folder)
    batches = max(1, math.ceil(count / _LARGEST_BATCH))
    size = math.ceil(count / batches)
    collection = client.create_collection(
        COLLECTION,
        # Chroma writes its graph to disk when this many rows have come in: with batches of that
        # very size nothing is left in its log, which it would replay at every opening.
        configuration={
            "hnsw": {
                "space": "cosine",
                "ef_search": _SEARCH_WIDTH,
                "sync_threshold": max(2, count // batches),
                "batch_size": max(2, min(100, count // batches)),
            }
        },
        embedding_function=None,  # the default one would download a model
    )
    done = 0
    # Left open, the client would stand in the way of the next build in this process.
    with contextlib.closing(client):
        while batch := list(islice(rows, size)):
            collection.add(
                ids=[passage.id for passage, _, _, _ in batch],
                embeddings=np.stack([vector for _, _, _, vector in batch]),
                documents=[text for _, _, text, _ in batch],
                metadatas=[_metadata(passage, article) for passage, article, _, _ in batch],
            )
            done += len(batch)
            progress("writing", done, count)


def _metadata(passage: Passage, article: ArticleInfo) -> dict[str, str | int]:
    return {
        "article_id": article.id,
        "title": article.title,
        "author": article.author or "",
        "published": article.published or "",
        "source": article.source,
        "start": passage.start,
        "end": passage.end,
    }


def _check_in_child(folder: Path, count: int) -> None:
    """Let another process read the generation: damage can end in a crash of whoever reads it."""
    package = str(Path(__file__).resolve().parent.parent)
    path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
    outcome = subprocess.run(  # noqa: S603 - our own interpreter and module
        # -P: the working folder may hold downloaded files, and none of them is to be run.
        [sys.executable, "-P", "-m", "index.vectors", str(folder), str(count)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        check=False,
    )
    if outcome.returncode != 0:
        last = (outcome.stderr.strip().splitlines() or [f"exit {outcome.returncode}"])[-1]
        raise StorageError(
            f"The vectors written into {folder} did not pass their check ({last}); check the disk "
            f"and run the command again. The index is as it was before."
        )


def check_generation(folder: Path, count: int) -> None:
    """Count the rows and look some of them up by their own vectors.

    Raises:
        IndexDamagedError: Something is missing.
    """
    collection = _client(folder).get_collection(COLLECTION, embedding_function=None)
    if collection.count() != count:
        raise IndexDamagedError(f"{collection.count()} rows instead of {count}")
    step = max(1, count // _SELF_QUERIES)
    for offset in range(0, count, step):
        row = collection.get(limit=1, offset=offset, include=["embeddings"])
        nearest = collection.query(
            query_embeddings=row["embeddings"], n_results=1, include=["distances"]
        )
        if not nearest["distances"][0] or nearest["distances"][0][0] > 1e-3:
            raise IndexDamagedError(f"row {row['ids'][0]} does not find itself")


def _seal(folder: Path) -> None:
    """Write down the size and checksum of the graph's files, which reading never changes."""
    seals = {name: _checksum(folder / name) for name in _graph_files(folder)}
    (folder / SEAL).write_text(json.dumps(seals), "utf-8")


def _graph_files(folder: Path) -> list[str]:
    files = [*folder.glob("*/*.bin"), *folder.glob("*/*.pickle")]
    return sorted(path.relative_to(folder).as_posix() for path in files)


def _checksum(path: Path) -> list[int]:
    checksum = 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            checksum = zlib.crc32(chunk, checksum)
    return [path.stat().st_size, checksum]


def _hold(seal: Path, *, alone: bool = False) -> IO[bytes]:
    """Take a lock on a seal: shared while reading, alone before removing.

    Raises:
        OSError: It is held by somebody else.
    """
    file = seal.open("rb")
    # Windows has no fcntl, and refuses by itself to delete files that are open.
    with contextlib.suppress(ImportError):
        import fcntl

        try:
            fcntl.flock(file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise
    return file


def remove_unused(folder: Path, keep: str) -> None:
    """Remove the generations in ``folder`` that nobody reads, but not the one named ``keep``."""
    for generation in folder.iterdir() if folder.is_dir() else ():
        if generation.name == keep:
            continue
        # One that is being read now goes after a later build; one without a seal was never live.
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            if (generation / SEAL).exists():
                stack.enter_context(_hold(generation / SEAL, alone=True))
            shutil.rmtree(generation)


class Generation:
    """A sealed generation, open for questions."""

    def __init__(self, folder: Path) -> None:
        """Open the generation in ``folder``.

        Raises:
            IndexDamagedError: Its files are missing or not as they were sealed.
        """
        self.folder = folder
        try:
            with _engine_errors():
                self._check_seal()
                self._held = _hold(folder / SEAL)
                self._client = _client(folder)
                self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
        except EngineError as error:
            raise self._damaged() from error

    def nearest(self, vector: Vectors, limit: int) -> dict[str, float]:
        """Return passage id → cosine similarity of the passages nearest to a vector.

        Args:
            vector: ``(dimension,)``.
            limit: How many at most, at least 1.

        Raises:
            IndexDamagedError: The engine cannot read its files.
        """
        try:
            with _engine_errors():
                found = self._collection.query(
                    query_embeddings=vector[None, :], n_results=limit, include=["distances"]
                )
        except EngineError as error:
            raise self._damaged() from error
        ids, distances = found["ids"][0], found["distances"][0]
        return {each: 1.0 - float(away) for each, away in zip(ids, distances, strict=True)}

    def close(self) -> None:
        """Let go of the files; from then on a builder may remove them."""
        with contextlib.suppress(Exception):  # letting go must not fail the question that asked
            self._client.close()
        self._held.close()

    def _check_seal(self) -> None:
        # Before Chroma sees them: garbage in its graph ends the whole process (SIGSEGV).
        seals: dict[str, list[int]] = json.loads((self.folder / SEAL).read_text("utf-8"))
        intact = (self.folder / "chroma.sqlite3").is_file() and all(
            _checksum(self.folder / name) == seal for name, seal in seals.items()
        )
        if not intact:
            raise self._damaged()

    def _damaged(self) -> IndexDamagedError:
        return IndexDamagedError(
            f"The vectors in {self.folder} are damaged or missing; run `assistant index build` to "
            f"write them again from the catalogue, without embedding anything."
        )


if __name__ == "__main__":
    check_generation(Path(sys.argv[1]), int(sys.argv[2]))
