"""``assistant eval``: figures by their definitions, intervals, files and comparison."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import bootstrap
from sklearn.metrics import roc_auc_score

from assistant import Assistant, open_assistant
from assistant.errors import EvaluationError
from assistant.evaluation.metrics import Figure, Outcome, area_under_curve, interval, work_out
from assistant.evaluation.plots import draw_evaluation
from assistant.evaluation.questions import load_questions
from assistant.evaluation.run import Evaluation, evaluate, fallen
from index import open_index

VENUES = (
    "Budapest, Istanbul and neutral Switzerland are being considered as venues for the "
    "Putin–Zelenskyy meeting."
)


def outcome(**changes: object) -> Outcome:
    values: dict[str, object] = {
        "answerable": True, "found": 1, "found_bare": None, "found_rewrite": None,
        "answered": True, "quotes": 1, "quotes_right": 1, "sentences": 1, "refused": False,
        "confidence": 0.9, "confidence_removed": None, "seconds": 0.1,
    }  # fmt: skip
    return Outcome(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def assistant(sample_index: Path) -> Assistant:
    return open_assistant(sample_index)


@pytest.fixture
def question_set(tmp_path: Path, sample_index: Path) -> Path:
    """Three questions over the sample articles: two answerable, one not."""
    with open_index(sample_index).view() as view:
        ids = {info.title: info.id for info in view.articles()}
    article = next(ids[title] for title in ids if title.startswith("Trump says air support"))
    questions = [
        {"question": "what venues were considered?", "answers": ["Budapest"],
         "article_ids": [article], "evidence": [VENUES], "answerable": True},
        {"question": "How many drones were launched?", "answers": ["270 drones"],
         "article_ids": [article], "answerable": True,
         "history": [{"role": "user", "content": "What did Russia do?"}]},
        {"question": "Who wrote the opera Carmen?", "answerable": False},
    ]  # fmt: skip
    lines = "\n".join(json.dumps(each) for each in questions)
    (tmp_path / "questions.jsonl").write_text(lines, "utf-8")
    return tmp_path


def test_the_figures_of_a_small_set(question_set: Path, assistant: Assistant) -> None:
    """Found, answered, cited and refused are counted as defined."""
    figures = evaluate("small", load_questions(question_set), assistant).figures
    assert figures["found@5"].value == 1.0
    assert figures["answered"].value == 1.0
    assert figures["cited right"].value == 1.0
    assert figures["refused right"].value == 1.0
    assert figures["refused wrong"].value == 0.0
    assert figures["AUROC"].value == 1.0
    assert figures["found@5 bare"].count == 1


def test_a_csv_of_questions_and_answers(tmp_path: Path, assistant: Assistant) -> None:
    """Two columns do; an empty answer marks a question that the articles do not answer."""
    path = tmp_path / "mine.csv"
    path.write_text('what venues were considered?,Istanbul\n"Who wrote Carmen, the opera?",\n')
    figures = evaluate("mine", load_questions(path), assistant).figures
    assert figures["answered"].value == 1.0
    assert figures["refused right"].value == 1.0


@pytest.mark.parametrize("content", [None, "", "no json", '{"q": 1}'])
def test_a_set_that_cannot_be_read(tmp_path: Path, content: str | None) -> None:
    """A missing, empty or odd file is one sentence."""
    if content is not None:
        (tmp_path / "questions.jsonl").write_text(content)
    with pytest.raises(EvaluationError, match=r"questions"):
        load_questions(tmp_path)


def test_questions_of_other_articles(tmp_path: Path, assistant: Assistant) -> None:
    """A set that does not belong to the index is said not to, not counted as unfound."""
    line = {"question": "x?", "article_ids": ["nowhere"], "answers": ["y"]}
    (tmp_path / "questions.jsonl").write_text(json.dumps(line))
    with pytest.raises(EvaluationError, match="belong together"):
        evaluate("odd", load_questions(tmp_path), assistant)


def test_the_area_under_the_curve_is_that_of_scikit_learn() -> None:
    """An independent implementation agrees, ties included."""
    from sklearn.metrics import roc_auc_score

    dice = random.Random(3)
    positive = [dice.randint(2, 12) for _ in range(200)]
    negative = [dice.randint(0, 10) for _ in range(150)]
    expected = roc_auc_score([1] * 200 + [0] * 150, positive + negative)
    ours = area_under_curve(np.array(positive, float), np.array(negative, float))
    assert ours == pytest.approx(expected)


def test_intervals_hold_their_value() -> None:
    """Each figure lies inside its interval, and more questions make it narrower."""
    few = work_out([outcome(found=n % 2) for n in range(20)])["found@1"]
    many = work_out([outcome(found=n % 2) for n in range(2000)])["found@1"]
    for figure in (few, many):
        assert figure.low <= figure.value == 0.5 <= figure.high
    assert many.high - many.low < few.high - few.low


def test_an_interval_of_an_area_is_that_of_scikit_learn() -> None:
    """A thousand resamples in one call are the same thousand, one by one."""
    dice = np.random.default_rng(4)
    positive, negative = dice.beta(4, 2, 30), dice.beta(2, 3, 20)
    one_by_one = bootstrap(
        (positive, negative),
        lambda *both: roc_auc_score([1] * len(both[0]) + [0] * len(both[1]), np.concatenate(both)),
        n_resamples=1000, method="percentile", vectorized=False, rng=np.random.default_rng(0),
    )  # fmt: skip
    ends = interval(area_under_curve, positive, negative)
    assert ends == pytest.approx(tuple(one_by_one.confidence_interval))


def test_figures_of_few_questions() -> None:
    """One question is its own interval; answers without quotes leave the share of right ones."""
    refused = outcome(quotes=0, quotes_right=0, refused=True, confidence=0.2, answerable=False)
    figures = work_out([outcome(confidence=0.8), refused])
    assert figures["AUROC"] == Figure(1.0, 1.0, 1.0, 2)
    assert figures["cited right"] == Figure(1.0, 1.0, 1.0, 1)
    none_quoted = work_out([outcome(quotes=0, quotes_right=0), outcome()])["cited right"]
    assert none_quoted == Figure(1.0, 1.0, 1.0, 2)
    assert "cited right" not in work_out([outcome(quotes=0, quotes_right=0)])


def test_the_interval_of_a_mean_is_as_wide_as_theory_says() -> None:
    """A half of 400 questions: 1.96 times the root of p(1 - p)/n to either side."""
    figure = work_out([outcome(found=n % 2) for n in range(400)])["found@1"]
    assert figure.high - figure.low == pytest.approx(2 * 1.96 * (0.25 / 400) ** 0.5, rel=0.1)


def test_a_fallen_figure_is_named() -> None:
    """A figure below its old interval is worse; for wrong refusals, one above it."""
    old = {"figures": {"found@1": {"low": 0.8, "high": 0.9, "value": 0.85},
                       "refused wrong": {"low": 0.01, "high": 0.05, "value": 0.03}}}  # fmt: skip

    def now(found: float, wrong: float) -> Evaluation:
        figures = {"found@1": found, "refused wrong": wrong}
        return Evaluation("x", {k: Figure(v, v, v, 9) for k, v in figures.items()}, ())

    assert fallen(old, now(0.81, 0.04)) == []
    assert fallen(old, now(0.79, 0.04)) == ["found@1"]
    assert fallen(old, now(0.95, 0.06)) == ["refused wrong"]


def test_a_picture_is_drawn(tmp_path: Path) -> None:
    """The three panels are written as a PNG."""
    outcomes = [outcome(confidence=n / 20, answerable=n > 9) for n in range(20)]
    result = Evaluation("drawn", work_out(outcomes), tuple(outcomes))
    draw_evaluation(result, tmp_path / "figures.png")
    assert (tmp_path / "figures.png").read_bytes().startswith(b"\x89PNG")
