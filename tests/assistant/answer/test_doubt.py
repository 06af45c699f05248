"""An answer under doubt says so: on the terminal, as JSON, in Markdown, on the page, by an LLM."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import Assistant, open_assistant
from assistant.answer.markdown import answer_markdown, cited_markdown, sentences_markdown
from assistant.settings import AssistantSettings
from assistant.types import Answer, answer_lines
from assistant.web.chat.conversation import Exchange
from assistant.web.chat.markup import message_html
from helpers.command_line import run
from helpers.scripted_llm import ScriptedModel, assistant_with, number_of, says
from prompts import fill

QUESTION = "what venues were considered?"
WRITTEN = (
    "Budapest, Istanbul and neutral Switzerland are being considered as venues for the meeting."
)
DOUBT = fill("doubtful")
PAINTED = f'<p class="note doubtful">{DOUBT}</p>'


def at(folder: Path, sure: float, threshold: float = 0.1) -> Assistant:
    return open_assistant(folder, settings=AssistantSettings(sure=sure, threshold=threshold))


@pytest.fixture(scope="module")
def doubtful(sample_index: Path) -> Answer:
    return at(sample_index, sure=1.0).ask(QUESTION)


@pytest.fixture(scope="module")
def sure(sample_index: Path) -> Answer:
    return at(sample_index, sure=0.0).ask(QUESTION)


def test_only_what_lies_below_the_line_is_doubtful(
    sample_index: Path, sure: Answer, doubtful: Answer
) -> None:
    """It is the same answer; one as sure as the line is not in doubt."""
    assert replace(doubtful, doubtful=False, timings={}) == replace(sure, timings={})
    assert not sure.doubtful
    assert doubtful.doubtful
    just = doubtful.confidence  # rounded to four digits
    assert not at(sample_index, sure=just - 1e-3).ask(QUESTION).doubtful
    assert at(sample_index, sure=just + 1e-3).ask(QUESTION).doubtful


@pytest.mark.parametrize("question", ["hello", "list the articles", "Who wrote the opera Carmen?"])
def test_what_is_no_answer_from_passages_is_never_in_doubt(
    sample_index: Path, question: str
) -> None:
    """Greetings, overviews and refusals."""
    assert not at(sample_index, sure=1.0, threshold=0.9).ask(question).doubtful


def test_the_terminal_says_so(doubtful: Answer, sure: Answer) -> None:
    """One line above the answer, which is not in bold then."""
    lines = list(answer_lines(doubtful))
    assert lines[0] == ("yellow", DOUBT)
    assert ("bold", lines[1][1]) == next(answer_lines(sure))
    assert lines[1][0] == ""


def test_the_command_says_so(sample_index: Path) -> None:
    """In words for a person, as a field for a program; the setting is a variable."""
    asked = ("ask", QUESTION, "--index", sample_index)
    told = run(*asked, ASSISTANT_SURE="1")
    assert told.stdout.startswith(DOUBT)
    assert told.returncode == 0
    assert json.loads(run(*asked, "--json", ASSISTANT_SURE="1").stdout)["doubtful"] is True


def test_markdown_says_so(doubtful: Answer, sure: Answer) -> None:
    """In italics above the answer; a streamed one begins with it."""
    assert f"\n\n*{DOUBT}*\n\n> Budapest" in answer_markdown(doubtful)
    assert DOUBT not in answer_markdown(sure)
    begun = sentences_markdown(doubtful.sentences[:1], doubtful.citations, doubtful=True)
    assert begun.startswith(f"*{DOUBT}*\n\n> ")
    assert cited_markdown(doubtful).startswith(begun)
    assert sentences_markdown((), (), doubtful=True) == ""


def test_the_page_says_so(doubtful: Answer, sure: Answer) -> None:
    """One quiet line above the quotes, also while they come."""
    shown = message_html(Exchange(1, QUESTION, answer=doubtful))
    assert shown.index(PAINTED) < shown.index("<blockquote")
    assert DOUBT not in message_html(Exchange(1, QUESTION, answer=sure))
    writing = Exchange(1, QUESTION, "writing", doubtful=True)
    assert DOUBT not in message_html(writing)
    begun = replace(writing, sentences=doubtful.sentences[:1])
    assert PAINTED in message_html(begun)
    assert PAINTED in message_html(replace(begun, stopped=True))


def test_the_steps_of_an_answer_say_so(sample_index: Path) -> None:
    """From the first sentence on."""
    *steps, last = at(sample_index, sure=1.0).stream(QUESTION)
    assert [step.doubtful for step in steps if step.stage == "writing"] == [True] * len(
        [step for step in steps if step.sentences]
    )
    assert last.answer
    assert last.answer.doubtful


def test_what_an_llm_writes_is_in_doubt_too(sample_index: Path) -> None:
    """The evidence is the same; where the LLM declines, there is no answer to doubt."""
    model = ScriptedModel(lambda _, user: [f"{WRITTEN} [{number_of(user, WRITTEN[:40])}]"])
    written = assistant_with(model, sample_index, sure=1.0).ask(QUESTION)
    assert written.mode == "llm"
    assert written.doubtful
    assert str(written).startswith(DOUBT)
    declined = assistant_with(says("NOT_IN_ARTICLES"), sample_index, sure=1.0).ask(QUESTION)
    assert declined.kind == "not_in_articles"
    assert not declined.doubtful
