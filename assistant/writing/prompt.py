"""A question and its evidence → what is sent to an LLM: numbered sentences, fenced as data.

An article's words cannot leave the fence or pass for a citation: each sentence is one line behind
its number, and what looks like a marker, a fence or an address in it is made harmless.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from math import ceil

from assistant.reader.evidence import Evidence, Material
from index.text import one_line
from prompts import Prompts

ANSWER_TOKENS = 800
"""What is kept free in the LLM's context for its answer."""

ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{0,30}://|www\.)[^\s<>\"'()\[\]]*"
    r"|\b(?:data|javascript|mailto|vbscript):[^\s<>\"'()\[\]]+"
    r"|\b(?:[\w-]+\.)+[a-z]{2,12}/[^\s<>\"'()\[\]]*",
    re.IGNORECASE,
)
"""A web address, with its scheme or without: nothing that an LLM reads or writes holds one."""

NO_ADDRESS = "(address)"

_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}"
    r"\b(?:instructions?|prompts?|rules|guidelines|everything|above|previous|prior)\b"
    r"|\b(?:system|developer|hidden)[ _-](?:prompt|message|instructions?|override|note)\b"
    r"|\byou are (?:now |no longer )?(?:an? )?(?:ai|assistant|(?:large )?language model|chatbot)\b"
    r"|\byou are now (?:in|free|called|acting|unrestricted)\b"
    r"|\b(?:dear|hey|if you are) (?:the |any |all |an? )?"
    r"(?:ai|a\.i\.|assistants?|language models?|llms?|chatbots?|gpt|summari[sz]ers?)\b"
    r"|\b(?:to|for) (?:the |any |all )?(?:ai|assistants|language models?|llms?|chatbots?)\b.{0,20}:"
    r"|\b(?:note|message|instructions?|attention|notice)\W{1,3}(?:to |for )?(?:the |any |all )?"
    r"(?:ai|assistants?|(?:language )?models?|llms?|chatbots?)\b"
    r"|\b(?:answer|respond|reply)\b (?:only |exactly |always |instead )*with\b"
    r"|\b(?:in|end|begin|start|to) your (?:answer|reply|response|output)\b"
    r"|\byour (?:answer|reply|response|output|citations?) (?:must|should|has to|is to)\b"
    r"|\brepeat after me\b|<(?:script|style|iframe|img|form|svg|link|object|embed|input)\b"
    r"|\b(?:click|tap|visit|go to|open|log ?in|sign up)\b.{0,30}(?:https?:|www\.|\w\.\w{2,12}/)"
    r"|^\W*(?:\[\d+\]|【\d+】|sources?:|references\b)"
    r"|<\|\w+\|>|\[/?inst\]|<</?sys>>|^#+ ?(?:system|instruction)|^(?:system|assistant|user):",
    re.IGNORECASE,
)
"""Words that are meant for a machine that reads rather than for a person."""

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ALIKE = str.maketrans("аеорсухіјѕԁɡӏАВЕКМНОРСТХ", "aeopcyxijsdglABEKMHOPCTX")
"""Cyrillic letters that look like Latin ones, with which an order can be disguised."""

_BRACKETED = re.compile(r"[\[【]([^\[\]【】]{0,40})[\]】]")
_FENCE = re.compile(r"<{2,}|>{2,}")


@dataclass(frozen=True, slots=True)
class Brief:
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


def make_brief(
    prompts: Prompts,
    question: str,
    material: Material,
    context: int,
) -> Brief:
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
    readable = [each for each in evidence if each.number in wanted or not gives_orders(each)]
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
    return Brief(system, user, kept, tuple(each for each in evidence if each.number not in sent))


def gives_orders(each: Evidence) -> bool:
    """Whether a sentence speaks to the machine that reads it, or is no sentence but a reference."""
    return bool(_ORDERS.search(one_line(_INVISIBLE.sub("", each.text).translate(_ALIKE))))


def evidence_lines(evidence: Iterable[Evidence]) -> str:
    """Return the sentences one a line behind their numbers, each article's under its title."""
    lines = []
    for _, group in groupby(evidence, key=lambda each: each.article.id):
        sentences = list(group)
        lines += [_headline(sentences[0]), *map(_line, sentences)]
    return "\n".join(line.rstrip("\n") for line in lines)


def _headline(each: Evidence) -> str:
    article = each.article
    known = ", ".join(filter(None, [article.author, article.published]))
    return (
        f"Article “{harmless(article.title)}”" + (f" ({harmless(known)})" if known else "") + "\n"
    )


def _line(each: Evidence) -> str:
    return f"[{each.number}] {harmless(each.text)}\n"


def harmless(text: str) -> str:
    """Return an article's words in one line that holds no marker, fence or address."""
    plain = _FENCE.sub("‹", ADDRESS.sub(NO_ADDRESS, one_line(text)))
    return _BRACKETED.sub(r"(\1)", plain)
