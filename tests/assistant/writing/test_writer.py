"""Answers that an LLM phrases: checked, cited from the index, replaced by quotes if it fails."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from assistant import Answer, Turn
from assistant.cli.explain import explanation_dict, explanation_lines
from assistant.errors import ModelError
from helpers.scripted_llm import ScriptedModel, assistant_with, number_of, says

VENUES = "what venues were considered?"
TRUE = "Budapest, Istanbul and neutral Switzerland are being considered as venues for the meeting."
FALSE = "The moon is made of green cheese."
HISTORY = (
    Turn("user", "what venues were considered for the Putin–Zelenskyy meeting?"),
    Turn("assistant", "Budapest, Istanbul and neutral Switzerland. [1]"),
)


def cites(text: str, words: str = "are being considered as venues") -> ScriptedModel:
    """A model that says ``text``, in which {n} is the number of the sentence with these words."""

    def reply(_: str, user: str) -> Iterable[str]:
        return [text.replace("{n}", str(number_of(user, words)))]

    return ScriptedModel(reply)


def asked(
    sample_index: Path, model: ScriptedModel, question: str = VENUES, **settings: object
) -> Answer:
    return assistant_with(model, sample_index, **settings).ask(question)


def quoted(sample_index: Path) -> Answer:
    return asked(sample_index, ScriptedModel(lambda *_: [ModelError("It is down.")]))


def test_the_answer_is_the_models_and_the_quotes_are_the_articles(sample_index: Path) -> None:
    """Its words, our citations: cut from the index, numbered in order of first use."""
    answer = asked(sample_index, cites(f"{TRUE} [{{n}}]"))
    assert answer.mode == "llm"
    assert answer.model == "test:scripted"
    assert answer.text == f"{TRUE} [1]"
    assert [each.support for each in answer.sentences] == ["supported"]
    (citation,) = answer.citations
    assert citation.quote.startswith("Budapest, Istanbul and neutral Switzerland are being")
    assert answer.notice is None


def test_a_number_that_is_no_evidence_never_reaches_the_screen(sample_index: Path) -> None:
    """Neither in the text nor as a citation, in no step of the answer."""
    assistant = assistant_with(cites(f"{TRUE} [{{n}}][977] [0]"), sample_index)
    for update in assistant.stream(VENUES):
        shown = [*(each.text for each in update.sentences), update.draft]
        assert not any("977" in text or "[" in text for text in shown)
        assert {n for each in update.sentences for n in each.citations} <= {1}


def test_a_wrong_citation_is_replaced_by_a_right_one(sample_index: Path) -> None:
    """The sentence that carries it is cited, whatever the model had named."""
    answer = asked(sample_index, cites(f"{TRUE} [{{n}}]", "No date has been fixed"))
    assert [each.quote[:8] for each in answer.citations] == ["Budapest"]


def test_what_no_quote_supports_is_struck_through(sample_index: Path) -> None:
    """With its reason, and without a citation."""
    answer = asked(sample_index, cites(f"{TRUE} [{{n}}] {FALSE} [{{n}}]"))
    true, false = answer.sentences
    assert (true.support, false.support) == ("supported", "unsupported")
    assert false.reason
    assert not false.citations
    assert f"~~{FALSE}~~ (not backed by the articles: " in answer.text


def test_in_strict_mode_it_is_left_out(sample_index: Path) -> None:
    """Nothing of it remains."""
    answer = asked(sample_index, cites(f"{TRUE} [{{n}}] {FALSE} [{{n}}]"), strict=True)
    assert answer.text == f"{TRUE} [1]"


def test_an_answer_without_any_support_gets_the_quotes(sample_index: Path) -> None:
    """What was written is struck through, and what the articles say stands behind it."""
    answer = asked(sample_index, says(FALSE))
    expected = quoted(sample_index)
    assert answer.mode == "quotes"
    assert answer.notice
    assert answer.notice.startswith("Nothing that test:scripted wrote is backed")
    assert [each.support for each in answer.sentences[:2]] == ["unsupported", "quoted"]
    assert answer.citations == expected.citations
    strict = asked(sample_index, says(FALSE), strict=True)
    assert strict.sentences == expected.sentences


def test_a_model_that_declines_is_believed(sample_index: Path) -> None:
    """The evidence does not answer: a refusal with the closest passages, not an answer."""
    answer = asked(sample_index, says("NOT_IN_ARTICLES"))
    assert answer.kind == "not_in_articles"
    assert answer.closest
    assert answer.mode == "llm"


def test_where_the_articles_do_not_answer_no_model_is_asked(sample_index: Path) -> None:
    """The reader's refusal stands above the model."""
    model = says("The capital of Mars is Olympus [1].")
    answer = asked(sample_index, model, "what is the capital of Mars?")
    assert answer.kind == "not_in_articles"
    assert not model.sent


