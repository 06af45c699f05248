"""The Chroma side: a sealed generation of vectors → the passages nearest to a question.

A generation is a folder of its own that is written once, checked, and from then on only read; the
catalogue names the live one. The only file that knows chromadb.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from index.errors import IndexDamagedError, UserError
from index.types import Vectors
from index.vectors.seal import SealError, check_seal, hold

COLLECTION = "passages"
DATABASE = "chroma.sqlite3"
LARGEST_BATCH = 5000
"""Rows that are read or written at once; Chroma refuses more than 5461."""

SEARCH_WIDTH = 200
"""hnsw's ef_search; at 100,000 passages recall@10 is .97 with the default 100, .99 with 300."""

SAMPLE = 20
"""Passages that are looked up by their own vector after writing."""


class EngineError(Exception):
    """Whatever chromadb's engine raised: some of it does not even inherit from ``Exception``."""


@contextlib.contextmanager
def engine_errors() -> Iterator[None]:
    """Turn what the engine raises into ``EngineError``; what a person is to see stays."""
    try:
        yield
    except (UserError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        # Rust panics arrive as PanicException, a BaseException that cannot be imported by name.
        raise EngineError(str(error) or type(error).__name__) from error


@contextlib.contextmanager
def open_store(folder: Path) -> Iterator[Any]:
    """Open a store for a while; left open, it would stand in the way of this process's next build.

    Raises:
        BaseException: Whatever the engine raises; see ``engine_errors``.
    """
    client = _open_client(folder)
    with contextlib.closing(client):
        yield client


def _open_client(folder: Path) -> Any:
    # Imported here: chromadb takes most of a second, and only questions and builds need it.
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))


def connect(
    address: str, headers: Mapping[str, str], tenant: str, database: str, seconds: float
) -> Any:
    """Open a Chroma server's database.

    Args:
        address: Of the server, ``http://…`` or ``https://…``.
        headers: Sent with each request.
        tenant: Whose database.
        database: Its name.
        seconds: How long it may be silent during a request.

    Raises:
        Exception: Whatever Chroma's client raises.
    """
    import chromadb
    from chromadb.config import Settings

    client = chromadb.HttpClient(
        host=address,
        headers=dict(headers),
        settings=Settings(anonymized_telemetry=False),
        tenant=tenant,
        database=database,
    )
    # Chroma's client would wait for ever, and offers no setting for it.
    client._server._session.timeout = seconds  # type: ignore[attr-defined]
    return client


def is_missing(error: BaseException) -> bool:
    """Whether the engine says that what was asked for does not exist."""
    from chromadb.errors import NotFoundError

    return isinstance(error, NotFoundError)


def collection_of(client: Any, name: str = COLLECTION) -> Any:
    """Return a collection of an open store: by default, that of the passages."""
    return client.get_collection(name, embedding_function=None)


