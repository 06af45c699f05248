"""The command line, run as a newcomer runs it: in a process of its own."""

from __future__ import annotations

import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.cli.commands import app
from helpers.command_line import assert_one_sentence, run
from helpers.paths import ROOT
from index import build_index

pytestmark = pytest.mark.slow

QUESTION = "what venues were considered?"


def test_ask_prints_the_answer_and_its_sources(sample_index: Path) -> None:
    """In a pipe: plain text with quotes, title, author, date and place."""
    done = run("ask", QUESTION, "--index", sample_index)
    assert done.returncode == 0
    assert "[1] “Budapest, Istanbul and neutral Switzerland" in done.stdout
    assert "Clara Hensley, 2025-08-20" in done.stdout
    assert "\x1b" not in done.stdout


def test_ask_json_is_the_answer_object(sample_index: Path) -> None:
    """--json prints what Answer.to_dict returns."""
    done = run("ask", "--json", QUESTION, ASSISTANT_INDEX=str(sample_index))
    answer = json.loads(done.stdout)
    assert answer["kind"] == "answered"
    assert answer["citations"][0]["quote"].startswith("Budapest")


def test_ask_reads_a_pipe(sample_index: Path) -> None:
    """A single dash takes the question from standard input."""
    done = run("ask", "-", "--index", sample_index, stdin=QUESTION)
    assert "Budapest" in done.stdout


def test_ask_exits_3_when_the_articles_do_not_answer(sample_index: Path) -> None:
    """A program can tell a refusal from an answer and from a failure."""
    done = run("ask", "Who wrote the opera Carmen?", "--index", sample_index)
    assert done.returncode == 3
    assert "do not answer" in done.stdout


@pytest.mark.parametrize("arguments", [(), ("ask",), ("ask", "x", "--nonsense"), ("nonsense",)])
def test_wrong_usage_exits_2(arguments: tuple[str, ...]) -> None:
    """Missing and unknown words are usage errors."""
    assert run(*arguments).returncode == 2


def test_build_reports_in_a_table(tmp_path: Path, articles_folder: Path) -> None:
    """Added, changed, removed, unchanged and unreadable are counted; trouble is named."""
    (articles_folder / "broken.txt").write_bytes(b"\x00\x01\x02\xff" * 50)
    done = run("index", "build", articles_folder, "--index", tmp_path / "index")
    assert done.returncode == 0
    rows = {
        cells[1].strip(): cells[2].strip()
        for line in done.stdout.splitlines()
        if len(cells := line.split("│")) == 4
    }
    assert rows == {
        "added": "10", "changed": "0", "removed": "0", "unchanged": "0", "unreadable": "1",
    }  # fmt: skip
    assert "broken.txt: " in done.stdout
    again = run("build", "--json", "--index", tmp_path / "index", module="index")
    assert json.loads(again.stdout)["unchanged"] == 10
    assert json.loads(again.stdout)["embedded"] == 0


def printed(*arguments: str | Path) -> dict[str, Any]:
    """Return the object that a command prints; it runs in this process, which takes less time."""
    done = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    assert done.exit_code == 0, done.output
    value: dict[str, Any] = json.loads(done.stdout)
    return value


def test_a_rebuild_embeds_only_what_it_is_given(tmp_path: Path, sample_index: Path) -> None:
    """From the stored texts nothing is embedded; from named articles everything is."""
    folder = Path(shutil.copytree(sample_index, tmp_path / "index"))
    status = printed("index", "status", "--index", folder)
    assert status["articles"] == 10
    for arguments, embedded in (((), 0), ((ROOT / "articles",), status["passages"])):
        rebuilt = printed("index", "rebuild", *arguments, "--index", folder)
        assert rebuilt["embedded"] == embedded


def test_no_index_yet(tmp_path: Path) -> None:
    """Asking without an index names the command that makes one."""
    assert_one_sentence(run("ask", "x", "--index", tmp_path / "no"), "assistant index build")
    assert not (tmp_path / "no").exists()


def test_nothing_to_index(tmp_path: Path) -> None:
    """An empty folder and a missing path are said to be so."""
    (tmp_path / "empty").mkdir()
    folder = tmp_path / "index"
    assert_one_sentence(run("index", "build", tmp_path / "empty", "--index", folder), "no articles")
    assert_one_sentence(run("index", "build", tmp_path / "gone", "--index", folder), "gone")


def test_an_index_made_with_another_model(sample_index: Path) -> None:
    """It is refused when it is opened, not when a question fails."""
    done = run("ask", "x", "--index", sample_index, ASSISTANT_MODEL="other-model")
    assert_one_sentence(done, "assistant index rebuild", "ASSISTANT_MODEL=all-MiniLM-L6-v2")


@pytest.mark.parametrize(("question", "remedy"), [("", "ask one"), ("y" * 100_000, "shorten")])
def test_a_question_that_is_none(sample_index: Path, question: str, remedy: str) -> None:
    """An empty or endless question is one sentence."""
    assert_one_sentence(run("ask", "-", "--index", sample_index, stdin=question), remedy)


