"""Twenty people at once: nobody gets an error, a wrong answer, or another's conversation."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.paths import ROOT

pytestmark = [pytest.mark.server, pytest.mark.slow]


def test_twenty_people_get_their_own_answers(tmp_path: Path) -> None:
    """All ask at once, each in an order of their own, and get what a lone person gets."""
    report = tmp_path / "crowd.json"
    command = [sys.executable, "benchmarks/crowd.py", "--people", "20", "--questions", "3"]
    subprocess.run([*command, "--json", str(report)], cwd=ROOT, check=True, timeout=600)
    figures = json.loads(report.read_text("utf-8"))
    assert figures["answers"] == 60
    assert figures["wrong"] == figures["strangers"] == 0
