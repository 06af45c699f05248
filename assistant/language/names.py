"""A text → the names in it, and whether another text holds them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from assistant.language.dates import MONTHS, SHORT_MONTHS, WEEKDAYS
from index.words import STOP_WORDS, words

# A word with what may stand within it: "O’Brien", "AT&T", "U.S." with its last full stop.
_TOKEN = re.compile(r"[^\W_](?:[.&](?=[^\W_]))?(?:[^\W_]|['’.&](?=[^\W_])|(?<=\.[A-Z])\.)*")
# The end of what stands before a word that opens a sentence, a quotation, a line or an entry.
_OPENING = re.compile(r"(?:^|[.!?:;•\n]|[“\"«„(\[*#-])\s*[“\"«„(\[*#-]*\s*$")
_LINKS = frozenset("of the de da di du del la van von der den bin al".split())  # noqa: SIM905
_NO_NAMES = frozenset(
    """mr mrs ms miss dr sir prof professor article articles however according also while although
    though despite during since per via et vs""".split()  # noqa: SIM905
) | {name.casefold() for name in (*MONTHS, *SHORT_MONTHS, *WEEKDAYS)}
"""Words with a capital letter that name nothing; dates are looked at as dates."""

# What initials are made from: words with a capital letter and the small ones between them.
_LONG_NAME = re.compile(r"\b[A-Z][\w’'-]*(?:[ -](?:of|the|and|for|on|in|[A-Z][\w’'-]*))+")
# A verb as it stands behind a subject: it tells a name that opens a sentence from other words.
_FINITE = re.compile(
    r"\s+(?:was|were|is|are|has|had|will|would|can|could|may|might|should|must|did|does|said|says"
    r"|told|wrote|won|lost|beat|became|began|bought|built|came|fell|found|gave|got|grew|held|kept"
    r"|knew|led|left|made|met|paid|ran|rose|sang|saw|sent|sold|spent|spoke|stood|took|taught"
    r"|thought|went|wants|plans|hopes|\w{2,}ed)\b"
)
# "Recently built …", "Building was …", "Prices fell", "One was …": endings that few names have.
_NO_SUBJECT = re.compile(r"(?:ly|ing|s|one)$")
_ENDINGS = (
    ("", "n"), ("", "an"), ("", "ian"), ("", "ese"), ("", "s"), ("", "es"), ("", "i"), ("", "ish"),
    ("a", "an"), ("a", "ian"), ("a", "ese"), ("a", "ish"), ("e", "ian"), ("e", "ish"), ("y", ""),
    ("y", "ian"), ("ia", "i"), ("land", "ish"), ("o", "an"), ("s", "an"), ("y", "ies"),
)  # fmt: skip
"""How what belongs to a place is named after it: Canad-a, Canad-ian."""

_ALSO = (
    "france french", "spain spanish", "britain british uk", "netherlands dutch", "greece greek",
    "wales welsh", "norway norwegian", "switzerland swiss", "germany german", "us usa america",
    "america american", "us american", "usa american", "denmark danish", "uk britain",
    "england english", "eu european", "europe european", "us states", "uk kingdom",
)  # fmt: skip
_GERMAN = frozenset(
    """der die das den dem ein eine einer eines und ist im zu mit auf für von nicht wird
    wurde""".split()  # noqa: SIM905
)
_GERMAN_WORDS = 2  # that must be seen: one may be a French or Dutch word
_HEADING_WORDS = 4
_SMALLEST_STEM = 4


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is written, its words in small letters, and where it begins."""

    text: str
    words: tuple[str, ...]
    start: int


@lru_cache(maxsize=20_000)
def find_names(text: str) -> tuple[Name, ...]:
    """Return the names of a text: runs of words with a capital letter, and "F-16".

    A word that opens a sentence is none unless the next one has a capital letter as well, or a
    verb follows as it does behind a name. In a text that gives capital letters to all its nouns
    (German) or to all its words (a heading) nothing can be told from them: it has no names.
    """
    tokens = list(_TOKEN.finditer(text))
    if _capitals_tell_nothing([token[0] for token in tokens]):
        return ()
    names: list[Name] = []
    run: list[re.Match[str]] = []
    for token in tokens:
        if run and _continues(text[run[-1].end() : token.start()], token[0]):
            run.append(token)
            continue
        names += _named(text, run)
        run = [token] if _is_capital(token[0]) else []
    return (*names, *_named(text, run))


