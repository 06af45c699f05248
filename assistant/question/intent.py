"""A message → what it wants: an answer, a summary, a list of articles, or a greeting back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

IntentKind = Literal["question", "summary", "listing", "mentions", "greeting"]

_ARTICLES = r"(?:articles?|documents?|texts?|stories|files|sources|collection)"
_GREETING = re.compile(
    r"(?:(?:hi|hello|hey|howdy|greetings|good (?:morning|afternoon|evening|day)|hallo|thanks"
    r"|thank you|cheers|bye|goodbye|how are you|who are you|what can you do|help)"
    r"(?: (?:there|again|everyone|assistant|so much|very much|a lot))*[\s,!.?]*)+",
    re.IGNORECASE,
)
_LISTING = re.compile(
    r"(?:(?:which|what|list|show|name|tell)\b.{0,30}"
    r"\b(?:articles|documents|texts|stories|files|sources|collection)\b"
    r" (?:(?:do|can|could|did) (?:you|we|i)|are|is|you|have you|there|we|i|does (?:it|the index))\b"
    r"(?: are| is)? ?(?:have|there|available|indexed|know|read|see|hold|contain"
    r"|in (?:here|there|the index))?(?: in (?:here|there|the index)| about)?"
    rf"|(?:which|what) {_ARTICLES} (?:have|has) been (?:indexed|read|added)"
    rf"|(?:please )?(?:list|show)(?: me)?(?: all)?(?: of)?(?: the| your| my)? {_ARTICLES}"
    rf"|(?:which|what) {_ARTICLES}(?: are (?:these|those|they))?"
    r"|what (?:can|could|may) i ask(?: you)?(?: about)?|what do you (?:have|know)(?: about)?"
    rf"|what(?: i|')s in (?:here|there|the index|(?:the|this|my) {_ARTICLES}))[\s.?!]*",
    re.IGNORECASE,
)
_MENTIONS = re.compile(
    r"(?:(?:please )?(?:which|what|list|show|find|give|name)\b(?: me)?(?: all)?(?: of)?"
    r"(?: the| your| my)?|are there(?: any)?|do (?:you|we|i) have(?: any)?)"
    r" (?:articles|documents|stories|texts)"
    r"(?: are there| there are| do (?:you|we|i) have| you have)?(?: that| which)?"
    r"(?: (?:mention|discuss|cover)(?:s|es|ed|ing)?"
    r"|(?: are)?(?: (?:talk|writ|speak|say something|report|tell)(?:e|s|es|ing)?)? about"
    r"| on| regarding| deal(?:s|ing)? with| refer(?:s|ring)? to) (?P<subject>.+)",
    re.IGNORECASE,
)
_SUMMARY = re.compile(
    r"(?:(?:please|can you|could you|would you|give me|i want|i would like|i'd like)\s+)*"
    r"(?:(?:summari[sz]e|sum up|outline)\b|(?:(?:a|an|the)\s+)?(?:short |brief |quick )?"
    r"(?:summary|overview|outline|gist|tl;?dr|(?:main|key) points)\b)"
    r"(?:\s+(?:of|on|about|for))?(?P<subject>.*)",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    rf"what(?:'s|’s|\s+is|\s+are|\s+was|\s+were)\s+(?P<subject>(?:this|it|that|these|those)(?:\s+{_ARTICLES})?"
    rf"|(?:the|my|your)\s+{_ARTICLES}(?:\s+.+?)?|[“\"«„](?P<title>.+)[”\"»“])\s+(?:all\s+)?about[\s?.!]*",
    re.IGNORECASE,
)
_FILLER = re.compile(
    rf"^(?:\s|please\b|(?:the|this|that|these|those|my|your|all|it|an?)\b|{_ARTICLES}\b|in\b|from\b"
    rf"|(?:about|on|of|titled|called|named|regarding|concerning)\b|[“”\"'«»„:,.?!-])+|[\s“”\"'«»„.?!]+$"
    rf"|\s+for me\b.*$|\bplease\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Intent:
    """What a message wants, and of what: ``subject`` is empty where it means everything."""

    kind: IntentKind
    subject: str = ""


def intent_of(message: str) -> Intent:
    """Tell what a message wants; anything unusual is a question."""
    plain = " ".join(message.split())
    if _GREETING.fullmatch(plain):
        return Intent("greeting")
    about = _ABOUT.fullmatch(plain) or _SUMMARY.fullmatch(plain)
    if about:
        subject = about.groupdict().get("title") or about["subject"] or ""
        return Intent("summary", _bare(subject))
    mentions = _MENTIONS.fullmatch(plain)
    if mentions:
        return Intent("mentions", _bare(mentions["subject"]))
    if _LISTING.fullmatch(plain):
        return Intent("listing")
    return Intent("question")


def _bare(subject: str) -> str:
    """Strip what only points ("the article about …") from a subject."""
    before = None
    while before != subject:
        before, subject = subject, _FILLER.sub("", subject)
    return subject.strip()
