"""The words that are sent to an LLM, and those a user puts in their place."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import UserError, open_assistant
from assistant.settings import AssistantSettings
from prompts import PromptError, Prompts, fill

QUESTION = "Sätze:\n{evidence}\nFrage: {question}"


def test_ones_own_prompt_takes_the_place_of_ours(tmp_path: Path) -> None:
    """Only the files that are there are replaced."""
    (tmp_path / "llm_question.txt").write_text(QUESTION, "utf-8")
    own = Prompts(tmp_path)
    assert own.fill("llm_question", evidence="[1] a", question="b?") == "Sätze:\n[1] a\nFrage: b?"
    assert own.fill("llm_answer") == Prompts().fill("llm_answer")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("llm_question.txt", "Frage: {question}", "lacks the variable {evidence}"),
        ("llm_question.txt", QUESTION + "{date}", "has the unknown variable {date}"),
        ("llm_answer.txt", "{name}", "has the unknown variable {name}; it may have none"),
        ("llm_answer.txt", 'Answer as {"a": 1}', "cannot be used|unknown variable"),
        ("llm_answer.txt", "{", "cannot be used"),
        ("llm_answer.txt", " \n", "is empty"),
        ("llm_antwort.txt", "x", "is no prompt that is used"),
        ("readme.md", "x", "holds no prompts"),
    ],
)
def test_a_wrong_prompt_is_an_error_when_it_is_loaded(
    tmp_path: Path, name: str, text: str, told: str
) -> None:
    """The message names the file, the variable and what it should be."""
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(PromptError, match=told):
        Prompts(tmp_path)


def test_an_assistant_with_wrong_prompts_does_not_open(sample_index: Path, tmp_path: Path) -> None:
    """The error is one for a person and names the setting."""
    with pytest.raises(UserError, match=r"ASSISTANT_PROMPTS: .* holds no prompts"):
        open_assistant(sample_index, settings=AssistantSettings(prompts=tmp_path))


def test_a_template_takes_exactly_its_variables() -> None:
    """A value too many or too few is a bug, found at once."""
    with pytest.raises(ValueError, match="takes"):
        fill("greeting")
