"""A trace → what ``ask --explain`` prints: what was considered, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.llm.injection import gives_orders
from assistant.reader.evidence import Evidence
from assistant.reader.selection import share_for
from assistant.retrieval import Retrieved
from assistant.trace import Trace
from assistant.types import Answer, Line
from assistant.writing.prompt import count_tokens
from assistant.writing.trace import LlmTrace
from index import Hit
from index.text import one_line

_OTHERS = 4  # passages besides those read that are shown
_SENTENCES = 8  # sentences shown, the likeliest first
_SHOWN = 70  # characters of a text


def explanation_lines(answer: Answer, trace: Trace | None) -> Iterator[Line]:
    """Yield, line by line, how an answer came about."""
    yield "", ""
    yield "bold", "How this answer came about"
    if trace is None:
        yield "", "  A greeting: nothing was looked for."
        return
    yield from _question(answer, trace)
    for attempt, retrieved in enumerate(trace.retrieved, start=1):
        yield from _passages(attempt, retrieved)
    if trace.retrieved:
        yield from _sentences(trace)
    if trace.llm:
        yield from _llm(trace.llm)
    yield "bold", "Time"
    yield "", "  " + ", ".join(f"{name} {spent:.3f} s" for name, spent in answer.timings.items())


def _question(answer: Answer, trace: Trace) -> Iterator[Line]:
    yield "bold", "Question"
    yield "", f"  asked       {one_line(answer.question)}"
    if trace.query.corrected != answer.question:
        yield "", f"  corrected   {one_line(trace.query.corrected)}"
    by = "the LLM" if trace.query.rewritten else "the rules"
    yield "", f"  understood  {one_line(trace.query.standalone)} (by {by})"
    if trace.query.period:
        period = trace.query.period
        only = "only" if period.only else "preferred"
        yield "", f"  articles of {period.first} to {period.last} ({only})"


def _passages(attempt: int, retrieved: Retrieved) -> Iterator[Line]:
    title = "Passages" if attempt == 1 else f"Passages, attempt {attempt}"
    count = len(retrieved.read)
    yield "bold", f"{title}: {count} read of {count + len(retrieved.others)} found"
    yield "dim", "   fused  vector   BM25  best sentence"
    for hit in retrieved.read:
        yield "", _passage_line(hit)
    for hit in retrieved.others[:_OTHERS]:
        yield "dim", f"{_passage_line(hit)} (not read: nearer ones come first)"


def _passage_line(hit: Hit) -> str:
    near = max(hit.sentence_similarity)
    figures = f"{hit.score:8.2f} {hit.dense:7.2f} {hit.lexical:6.1f} {near:14.2f}"
    return f"{figures}  {hit.passage.id} {_short(hit.article.title)}"


def _sentences(trace: Trace) -> Iterator[Line]:
    reading = trace.reading
    needed = f"confidence {reading.confidence:.2f}, {trace.threshold:.2f} is needed"
    yield "bold", f"Sentences: {len(reading.evidence)} read; {needed}"
    names = list(next(iter(reading.figures.values()), {}))
    yield "dim", f"  chance  similarity   words {' '.join(f'{name:>8}' for name in names)}"
    likely = sorted(reading.evidence, key=lambda each: -reading.chances[each.number])
    for each in likely[:_SENTENCES]:
        signals, chance = each.signals, reading.chances[each.number]
        own = reading.figures.get(each.number, {})
        figures = f"{chance:8.2f} {signals.similarity:11.2f} {signals.overlap:7.2f} "
        figures += " ".join(f"{own[name]:8.2f}" for name in names)
        yield "", f"{figures}  [{each.number}] {_short(signals.text)} ({_fate(each, trace)})"


def _fate(each: Evidence, trace: Trace) -> str:
    """Return what became of a sentence that was read."""
    reading = trace.reading
    if not reading.picked:
        return "not quoted: the confidence is too low"
    if any(picked.number == each.number for picked in reading.picked):
        return "quoted"
    share = share_for(trace.query)
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
        why = "it gives orders" if gives_orders(each.text) else "no room in the context"
        yield "dim", f"  not sent: [{each.number}] {_short(each.text)} ({why})"
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


def explanation_dict(trace: Trace | None) -> dict[str, Any] | None:
    """Return a trace as plain values, ready for JSON; None for a greeting."""
    if trace is None:
        return None
    reading = trace.reading
    return {
        "spelt": trace.query.corrected,
        "understood": trace.query.standalone,
        "understood_by": "llm" if trace.query.rewritten else "rules",
        "threshold": trace.threshold,
        "attempts": [
            [_hit_dict(hit, read=True) for hit in retrieved.read]
            + [_hit_dict(hit, read=False) for hit in retrieved.others]
            for retrieved in trace.retrieved
        ],
        "sentences": [
            {
                "number": each.number,
                "text": each.text,
                "chance": round(reading.chances[each.number], 4),
                "similarity": round(each.signals.similarity, 4),
                "words": round(each.signals.overlap, 4),
                **{
                    name: round(figure, 4)
                    for name, figure in reading.figures.get(each.number, {}).items()
                },
                "fate": _fate(each, trace),
            }
            for each in reading.evidence
        ],
        "llm": _llm_dict(trace.llm),
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
