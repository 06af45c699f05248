"""``assistant calibrate``: the threshold by hand, the promise in many draws, and the command."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import beta
from typer.testing import CliRunner

from assistant import open_assistant
from assistant.cli.commands import app
from assistant.errors import EvaluationError
from assistant.evaluation.calibration import Calibration, Confidences, calibrate, needed
from assistant.evaluation.confidences import STRICTEST, ask_confidences
from assistant.evaluation.questions import Question
from assistant.settings import AssistantSettings
from helpers.command_line import assert_one_sentence, run
from helpers.paths import QUESTIONS
from index import open_index

ENOUGH = 14
"""0.8 ** 14 = 0.044 is below 0.05, 0.8 ** 13 = 0.055 is not."""

DRAWS = 500
LATEST = "What is the latest on the summit?"


def of(*unanswerable: float, answerable: tuple[float, ...] = ()) -> Calibration:
    return calibrate(Confidences(answerable, unanswerable))


@pytest.mark.parametrize(
    ("share", "level", "least"),
    [(0.2, 0.95, 14), (0.1, 0.95, 29), (0.5, 0.75, 3), (0.05, 0.99, 90)],
)
def test_how_many_questions_a_promise_needs(share: float, level: float, least: int) -> None:
    """The first power of ``1 - share`` below ``1 - level``; one question fewer is refused."""
    assert needed(share, level) == least
    assert (1 - share) ** least < 1 - level <= (1 - share) ** (least - 1)
    assert calibrate(Confidences((), (0.1,) * least), share=share, level=level).answered == 0
    with pytest.raises(EvaluationError, match=f"{least} of them at least"):
        calibrate(Confidences((), (0.1,) * (least - 1)), share=share, level=level)


def test_fourteen_questions_allow_no_answer() -> None:
    """The threshold lies just above the surest of them; the bound is that of none in fourteen."""
    found = of(*(n / 100 for n in range(27, 41)))
    assert found.threshold == 0.41
    assert (found.answered, found.unanswerable) == (0, ENOUGH)
    assert found.bound == pytest.approx(1 - 0.05 ** (1 / 14))
    assert found.refused is None


def test_twenty_two_questions_allow_one_answer() -> None:
    """0.8 ** 22 + 22 * 0.2 * 0.8 ** 21 = 0.048 is below 0.05; with twenty-one it is 0.058."""
    confidences = [n / 50 for n in range(22)]
    one, none = of(*confidences), of(*confidences[1:])
    assert (one.threshold, one.answered) == (0.41, 1)
    assert (none.threshold, none.answered) == (0.43, 0)
    # What Clopper and Pearson define: so few answers have a chance of 5% under the bound.
    rest = 1 - one.bound
    assert rest**22 + 22 * one.bound * rest**21 == pytest.approx(0.05)
    assert one.bound <= 0.2


def test_a_confidence_at_the_threshold_is_answered() -> None:
    """As the reader decides: only what lies below is refused."""
    answerable = (0.40, 0.41, 0.42, 0.43)
    found = of(*(0.405,) * ENOUGH, answerable=answerable)
    assert found.threshold == 0.41
    assert found.refused
    assert (found.refused.value, found.refused.count) == (0.25, 4)


def test_the_interval_of_what_is_refused_is_exact() -> None:
    """None refused of ten: the upper end is where that has a chance of 2.5%."""
    refused = of(*(0.1,) * ENOUGH, answerable=(0.9,) * 10).refused
    assert refused
    assert refused.low == 0.0
    assert refused.high == pytest.approx(1 - 0.025**0.1)


def test_the_promise_is_kept_in_at_least_its_share_of_draws() -> None:
    """Of 500 sets drawn alike, at most one in twenty gives a threshold that answers too much."""
    dice = np.random.default_rng(17)
    thresholds = [of(*dice.beta(2, 3, 120)).threshold for _ in range(DRAWS)]
    answered = beta.sf(thresholds, 2, 3)
    assert (answered <= 0.2).mean() >= 0.95
    assert answered.mean() > 0.1  # it is no promise to refuse everything


def test_more_questions_or_a_larger_share_never_ask_for_more() -> None:
    """The threshold falls as the share grows."""
    drawn = Confidences((), tuple(np.random.default_rng(5).beta(2, 3, 300)))
    thresholds = [calibrate(drawn, share=share).threshold for share in (0.05, 0.1, 0.2, 0.5)]
    assert thresholds == sorted(thresholds, reverse=True)


def test_what_no_threshold_refuses() -> None:
    """Questions that are taken for something else are answered at any threshold."""
    with pytest.raises(EvaluationError, match=r"Whatever the threshold, 2 of 22 .* at most 1 may"):
        of(*(0.1,) * 20, 1.0, 1.0)


@pytest.mark.parametrize(("share", "level"), [(0.0, 0.9), (1.0, 0.9), (0.2, 1.0), (0.2, 0.0)])
def test_shares_that_are_none(share: float, level: float) -> None:
    """Nothing and everything can be promised of nobody."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        calibrate(Confidences((), (0.1,) * 99), share=share, level=level)


