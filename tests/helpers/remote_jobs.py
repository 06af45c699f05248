"""What the tests let workers do with an index that lives on a server."""

from __future__ import annotations

import time
from pathlib import Path

import index.remote.replica
from assistant import open_assistant
from assistant.settings import AssistantSettings
from helpers.jobs import CODE_WORDS, QUESTION
from helpers.workers import tell
from index import BuildReport, Pushed, build_index, push_index

_PATIENCE = 100.0  # seconds


def publish(articles: Path, folder: Path, home: AssistantSettings) -> BuildReport:
    """Build and push."""
    return build_index([articles], folder, settings=home)


def push(folder: Path, home: AssistantSettings) -> Pushed:
    """Push what was built."""
    return push_index(folder, settings=home)


def ask_until(
    folder: Path, home: AssistantSettings, least: int, newest: str
) -> list[tuple[str, ...]]:
    """Ask so many questions, and on until an answer is of the newest version.

    Returns the code words in each answer with all that belongs to it.
    """
    index.remote.replica.LOOK_EVERY = 0.2
    assistant = open_assistant(folder, settings=home)
    answers: list[tuple[str, ...]] = []
    end = time.monotonic() + _PATIENCE
    while len(answers) < least or (answers[-1] != (newest,) and time.monotonic() < end):
        if len(answers) % 5:
            texts = [hit.text for hit in assistant.articles.search(QUESTION, 50)]
        else:
            answer = assistant.ask(QUESTION)
            quotes = [text for each in answer.citations for text in (each.quote, each.context)]
            texts = [answer.text, *quotes]
        answers.append(tuple(word for word in CODE_WORDS if any(word in text for text in texts)))
        if len(answers) % 10 == 0:
            tell("ten more")
    return answers
