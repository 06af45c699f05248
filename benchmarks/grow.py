"""An index → one of any size with the same articles again and again under other names.

Its passages have real texts and real vectors, each copy's turned a little so that no two are the
same. For measuring what grows with an index; its answers are of no use.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from measuring import load_articles, say, write_articles

from index import build_index
from index.catalogue.database import Catalogue
from index.catalogue.lock import build_lock
from index.catalogue.writer import CatalogueWriter, PlacedPassage, open_writer
from index.types import Article, Progress, Vectors, no_progress
from index.vectors.generations import new_generation

_NOISE = 0.02  # of each of 384 components: a copy's vector is at cosine .93 of its original

SIZES = (1_000, 10_000, 100_000)
_OWN_CHARACTERS = 700  # of text a passage, about: so many articles are indexed as fill the smallest


def grown_indexes(sources: Sequence[Path], sizes: Sequence[int], work: Path) -> dict[int, Path]:
    """Return size → an index of so many passages of the articles; those in ``work`` are kept.

    The smallest is filled with articles as they are, as far as there are enough; each larger one
    is grown from the one before.
    """
    found: dict[int, Path] = {}
    for size in sorted(sizes):
        found[size] = work / f"index-{size}"
        if (found[size] / "grown").is_file():
            continue
        shutil.rmtree(found[size], ignore_errors=True)
        if len(found) == 1:
            _build_first(sources, size, work, found[size])
        else:
            shutil.copytree(found[sorted(found)[-2]], found[size])
        grow_index(found[size], size)
        (found[size] / "grown").touch()
        say(f"an index of {size:,} passages is ready")
    return found


def _build_first(sources: Sequence[Path], size: int, work: Path, folder: Path) -> None:
    articles, characters = [], 0
    for article in load_articles(sources):
        characters += len(article.text)
        if articles and characters > size * _OWN_CHARACTERS:
            break
        articles.append(article)
    shutil.rmtree(work / "articles", ignore_errors=True)
    write_articles(articles, work / "articles")
    build_index([work / "articles"], folder)


def grow_index(folder: Path, passages: int, progress: Progress = no_progress) -> None:
    """Add copies of an index's own articles until it holds so many passages."""
    noise = np.random.default_rng(1)
    with build_lock(folder), open_writer(Catalogue(folder)) as writer:
        articles = list(writer.texts())
        with new_generation(folder, writer) as generation:
            while (count := writer.count("passage")) < passages:
                for article in articles:
                    _copy(writer, article, f"{article.info.id}+{count}", noise)
                    if writer.count("passage") >= passages:
                        break
                progress("copying", count, passages)
            generation.write(progress)


def _copy(writer: CatalogueWriter, article: Article, name: str, noise: np.random.Generator) -> None:
    info = replace(article.info, id=name, title=f"{article.info.title} {name[-6:]}")
    rows = writer.passage_rows([each.id for each in writer.passages(article.info.id)])
    placed: list[PlacedPassage] = []
    vectors: list[tuple[str, Vectors, Vectors]] = []
    for place, row in enumerate(rows):
        passage = replace(row.passage, id=f"{name}#{place}", article_id=name)
        digest = hashlib.blake2b(passage.id.encode(), digest_size=16).hexdigest()
        placed.append(PlacedPassage(passage, digest))
        vectors.append((digest, *_turned(row.vector, row.sentences, noise)))
    writer.put_vectors(vectors)
    writer.put_article(replace(article, info=info), placed)


def _turned(passage: Vectors, sentences: Vectors, noise: np.random.Generator) -> Iterator[Vectors]:
    for vectors in (passage, sentences):
        turned = vectors + noise.normal(0, _NOISE, vectors.shape)
        yield (turned / np.linalg.norm(turned, axis=-1, keepdims=True)).astype(np.float32)
