"""What a reader thinks of an answer → a line of JSON in a file of their own."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from assistant.types import Answer
from index.errors import UserError

_one_at_a_time = Lock()


class FeedbackError(UserError):
    """Feedback could not be written down."""


def keep_feedback(path: Path, answer: Answer, *, liked: bool) -> None:
    """Append what a reader thinks of an answer, with the whole answer and the time.

    Raises:
        FeedbackError: The file cannot be written; it is as it was before.
    """
    record = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "liked": liked,
        "answer": answer.to_dict(),
    }
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time:
            _append(path, json.dumps(record).encode() + b"\n")
    except OSError as error:
        raise FeedbackError(
            f"The feedback could not be written to {path} ({error.strerror or error}); the "
            f"conversation is unharmed. Try again when there is room and permission to write."
        ) from error


def _append(path: Path, line: bytes) -> None:
    # Questions are nobody else's business: the file is its owner's.
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with open(descriptor, "ab", buffering=0) as file:  # noqa: PTH123 - it is open already
        before = file.seek(0, os.SEEK_END)
        try:
            written = file.write(line)
            if written != len(line):
                raise OSError("the disk is full")
            os.fsync(descriptor)
        except OSError:
            file.truncate(before)
            raise