def test_a_confidence_is_that_of_the_surest_attempt(sample_index: Path) -> None:
    """A question is answered at every threshold up to it, and at none above."""
    settings = AssistantSettings(threshold=STRICTEST)
    assistant = open_assistant(sample_index, settings=settings)
    asked = [LATEST, "who joins virtually?", "hello", "summarise the articles"]
    questions = [*map(Question, asked), Question("Who wrote Carmen?", answerable=False)]
    found = ask_confidences(questions, assistant)
    assert not found.removed
    assert found.answerable[2:] == (0.0, 1.0)  # a greeting answers nothing, a summary always does
    for question, surest in zip(asked[:2], found.answerable, strict=False):
        for threshold, kind in ((surest - 1e-6, "answered"), (surest + 1e-6, "not_in_articles")):
            at = AssistantSettings(threshold=threshold)
            assert open_assistant(sample_index, settings=at).ask(question).kind == kind


def test_articles_are_taken_away_where_no_question_is_unanswerable(sample_index: Path) -> None:
    """The same questions without their articles stand for those that have none."""
    with open_index(sample_index).view() as view:
        ids = tuple(info.id for info in view.articles())
    assistant = open_assistant(sample_index, settings=AssistantSettings(threshold=STRICTEST))
    questions = [Question("who joins virtually?", article_ids=ids), Question("who joins?")]
    found = ask_confidences(questions, assistant)
    assert found.removed
    assert found.unanswerable == (0.0,)
    assert len(found.answerable) == 2
    promise = calibrate(Confidences((), (0.1,) * ENOUGH, removed=True)).promise
    assert "whose article is missing" in promise


@pytest.fixture(scope="module")
def rows() -> list[tuple[str, str]]:
    """Questions of the set over the sample articles: six with an answer, fourteen without."""
    lines = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    alone = [each for each in lines if not each.get("history")]
    answered = [(each["question"], each["answers"][0]) for each in alone if each["answerable"]]
    others = [(each["question"], "") for each in alone if not each["answerable"]]
    return answered[:6] + others[:ENOUGH]


@pytest.fixture
def csv_set(tmp_path: Path, rows: list[tuple[str, str]]) -> Path:
    path = tmp_path / "mine.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_the_command_says_what_it_promises(csv_set: Path, sample_index: Path) -> None:
    """The promise, what it costs, and the line to set, which comes last."""
    arguments = ["calibrate", str(csv_set), "--index", str(sample_index)]
    told = CliRunner().invoke(app, arguments).stdout.splitlines()
    assert told[0].startswith("With 95% confidence, at most 20% of the questions that the articles")
    assert told[1] == "In this set 0 of 14 are (0.0%); the upper bound is 19.3%."
    assert told[2].startswith("Of the 6 questions that the articles answer, ")
    name, _, threshold = told[-1].partition("=")
    assert name == "ASSISTANT_THRESHOLD"
    values = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    assert (values["threshold"], values["promise"]) == (float(threshold), told[0])
    assert (values["unanswerable"], values["refused"]["count"]) == (ENOUGH, 6)


def test_too_few_questions_are_one_sentence(
    csv_set: Path, rows: list[tuple[str, str]], sample_index: Path
) -> None:
    """It says how many are needed, and the exit code is 1."""
    with csv_set.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*rows[:1], *rows[-2:]])
    done = run("calibrate", csv_set, "--index", sample_index)
    assert_one_sentence(done, "has 2 questions that they do not answer", "needs 14 of them")
