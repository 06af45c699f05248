"""What the workers' server loads once, so that every process forked from it is ready at once."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import chromadb.api.rust  # noqa: F401 - chromadb itself loads it late
import filelock  # noqa: F401
import pytest  # noqa: F401 - a worker loads the program of the process that started it

import helpers.jobs  # noqa: F401
import index.build.apply
import index.search.open
from assistant import open_assistant  # noqa: F401
from index.embedding.load import load_embedder
from index.passages import cut_passages
from index.settings import IndexSettings
from index.sources.read import read_articles
from index.types import Article
from index.words import terms

# Threads do not survive a fork: on one core onnxruntime starts none, and tokenizers need not.
os.environ["TOKENIZERS_PARALLELISM"] = "false"
_cores = os.sched_getaffinity(0)
os.sched_setaffinity(0, {min(_cores)})
_embedder = load_embedder(IndexSettings())
os.sched_setaffinity(0, _cores)
_modules: tuple[Any, ...] = (index.build.apply, index.search.open)
for _module in _modules:
    _module.load_embedder = lambda *_: _embedder

# Much is imported by whatever first needs it.
with tempfile.TemporaryDirectory() as _folder:
    (Path(_folder) / "owl.txt").write_text("The owl\n\nThe owl eats voles. It sleeps.\n", "utf-8")
    for _article in read_articles([Path(_folder)]):
        assert isinstance(_article, Article)
        cut_passages("owl", _article.text, _embedder.count_tokens, budget=200, language="en")
        terms(_article.text)
