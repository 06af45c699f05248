"""The README says what is true: its commands exist, its example runs, CI calls its test command."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from assistant.cli.commands import app
from assistant.settings import AssistantSettings
from helpers.paths import ROOT
from index.cli import app as index_app

README = (ROOT / "README.md").read_text("utf-8")
PAGES = sorted((ROOT / "docs").glob("*.md"))


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def test_the_readme_is_short() -> None:
    """It is read in one go: under 180 lines."""
    assert len(README.splitlines()) < 180


def test_ci_runs_exactly_the_test_command() -> None:
    """What CI runs is what a newcomer runs."""
    command = next(line for line in blocks("sh")[1].splitlines() if line)
    assert command in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


def test_every_command_is_explained() -> None:
    """A command that neither the README nor a page of docs/ shows does not exist for a reader."""
    for each in index_app.registered_commands:
        assert each.callback is not None
        assert f"assistant index {each.name or each.callback.__name__}" in README
    for each in app.registered_commands:
        assert each.callback is not None
        assert f"assistant {each.name or each.callback.__name__}" in README


@pytest.mark.parametrize("page", [ROOT / "README.md", *PAGES], ids=lambda each: each.name)
def test_what_a_page_points_to_is_there(page: Path) -> None:
    """Pages and pictures."""
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).is_file(), target


def test_the_readme_names_every_page() -> None:
    """What it does not name, nobody finds."""
    for each in PAGES:
        assert f"docs/{each.name}" in README


def test_every_setting_is_explained() -> None:
    """Every variable is explained, here or in the pages that this one names."""
    explained = README + "".join(each.read_text("utf-8") for each in PAGES)
    for name in AssistantSettings.model_fields:
        assert f"`ASSISTANT_{name.upper()}`" in explained


def test_the_python_example_runs(
    sample_index: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The example prints an answer and its citations."""
    example = blocks("python")[0].replace(".article-index", str(sample_index))
    monkeypatch.chdir(ROOT)
    exec(compile(example, "README.md", "exec"), {})  # noqa: S102 - our own README
    shown = capsys.readouterr().out
    assert "Budapest" in shown
    assert "Trump says air support" in shown


def test_the_answer_in_the_readme_is_the_real_one(sample_index: Path) -> None:
    """The terminal session at the top is what the program prints."""
    from assistant import open_assistant

    session = blocks("console")[0]
    shown = str(open_assistant(sample_index).ask("what venues were considered?"))
    assert shown.replace(f"{ROOT}/", "") in session


def test_constraints_and_project_name_no_address() -> None:
    """Pins are plain versions: no index addresses, no local builds."""
    constraints = (ROOT / "constraints.txt").read_text("utf-8")
    assert "torch==2.13.0\n" in constraints
    for text in (constraints, (ROOT / "pyproject.toml").read_text("utf-8")):
        assert "://" not in text
        assert "+cpu" not in text


def test_every_file_that_is_not_code_is_packaged() -> None:
    """What the program reads at run time is installed with it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    patterns = project["package-data"]["*"]
    for included in project["packages"]["find"]["include"]:
        for path in (ROOT / included.rstrip("*")).rglob("*"):
            if path.is_file() and path.suffix not in {".py", ".pyc"}:
                assert any(path.match(pattern) for pattern in patterns), path
            # Of folders without it nothing is installed.
            assert path.suffix != ".py" or path.with_name("__init__.py").is_file(), path
