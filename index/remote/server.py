"""A Chroma server as the home of an index: its collections, and which of them is the live one."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from functools import partial
from typing import Any

import numpy as np

from index.errors import CollectionGoneError, IndexOutdatedError, ServerError
from index.remote.connection import Connection
from index.remote.records import Metadata, Record
from index.settings import IndexSettings
from index.types import Vectors
from index.vectors.chroma import graph_settings

FORMAT = 1
"""Of the records; a server's index of a higher one was made by a newer program."""

ARTICLES = "-articles"
"""What the name of a generation's second collection ends with."""

BATCH = 250
"""Records that travel at once, about 3 MB: Chroma refuses 40, and hosted servers 300 records."""

_POINTER = "live"


@dataclass(frozen=True, slots=True)
class LiveGeneration:
    """The generation that a server's pointer names.

    Attributes:
        collection: Name of the collection of its passages.
        previous: That of the generation before, which readers may still be using; else empty.
        generation: Its name.
        articles: How many articles it holds.
        passages: How many passages.
        model: Embedding model that made its vectors.
        fingerprint: That of the model.
        rules: By which the passages were cut.
        built: When.
        format: Of its records.
    """

    collection: str
    previous: str
    generation: str
    articles: int
    passages: int
    model: str
    fingerprint: str
    rules: str
    built: str
    format: int = FORMAT


