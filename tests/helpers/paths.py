"""Where things lie in the checkout."""

from __future__ import annotations

from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
ROOT = TESTS.parent
QUESTIONS = TESTS / "data" / "questions" / "questions.jsonl"
"""The question set over the sample articles."""
READERS_QUESTIONS = TESTS / "data" / "readers-questions"
"""The folder of the hundred questions over twenty articles of their own."""
