"""A question and its evidence → what is sent to an LLM: numbered sentences, fenced as data.

An article's words cannot leave the fence or pass for a citation: each sentence is one line behind
its number, and what looks like a marker, a fence or an address in it is made harmless.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from assistant.llm.injection import gives_orders, harmless
from assistant.reader.evidence import Evidence, Material
from prompts import Prompts

ANSWER_TOKENS = 800
"""What is kept free in the LLM's context for its answer: some six hundred words of English."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is sent to an LLM for one answer.

    Attributes:
        system: The rules.
        user: The evidence and the question.
        evidence: The sentences that are in it.
        left_out: Those for which the context had no room, or which give orders to a machine.
    """

    system: str
    user: str
    evidence: tuple[Evidence, ...]
    left_out: tuple[Evidence, ...]


def count_tokens(text: str) -> int:
    """Return an upper estimate of a text's tokens, for any model.

    A token is taken for three bytes of UTF-8: English has about four characters to a token,
    Chinese one character of three bytes.
    """
    return ceil(len(text.encode("utf-8", "replace")) / 3)


def make_prompt(
    prompts: Prompts,
    question: str,
    material: Material,
    context: int,
) -> Prompt:
    """Return what to send, with as many sentences as fit.

    Args:
        prompts: The words.
        question: It stands alone.
        material: The sentences; what is preferred of them comes first when room is short, and is
            not left out for what it says.
        context: Tokens of the LLM's context.
    """
    system = prompts.fill("llm_answer")
    bare = prompts.fill("llm_question", evidence="", question=question)
    room = context - ANSWER_TOKENS - count_tokens(system) - count_tokens(bare)
    evidence, wanted = material.evidence, material.preferred
    sent: set[int] = set()
    titled: set[str] = set()
    readable = [each for each in evidence if each.number in wanted or not gives_orders(each.text)]
    for each in sorted(readable, key=lambda each: each.number not in wanted):
        cost = count_tokens(_line(each))
        article = each.article.id
        if article not in titled:
            cost += count_tokens(_headline(each))
        if cost > room:
            break
        room -= cost
        titled.add(article)
        sent.add(each.number)
    kept = tuple(each for each in evidence if each.number in sent)
    user = prompts.fill("llm_question", evidence=evidence_lines(kept), question=question)
    return Prompt(system, user, kept, tuple(each for each in evidence if each.number not in sent))


def evidence_lines(evidence: Iterable[Evidence]) -> str:
    """Return the sentences one a line behind their numbers, each article's under its title."""
    lines = []
    for _, group in groupby(evidence, key=lambda each: each.article.id):
        sentences = list(group)
        lines += [_headline(sentences[0]), *map(_line, sentences)]
    return "\n".join(line.rstrip("\n") for line in lines)


def _headline(each: Evidence) -> str:
    article = each.article
    byline = ", ".join(filter(None, [article.author, article.published]))
    return (
        f"Article “{harmless(article.title)}”" + (f" ({harmless(byline)})" if byline else "") + "\n"
    )


def _line(each: Evidence) -> str:
    return f"[{each.number}] {harmless(each.text)}\n"
