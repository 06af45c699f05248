"""What the tests let workers do: build, die at a given step, and say all that an index holds."""

from __future__ import annotations

import os
import pkgutil
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import index.build.apply
from assistant import Assistant, open_assistant
from helpers.workers import tell
from index import Article, BuildReport, View, build_index, open_index, rebuild_index, verify_index
from index.errors import IndexDamagedError

QUESTION = "What is the code word of the lamp of Marrow?"
CODE_WORDS = ("amber", "basalt", "cinnabar", "dolomite")
"""By which an article tells its version."""


@dataclass(frozen=True)
class State:
    """All that an index holds, and what it answers."""

    articles: dict[str, Article]
    passages: dict[str, str]
    hits: list[str]


def article_of(view: View, key: str) -> Article:
    """Return an article that is there."""
    article = view.article(key)
    assert article is not None
    return article


def read_state(folder: Path) -> State:
    """Open an index anew and read all of it; the vectors must be those of the same commit."""
    opened = open_index(folder)
    with opened.view() as view:
        articles = {info.id: article_of(view, info.id) for info in view.articles()}
        rows = view.rows([each for key in articles for each in view.passages(key)])
        passages = {row.passage.id: row.text for row in rows}
        near = {row.passage.id: view.nearest(row.vector, 2) for row in rows}
        assert set(near) == set(view.nearest(rows[0].vector, 10 * len(rows)))
        assert all(found.get(key, 0.0) > 0.999 for key, found in near.items())
        hits = [hit.passage.id for hit in view.search(QUESTION)]
    return State(articles, passages, hits)


def build(articles: Path, folder: Path) -> BuildReport:
    """Build, saving each passage by itself as soon as it is embedded."""
    index.build.apply._SAVE_SECONDS = 0.0
    return build_index([articles], folder)


def rebuild(articles: Path, folder: Path) -> BuildReport:
    """Make the index anew."""
    return rebuild_index([articles], folder)


def finds_damage(folder: Path) -> bool:
    """Whether an index is found not to be as it should."""
    try:
        return bool(verify_index(folder).differences)
    except IndexDamagedError:
        return True


@dataclass(frozen=True)
class Step:
    """A moment of a process: before or after a call of a function, the ``count``-th that fits."""

    when: str
    function: str
    argument: object = None
    count: int = 1


def die_at(step: Step, work: Callable[..., Any], *arguments: object) -> Any:
    """Carry out some work, and be killed in the middle of it."""
    place, _, name = step.function.rpartition(".")
    owner, calls = pkgutil.resolve_name(place), 0
    real = getattr(owner, name)

    def deadly(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += step.argument is None or step.argument in given
        if step.when == "before" and calls == step.count:
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*given, **named)
        if step.when == "after" and calls == step.count:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, deadly)
    return work(*arguments)


def ask_on(folder: Path, least: int, enough: Path) -> list[set[str]]:
    """Ask until there have been enough questions, each in one of three ways, and once more.

    Returns the code words in each answer with all that belongs to it.
    """
    assistant = open_assistant(folder)
    answers: list[set[str]] = []
    last = False
    while not last:
        last = len(answers) >= least and enough.exists()
        texts = _WAYS_TO_ASK[len(answers) % len(_WAYS_TO_ASK)](assistant)
        answers.append({word for word in CODE_WORDS for text in texts if word in text})
        if len(answers) % 10 == 0:
            tell("ten more")
    return answers


def _answer(assistant: Assistant) -> list[str]:
    answer = assistant.ask(QUESTION)
    quotes = [text for each in answer.citations for text in (each.quote, each.context)]
    return [answer.text, *quotes]


def _hits(assistant: Assistant) -> list[str]:
    return [hit.text for hit in assistant.articles.search(QUESTION)]


def _everything(assistant: Assistant) -> list[str]:
    with assistant.articles.view() as view:
        found = [hit.text for hit in view.search(QUESTION, 50)]
        articles = [article_of(view, info.id) for info in view.articles()]
        rows = view.rows([each for article in articles for each in view.passages(article.info.id)])
        assert all(view.nearest(row.vector, 1).keys() == {row.passage.id} for row in rows)
        return [*found, *(each.text for each in articles), *(row.text for row in rows)]


_WAYS_TO_ASK = (_answer, _hits, _everything)


def build_and_wait(articles: Path, folder: Path) -> None:
    """Begin a build and never end it."""

    def wait(*_: object) -> None:
        tell("waiting")
        signal.pause()

    build_index([articles], folder, progress=wait)
