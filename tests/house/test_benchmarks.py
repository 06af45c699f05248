"""The benchmarks run to their ends, on a few articles, and their sums are right."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant import Answer, Citation, CitedArticle
from helpers.paths import READERS_QUESTIONS, ROOT


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three of the sample articles."""
    folder = tmp_path_factory.mktemp("articles")
    for path in sorted((ROOT / "articles").iterdir())[:3]:
        shutil.copy(path, folder)
    return folder


def figures_of(tmp_path: Path, name: str, *arguments: str | Path) -> dict[str, Any]:
    """Run a benchmark; return its raw figures once its picture is there, too."""
    raw, picture = tmp_path / "raw.json", tmp_path / "picture.png"
    command = [sys.executable, f"benchmarks/{name}.py", *map(str, arguments)]
    command += ["--json", str(raw), "--picture", str(picture)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")
    figures: dict[str, Any] = json.loads(raw.read_text("utf-8"))
    return figures


@pytest.mark.slow
def test_building(articles: Path, tmp_path: Path) -> None:
    """Every token of ours is read, and the share of the machine's limit is one."""
    told = figures_of(tmp_path, "building", articles, "--rounds", "1", "--recipes", "ours")["told"]
    assert told["ours"]["tokens"] > 1000
    assert told["ours"]["lost"] == 0
    assert 0 < told["ours"]["limit"] <= told["ours"]["limit_embedding"] < 1.5


@pytest.mark.slow
def test_coming_back(articles: Path, tmp_path: Path) -> None:
    """Each way of coming back has its share of the first build."""
    told = figures_of(tmp_path, "coming_back", articles, "--rounds", "1", "--alone")["told"]
    assert set(told["ours"]) == {
        "first build", "nothing changed", "one article changed", "one article removed",
    }  # fmt: skip
    assert told["ours"]["nothing changed"]["share"] < 1


@pytest.mark.slow
def test_first_answer(tmp_path: Path) -> None:
    """Both of our ways are told, and ratios are those to the command."""
    figures = figures_of(tmp_path, "first_answer", "--runs", "1", "--alone")
    assert list(figures["told"]) == ["Article Assistant, ask", "Article Assistant, Python"]
    assert figures["ratios"]["Article Assistant, ask"] == 1


@pytest.mark.slow
def test_asking(articles: Path, tmp_path: Path) -> None:
    """All stages are told at all sizes, and nobody's question fails."""
    figures = figures_of(
        tmp_path,
        "asking",
        articles,
        "--sizes",
        "10",
        "20",
        "--questions",
        "2",
        "--askers",
        "1",
        "2",
        "--rounds",
        "1",
    )
    assert all(set(sizes) == {"10", "20"} for sizes in figures["by size"].values())
    assert all(row["failures"] == 0 for rows in figures["askers"].values() for row in rows)


@pytest.mark.slow
def test_weight(articles: Path, tmp_path: Path) -> None:
    """Disk and memory are told."""
    small = ("--sizes", "10", "--questions", "1", "--runs", "1", "--without-chat")
    told = figures_of(tmp_path, "weight", articles, *small)["by size"]["10"]
    assert all(value > 0 for value in told.values())


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.server
def test_page_start(tmp_path: Path) -> None:
    """The steps come in their order."""
    told = figures_of(tmp_path, "page_start", "--runs", "1", "--alone")["told"]["Article Assistant"]
    assert told["first paint"] > 0
    assert 0 < told["first word"] <= told["whole answer"]


def test_the_work_of_the_model_is_counted_as_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six layers, 384 wide, 1,536 in the feed-forward part, for two texts of two tokens and one."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    model_work = import_module("limit").model_work

    weights = 2 * (4 * 384 * 384 + 2 * 384 * 1536)
    assert model_work([2, 1]) == 6 * (3 * weights + 4 * 384 * (2 * 2 + 1 * 1))


@pytest.mark.parametrize(("power", "exponent"), [(0, 0.0), (0.5, 0.5), (1, 1.0)])
def test_growth(power: float, exponent: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exponent of a cost that is a power of size is that power."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    growth_exponent = import_module("measuring").growth_exponent

    sizes = [10, 100, 1000]
    assert growth_exponent(sizes, [7 * size**power for size in sizes]) == pytest.approx(exponent)


@pytest.mark.slow
def test_forward_pass(tmp_path: Path) -> None:
    """The operations' shares are parts of the pass, and matrix products most of it."""
    figures = figures_of(tmp_path, "forward_pass", "--passes", "2", "--tokens", "60")
    assert sum(figures["shares"].values()) <= 1
    assert figures["shares"]["MatMul"] > 0.5
    assert figures["whole"] < figures["products"]


def test_files_entered(sample_index: Path, tmp_path: Path) -> None:
    """A question does not wander: so many files of ours at most, its words made once or twice."""
    kept = tmp_path / "entered.json"
    command = [sys.executable, "benchmarks/files_entered.py", "--index", str(sample_index)]
    subprocess.run([*command, "--json", str(kept)], cwd=ROOT, check=True, timeout=120)
    figures = json.loads(kept.read_text("utf-8"))
    assert len(figures["quotes"]["files"]) <= 33
    assert len(figures["llm"]["files"]) <= 50
    assert all(1 <= figure["question_terms"] <= 2 for figure in figures.values())


@pytest.mark.slow
def test_real_questions(tmp_path: Path) -> None:
    """Each kind is told with its interval, and what was quoted is kept beside the question."""
    shutil.copy(READERS_QUESTIONS / "articles.jsonl", tmp_path)
    lines = (READERS_QUESTIONS / "questions.jsonl").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "questions.jsonl").write_text("".join(lines[:5]), "utf-8")
    figures = figures_of(tmp_path, "real_questions", tmp_path)
    whole = figures["by kind"]["all kinds"]
    assert whole["questions"] == len(figures["questions"]) == 5
    assert 0 <= whole["low"] <= whole["right"] <= whole["high"] <= 1
    assert all(each["refused"] or each["quotes"] for each in figures["questions"])


@pytest.mark.parametrize(
    ("answerable", "quotes", "right", "misled"),
    [
        (True, ["It was bought for £3.8 million."], True, False),
        (True, ["It was put up for\n£5 MILLION.", "It was bought for £3.8 million."], True, False),
        (True, ["It was put up for\n£5 MILLION."], False, True),
        (True, ["It was bought for £3.8 million.", "One.", "Two.", "Three."], False, False),
        (True, [], False, False),
        (False, ["It was bought for £3.8 million."], False, False),
        (False, [], True, False),
    ],
)
def test_what_is_right(
    answerable: bool,
    quotes: list[str],
    right: bool,
    misled: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A gold answer among three quotes at most is right; for a near miss, a refusal alone."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    row = {"id": "sale", "kind": "fact", "question": "How much?", "answerable": answerable}
    row |= {"answers": ["£3.8 million"] if answerable else [], "not": ["£5 million"]}
    told = import_module("real_questions").judged(row, answer_of(quotes))
    assert (told.right, told.misled) == (right, misled)


def answer_of(quotes: list[str]) -> Answer:
    """An answer of these quotes; a refusal where there are none."""
    article = CitedArticle("sale", "Ferry sold", None, None, "sale.txt")
    return Answer(
        question="How much?",
        standalone_question="How much?",
        kind="answered" if quotes else "not_in_articles",
        text="",
        citations=tuple(
            Citation(number, quote, 0, len(quote), "sale:0", 0.5, article)
            for number, quote in enumerate(quotes, start=1)
        ),
    )


def test_the_interval_of_a_share_is_wilsons(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight of ten: 0.49 to 0.94, as Wilson's formula gives by hand."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    real_questions = import_module("real_questions")
    told = [
        real_questions.Judged(str(n), "fact", "", (), False, (), 0.5, right=n < 8, misled=False)
        for n in range(10)
    ]
    figures = real_questions.by_kind(told)
    z, share, count = 1.959964, 0.8, 10
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    half = z * (share * (1 - share) / count + (z / (2 * count)) ** 2) ** 0.5 / (1 + z**2 / count)
    assert figures["fact"] == figures["all kinds"]
    assert figures["fact"]["low"] == pytest.approx(middle - half, abs=1e-6)
    assert figures["fact"]["high"] == pytest.approx(middle + half, abs=1e-6)


def test_the_fit_finds_what_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one measure that names the evidence weighs most, more if the fit is less pulled."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    fit, signals = import_module("fit_fusion"), import_module("fusion_signals")

    dice = np.random.default_rng(17)
    measures, holds = dice.normal(size=(60, 20, len(fit.WEIGHTS))), np.zeros((60, 20), bool)
    holds[np.arange(60), measures[:, :, 3].argmax(axis=1)] = True
    questions = [signals.Seen(m, None, 0.0, (), h) for m, h in zip(measures, holds, strict=True)]
    weak, strong = (fit.fitted([fit.stacked(questions)], pull) for pull in (0.01, 1.0))
    assert max(weak, key=weak.__getitem__) == "cover"
    assert weak["cover"] > strong["cover"] > 0
    assert min(weak.values()) >= 0
    assert sum(weak.values()) == pytest.approx(sum(fit.WEIGHTS.values()))
    assert fit.found_at(questions, weak)[0] > fit.found_at(questions, fit.PLAIN)[0]