def graph_settings(rows: int, batches: int) -> dict[str, Any]:
    """Return the configuration of a collection that so many rows are written to, in batches.

    Chroma writes its graph to disk when ``sync_threshold`` rows have come in: with batches of that
    very size nothing is left in its log, which it would replay at every opening.
    """
    portion = max(1, rows // max(1, batches))
    return {
        "hnsw": {
            "space": "cosine",
            "ef_search": SEARCH_WIDTH,
            "sync_threshold": portion,
            "batch_size": min(100, portion),
        }
    }


def check_generation(folder: Path, count: int, there: Sequence[str], gone: Sequence[str]) -> None:
    """Count the rows and look some of them up by their own vectors.

    Args:
        folder: The generation.
        count: How many rows there must be.
        there: Ids of some that must be among them.
        gone: Ids of some that must not.

    Raises:
        IndexDamagedError: Something is missing, or is still there.
    """
    with open_store(folder) as client:
        collection = collection_of(client)
        if collection.count() != count:
            raise IndexDamagedError(f"{collection.count()} rows instead of {count}")
        if gone and collection.get(ids=list(gone), include=[])["ids"]:
            raise IndexDamagedError("removed rows are still there")
        step = max(1, count // SAMPLE)
        ids = [*there]
        for offset in range(0, count, step):
            ids += collection.get(limit=1, offset=offset, include=[])["ids"]
        ids = list(dict.fromkeys(ids))
        rows = collection.get(ids=ids, include=["embeddings"]) if ids else {"ids": []}
        if set(rows["ids"]) != set(ids):
            raise IndexDamagedError("rows that were written are not there")
        lost = 0
        for vector in rows.get("embeddings", ()):
            nearest = collection.query(
                query_embeddings=[vector], n_results=1, include=["distances"]
            )
            lost += not nearest["distances"][0] or nearest["distances"][0][0] > 1e-3
        if lost > most_lost(len(ids), count):
            raise IndexDamagedError(f"{lost} of {len(ids)} rows do not find themselves")


def check_requested_generation() -> None:
    """Check the generation that standard input asks about; what an ``Inspector``'s process does."""
    import chromadb.api.rust  # noqa: F401 - what takes long is done before there is anything to check

    if text := sys.stdin.read():  # empty: whoever was to ask has ended
        request = json.loads(text)
        check_generation(Path(request.pop("folder")), **request)


def most_lost(looked_up: int, rows: int) -> int:
    """Return how many of some rows need not find themselves by their own vectors.

    Beyond the width of its search the graph is approximate: among 100,000 rows, many of them alike,
    one in a hundred is missed by its own vector.
    """
    return looked_up // 5 if rows > SEARCH_WIDTH else 0


class Generation:
    """A sealed generation, open for questions."""

    def __init__(self, folder: Path, *, thorough: bool = False) -> None:
        """Open the generation in ``folder``.

        Args:
            folder: Where it is.
            thorough: Whether to read all of its graph first, instead of trusting its stamps.

        Raises:
            IndexDamagedError: Its files are missing or not as they were sealed.
        """
        self.folder = folder
        with self._translated():
            self._rows = check_seal(folder, thorough=thorough).rows
            if not (folder / DATABASE).is_file():  # Chroma would make an empty one
                raise SealError(f"{DATABASE} is missing")
            with contextlib.ExitStack() as opened:
                self._held = opened.enter_context(hold(folder))
                self._client = opened.enter_context(contextlib.closing(_open_client(folder)))
                self._collection = collection_of(self._client)
                opened.pop_all()  # all is well: it stays open

    def nearest(self, vector: Vectors, limit: int) -> dict[str, float]:
        """Return passage id → cosine similarity of the passages nearest to a vector.

        Args:
            vector: ``(dimension,)``.
            limit: How many at most, at least 1.

        Raises:
            IndexDamagedError: The engine cannot read its files.
        """
        with self._translated():
            answer = self._collection.query(
                query_embeddings=vector[None, :], n_results=limit, include=["distances"]
            )
            ids, distances = answer["ids"][0], answer["distances"][0]
            if self._rows and not ids:
                raise SealError("nothing is found in it")
        return {each: 1.0 - float(away) for each, away in zip(ids, distances, strict=True)}

    def rows(self) -> Iterator[tuple[str, str, Mapping[str, object] | None, Vectors]]:
        """Yield every passage's id, text, metadata and vector, as any client of Chroma sees them.

        Raises:
            IndexDamagedError: The engine cannot read its files.
        """
        offset = 0
        while True:
            with self._translated():
                # By portions: Chroma cannot give 100,000 rows at once.
                rows = self._collection.get(
                    limit=LARGEST_BATCH,
                    offset=offset,
                    include=["documents", "metadatas", "embeddings"],
                )
            columns = ("ids", "documents", "metadatas", "embeddings")
            yield from zip(*(rows[each] for each in columns), strict=True)
            offset += len(rows["ids"])
            if len(rows["ids"]) < LARGEST_BATCH:
                return

    def close(self) -> None:
        """Let go of the files; from then on a builder may remove them."""
        with contextlib.suppress(Exception):  # letting go must not fail the question that asked
            self._client.close()
        self._held.close()

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            with engine_errors():
                yield
        except EngineError as error:
            raise IndexDamagedError(
                f"The vectors in {self.folder} are damaged or missing; run `assistant index build` "
                f"to write them again from the catalogue, without embedding anything."
            ) from error
