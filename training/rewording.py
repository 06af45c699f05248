"""Questions that are answered → near misses, by rule; and the ways in which people really ask.

An altered question asks about another name, another number, the opposite or the negation of what
the passage tells: its words are nearly all there and the answer is not. What is put in comes from
the passage where it can, so that a strange word alone gives nothing away.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from index.words import STOP_WORDS, words

_NAME = re.compile(r"(?<![.?!] )(?<!^)\b[A-Z][\w’'-]+(?: (?:of |the |de |van )?[A-Z][\w’'-]+)*")
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|did|does|do|can|could|will|would|should|has|have|had)\b", re.IGNORECASE
)

_OPPOSITES = (
    "first last", "before after", "largest smallest", "biggest smallest", "highest lowest",
    "most least", "more less", "more fewer", "oldest youngest", "oldest newest", "earliest latest",
    "increase decrease", "increased decreased", "rise fall", "rose fell", "win lose", "won lost",
    "buy sell", "bought sold", "start end", "started ended", "began ended", "begin end",
    "open close", "opened closed", "north south", "northern southern", "east west",
    "eastern western", "left right", "upper lower", "above below", "inside outside", "male female",
    "men women", "man woman", "boys girls", "father mother", "son daughter", "brother sister",
    "husband wife", "king queen", "teacher student", "employer employee", "parent child",
    "early late", "old new", "old young", "long short", "high low", "strong weak", "hot cold",
    "light dark", "rich poor", "public private", "positive negative", "success failure",
    "succeeded failed", "allow forbid", "allowed forbidden", "accept reject", "accepted rejected",
    "support oppose", "supported opposed", "agree disagree", "include exclude", "arrive leave",
    "arrived left", "enter leave", "born died", "birth death", "cause prevent", "caused prevented",
    "majority minority", "maximum minimum", "import export", "attack defend", "attacked defended",
    "victory defeat", "ancient modern", "urban rural", "domestic foreign", "internal external",
    "past future", "same different", "always never", "advantage disadvantage",
    "advantages disadvantages", "give receive", "gave received", "sent received", "send receive",
    "lend borrow", "hire fire", "hired fired", "built destroyed", "build destroy", "found lost",
    "remember forget", "love hate", "easy difficult", "cheap expensive", "better worse",
    "best worst", "healthy ill", "guilty innocent", "legal illegal", "possible impossible",
    "winter summer", "day night", "morning evening", "Catholic Protestant", "land sea",
)  # fmt: skip

OPPOSITES: dict[str, tuple[str, ...]] = {}
"""Word → its opposites, both ways; ours, written down for this purpose."""
for _pair in _OPPOSITES:
    _one, _other = _pair.split()
    OPPOSITES[_one] = (*OPPOSITES.get(_one, ()), _other)
    OPPOSITES[_other] = (*OPPOSITES.get(_other, ()), _one)


def near_miss(
    question: str, sentences: Sequence[str], answering: Sequence[str], dice: random.Random
) -> str | None:
    """Return a question that a passage does not answer though it looks so, or None.

    Args:
        question: One that the passage answers.
        sentences: The passage's.
        answering: Those of them that answer.
        dice: Chooses.
    """
    answer = " ".join(answering)
    ways: list[Callable[[], str | None]] = [
        lambda: _other_name(question, sentences, answer, dice),
        lambda: _other_name(question, sentences, answer, dice),
        lambda: _other_number(question, sentences, answer, dice),
        lambda: _opposite(question, sentences, dice),
        lambda: _opposite(question, sentences, dice),
        lambda: _negated(question, answer, dice),
    ]
    dice.shuffle(ways)
    made = (way() for way in ways)
    return next((each for each in made if each and each != question), None)


def _other_name(
    question: str, sentences: Sequence[str], answering: str, dice: random.Random
) -> str | None:
    asked = [match for match in _NAME.finditer(question) if match[0] in answering]
    taken = set(words(f"{question} {answering}"))
    others: set[str] = {
        name
        for text in sentences
        for name in _NAME.findall(text)
        if not taken & set(words(name)) and len(name) > 2
    }
    if not asked or not others:
        return None
    gone: re.Match[str] = dice.choice(asked)
    return question[: gone.start()] + dice.choice(sorted(others)) + question[gone.end() :]


def _other_number(
    question: str, sentences: Sequence[str], answering: str, dice: random.Random
) -> str | None:
    asked = list(_NUMBER.finditer(question))
    if not asked:
        return None
    gone = dice.choice(asked)
    others: set[str] = {
        number
        for text in sentences
        for number in _NUMBER.findall(text)
        if len(number) == len(gone[0]) and number not in answering and number not in question
    }
    if others and dice.random() < 0.7:
        instead = dice.choice(sorted(others))
    else:
        digits = gone[0].replace(",", "").replace(".", "")
        if len(digits) > 4 or not digits.isdigit():
            return None
        instead = str(max(1, int(digits) + dice.choice([-20, -11, -7, -3, 2, 4, 9, 13, 30])))
        if instead in answering:
            return None
    return question[: gone.start()] + instead + question[gone.end() :]


def _opposite(question: str, sentences: Sequence[str], dice: random.Random) -> str | None:
    held = {word.lower() for text in sentences for word in re.findall(r"\w+", text)}
    ways = [
        (match, opposite)
        for match in re.finditer(r"\w+", question)
        for opposite in OPPOSITES.get(match[0].lower(), ())
        if opposite not in held or dice.random() < 0.3
    ]
    if not ways:
        return None
    gone, instead = dice.choice(ways)
    instead = instead.capitalize() if gone[0][0].isupper() else instead
    return question[: gone.start()] + instead + question[gone.end() :]


def _negated(question: str, answering: str, dice: random.Random) -> str | None:
    auxiliary = _AUXILIARY.search(question)
    negated = re.search(r"\bnot?\b|n't\b|\bnever\b", question + answering, re.IGNORECASE)
    if not auxiliary or negated or dice.random() < 0.6:  # few people ask like that
        return None
    if dice.random() < 0.4 and auxiliary[0].lower() not in ("can", "will", "do"):
        return f"{question[: auxiliary.end()]}n't{question[auxiliary.end() :]}"
    # "What did X not do": behind the subject, where that is one word or a name.
    subject = re.match(r" (?:the \w+|[A-Z]\w+(?: [A-Z]\w+)*|\w+)", question[auxiliary.end() :])
    place = auxiliary.end() + (subject.end() if subject else 0)
    return f"{question[:place]} not{question[place:]}"


def reworded(question: str, dice: random.Random) -> str:
    """Return a question as some people type it: in small letters, without its mark, in keywords."""
    chance = dice.random()
    if chance < 0.05:
        kept = [each for each in question.rstrip("?").split() if not set(words(each)) <= STOP_WORDS]
        if len(kept) >= 3:
            return " ".join(kept)
    if chance < 0.13:
        return question.rstrip("?").lower()
    if chance < 0.17:
        return question.rstrip("?")
    return question


def caption(question: str, dice: random.Random) -> str:
    """Return a line that holds a question's words and says nothing: a caption, a link."""
    telling = [each for each in question.rstrip("?").split() if not set(words(each)) <= STOP_WORDS]
    kept = " ".join(telling[-dice.randint(2, 6) :])
    return dice.choice(
        (
            f"Photo: {kept}", f"{kept.title()}", f"Read more: {kept}", f"See also: {kept.title()}",
            f"FILE - {kept[:1].upper()}{kept[1:]}, in this picture.", f"Video: {kept}",
            f"Related: {kept.title()}", f"{kept[:1].upper()}{kept[1:]} (Getty)",
            f"{kept[:1].upper()}{kept[1:]}?",
        )
    )  # fmt: skip
