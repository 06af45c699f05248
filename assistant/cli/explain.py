"""A journey → what ``ask --explain`` prints: what was considered, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.finding import Found
from assistant.journey import Journey
from assistant.llm.injection import gives_orders
from assistant.reader.evidence import Evidence
from assistant.reader.selection import share_for
from assistant.render import Line, one_line
from assistant.types import Answer
from assistant.writing.prompt import count_tokens
from assistant.writing.trace import LlmTrace
from index import Hit

_OTHERS = 4  # passages besides those read that are shown
_SENTENCES = 8  # sentences shown, the likeliest first
_SHOWN = 70  # characters of a text


def explanation_lines(answer: Answer, journey: Journey | None) -> Iterator[Line]:
    """Yield, line by line, how an answer came about."""
    yield "", ""
    yield "bold", "How this answer came about"
    if journey is None:
        yield "", "  A greeting or an overview of the articles: no passage was looked for."
        return
    yield from _question(answer, journey)
    for attempt, found in enumerate(journey.found, start=1):
        yield from _passages(attempt, found)
    if journey.found:
        yield from _sentences(journey)
    if journey.llm:
        yield from _llm(journey.llm)
    yield "bold", "Time"
    yield "", "  " + ", ".join(f"{name} {spent:.3f} s" for name, spent in answer.timings.items())


def _question(answer: Answer, journey: Journey) -> Iterator[Line]:
    yield "bold", "Question"
    yield "", f"  asked       {one_line(answer.question)}"
    if journey.spelt != answer.question:
        yield "", f"  corrected   {one_line(journey.spelt)}"
    by = "the LLM" if journey.understood.rewritten else "the rules"
    yield "", f"  understood  {one_line(journey.understood.question)} (by {by})"
    if journey.when.period:
        period = journey.when.period
        only = "only" if period.only else "preferred"
        yield "", f"  articles of {period.first} to {period.last} ({only})"


def _passages(attempt: int, found: Found) -> Iterator[Line]:
    title = "Passages" if attempt == 1 else f"Passages, attempt {attempt}"
    yield "bold", f"{title}: {len(found.read)} read of {len(found.read) + len(found.others)} found"
    yield "dim", "   fused  vector   BM25  best sentence"
    for hit in found.read:
        yield "", _passage_line(hit)
    for hit in found.others[:_OTHERS]:
        yield "dim", f"{_passage_line(hit)} (not read: nearer ones come first)"


def _passage_line(hit: Hit) -> str:
    near = max(hit.sentence_similarity)
    figures = f"{hit.score:8.2f} {hit.dense:7.2f} {hit.lexical:6.1f} {near:14.2f}"
    return f"{figures}  {hit.passage.id} {_short(hit.article.title)}"


def _sentences(journey: Journey) -> Iterator[Line]:
    reading = journey.reading
    needed = f"confidence {reading.confidence:.2f}, {journey.threshold:.2f} is needed"
    yield "bold", f"Sentences: {len(reading.evidence)} read; {needed}"
    yield "dim", "  chance  similarity  MaxSim  words"
    likely = sorted(reading.evidence, key=lambda each: -reading.chances[each.number])
    for each in likely[:_SENTENCES]:
        signals, chance = each.signals, reading.chances[each.number]
        figures = (
            f"{chance:8.2f} {signals.similarity:11.2f} {signals.maxsim:7.2f} {signals.overlap:6.2f}"
        )
        yield "", f"{figures}  [{each.number}] {_short(signals.text)} ({_fate(each, journey)})"


def _fate(each: Evidence, journey: Journey) -> str:
    """Return what became of a sentence that was read."""
    reading = journey.reading
    if not journey.found:
        return "one of those that a summary is made of"
    if not reading.picked:
        return "not quoted: the confidence is too low"
    if any(picked.number == each.number for picked in reading.picked):
        return "quoted"
    share = share_for(journey.understood.question)
    if reading.chances[each.number] < share * max(reading.chances.values()):
        return f"not quoted: under {share:.0%} of the best one's chance"
    return "not quoted: it repeats another, or there is no room"


def _llm(trace: LlmTrace) -> Iterator[Line]:
    yield "bold", "LLM"
    if trace.trouble:
        yield "", f"  not used: {trace.trouble}"
    if trace.prompt is None:
        return
    prompt, usage = trace.prompt, trace.usage
    sent = count_tokens(prompt.system) + count_tokens(prompt.user)
    counted = (
        f"; the server counted {usage.prompt} and {usage.answer} for the answer" if usage else ""
    )
    yield "", f"  sent {len(prompt.evidence)} sentences, at most {sent} tokens{counted}"
    for each in prompt.left_out:
        why = "it gives orders" if gives_orders(each.signals.text) else "no room in the context"
        yield "dim", f"  not sent: [{each.number}] {_short(each.signals.text)} ({why})"
    if trace.declined:
        yield "", "  it finds that these sentences do not answer"
    for sentence in trace.sentences:
        cited, meant = list(sentence.written.cited), list(sentence.cited)
        changed = "" if cited == meant else f", it had cited {cited}"
        verdict = f"{sentence.verdict.support}, {sentence.verdict.score:.2f}"
        reason = f": {sentence.verdict.reason}" if sentence.verdict.reason else ""
        yield "", f"  {_short(sentence.written.text)} {meant} ({verdict}{changed}{reason})"
    yield "bold", "Prompt"
    for line in f"{prompt.system}\n\n{prompt.user}".split("\n"):
        yield "dim", f"  {line}"


def explanation_dict(journey: Journey | None) -> dict[str, Any] | None:
    """Return a journey as plain values, ready for JSON; None where no passage was looked for."""
    if journey is None:
        return None
    reading = journey.reading
    return {
        "spelt": journey.spelt,
        "understood": journey.understood.question,
        "understood_by": "llm" if journey.understood.rewritten else "rules",
        "threshold": journey.threshold,
        "attempts": [
            [_hit_dict(hit, read=True) for hit in found.read]
            + [_hit_dict(hit, read=False) for hit in found.others]
            for found in journey.found
        ],
        "sentences": [
            {
                "number": each.number,
                "text": each.signals.text,
                "chance": round(reading.chances.get(each.number, 1.0), 4),
                "similarity": round(each.signals.similarity, 4),
                "maxsim": round(each.signals.maxsim, 4),
                "words": round(each.signals.overlap, 4),
                "fate": _fate(each, journey),
            }
            for each in reading.evidence
        ],
        "llm": _llm_dict(journey.llm),
    }


def _hit_dict(hit: Hit, *, read: bool) -> dict[str, Any]:
    return {
        "passage_id": hit.passage.id,
        "title": hit.article.title,
        "score": round(hit.score, 4),
        "vector": round(hit.dense, 4),
        "bm25": round(hit.lexical, 4),
        "best_sentence": round(max(hit.sentence_similarity), 4),
        "read": read,
    }


def _llm_dict(trace: LlmTrace | None) -> dict[str, Any] | None:
    if trace is None:
        return None
    prompt, usage = trace.prompt, trace.usage
    return {
        "system": prompt.system if prompt else None,
        "user": prompt.user if prompt else None,
        "left_out": [each.number for each in prompt.left_out] if prompt else [],
        "prompt_tokens": usage.prompt if usage else None,
        "answer_tokens": usage.answer if usage else None,
        "declined": trace.declined,
        "trouble": trace.trouble or None,
        "sentences": [
            {
                "text": sentence.written.text,
                "cited": list(sentence.written.cited),
                "cites": list(sentence.cited),
                "support": sentence.verdict.support,
                "score": round(sentence.verdict.score, 4),
                "reason": sentence.verdict.reason,
            }
            for sentence in trace.sentences
        ],
    }


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
