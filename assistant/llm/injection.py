"""Foreign words → the same without what could steer an LLM; and whether they try to.

Nothing here is a full defence: it takes away what is cheap to take away, and the check of every
written sentence stands behind it.
"""

from __future__ import annotations

import re

from index.text import one_line

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
"""Words that are meant for a machine that reads rather than for a person: an order to forget the
rules, a machine that is addressed, orders for its answer, code, links to follow, a list of sources,
the signs with which chats are marked up."""

# Characters without width, and those that turn the direction: they part an order's words unseen.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ALIKE = str.maketrans("аеорсухіјѕԁɡӏАВЕКМНОРСТХ", "aeopcyxijsdglABEKMHOPCTX")
"""Cyrillic letters that look like Latin ones, with which an order can be disguised."""

# What an LLM could take for a citation, and for the fence round the evidence.
_BRACKETED = re.compile(r"[\[【]([^\[\]【】]{0,40})[\]】]")
_FENCE = re.compile(r"<{2,}|>{2,}")


def gives_orders(text: str) -> bool:
    """Whether a sentence speaks to the machine that reads it, or is no sentence but a reference."""
    return bool(_ORDERS.search(one_line(_INVISIBLE.sub("", text).translate(_ALIKE))))


def harmless(text: str) -> str:
    """Return an article's words in one line that holds no marker, fence or address."""
    plain = _FENCE.sub("‹", ADDRESS.sub(NO_ADDRESS, one_line(text)))
    return _BRACKETED.sub(r"(\1)", plain)
