"""The law of the rooms: who may import whom. Imports inside functions and for types alone count."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from helpers.paths import ROOT

ASSISTANT = {
    # faces
    "cli": "chain evaluation llm reader retrieval server trace types web writing",
    "web": "answer answering chain question server trace types",
    # HTTP and MCP for other programs; measuring
    "server": "answer answering chain errors question trace types",
    "evaluation": "chain errors question reader retrieval settings trace types",
    # the way of a question
    "chain": (
        "answer errors integrations llm question reader retrieval settings trace types writing"
    ),
    "integrations": "answering errors question reader retrieval trace types",
    "answering": "trace types",
    "trace": "question reader retrieval types writing",
    # its stages, the last one first
    "writing": "answer checking errors llm question reader types",
    "answer": "question reader types",
    "reader": "language question",
    "retrieval": "question",
    "question": "errors language llm types",
    # what they stand on
    "checking": "language types",
    "llm": "errors settings",
    "language": "",
    "types": "",
    "settings": "",
    "errors": "",
}
"""Room of assistant/ → the rooms of assistant/ that it may import."""

FROM_INDEX = {"errors", "settings", "types", "words", "text", "cli", "display"}
"""What assistant/ may use of index/ besides its public names; and the one exception:"""
CONNECTIONS = ("assistant.llm.chat_model", "index.network")

INDEX = {
    "cli": "build catalogue display errors listing remote settings status types verify",
    "display": "build listing remote text types verify",
    "verify": "build catalogue errors layout remote settings types vectors words",
    "search": (
        "catalogue embedding errors file_stamps file_state layout passages remote settings status "
        "types vectors words"
    ),
    "build": (
        "catalogue embedding errors layout passages readers remote removals settings sources types "
        "vectors"
    ),
    "status": "catalogue remote types",
    "remote": "catalogue errors passages removals settings types vectors",
    "listing": "catalogue file_state types",
    "sources": "errors file_state layout network own_process readers text types",
    "embedding": "errors passages settings types",
    "vectors": "catalogue errors file_stamps layout own_process types",
    "readers": "own_process text types",
    "catalogue": "errors file_stamps layout types words",
    "passages": "text types",
    "text": "types",
    "file_state": "types",
    "removals": "errors",
    "settings": "errors",
    "file_stamps": "",
    "layout": "",
    "network": "",
    "own_process": "",
    "words": "",
    "types": "",
    "errors": "",
}
"""Room of index/ → the rooms of index/ that it may import. sources, embedding and vectors do not
know each other: only build and search join them."""

LAWS = {"assistant": ASSISTANT, "index": INDEX}


@cache
def modules() -> dict[str, Path]:
    """Dotted name → file of every module of ours; a package goes by its own name."""
    files = [path for name in (*LAWS, "prompts") for path in sorted((ROOT / name).rglob("*.py"))]
    names = (".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files)
    return {name.removesuffix(".__init__"): path for name, path in zip(names, files, strict=True)}


@cache
def imports(module: str) -> frozenset[str]:
    """The modules of ours that a module imports, wherever in it and for whatever purpose."""
    found = set()
    for node in ast.walk(ast.parse(modules()[module].read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            # ``from a.b import c`` means the module a.b.c where there is one, else a.b.
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            found |= {name if name in modules() else str(node.module) for name in names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return frozenset(found & modules().keys())


def room(module: str) -> str:
    """The room of a module; of what a whole package offers, the package's own name."""
    package, _, rest = module.partition(".")
    return rest.partition(".")[0] or package


@pytest.mark.parametrize("package", LAWS)
def test_every_room_has_its_law(package: str) -> None:
    """No room without a line in the table, no line without a room."""
    rooms = {room(name) for name in modules() if name.startswith(f"{package}.")}
    assert rooms - {"__main__"} == LAWS[package].keys()


@pytest.mark.parametrize("package", LAWS)
def test_the_laws_have_no_circle(package: str) -> None:
    """Whoever is allowed to import stands higher: the tables are written from the top down."""
    order = list(LAWS[package])
    for importer, allowed in LAWS[package].items():
        for other in allowed.split():
            assert order.index(other) > order.index(importer), (importer, other)


@pytest.mark.parametrize("module", sorted(modules()))
def test_a_module_keeps_the_law_of_its_room(module: str) -> None:
    """It imports its own room, those its room may import, and of other packages what is offered."""
    package = module.partition(".")[0]
    law = LAWS.get(package, {})
    if room(module) not in law:
        return  # a package's own file hands on what its rooms offer
    for other in imports(module):
        its_package = other.partition(".")[0]
        if its_package == package:
            assert room(other) in {room(module), package, *law[room(module)].split()}, other
        elif its_package == "index" and (module, other) != CONNECTIONS:
            assert room(other) in {"index", *FROM_INDEX}, other


def test_only_writing_knows_the_checks() -> None:
    """What a sentence is worth is asked in one room."""
    importers = {room(name) for name in modules() if any("checking" in o for o in imports(name))}
    assert importers - {"checking"} == {"writing"}


def test_no_module_imports_itself_by_a_detour() -> None:
    """Not even for types alone."""
    for start in modules():
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            new = imports(waiting.pop()) - seen
            seen |= new
            waiting += new
        assert start not in seen, start
