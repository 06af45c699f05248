"""A question set's files → its questions.

A set is a folder with articles (any readable files) and ``questions.jsonl`` or
``questions.jsonl.gz``: ``question``, and if given ``answerable``, ``article_ids``, ``evidence``,
``answers``, ``history`` and ``rewrite``. A CSV file of two columns, question and answer, is a set
too; its questions go to an index that exists already.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import EvaluationError
from assistant.types import Turn


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a set.

    Attributes:
        question: As a person asks it.
        answerable: Whether the articles answer it.
        article_ids: The articles that do; empty where the set does not say.
        evidence: Stretches of these articles, verbatim, in which the answer stands.
        answers: Wordings of the answer, each of them right.
        history: The conversation before the question, oldest turn first.
        rewrite: A person's wording that stands alone, where there is a history.
    """

    question: str
    answerable: bool = True
    article_ids: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    history: tuple[Turn, ...] = ()
    rewrite: str | None = None


def load_questions(path: Path) -> list[Question]:
    """Load the questions of a set's folder, or of a CSV file.

    Raises:
        EvaluationError: There are none, or a line cannot be read.
    """
    try:
        if path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as rows:
                questions = [_from_row(row) for row in csv.reader(rows) if any(row)]
        else:
            questions = [_from_object(each) for each in _read_objects(_questions_file(path))]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EvaluationError(
            f"The questions in {path} cannot be read ({error!r}); give a folder with "
            f"questions.jsonl, or a CSV file with a question and an answer in each row."
        ) from error
    if not questions:
        raise EvaluationError(f"There are no questions in {path}; add some, one a line.")
    return questions


def _questions_file(folder: Path) -> Path:
    packed = folder / "questions.jsonl.gz"
    return packed if packed.is_file() else folder / "questions.jsonl"


def _read_objects(path: Path) -> Iterator[dict[str, Any]]:
    open_text = gzip.open if path.suffix == ".gz" else open
    with open_text(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _from_row(row: Sequence[str]) -> Question:
    question, answer = (*row, "")[:2]
    return Question(
        question, answerable=bool(answer.strip()), answers=tuple(filter(None, [answer]))
    )


def _from_object(fields: Mapping[str, Any]) -> Question:
    return Question(
        question=fields["question"],
        answerable=bool(fields.get("answerable", True)),
        article_ids=tuple(fields.get("article_ids") or ()),
        evidence=tuple(fields.get("evidence") or ()),
        answers=tuple(fields.get("answers") or ()),
        history=tuple(
            Turn("user" if turn["role"] == "user" else "assistant", turn["content"])
            for turn in fields.get("history") or ()
        ),
        rewrite=fields.get("rewrite"),
    )
