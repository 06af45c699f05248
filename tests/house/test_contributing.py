"""What contributors are told is true: commands, targets, workflows, hooks and forms."""

from __future__ import annotations

import re
import subprocess
import tomllib
from typing import Any

import pytest
import yaml

from helpers.paths import ROOT

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
WORKFLOWS = ROOT / ".github" / "workflows"
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
PAGES = ("CONTRIBUTING.md", "SECURITY.md", ".github/pull_request_template.md")


def parsed(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


def steps(workflow: str) -> list[dict[str, Any]]:
    jobs = parsed(f".github/workflows/{workflow}")["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


def packages_of(requirements: list[str]) -> set[str]:
    return {re.split(r"[^\w-]", requirement)[0] for requirement in requirements}


@pytest.mark.parametrize("page", PAGES)
def test_every_target_that_is_named_is_in_the_makefile(page: str) -> None:
    """``make NAME`` does something."""
    targets = set(re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", (ROOT / page).read_text("utf-8"), re.MULTILINE))
    assert named <= targets


def test_make_lists_its_targets() -> None:
    """``make`` alone explains every one of them."""
    shown = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True)
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony
    assert [line.split()[0] for line in shown.stdout.splitlines()] == phony[1].split()


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "Makefile"])
def test_the_files_that_are_named_are_there(page: str) -> None:
    """Paths, links and scripts."""
    text = (ROOT / page).read_text("utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    paths = re.findall(r"\b(?:assistant|index|benchmarks|docs|tests)/[\w/.]+\.\w+", text)
    named = {each for each in [*links, *paths] if "NAME" not in each}
    assert named
    assert not {each for each in named if not (ROOT / each).exists()}


def test_the_fast_tests_are_those_of_the_makefile() -> None:
    """One command, told twice."""
    (command,) = re.findall(r"pytest -m \"[^\"]+\"", CONTRIBUTING)
    assert command in MAKEFILE


def test_setting_up_installs_what_the_readme_installs() -> None:
    """The same command, in two lines."""
    readme = (ROOT / "README.md").read_text("utf-8")
    for command in re.findall(r"^setup:.*\n\t(.*)\n\t(.*)$", MAKEFILE, re.MULTILINE)[0]:
        assert command in readme


def test_ci_calls_what_a_person_calls() -> None:
    """The tests run by ``.ci/run``, on the oldest Python that is supported and on a newer one."""
    assert [step["run"] for step in steps("test.yml") if "run" in step] == [".ci/run"]
    pythons = parsed(".github/workflows/test.yml")["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert f">={pythons[0]}" == PROJECT["requires-python"]
    assert len(pythons) == 2


def test_a_release_is_tried_before_it_is_published() -> None:
    """Version, changelog, wheel and an answer first; no password, and no package index."""
    jobs = parsed(".github/workflows/release.yml")["jobs"]
    assert jobs["publish"]["needs"] == "build"
    assert jobs["publish"]["permissions"] == {"contents": "write"}
    build = "\n".join(step.get("run", "") for step in jobs["build"]["steps"])
    for each in ("GITHUB_REF_NAME", "CHANGELOG.md", "constraints.txt dist/*.whl", "assistant ask"):
        assert each in build
    assert "secrets." not in (WORKFLOWS / "release.yml").read_text("utf-8")


def test_the_changelog_has_a_section_for_the_version() -> None:
    """The release's notes are cut from it."""
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(rf"^## {re.escape(PROJECT['version'])}(?: |$)", changelog, re.MULTILINE)


def test_the_hooks_run_the_tools_of_the_environment() -> None:
    """Ruff and mypy, in the versions of the tests."""
    (repository,) = parsed(".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"
    entries = [hook["entry"] for hook in repository["hooks"]]
    tools = {entry.removeprefix(".venv/bin/python -m ").split()[0] for entry in entries}
    assert tools == {"ruff", "mypy"}
    assert tools <= packages_of(PROJECT["optional-dependencies"]["test"])


@pytest.mark.parametrize("form", FORMS, ids=lambda each: each.name)
def test_the_forms_ask_for_something(form: Any) -> None:
    """Each has what GitHub demands of a form, and no field twice."""
    content = yaml.safe_load(form.read_text("utf-8"))
    assert content["name"]
    assert content["description"]
    ids = [field["id"] for field in content["body"]]
    assert len(set(ids)) == len(ids)
    assert all(field["attributes"]["label"] for field in content["body"])


def test_what_is_imported_from_scipy_and_scikit_learn_is_required() -> None:
    """Their versions are pinned, too."""
    constraints = (ROOT / "constraints.txt").read_text("utf-8")
    assert "scipy" in packages_of(PROJECT["dependencies"])
    for extra in ("bench", "test"):
        assert "scikit-learn" in packages_of(PROJECT["optional-dependencies"][extra])
    assert re.search(r"^scipy==", constraints, re.MULTILINE)
    assert re.search(r"^scikit-learn==", constraints, re.MULTILINE)
