"""The linter, the formatter and the type checker are content."""

from __future__ import annotations

import subprocess
import sys

import pytest

from helpers.paths import ROOT

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",)],
    ids=" ".join,
)
def test_the_checks_pass(command: tuple[str, ...]) -> None:
    """Ruff and mypy find nothing."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