def test_a_corrupt_index(tmp_path: Path) -> None:
    """A damaged catalogue names the way back."""
    (tmp_path / "catalogue.sqlite3").write_bytes(b"garbage" * 1000)
    assert_one_sentence(run("ask", "x", "--index", tmp_path), "damaged", "assistant index rebuild")


def test_a_setting_that_cannot_be_used(sample_index: Path) -> None:
    """The variable is named with what is wrong."""
    done = run("ask", "x", "--index", sample_index, ASSISTANT_THRESHOLD="high")
    assert_one_sentence(done, "ASSISTANT_THRESHOLD", "correct or unset")


def test_a_dry_run_only_tells(sample_index: Path, tmp_path: Path) -> None:
    """What would be added, changed and removed is listed, in words and as JSON."""
    (tmp_path / "moon.txt").write_text("Tides\n\nThe moon lifts the sea.\n", "utf-8")
    told = run("index", "build", tmp_path, "--dry-run", "--index", sample_index)
    assert "+ Tides" in told.stdout
    assert "1 would be added, 0 would be changed, 10 would be removed" in told.stdout
    plan = json.loads(
        run("index", "build", tmp_path, "--dry-run", "--json", "--index", sample_index).stdout
    )
    assert [each["title"] for each in plan["added"]] == ["Tides"]
    assert len(plan["removed"]) == 10
    for command in ("build", "rebuild"):
        done = run("index", command, tmp_path, "--index", sample_index)
        assert_one_sentence(done, "10 of 10", "--allow-removals")
    listed = json.loads(run("index", "list", "--json", "--index", sample_index).stdout)
    assert {each["state"] for each in listed} == {"current"}
    assert len(listed) == 10


def test_verify_exits_1_on_a_difference(tmp_path: Path, articles_folder: Path) -> None:
    """A sound index exits 0; a file that has changed is named."""
    folder = tmp_path / "index"
    build_index([articles_folder], folder)
    assert "all agree" in run("index", "verify", "--index", folder).stdout
    changed = next(articles_folder.glob("*.txt"))
    changed.write_text(changed.read_text("utf-8") + "\nOne more sentence.\n", "utf-8")
    done = run("index", "verify", "--index", folder)
    assert (done.returncode, done.stdout.count("has changed since")) == (1, 1)
    assert "Run `assistant index build`" in done.stdout.splitlines()[-1]
    found = json.loads(run("index", "verify", "--json", "--index", folder).stdout)
    assert [each["subject"] for each in found["differences"]] == [str(changed)]
    assert "has changed since it was indexed" in run("index", "list", "--index", folder).stdout


def test_verify_names_the_rebuild_that_repairs(tmp_path: Path, sample_index: Path) -> None:
    """What was altered in Chroma's own database, no build would notice; embedding costs nothing."""
    folder = Path(shutil.copytree(sample_index, tmp_path / "index"))
    (database,) = folder.glob("vectors/*/chroma.sqlite3")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "UPDATE embedding_metadata SET string_value = 'Forged' WHERE rowid = "
            "(SELECT rowid FROM embedding_metadata WHERE key = 'title' LIMIT 1)"
        )
        # Chroma takes an embedding from its log as soon as it is opened: the first one is to have
        # that of the last one.
        connection.execute(
            "INSERT INTO embeddings_queue (operation, topic, id, vector, encoding) "
            "SELECT 1, topic, (SELECT embedding_id FROM embeddings ORDER BY id LIMIT 1), vector, "
            "encoding FROM embeddings_queue ORDER BY seq_id DESC LIMIT 1"
        )
    done = run("index", "verify", "--index", folder)
    assert done.returncode == 1
    assert "Chroma holds another title for it" in done.stdout
    assert "Chroma holds another vector for it" in done.stdout
    assert "Run `assistant index rebuild`" in done.stdout.splitlines()[-1]
    rebuilt = run("index", "rebuild", "--json", "--index", folder)
    assert json.loads(rebuilt.stdout)["embedded"] == 0
    done = run("index", "verify", "--index", folder)
    assert (done.returncode, done.stdout.count("all agree")) == (0, 1)


def test_damaged_vectors_are_told_and_the_question_is_answered(
    tmp_path: Path, sample_index: Path
) -> None:
    """The repair is said on the error stream; the answer is what was asked for."""
    folder = Path(shutil.copytree(sample_index, tmp_path / "index"))
    shutil.rmtree(folder / "vectors")
    done = run("ask", "what venues were considered?", "--index", folder)
    assert "Budapest" in done.stdout
    assert "written again from the catalogue" in done.stderr
    assert not run("ask", "what venues were considered?", "--index", folder).stderr


def test_watch_builds_until_it_is_interrupted(tmp_path: Path, articles_folder: Path) -> None:
    """Ctrl+C ends it without a traceback."""
    # Where the tests run in the background, Ctrl+C is ignored, and a child would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    command = [sys.executable, "-m", "assistant", "index", "watch", articles_folder]
    process = subprocess.Popen(
        [*map(str, command), "--index", str(tmp_path / "index")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert any(re.search(r"\b[1-9]\d* passages", line) for line in process.stdout)
    process.send_signal(signal.SIGINT)
    _, trouble = process.communicate(timeout=60)
    assert "Traceback" not in trouble
    assert process.returncode in (0, 130)
