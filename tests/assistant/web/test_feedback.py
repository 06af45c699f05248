"""What readers think of answers is kept in a file, whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from assistant.types import Answer
from assistant.web.chat.feedback import FeedbackError, keep_feedback

ANSWER = Answer("why \ud800?", "why?", "answered", "It rose. [1]")


def test_each_opinion_is_a_line_with_the_answer_and_the_time(tmp_path: Path) -> None:
    """A line holds all that is needed to look into the answer later."""
    path = tmp_path / "cache" / "feedback.jsonl"
    keep_feedback(path, ANSWER, liked=True)
    keep_feedback(path, ANSWER, liked=False)
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [line["liked"] for line in lines] == [True, False]
    assert all(line["answer"]["text"] == "It rose. [1]" for line in lines)
    assert lines[0]["time"] <= lines[1]["time"]
    assert lines[0]["time"].endswith("+00:00")


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    """Questions are private: the file is its owner's alone."""
    path = tmp_path / "feedback.jsonl"
    keep_feedback(path, ANSWER, liked=True)
    assert path.stat().st_mode & 0o077 == 0


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The message names the file, the reason and that nothing is lost."""
    (tmp_path / "file").write_text("in the way", "utf-8")
    with pytest.raises(FeedbackError, match=r"file/feedback.jsonl.*conversation is unharmed"):
        keep_feedback(tmp_path / "file" / "feedback.jsonl", ANSWER, liked=True)


def test_a_write_that_breaks_off_leaves_no_half_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is as it was before, and the next opinion is written behind it."""
    path = tmp_path / "feedback.jsonl"
    keep_feedback(path, ANSWER, liked=True)
    before = path.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(FeedbackError, match="No space left"):
            keep_feedback(path, ANSWER, liked=False)
    assert path.read_bytes() == before
    keep_feedback(path, ANSWER, liked=False)
    assert len(path.read_text("utf-8").splitlines()) == 2
