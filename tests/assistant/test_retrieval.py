"""Which passages are read: lists over all articles, sections, what was said before."""

from __future__ import annotations

import pytest

from assistant import Assistant, open_assistant
from assistant.question.answer_type import answer_type_of
from assistant.question.intent import intent_of
from assistant.types import Turn
from index import build_index

TOWNS = ("Lornwick", "Dellin", "Asham", "Marrowby", "Port Arlen", "Quill", "Sorrel", "Tamm")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Eight towns with a lighthouse each, two that differ on one, and a manual with sections."""
    folder = tmp_path_factory.mktemp("towns")
    for place, town in enumerate(TOWNS):
        text = (
            f"The town of {town}\n\n{town} lies on the coast. The lighthouse of {town} was built "
            f"in {1801 + 7 * place}. Its market is held on the first Monday of each month.\n"
        )
        (folder / f"{town}.txt").write_text(text, "utf-8")
    (folder / "old.txt").write_text(
        "A survey of bridges\nPublished: 2001-05-01\n\nThe Vannow bridge is 310 metres long. It "
        "carries trams.\n",
        "utf-8",
    )
    (folder / "new.txt").write_text(
        "Bridges measured anew\nPublished: 2019-08-20\n\nThe Vannow bridge is 342 metres long, "
        "the surveyors found.\n",
        "utf-8",
    )
    filler = "\n\n".join(
        f"Step {number}: turn the part numbered {number} until it clicks, then wipe it dry."
        for number in range(1, 40)
    )
    manual = f"# Manual of the press\n\n## Oiling\n\n{filler}\n\n## Storing\n\nKeep it dry.\n"
    (folder / "manual.md").write_text(manual, "utf-8")
    build_index([folder], folder / "index")
    return open_assistant(folder / "index")


def test_a_list_gathers_over_all_articles(shelf: Assistant) -> None:
    """Not only from the first few: each town's article is quoted."""
    answer = shelf.ask("List all the lighthouses and when they were built.")
    assert len({each.article.id for each in answer.citations}) >= 6


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("List the venues.", True),
        ("Which towns have a lighthouse?", True),
        ("Name all the ministers who met.", True),
        ("Which town has a lighthouse?", False),
        ("What is the press made of?", False),
        ("Who was chosen?", False),
    ],
)
def test_what_asks_for_a_list(question: str, wanted: bool) -> None:
    """More than one thing is asked for, perhaps in several articles."""
    assert answer_type_of(question).is_list is wanted


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("Which articles mention lighthouses?", "lighthouses"),
        ("show me all articles about the Vannow bridge", "Vannow bridge"),
        ("Are there any articles on trams?", "trams"),
        ("Which documents talk about a market", "market"),
        ("What articles do you have about oil?", "oil"),
    ],
)
def test_which_articles_mention_a_subject(question: str, subject: str) -> None:
    """It is told from a question that the articles answer."""
    intent = intent_of(question)
    assert (intent.kind, intent.subject) == ("mentions", subject)


def test_all_articles_that_mention_a_subject(shelf: Assistant) -> None:
    """They are counted over the whole index, and each is quoted where it does so."""
    answer = shelf.ask("Which articles mention a lighthouse?")
    assert answer.text.startswith("8 of the 11 articles mention “lighthouse”.")
    assert {each.article.title for each in answer.citations} == {
        f"The town of {town}" for town in TOWNS
    }
    assert all("lighthouse" in each.quote for each in answer.citations)


def test_no_article_mentions_it(shelf: Assistant) -> None:
    """Then it is a refusal, as for any question."""
    assert shelf.ask("Which articles mention volcanoes?").kind == "not_in_articles"


def test_articles_that_differ_are_both_quoted(shelf: Assistant) -> None:
    """The newer one first; and it is said that they differ, with their dates."""
    answer = shelf.ask("How long is the Vannow bridge?")
    assert [each.article.published for each in answer.citations] == ["2019-08-20", "2001-05-01"]
    assert "342" in answer.citations[0].quote
    assert "310" in answer.citations[1].quote
    assert answer.sentences[-1].citations == (1, 2)
    assert "differ" in answer.sentences[-1].text
    assert "2001-05-01" in answer.text


def test_articles_that_agree_do_not_differ(shelf: Assistant) -> None:
    """Other numbers in other articles are no contradiction if they are about something else."""
    answer = shelf.ask("When was the lighthouse of Quill built?")
    assert "differ" not in answer.text
    assert answer.citations[0].article.title == "The town of Quill"


def test_a_section_is_searched_with_its_passages(shelf: Assistant) -> None:
    """Its heading finds passages that stand far below it and do not hold its words."""
    hits = shelf.articles.search("oiling the press", 3)
    assert all(hit.article.title == "Manual of the press" for hit in hits)
    with shelf.articles.view() as view:
        held = view.holding("oiling")
    assert len(held) > 1


def test_a_new_subject_leaves_the_old_one(shelf: Assistant) -> None:
    """After three questions on one town, another one is found all the same."""
    talk = [
        Turn("user", "When was the lighthouse of Dellin built?"),
        Turn("assistant", "The lighthouse of Dellin was built in 1808."),
        Turn("user", "When is its market held?"),
        Turn("assistant", "Its market is held on the first Monday of each month."),
        Turn("user", "Where does Dellin lie?"),
        Turn("assistant", "Dellin lies on the coast."),
    ]
    asked = "How long is the Vannow bridge?"
    answer = shelf.ask(asked, talk)
    assert answer.standalone_question == asked
    assert answer.text == shelf.ask(asked).text
    leaning = shelf.ask("And when was the lighthouse built?", talk)
    assert "1808" in leaning.text


@pytest.mark.parametrize("subject", ["%", "😀", "AND", "*"])
def test_a_subject_without_words(shelf: Assistant, subject: str) -> None:
    """It is no question that can be answered; and nothing is taken for damage."""
    assert shelf.ask(f"Which articles mention {subject}?").kind == "not_in_articles"
