"""One question → the files of ours that it enters, and how often the question's words are made.

    python benchmarks/files_entered.py [--index FOLDER] [--question TEXT] [--json FILE]

A file is entered when any function of it is called. Counted on a warm answer, once in quotes and
once as an LLM phrases it; the LLM is LangChain's own stand-in, which says one sentence.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

from langchain_core.language_models.fake_chat_models import FakeListChatModel

from assistant import Assistant, open_assistant
from index import build_index

ROOT = Path(__file__).resolve().parent.parent
OURS = tuple(str(ROOT / package) + "/" for package in ("assistant", "index", "prompts"))
QUESTION = "what venues were considered?"
SENTENCE = "Budapest, Istanbul and neutral Switzerland are being considered as venues [1]."
WORDS = "index/words.py:question_terms"


def calls_of(assistant: Assistant, question: str) -> Counter[str]:
    """Return ``file:function`` → calls, for all functions of ours that one warm answer enters."""
    assistant.ask(question)
    calls: Counter[str] = Counter()

    def count(frame: FrameType, event: str, _: Any) -> None:
        path = frame.f_code.co_filename
        if event == "call" and path.startswith(OURS):
            calls[f"{Path(path).relative_to(ROOT)}:{frame.f_code.co_name}"] += 1

    threading.setprofile(count)
    sys.setprofile(count)
    try:
        assistant.ask(question)
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
    return calls


def by_file(calls: Counter[str]) -> dict[str, int]:
    """Return file → calls of its functions, the most called first."""
    files: Counter[str] = Counter()
    for name, count in calls.items():
        files[name.partition(":")[0]] += count
    return dict(files.most_common())


def main() -> None:
    """Ask both ways, print and, if asked to, keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, help="default: one of the sample articles")
    parser.add_argument("--question", default=QUESTION)
    parser.add_argument("--json", type=Path, help="keep the figures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        index = options.index or Path(folder) / "index"
        if not options.index:
            build_index([ROOT / "articles"], index)
        phrased = open_assistant(index, llm=FakeListChatModel(responses=[SENTENCE]))
        figures = {}
        for name, assistant in (("quotes", open_assistant(index)), ("llm", phrased)):
            calls = calls_of(assistant, options.question)
            figures[name] = {"files": by_file(calls), "question_terms": calls[WORDS]}
    for name, figure in figures.items():
        print(
            f"{name}: {len(figure['files'])} files; question_terms {figure['question_terms']} times"
        )
        for file, count in figure["files"].items():
            print(f"{count:>8}  {file}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), "utf-8")


if __name__ == "__main__":
    main()