def test_a_failure_gives_the_quotes_and_says_what_failed(sample_index: Path) -> None:
    """In the middle of a sentence, too: nothing of it is left."""
    parts: list[str | Exception] = ["Budapest and Ist", ModelError("It went away; start it.")]
    answer = asked(sample_index, ScriptedModel(lambda *_: parts))
    assert answer.notice
    assert answer.notice.startswith("It went away; start it.")
    assert answer.mode == "quotes"
    assert all(each.support == "quoted" for each in answer.sentences)
    assert answer.citations


def test_an_answer_cut_at_the_models_limit_loses_its_half_sentence(sample_index: Path) -> None:
    """The sentences that had ended stay, and a notice tells of the rest."""
    model = cites(f"{TRUE} [{{n}}] Attention has now moved to a poss")
    model.cut = True
    answer = asked(sample_index, model)
    assert answer.text == f"{TRUE} [1]"
    assert answer.notice
    assert "limit of tokens" in answer.notice
    model = says("Budapest and Ist")
    model.cut = True
    assert asked(sample_index, model).sentences == quoted(sample_index).sentences


def test_the_unfinished_sentence_is_seen_and_then_checked(sample_index: Path) -> None:
    """Words appear as they arrive, sentences with their verdicts when they have ended."""
    model = says(f"{TRUE} [1] {TRUE} [1]")
    updates = [*assistant_with(model, sample_index).stream(VENUES)]
    drafts = [each.draft for each in updates if each.draft]
    assert "Budapest, Istanbul" in [draft.rstrip() for draft in drafts]
    assert any(len(each.sentences) == 1 for each in updates if each.stage == "writing")
    assert not updates[-1].draft


def follow_up(rewritten: str | Exception) -> ScriptedModel:
    def reply(system: str, _: str) -> Iterable[str | Exception]:
        return [rewritten] if "next question" in system else ["NOT_IN_ARTICLES"]

    return ScriptedModel(reply)


def test_a_follow_up_is_written_out_by_the_model(sample_index: Path) -> None:
    """And shown as it was understood."""
    model = follow_up("Which venues does Macron favour for the Putin–Zelenskyy meeting?")
    answer = assistant_with(model, sample_index).ask("and which does Macron favour?", HISTORY)
    assert answer.standalone_question.startswith("Which venues does Macron favour for the Putin")


def test_one_that_lost_a_name_is_not_used(sample_index: Path) -> None:
    """The rules' version is."""
    model = follow_up("Which venue is favoured?")
    answer = assistant_with(model, sample_index).ask("and which does Macron favour?", HISTORY)
    assert answer.standalone_question.startswith("and which does Macron favour?")


def test_a_model_that_fails_at_the_follow_up_is_asked_nothing_more(sample_index: Path) -> None:
    """The question is understood by the rules and answered in quotes, without a second wait."""
    model = follow_up(ModelError("It is down; start it."))
    answer = assistant_with(model, sample_index).ask("and which does Macron favour?", HISTORY)
    assert len(model.sent) == 1
    assert answer.notice
    assert answer.citations


def test_a_refusal_tells_of_a_failure_on_the_way(sample_index: Path) -> None:
    """It may be for that failure that nothing was found: it is not dressed up."""
    model = follow_up(ModelError("It is down; start it."))
    answer = assistant_with(model, sample_index).ask("and what is the capital of Mars?", HISTORY)
    assert answer.kind == "not_in_articles"
    assert answer.notice
    assert answer.notice.startswith("It is down; start it.")


def test_what_came_about_can_be_explained(sample_index: Path) -> None:
    """Passages, scores, the prompt, verdicts, changed citations, tokens and time."""
    model = cites(f"{TRUE} [{{n}}] {FALSE} [{{n}}]")
    answer, trace = assistant_with(model, sample_index).explain(VENUES)
    told = "\n".join(text for _, text in explanation_lines(answer, trace))
    for part in (VENUES, "quoted)", "not read", "unsupported", "QUOTATIONS", "100 and 10", " s,"):
        assert part in told
    data = explanation_dict(trace)
    assert data
    assert data["llm"]["sentences"][1]["support"] == "unsupported"
    assert data["llm"]["prompt_tokens"] == 100


def test_a_summary_is_phrased_from_the_articles_own_sentences(sample_index: Path) -> None:
    """What the LLM writes is checked like any other answer; a list of articles is told as it is."""
    question = "summarise the article about the marathon"
    quotes = asked(sample_index, ScriptedModel(lambda *_: [ModelError("It is down.")]), question)
    model = says(f"{quotes.citations[0].quote} [2] {FALSE} [1]")
    assistant = assistant_with(model, sample_index)
    answer, trace = assistant.explain(question)
    assert any("unsupported" in text for _, text in explanation_lines(answer, trace))
    assert explanation_dict(trace)
    assert answer.mode == "llm"
    assert [each.support for each in answer.sentences] == ["supported", "unsupported"]
    assert answer.citations[0].quote == quotes.citations[0].quote
    assert asked(sample_index, says("NOT_IN_ARTICLES"), question).text == quotes.text
    unasked = says(FALSE)
    assert asked(sample_index, unasked, "which articles do you have?").kind == "answered"
    assert not unasked.sent