def _capitals_tell_nothing(tokens: list[str]) -> bool:
    lower = {token for token in tokens if token[0].islower()}
    german = len(lower & _GERMAN) >= _GERMAN_WORDS
    heading = len(tokens) >= _HEADING_WORDS and lower <= STOP_WORDS | _LINKS
    return german or heading


def _is_capital(token: str) -> bool:
    has_digit = any(char.isdigit() for char in token)
    return token[0].isupper() or (
        has_digit and (token[0].isalpha() or any(char.isupper() for char in token))
    )


def _continues(between: str, token: str) -> bool:
    if between == "-" and token.isdigit():  # "COVID-19"
        return True
    return between in (" ", "-", " & ") and (_is_capital(token) or token in _LINKS)


def _named(text: str, run: list[re.Match[str]]) -> list[Name]:
    """Return the name that a run of words makes, if it makes one."""
    while run and (run[-1][0] in _LINKS or _is_empty(run[-1][0])):
        run = run[:-1]
    opens = bool(run) and bool(_OPENING.search(text[: run[0].start()][-8:]))
    if opens and len(run) == 1 and not _is_opening_name(text, run[0]):
        return []
    while run and _is_empty(run[0][0]):
        run = run[1:]
    kept = [token for token in run if token[0] not in _LINKS and not _is_empty(token[0])]
    plain = tuple(word for token in kept for word in words(token[0]))
    if not plain:
        return []
    shown = text[run[0].start() : run[-1].end()].removesuffix("'s").removesuffix("’s")
    return [Name(shown, plain, run[0].start())]


def _is_empty(token: str) -> bool:
    folded = token.casefold().replace("’", "'").removesuffix("'s")
    if len(token) > 1 and token.isupper():
        return False  # "US", "IT", "WHO"
    return folded in _NO_NAMES or folded in STOP_WORDS or folded in ("i", "a")


def _is_opening_name(text: str, token: re.Match[str]) -> bool:
    """Whether the only capital word that opens a sentence is a name, as far as can be told."""
    word = token[0]
    if word.endswith(("'s", "’s")) or any(char.isupper() for char in word[1:]):
        return True
    return bool(_FINITE.match(text, token.end())) and not _NO_SUBJECT.search(word)


@lru_cache(maxsize=20_000)
def acronyms(text: str) -> frozenset[str]:
    """Return the initials of the names in a text, in small letters: "un" for "United Nations"."""
    initials = set()
    for match in _LONG_NAME.finditer(text):
        parts = re.split(r"[ -]", match[0])
        for first in range(len(parts)):
            for end in range(first + 2, min(first + 8, len(parts)) + 1):
                initials.add("".join(each[:1] for each in parts[first:end]).casefold())
                capital = [each for each in parts[first:end] if each[:1].isupper()]
                initials.add("".join(each[:1] for each in capital).casefold())
    return frozenset(initials)


@lru_cache(maxsize=20_000)
def _also() -> dict[str, set[str]]:
    others: dict[str, set[str]] = {}
    for line in _ALSO:
        for word in line.split():
            others.setdefault(word, set()).update(line.split())
    return others


def is_mentioned(word: str, present: Collection[str]) -> bool:
    """Whether a word of a name is among others, or one that is derived from it."""
    if word in present or any(other in present for other in _also().get(word, ())):
        return True
    return any(other in present for other in _relatives(word))


@lru_cache(maxsize=20_000)
def _relatives(word: str) -> frozenset[str]:
    relatives = set()
    for one, other in _ENDINGS:
        for old, new in ((one, other), (other, one)):
            if word.endswith(old) and len(word) - len(old) >= _SMALLEST_STEM - (old == "s"):
                relatives.add(word[: len(word) - len(old)] + new)
    return frozenset(relatives)


def missing_words(name: Name, present: Collection[str], texts: Iterable[str]) -> list[str]:
    """Return the words of a name that texts do not mention.

    Args:
        name: What is looked for.
        present: The words of the texts that may mention it.
        texts: Those texts, for acronyms: "UN" means "United Nations", and the reverse.
    """
    missing = [word for word in name.words if not is_mentioned(word, present)]
    if not missing:
        return []
    initials = "".join(word[0] for word in name.words)
    if len(initials) > 1 and initials in present:
        return []
    shortened = {each for text in texts for each in acronyms(text)}
    return [word for word in missing if word not in shortened]
