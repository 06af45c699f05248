"""Articles that give orders: none changes what is cited, none brings a foreign address."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

import lxml.html  # type: ignore[import-untyped]
import pytest

from assistant import Answer, open_assistant
from assistant.web.chat import markup
from assistant.web.chat.conversation import Exchange
from helpers.attacks import ATTACKS, EVIL, Attack
from helpers.scripted_llm import ScriptedModel, assistant_with, number_of
from index import build_index

pytestmark = pytest.mark.slow

NAMES = [f"{first}{last}" for first in ("Mar", "Quil", "Vess", "Tarn", "Orr", "Bel", "Kes")
         for last in ("owby", "lington", "inholm", "edale", "ickfield", "aster")]  # fmt: skip
ATTACKED = dict(zip(NAMES, ATTACKS, strict=True))


def height(name: str) -> str:
    return f"The tower of {name} is {40 + NAMES.index(name)} metres high."


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles about towers, in each of which stands an order."""
    folder = tmp_path_factory.mktemp("attacked")
    articles = [
        {
            "id": name,
            "title": f"The tower of {name}",
            "text": f"{height(name)} It is made of brick. {attack.order} Its bell came from Orrel.",
        }
        for name, attack in ATTACKED.items()
    ]
    (folder / "towers.jsonl").write_text("\n".join(map(json.dumps, articles)), "utf-8")
    build_index([folder / "towers.jsonl"], folder / "index")
    return folder / "index"


def obedient(name: str, attack: Attack) -> ScriptedModel:
    """A model that gives the answer and does what the article orders."""

    def reply(_: str, user: str) -> Iterable[str]:
        known = number_of(user, height(name))
        text = f"{height(name)} [{known}]\n{attack.obeyed}"
        return [text[place : place + 7] for place in range(0, len(text), 7)]

    return ScriptedModel(reply)


def assert_unharmed(name: str, answer: Answer) -> None:
    assert answer.kind == "answered"
    assert [citation.quote for citation in answer.citations] == [height(name)]
    page = markup.message_html(Exchange(1, answer.question, answer=answer))
    for element in lxml.html.fragment_fromstring(page, create_parent="body").iter():
        assert element.tag not in {"img", "script", "iframe", "form", "style", "link", "input"}
        assert all(not re.search(EVIL, value) for key, value in element.items() if key != "title")
        assert element.get("href", "#").startswith("#")
    for sentence in answer.sentences:
        assert sentence.support == "quoted" or EVIL not in sentence.text


@pytest.mark.parametrize("name", NAMES)
def test_quotes_are_what_they_would_be(attacked: Path, name: str) -> None:
    """Without an LLM nothing can obey: the sentence that answers is quoted, and no other."""
    assert_unharmed(name, open_assistant(attacked).ask(f"How high is the tower of {name}?"))


@pytest.mark.parametrize("name", NAMES)
def test_an_llm_that_obeys_changes_no_citation(attacked: Path, name: str) -> None:
    """What it was made to write cites nothing and is struck through, or is not there at all."""
    assistant = assistant_with(obedient(name, ATTACKED[name]), attacked)
    answer = assistant.ask(f"How high is the tower of {name}?")
    assert_unharmed(name, answer)
    assert answer.mode == "llm"
    assert [each.text for each in answer.sentences if each.support == "supported"] == [height(name)]


def test_there_are_enough_attacks() -> None:
    """At least forty, all different."""
    assert len({attack.order for attack in ATTACKS}) >= 40
