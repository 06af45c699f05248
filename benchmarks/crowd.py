"""Many people at once on the page: is each answer right and in its own chat, and how long it takes.

    python benchmarks/crowd.py [--people 20] [--questions 5] [--json FILE]

Starts ``app.py`` on the sample articles and speaks to it as a browser does (its queue, a session a
person). First one person asks all questions alone, in every order that will come up; then all
people ask at once. An answer that differs from the lone person's in that order, or a chat that
holds what its person did not ask, is counted. The 95th percentile of the time to a whole answer is
printed as a ratio to the lone person's median.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import httpx
from measuring import ROOT
from serving import PATIENCE, page_command, served

from index import build_index

QUESTIONS = (
    "what venues were considered?",
    "who is due to join virtually?",
    "who won the women's race at the Port Arlen Marathon?",
    "when does the tram line open?",
    "what is the capital of Mars?",
    "how many drones were shot down?",
)


@dataclass(frozen=True)
class Visit:
    """What one person met: seconds of each answer, and question → the answer as it was shown."""

    seconds: list[float]
    shown: dict[str, str]
    strangers: int


class Visitor:
    """One person with a chat of their own."""

    def __init__(self, address: str) -> None:
        self._http = httpx.Client(base_url=address, timeout=PATIENCE, trust_env=False)
        calls = self._http.get("/config").json()["dependencies"]
        # What the box of the question does: the page's endpoint "ask" keeps no conversation.
        events = {call["id"]: [event for _, event in call["targets"]] for call in calls}
        self._call = next(call for call, names in events.items() if "submit" in names)
        self._session = uuid.uuid4().hex

    def visit(self, questions: list[str]) -> Visit:
        """Ask one question after the other."""
        seconds, chat = [], []
        for question in questions:
            started = time.perf_counter()
            chat = self._ask(question)
            seconds.append(time.perf_counter() - started)
        asked = [_text(message) for message in chat[::2]]
        shown = {
            question: _text(answer) for question, answer in zip(asked, chat[1::2], strict=True)
        }
        return Visit(seconds, shown, sum(a != b for a, b in zip(asked, questions, strict=True)))

    def _ask(self, question: str) -> list[str]:
        """Return the HTML of every message in the chat once the answer is whole."""
        call = {"data": [question, None], "fn_index": self._call, "session_hash": self._session}
        self._http.post("/gradio_api/queue/join", json=call).raise_for_status()
        query = {"session_hash": self._session}
        with self._http.stream("GET", "/gradio_api/queue/data", params=query) as events:
            for line in events.iter_lines():
                event = json.loads(line[5:]) if line.startswith("data:") else {}
                if event.get("msg") == "process_completed":
                    return _chat(event)
        raise SystemExit(f"the page never answered {question!r}")


def _chat(event: dict) -> list[str]:
    if not event["success"]:
        raise SystemExit(f"the page failed: {event['output']}")
    lists = [value for value in event["output"]["data"] if isinstance(value, list)]
    return [message["content"][0]["text"] for message in lists[0]]


def _text(html: str) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", html).split()))


def measure(people: int, questions: int) -> dict[str, float]:
    """Return what one person and then all of them met."""
    with tempfile.TemporaryDirectory() as folder:
        build_index([ROOT / "articles"], Path(folder) / "index")
        with served(page_command(Path(folder) / "index")) as page:
            return _met(page.address, people, questions)


def _met(address: str, people: int, questions: int) -> dict[str, float]:
    asked = list(QUESTIONS[:questions])
    Visitor(address).visit(asked[:1])  # the model is loaded
    orders = [asked[n:] + asked[:n] for n in range(questions)]
    alone = [Visitor(address).visit(order) for order in orders]
    with ThreadPoolExecutor(people) as pool:
        places = [n % questions for n in range(people)]
        visits = list(pool.map(lambda n: Visitor(address).visit(orders[n]), places))
    seconds = sorted(each for visit in visits for each in visit.seconds)
    one = statistics.median(each for visit in alone for each in visit.seconds)
    p95 = seconds[int(0.95 * (len(seconds) - 1))]
    wrong = sum(
        visit.shown[each] != alone[n].shown[each]
        for n, visit in zip(places, visits, strict=True)
        for each in asked
    )
    strangers = sum(visit.strangers for visit in visits)
    return {
        "people": people,
        "answers": len(seconds),
        "wrong": wrong,
        "strangers": strangers,
        "one_person_median_s": round(one, 3),
        "all_median_s": round(statistics.median(seconds), 3),
        "all_p95_s": round(p95, 3),
        "p95_ratio": round(p95 / one, 2),
        "p95_ratio_per_person": round(p95 / one / people, 2),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--questions", type=int, default=5, choices=range(1, len(QUESTIONS) + 1))
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    figures = measure(asked.people, asked.questions)
    for name, value in figures.items():
        print(f"{name:22} {value}")
    if asked.json:
        asked.json.write_text(json.dumps(figures), "utf-8")


if __name__ == "__main__":
    main()
