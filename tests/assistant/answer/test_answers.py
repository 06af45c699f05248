"""Questions to the sample articles: what is quoted, what is refused, what is understood."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant import Answer, Assistant, QuestionError, Turn, open_assistant
from index import build_index, open_index


@pytest.fixture(scope="module")
def assistant(sample_index: Path) -> Assistant:
    return open_assistant(sample_index)


def quotes(answer: Answer) -> str:
    return " ".join(citation.quote for citation in answer.citations)


def assert_exact(answer: Answer, folder: Path) -> None:
    with open_index(folder).view() as view:
        for citation in (*answer.citations, *answer.closest):
            article = view.article(citation.article.id)
            assert article is not None
            assert article.text[citation.start : citation.end] == citation.quote
            inside = citation.start - citation.context_start
            assert citation.context[inside : inside + len(citation.quote)] == citation.quote


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what venues were considered?", ["Budapest", "Istanbul", "Switzerland"]),
        ("How many drones were launched?", ["270 drones"]),
        ("Who will join virtually?", ["Gen. Dan Caine"]),
        ("What did Lavrov ask for?", ["with the utmost thoroughness"]),
        ("Who won the women's race at the marathon?", ["Saskia Lindqvarn"]),
        ("What jammed the sluice gate?", ["gate"]),
    ],
)
def test_it_quotes_the_sentence_that_answers(
    assistant: Assistant, sample_index: Path, question: str, expected: list[str]
) -> None:
    """The quotes hold the answer and stand in the article exactly as quoted."""
    answer = assistant.ask(question)
    assert answer.kind == "answered"
    assert 1 <= len(answer.citations) <= 3
    assert all(each in quotes(answer) for each in expected)
    assert_exact(answer, sample_index)


def test_markers_are_numbered_and_all_cited(assistant: Assistant) -> None:
    """Every marker has its citation and every citation its marker, in order."""
    answer = assistant.ask("What did Lavrov ask for?")
    assert [citation.n for citation in answer.citations] == list(
        range(1, len(answer.citations) + 1)
    )
    for citation in answer.citations:
        assert f"[{citation.n}]" in answer.text
    assert {n for each in answer.sentences for n in each.citations} == {
        citation.n for citation in answer.citations
    }


@pytest.mark.parametrize(
    "question",
    [
        "What is the boiling point of tungsten?",
        "Who wrote the opera Carmen?",
        "How many moons does Jupiter have?",
    ],
)
def test_it_refuses_what_the_articles_do_not_answer(
    assistant: Assistant, sample_index: Path, question: str
) -> None:
    """A refusal says so, cites nothing, and shows what came closest."""
    answer = assistant.ask(question)
    assert answer.kind == "not_in_articles"
    assert answer.citations == ()
    assert 1 <= len(answer.closest) <= 3
    assert "do not answer" in answer.text
    assert_exact(answer, sample_index)


def test_a_refusal_names_the_words_that_no_article_has(assistant: Assistant) -> None:
    """The question's words that stand in no article are named."""
    assert "“tungsten”" in assistant.ask("What is the boiling point of tungsten?").text


@pytest.mark.parametrize("greeting", ["hello", "Hi there!", "Good morning", "thanks"])
def test_a_greeting_gets_three_questions_that_are_answered(
    assistant: Assistant, greeting: str
) -> None:
    """A greeting is met with three questions made from the articles, which they answer."""
    answer = assistant.ask(greeting)
    assert answer.kind == "greeting"
    assert len(answer.suggestions) == 3
    assert all(assistant.ask(each).kind == "answered" for each in answer.suggestions)


@pytest.mark.parametrize(
    "question", ["which articles do you have?", "List the articles", "what can I ask you?"]
)
def test_it_lists_the_articles_with_citations(assistant: Assistant, question: str) -> None:
    """Asked for what there is, it names every article, each cited."""
    answer = assistant.ask(question)
    assert answer.kind == "answered"
    assert len(answer.citations) == assistant.status().articles
    assert "Geneva, Istanbul, Budapest" in answer.text


@pytest.mark.parametrize(
    "question",
    ["summarise the article about the marathon", "Give me a summary of the Port Arlen marathon"],
)
def test_a_summary_quotes_the_article_that_is_meant(
    assistant: Assistant, sample_index: Path, question: str
) -> None:
    """A summary is made of the article's own sentences, cited, in reading order."""
    answer = assistant.ask(question)
    assert answer.kind == "answered"
    assert {citation.article.title for citation in answer.citations} == {
        "Lindqvarn breaks course record in windy Port Arlen marathon"
    }
    starts = [citation.start for citation in answer.citations]
    assert starts == sorted(starts)
    assert_exact(answer, sample_index)


def test_a_summary_of_what_is_not_there_is_refused(assistant: Assistant) -> None:
    """A subject that no article has is not summarised with something else."""
    answer = assistant.ask("summarise the article about quantum chromodynamics")
    assert answer.kind == "not_in_articles"


