"""Text → the stemmed words that the full-text index and the reader compare.

One function makes them for articles and questions alike, so that both sides always agree.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from threading import local

# Acronyms ("U.S."), numbers with separators ("3.5", "1,000") and words; an apostrophe stays
# inside a word so that the possessive can be dropped as one piece.
_WORD = re.compile(r"(?:[^\W\d_]\.){2,}|\d+(?:[.,]\d+)*|[^\W_]+(?:['’][^\W_]+)*")
_FIRST_MARK = "\u0300"  # the first of all combining marks; most characters come before it
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f]")

STOP_WORDS = frozenset(
    """a about actually after again all already also am an and any anybody anyone anything are
    aren as at be because been before being bit but by can could did didn do does doesn doing
    don done else even ever everyone everything few for from get give had happen happened happening
    happens has hasn have haven
    having he hello her hers hi him his how i if in into is isn it its itself just kind let
    lot lots many maybe me more most much my never no nor not nothing of often on one ones or
    other our out over own perhaps please quite rather really same say she should so some
    somebody someone something sort still straight such tell than thank thanks that the their
    theirs them then there these they thing things this those through to too under until up
    very was wasn way we were weren what when where which while who whom whose why will with
    would yet you your yours""".split()  # noqa: SIM905 - one readable block
)
"""English words that carry grammar rather than subject; left out of questions, not of articles."""


class _Stemmer(local):
    """One for each thread, as PyStemmer asks."""

    def __init__(self) -> None:
        import Stemmer

        # No cache of its own: that of ``stem`` serves all threads.
        self.stem: Callable[[str], str] = Stemmer.Stemmer("english", 0).stemWord


@lru_cache(maxsize=1)
def _stemmer() -> _Stemmer:
    return _Stemmer()


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """Return the stem of a lower-case word (Snowball's English stemmer, "Porter2").

    What is not plain ASCII letters and digits comes out as hexadecimal: SQLite's tokenizers know
    an old Unicode only and would part it where we do not.
    """
    stemmed = _stemmer().stem(word)
    plain = stemmed.isascii() and stemmed.isalnum()
    return stemmed if plain else f"0x{stemmed.encode().hex()}"


def _folded(text: str) -> str:
    """Return a text in small letters without accents, compatibility characters spelt out."""
    if text.isascii():
        return text.casefold()
    # Folding after decomposing: some letters fold only once they are plain ("ℂ").
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(char for char in folded if char < _FIRST_MARK or not _is_mark(char))


def _is_mark(char: str) -> bool:
    return unicodedata.category(char).startswith("M")


def _bare(word: str) -> str:
    if word.endswith(("'s", "’s")):
        word = word[:-2]
    if word[:1].isdigit():
        return word.replace(",", "")
    return word.replace(".", "").replace("'", "").replace("’", "")


def words(text: str) -> list[str]:
    """Return the plain words of ``text`` in order: folded, without accents or possessives."""
    folded = _folded(text)
    # Most words are letters only, and most texts ASCII: every passage that is found comes by here.
    plain = [word if word.isalpha() else _bare(word) for word in _WORD.findall(folded)]
    if folded.isascii():
        return [word for word in plain if word]
    found: list[str] = []
    for word in plain:
        if _CJK.search(word):
            # Scripts without spaces: neighbouring pairs of characters stand in for words.
            found += [word[i : i + 2] for i in range(max(1, len(word) - 1))]
        elif word:
            found.append(word)
    return found


def terms(text: str) -> list[str]:
    """Return the stemmed words of ``text`` in order, as they are indexed."""
    return list(map(stem, words(text)))


def question_terms(question: str) -> list[str]:
    """Return the distinct stemmed words of a question that carry its subject.

    Stop words are left out unless nothing else remains.
    """
    plain = words(question)
    telling = [word for word in plain if word not in STOP_WORDS] or plain
    return list(dict.fromkeys(stem(word) for word in telling))