class Server:
    """The collections of one index on a Chroma server; may be shared by threads.

    Every method raises a ``ServerError`` where the server cannot be used.

    Attributes:
        address: The server's, as it may be shown.
        prefix: What the names of the index's collections begin with.
    """

    def __init__(self, settings: IndexSettings) -> None:
        self._connection = Connection(settings)
        self.address = self._connection.address
        self.prefix = settings.chroma_prefix

    def live(self) -> LiveGeneration | None:
        """Return what the pointer names, or None where nothing was ever pushed.

        Raises:
            IndexOutdatedError: It was pushed by a newer version of the program.
        """
        pointer = self.record(_POINTER)
        if pointer is None:
            return None
        if int(pointer["format"]) > FORMAT:
            raise IndexOutdatedError(
                f"The index on the Chroma server at {self.address} was pushed by a newer version "
                f"of the program; install that version here, too."
            )
        return LiveGeneration(**{each.name: pointer[each.name] for each in fields(LiveGeneration)})  # type: ignore[arg-type]

    def require_live(self) -> LiveGeneration:
        """Return what the pointer names.

        Raises:
            ServerError: Nothing was ever pushed.
        """
        live = self.live()
        if live is None:
            raise ServerError(
                f"The Chroma server at {self.address} holds no index named {self.prefix!r}; bring "
                f"one there with `assistant index push` where it was built, or correct "
                f"ASSISTANT_CHROMA_URL or ASSISTANT_CHROMA_PREFIX."
            )
        return live

    def point_to(self, live: LiveGeneration) -> None:
        """Name the live generation: the commit point of a push."""
        self.put_record(_POINTER, asdict(live))

    def record(self, name: str) -> Metadata | None:
        """Return a record of the pointer's collection, or None."""
        try:
            rows = self._connection.read(lambda client: self._pointers(client).get(ids=[name]))
        except CollectionGoneError:
            return None
        return rows["metadatas"][0] if rows["ids"] else None

    def put_record(self, name: str, values: Metadata, *, only_if_new: bool = False) -> None:
        """Put a record into the pointer's collection; an older one stays if only new ones go in."""

        def put(client: Any) -> None:
            client.get_or_create_collection(self._pointer_name, embedding_function=None)
            pointers = self._pointers(client)
            # Chroma's ``add`` passes over an id that is there, whoever adds at the same time.
            write = pointers.add if only_if_new else pointers.upsert
            # Nobody looks for a record by its vector, but Chroma takes none without.
            write(ids=[name], embeddings=[[1.0, 0.0]], metadatas=[dict(values)])

        self._connection.write(put)

    def remove_record(self, name: str) -> None:
        """Remove a record from the pointer's collection."""
        self._connection.write(lambda client: self._pointers(client).delete(ids=[name]))

    def seconds(self) -> float:
        """Return the time by the server's clock, in seconds."""
        return float(self._connection.read(lambda client: client.heartbeat())) / 1e9

    def generations(self) -> list[str]:
        """Return the names of all collections that hold generations of this index."""
        ours = re.compile(rf"{re.escape(self.prefix)}-g\d{{6}}-[0-9a-f]+-[0-9a-f]+({ARTICLES})?")
        names: list[str] = []
        while True:
            portion = self._connection.read(partial(_listed, start=len(names)))
            names += [str(each.name) for each in portion]
            if len(portion) < 100:
                return [name for name in names if ours.fullmatch(name)]

    def create(self, name: str, rows: int) -> None:
        """Make a collection for so many rows."""
        shape = graph_settings(rows, max(1, round(rows / 5000)))
        self._connection.write(
            lambda client: client.create_collection(
                name, configuration=shape, embedding_function=None
            )
        )

    def add(self, name: str, records: Sequence[Record]) -> None:
        """Add records to a collection."""
        texts = [each.text for each in records]
        self._connection.write(
            lambda client: self._connection.collection(client, name).add(
                ids=[each.id for each in records],
                embeddings=np.stack([each.vector for each in records]),
                documents=None if None in texts else texts,
                metadatas=[each.metadata for each in records],
            )
        )

    def remove(self, name: str) -> None:
        """Remove a collection, if it is there."""
        with contextlib.suppress(CollectionGoneError):
            self._connection.write(lambda client: client.delete_collection(name))

    def count(self, name: str) -> int:
        """Return the number of rows of a collection."""
        return int(
            self._connection.read(lambda client: self._connection.collection(client, name).count())
        )

    def ids(self, name: str) -> Iterator[str]:
        """Yield the ids of a collection's rows."""
        for page in self._pages(name, []):
            yield from page["ids"]

    def metadatas(self, name: str) -> Iterator[Metadata]:
        """Yield the metadata of a collection's rows."""
        for page in self._pages(name, ["metadatas"]):
            yield from page["metadatas"]

    def everything(self, name: str) -> Iterator[tuple[str, str, Metadata, Vectors]]:
        """Yield id, text, metadata and vector of a collection's rows."""
        for page in self._pages(name, ["documents", "metadatas", "embeddings"]):
            columns = ("ids", "documents", "metadatas", "embeddings")
            for key, text, metadata, vector in zip(*(page[each] for each in columns), strict=True):
                yield key, text, metadata, np.asarray(vector, dtype=np.float32)

    def rows(self, name: str, ids: Sequence[str]) -> dict[str, tuple[str, Metadata]]:
        """Return id → text and metadata of some rows of a collection."""
        rows = self._connection.read(
            lambda client: self._connection.collection(client, name).get(
                ids=list(ids), include=["documents", "metadatas"]
            )
        )
        columns = (rows["ids"], rows["documents"], rows["metadatas"])
        return {key: (text, metadata) for key, text, metadata in zip(*columns, strict=True)}

    def nearest(self, name: str, vector: Vectors, limit: int) -> dict[str, float]:
        """Return id → cosine similarity of the rows nearest to a vector, ``(dimension,)``."""
        answer = self._connection.read(
            lambda client: self._connection.collection(client, name).query(
                query_embeddings=vector[None, :], n_results=limit, include=["distances"]
            )
        )
        ids, distances = answer["ids"][0], answer["distances"][0]
        return {each: 1.0 - float(away) for each, away in zip(ids, distances, strict=True)}

    @property
    def _pointer_name(self) -> str:
        return f"{self.prefix}-pointer"

    def _pointers(self, client: Any) -> Any:
        return self._connection.collection(client, self._pointer_name)

    def _pages(self, name: str, include: list[str]) -> Iterator[Any]:
        # By portions: Chroma cannot give 100,000 rows at once.
        offset = 0
        while True:
            page = self._connection.read(
                partial(self._portion, name=name, start=offset, include=include)
            )
            yield page
            offset += len(page["ids"])
            if not page["ids"]:
                return

    def _portion(self, client: Any, *, name: str, start: int, include: list[str]) -> Any:
        return self._connection.collection(client, name).get(
            limit=BATCH, offset=start, include=include
        )


def _listed(client: Any, start: int) -> Any:
    return client.list_collections(limit=100, offset=start)