def test_what_is_this_about_tells_of_the_whole_collection(assistant: Assistant) -> None:
    """Without a subject the collection is told, cited."""
    answer = assistant.ask("what is this about?")
    assert answer.kind == "answered"
    assert answer.citations


@pytest.mark.parametrize(
    ("question", "subject", "expected"),
    [
        ("how old is she?", "Saskia Lindqvarn", "29-year-old"),
        ("and how many runners finished it?", "Port Arlen Marathon", "10,912 of them finished"),
    ],
)
def test_a_follow_up_is_understood_from_the_conversation(
    assistant: Assistant, question: str, subject: str, expected: str
) -> None:
    """A question with a pronoun takes its subject from the question or the answer before."""
    history = (
        Turn("user", "Who won the women's race at the Port Arlen Marathon?"),
        Turn("assistant", "Saskia Lindqvarn won the women's race. [1]"),
    )
    answer = assistant.ask(question, history)
    assert subject in answer.standalone_question
    assert expected in quotes(answer)


@pytest.mark.parametrize(
    "question",
    [
        "How many drones did Russia launch?",
        "How much did the tram line cost and when does it open?",  # "it" points back within it
    ],
)
def test_a_question_that_stands_alone_is_left_alone(assistant: Assistant, question: str) -> None:
    """A new topic does not drag the old subject along."""
    history = (Turn("user", "Who won the Port Arlen Marathon?"), Turn("assistant", "…"))
    assert assistant.ask(question, history).standalone_question == question


@pytest.mark.parametrize(
    ("question", "remedy"), [("", "ask one"), ("  \n", "ask one"), ("x" * 100_000, "shorten")]
)
def test_an_empty_or_endless_question_is_refused_with_a_remedy(
    assistant: Assistant, question: str, remedy: str
) -> None:
    """It is the asker's mistake and is said in one sentence, not as "not in the articles"."""
    with pytest.raises(QuestionError, match=remedy):
        assistant.ask(question)


def test_updates_grow_to_the_answer_that_ask_returns(assistant: Assistant) -> None:
    """The stages come in order and only the last update holds the answer."""
    question = "What did Lavrov ask for?"
    updates = list(assistant.stream(question))
    stages = list(dict.fromkeys(update.stage for update in updates))
    assert stages == ["searching", "reading", "writing", "done"]
    assert [update.answer is None for update in updates] == [True] * (len(updates) - 1) + [False]
    last = updates[-1].answer
    assert last is not None
    assert last.text == assistant.ask(question).text


def test_the_answer_object_has_the_agreed_shape(assistant: Assistant) -> None:
    """to_dict holds plain values only and at least the fields that every face relies on."""
    shown = json.loads(json.dumps(assistant.ask("what venues were considered?").to_dict()))
    assert {
        "question", "standalone_question", "kind", "text", "sentences", "citations", "closest",
        "mode", "model", "timings",
    } <= set(shown)  # fmt: skip
    citation = shown["citations"][0]
    assert {"n", "quote", "start", "end", "passage_id", "score", "article", "stale"} <= set(
        citation
    )
    assert set(citation["article"]) == {"id", "title", "author", "published", "source"}
    assert shown["sentences"][0]["support"] == "quoted"


def test_printing_reads_well(assistant: Assistant) -> None:
    """print(answer) shows the text, the quotes, and title, author, date and place of each."""
    shown = str(assistant.ask("what venues were considered?"))
    assert shown.startswith("Budapest, Istanbul and neutral Switzerland")
    assert "[1] “Budapest" in shown
    assert "Clara Hensley, 2025-08-20" in shown
    assert "characters" in shown
    assert all(len(line) <= 150 for line in shown.splitlines())


def test_a_folder_that_nobody_prepared(tmp_path: Path) -> None:
    """Odd names, no title, smart quotes, abbreviations and an ellipsis in a quotation work."""
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "000_281c49e4.txt").write_text(
        "The U.S. envoy met Gen. Maro Teln in Vessin on 3 May, officials said. “We waited… and "
        "nobody came,” she told reporters. About 4,200 people fled the town of Orrel.\n\n"
        "The bridge at Orrel will reopen in June, said Dr. Ilka Prew.",
        "utf-8",
    )
    build_index([folder], tmp_path / "index")
    assistant = open_assistant(tmp_path / "index")
    met = assistant.ask("Who did the U.S. envoy meet?")
    assert met.citations[0].quote.startswith("The U.S. envoy met Gen. Maro Teln")
    assert "281c49e4" not in met.citations[0].article.title
    assert met.citations[0].article.title.startswith("The U.S. envoy met")
    waited = assistant.ask("What did the envoy tell reporters?")
    assert "“We waited… and nobody came,” she told reporters." in quotes(waited)
