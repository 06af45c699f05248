"""The page about the inside is true: files exist, no room is missing, each question has a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from helpers.paths import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
PATHS = sorted(set(re.findall(r"`((?:assistant|index|prompts)/[\w/.]*)`", PAGE)))
NO_ROOMS = {"__init__.py", "__main__.py"}
ASKED = (
    "a reader for a new format",
    "how passages are cut",
    "how the search ranks",
    "how a question is understood",
    "how sentences are picked",
    "how question and passage are read together",
    "how a refusal is decided",
    "how a refusal is worded",
    "how an LLM is called",
    "how a written sentence is checked",
    "how the page is drawn",
)
"""The questions of a newcomer; a refusal is decided in one place and worded in another."""


def rooms(package: str) -> list[str]:
    inside = sorted((ROOT / package).iterdir())
    folders = [path for path in inside if (path / "__init__.py").is_file()]
    files = [path for path in inside if path.suffix == ".py" and path.name not in NO_ROOMS]
    return [f"{package}/{path.name}{'/' if path.is_dir() else ''}" for path in [*folders, *files]]


@pytest.mark.parametrize("path", [path for path in PATHS if "NAME" not in path])
def test_what_the_page_names_is_there(path: str) -> None:
    """Files and folders."""
    assert (ROOT / path).is_dir() if path.endswith("/") else (ROOT / path).is_file()


@pytest.mark.parametrize("room", [*rooms("assistant"), *rooms("index")])
def test_every_room_stands_on_the_page(room: str) -> None:
    """A folder or a file of the ground floor that the page passes over is not to be found."""
    section = PAGE.partition("## Rooms")[2].partition("\n## ")[0]
    assert f"`{room}`" in section


@pytest.mark.parametrize("what", ASKED)
def test_each_question_of_a_newcomer_has_one_file(what: str) -> None:
    """The second column names exactly one, and it exists."""
    section = PAGE.partition("## Where do I change")[2].partition("\n## ")[0]
    (row,) = [line for line in section.splitlines() if line.startswith(f"| {what} |")]
    (file,) = re.findall(r"`([^`]+)`", row.split("|")[2])
    assert Path(ROOT, file).is_file()
