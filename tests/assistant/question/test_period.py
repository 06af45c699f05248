"""The time a question asks about, and the articles of that time."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from assistant import Assistant, open_assistant
from assistant.question.period import asked_time
from index import Period, build_index

TODAY = date(2024, 5, 15)  # a Wednesday


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What happened last week?", "2024-05-06", "2024-05-12"),
        ("What happened this week?", "2024-05-13", "2024-05-15"),
        ("What happened in the past week?", "2024-05-08", "2024-05-15"),
        ("Who resigned yesterday?", "2024-05-14", "2024-05-14"),
        ("What was decided last month?", "2024-04-01", "2024-04-30"),
        ("What was decided last year?", "2023-01-01", "2023-12-31"),
        ("Who won in the last three days?", "2024-05-12", "2024-05-15"),
        ("Who won in the last 2 weeks?", "2024-05-01", "2024-05-15"),
        ("Who won in the past twelve days?", "2024-05-03", "2024-05-15"),
    ],
)
def test_times_counted_from_today(question: str, first: str, last: str) -> None:
    """They mean articles of that time only."""
    assert asked_time(question, TODAY).period == Period(first, last, only=True)


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("What was built in 2021?", "2021-01-01", "2021-12-31"),
        ("What was built in February 2024?", "2024-02-01", "2024-02-29"),
        ("news from March, 2020", "2020-03-01", "2020-03-31"),
    ],
)
def test_times_by_name(question: str, first: str, last: str) -> None:
    """They prefer articles of that time, and stay in the question: an article may be about it."""
    asked = asked_time(question, TODAY)
    assert asked.period == Period(first, last, only=False)
    assert asked.question == question


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("What is the latest on the bridge?", "What is on the bridge?"),
        ("Who leads the council at the moment?", "Who leads the council?"),
        ("What is the castle used for today?", "What is the castle used for?"),
        ("currently?", "currently?"),
    ],
)
def test_the_latest(question: str, rest: str) -> None:
    """The words for it are not looked for in the articles, unless there are no others."""
    asked = asked_time(question, TODAY)
    assert asked.latest
    assert (asked.question, asked.period) == (rest, None)


@pytest.mark.parametrize(
    "question",
    [
        "Who may lead the council?",
        "How long did the last siege last?",
        "Why 2021?",
        "Who wrote “yesterday”?",
        "Where did he live in the last year of his life?",
        "Who ruled in the last ten years of the empire?",
        "Who leads this week's race?",
        "By when must it be paid at the latest?",
        "What was the speed at the moment of impact?",
        "When was the most recent eruption?",
    ],
)
def test_no_time_at_all(question: str) -> None:
    """Most questions ask of no time."""
    asked = asked_time(question, TODAY)
    assert (asked.question, asked.period, asked.latest) == (question, None, False)


def _ago(days: int) -> str:
    return (date.today() - timedelta(days=days)).isoformat()


@pytest.fixture(scope="module")
def chronicle(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Three articles on one bridge, of different times."""
    folder = tmp_path_factory.mktemp("chronicle")
    articles = [
        ("The bridge opens", _ago(900), "The harbour bridge of Lornwick opened on Friday."),
        ("The bridge closes", _ago(0), "The harbour bridge of Lornwick was closed for repairs."),
        ("A toll is asked", _ago(300), "A toll is now asked on the harbour bridge of Lornwick."),
    ]
    lines = (
        json.dumps({"id": title, "title": title, "published": published, "text": text})
        for title, published, text in articles
    )
    (folder / "chronicle.jsonl").write_text("\n".join(lines), "utf-8")
    build_index([folder / "chronicle.jsonl"], folder / "index")
    return open_assistant(folder / "index")


def _cited(assistant: Assistant, question: str) -> list[str]:
    return [each.article.title for each in assistant.ask(question).citations]


def test_the_newest_article_answers_first(chronicle: Assistant) -> None:
    """Asked for the latest, it quotes the newest article that is about the matter."""
    assert _cited(chronicle, "What is the latest on the harbour bridge?") == ["The bridge closes"]


def test_only_articles_of_the_time(chronicle: Assistant) -> None:
    """What an older article says did not happen this week."""
    asked = "What happened to the harbour bridge this week?"
    assert _cited(chronicle, asked) == ["The bridge closes"]


def test_nothing_of_the_time(chronicle: Assistant) -> None:
    """It is said that no article is from then, and how old the newest is."""
    answer = chronicle.ask("What happened to the harbour bridge yesterday?")
    assert answer.kind == "not_in_articles"
    assert f"the newest is from {_ago(0)}" in answer.text


def test_articles_without_dates(tmp_path: Path) -> None:
    """Where nothing is dated, a time in the question cannot exclude anything."""
    (tmp_path / "owl.txt").write_text("The owl of Marrowby\n\nThe owl eats voles.\n", "utf-8")
    build_index([tmp_path / "owl.txt"], tmp_path / "index")
    assert open_assistant(tmp_path / "index").ask("What did the owl eat today?").citations
