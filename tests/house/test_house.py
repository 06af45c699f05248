"""The laws of the house: who may import whom, what is public, and what stays unloaded."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from helpers.paths import ROOT, TESTS

PACKAGES = ("assistant", "index", "prompts")
HEAVY = {
    "torch", "chromadb", "gradio", "onnxruntime", "scipy", "sentence_transformers", "trafilatura",
}  # fmt: skip


@cache
def our_modules() -> dict[str, Path]:
    """Dotted name → file of every module in the three packages."""
    files = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in files}


def imports(node: ast.AST) -> Iterator[str]:
    """Every name that a module imports, in functions and for types too: ``a.b`` or ``a.b.c``."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "imports are absolute"
            yield from (f"{child.module}.{alias.name}" for alias in child.names)
        else:
            yield from imports(child)


@cache
def imported_by(module: str) -> frozenset[str]:
    return frozenset(imports(ast.parse(our_modules()[module].read_text("utf-8"))))


def top_level(module: str) -> set[str]:
    return {name.split(".")[0] for name in imported_by(module)}


def importers_of(*packages: str) -> set[str]:
    return {module for module in our_modules() if top_level(module) & set(packages)}


def test_index_knows_nobody_above_it() -> None:
    """index/ imports neither assistant, prompts nor gradio."""
    above = importers_of("assistant", "prompts", "gradio", "gradio_client")
    assert not {module for module in above if module.startswith("index")}


def test_prompts_knows_nothing_of_ours() -> None:
    """prompts/ are words only."""
    ours = importers_of("assistant", "index", "prompts")
    assert not {module for module in ours if module.startswith("prompts")}


def test_only_the_page_knows_gradio() -> None:
    """Gradio is imported in assistant/web/ and nowhere else."""
    pages = importers_of("gradio", "gradio_client")
    assert pages
    assert all(module.startswith("assistant.web.") for module in pages)


@pytest.mark.parametrize(
    ("packages", "module"),
    [
        (("chromadb",), "index.vectors.chroma"),
        (("torch", "sentence_transformers"), "index.embedding.export"),
    ],
)
def test_one_file_knows_each_engine(packages: tuple[str, ...], module: str) -> None:
    """Chroma and torch could be exchanged by changing one file each."""
    assert importers_of(*packages) == {module}


def test_one_file_knows_the_providers_of_llms() -> None:
    """LangChain's chat models and the packages of their providers are imported in one file."""
    foreign = ("langchain", "langchain_openai", "langchain_ollama", "langchain_anthropic")
    clients = ("langchain_google_genai", "openai", "ollama", "anthropic", "google")
    assert importers_of(*foreign, *clients) == {"assistant.llm.providers"}


@pytest.mark.parametrize("name", PACKAGES)
def test_what_is_public_is_listed(name: str) -> None:
    """``__all__`` is sorted and holds exactly the public names that are no modules."""
    module = import_module(name)
    public = {
        each
        for each, value in vars(module).items()
        if not each.startswith("_") and not isinstance(value, ModuleType)
    } - {"annotations"}
    if name == "prompts":  # a package of one file: what it imports for itself is not offered
        public = {each for each in public if getattr(vars(module)[each], "__module__", "") == name}
    assert module.__all__ == sorted(public)


def loaded_by(*arguments: str | Path) -> set[str]:
    """Run our Python with these arguments; return the top-level modules that it imported."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        timeout=120,
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    assert done.returncode == 0, done.stderr[-2000:]
    loaded = {line.rpartition("|")[2].strip().split(".")[0] for line in lines}
    assert "pathlib" in loaded
    return loaded


@pytest.mark.parametrize(
    "arguments",
    [
        ("-c", "import assistant, index, prompts"),
        ("-m", "assistant", "--help"),
        ("-m", "assistant", "index", "--help"),
        ("-m", "index", "--help"),
    ],
    ids=" ".join,
)
def test_nothing_heavy_is_loaded_before_it_is_used(arguments: tuple[str, ...]) -> None:
    """Importing the packages and asking for help load no engine, no model and no page."""
    assert not loaded_by(*arguments) & HEAVY


def test_every_test_file_is_collected(pytestconfig: pytest.Config) -> None:
    """By default pytest passes over folders of some names, build among them."""
    passed_over = set(pytestconfig.getini("norecursedirs"))
    rooms = {part for path in TESTS.rglob("test_*.py") for part in path.relative_to(TESTS).parts}
    assert not rooms & passed_over


def test_the_tests_load_nothing_heavy_before_it_is_used() -> None:
    """What every test stands on leaves browsers, servers and engines to those that need them."""
    loaded = loaded_by("-c", f"import sys; sys.path.insert(0, {str(TESTS)!r}); import conftest")
    assert "helpers" in loaded
    assert not loaded & (HEAVY | {"playwright", "langchain", "openai", "sklearn"})


def test_an_answer_needs_neither_torch_nor_gradio(sample_index: Path) -> None:
    """A first answer in a fresh process comes from the exported model alone."""
    script = (
        "import sys; from pathlib import Path; from assistant import open_assistant; "
        "answer = open_assistant(Path(sys.argv[1])).ask('what venues were considered?'); "
        "assert answer.text"
    )
    loaded = loaded_by("-c", script, sample_index)
    assert "onnxruntime" in loaded
    assert not loaded & {"torch", "transformers", "sentence_transformers", "gradio", "trafilatura"}
    assert not {name for name in loaded if name.startswith("lang")}  # LangChain costs 0.3 s
