"""A byline, or what stands behind an author's label, goes in; the author's name comes out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from index.readers.common.titles import clean_line

_LONGEST_BYLINE = 100  # characters; what is longer and begins with "By" is a sentence
# "By", "Words by:", "Reported by": what stands in front of the names.
_PREFIX = re.compile(
    r"(?:(?:written|words|story|text|report(?:ed|ing)?|article|posted|published|compiled)\s+)?"
    r"by\b\s*:?\s*",
    re.IGNORECASE,
)
_CONTACT = re.compile(r"\S*@\S+")  # an address, or an account such as @jane
# Behind it stands a role, a paper or one more name.
_ROLE_BREAK = re.compile(r"\s*[,;|(–—]\s*|\s+-\s+")
_AND = re.compile(r"\s+(?:and|&|with)\s+", re.IGNORECASE)  # between the last two names
# The comma of "A, B, and C", which breaks no role off.
_LAST_AND = re.compile(r",\s+(?=(?:and|&)\s)", re.IGNORECASE)
# "Jane Doe and agencies"
_AGENCIES = re.compile(r"\s+and\s+(?:news\s+)?(?:agencies|wires|staff)$", re.IGNORECASE)
# "Jane Doe in Cairo", "Jane Doe for The Paper"
_PLACE = re.compile(r"(.+?)\s+(?:for|in|at|of|from)\s+(.+)")
# What such a place begins with where the name stands on another line.
_BEFORE_PLACE = re.compile(r"^(?:for|in|at|of|from)\s+")
# Parts of names that are written small: "Ursula von der Leyen".
_PARTICLE = re.compile(
    "al|ap|af|av|bin|bint|da|das|de|del|della|den|der|di|do|dos|du|e|el|ibn|la|le|los|ter|ten"
    "|van|vel|von|y|zu"
)
# What "By" is followed by in sentences and headlines: "By Monday", "By law", "By design".
_NO_NAME = re.compile(
    "an?|all|any|christmas|comparison|contrast|default|design|easter|her|his|its|law|means|my"
    "|no|now|numbers|our|summer|winter|that|their|then|these|this|those|your"
    "|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    "|january|february|march|july|august|september|october|november|december"
)
# Words of offices and roles: a piece with one of them names no person.
_ROLE = re.compile(
    "analyst|board|bureau|chief|columnist|contributors?|correspondents?|critic|desk|editors?"
    "|editorial|journalists?|news|newsroom|photographer|press|producer|professor|reporters?|staff"
    "|team|writers?",
    re.IGNORECASE,
)


def author_of(line: str) -> str | None:
    """Return the name in a byline such as ``By Jane Doe, Science Correspondent``.

    A sentence that begins with "By" is none: names are a few capitalised words, and what
    follows them is a role, a place or a paper.
    """
    match = _PREFIX.match(line)
    if not match or len(line) > _LONGEST_BYLINE:
        return None
    return people(line[match.end() :])


def people(text: str) -> str | None:
    """Return the leading names of a text, without roles and papers; None if there are none."""
    text = _AGENCIES.sub("", _CONTACT.sub("", text).strip(" *_|-"))
    first, *rest = _ROLE_BREAK.split(_LAST_AND.sub(" ", text))
    listed = _listed(first, rest)
    if listed:
        return _cased(listed)
    if not all(map(is_role, rest)) or (rest and len(first.split()) == 1):
        return None
    names = _without_place(first)
    if names is None:
        return None
    return _cased(names) if all(map(_is_name, _AND.split(names))) else _before_role(names)


def is_role(piece: str) -> bool:
    """Whether a text reads like a role, a paper or a place: ``science editor``, ``BBC News``."""
    words = _BEFORE_PLACE.sub("", piece.rstrip(")")).split()
    if any(map(_ROLE.fullmatch, words)):
        return len(words) <= 8
    return all(word in ("of", "the", "and", "&") or not word[0].islower() for word in words)


def clean_author(value: object) -> str | None:
    """Return the author that metadata names: a string, ``{"name": …}``, or a list of these."""
    if isinstance(value, dict):
        value = value.get("name")
    if isinstance(value, list | tuple):
        return _join([name for name in map(clean_author, value) if name])
    if not isinstance(value, str):
        return None
    text = clean_line(value)
    match = _PREFIX.match(text)
    if match:
        text = author_of(text) or text[match.end() :]
    return text or None


def _join(names: Sequence[str]) -> str | None:
    *others, last = names or [""]
    return f"{', '.join(others)} and {last}" if others else last or None


def _listed(first: str, rest: Iterable[str]) -> str | None:
    """``A B, C D and E F``: further names follow commas only where an "and" ends the list."""
    names = [first]
    for piece in rest:
        parts = _AND.split(piece)
        names += parts
        if not all(_is_name(name) and " " in name for name in names):
            return None
        if len(parts) > 1:
            return _join(names)
    return None


def _without_place(text: str) -> str | None:
    """``Jane Doe for The Times`` → ``Jane Doe``; None where the rest is ordinary prose."""
    match = _PLACE.fullmatch(text)
    if not match:
        return text
    return match[1] if is_role(match[2]) and len(match[2].split()) <= 6 else None


def _before_role(text: str) -> str | None:
    """``Jane Doe Science correspondent`` → ``Jane Doe``."""
    words = text.split()
    name = " ".join(words[:2])
    return name if len(words) > 2 and _ROLE.fullmatch(words[-1]) and _is_name(name) else None


def _is_name(text: str) -> bool:
    words = text.split()
    if not 1 <= len(words) <= 7:
        return False
    lowered = [word.lower() for word in words]
    if lowered[0] == "the":
        return any(map(_ROLE.fullmatch, words)) and not any(map(str.islower, words))
    capitals = [word for word in words if not _PARTICLE.fullmatch(word)]
    return (
        1 <= len(capitals) <= 5
        and words[-1] == capitals[-1]
        and not any(map(_NO_NAME.fullmatch, lowered))
        and "the" not in lowered
        and (len(words) < 3 or not _ROLE.fullmatch(words[-1]))
        and all(map(_is_name_word, capitals))
    )


def _is_name_word(word: str) -> bool:
    parts = [part for part in re.split(r"[-'’.]", word.strip("“”\"'")) if part]
    if not parts or not all(_is_letter(char) for part in parts for char in part):
        return False
    if word.endswith(".") and len(parts[-1]) > 3:  # "Jr." and "K." end no sentence
        return False
    capital = parts[1:2] or parts if parts[0] in ("al", "el", "d", "l", "t") else parts
    return not capital[0][0].islower()


def _is_letter(char: str) -> bool:
    return char.isalpha() or unicodedata.category(char).startswith("M")


def _cased(names: str) -> str:
    """``JANE DOE`` → ``Jane Doe``; agencies and initials keep their capitals."""
    words = names.split()
    if not names.isupper() or len(words) < 2 or any(map(_ROLE.fullmatch, words)):
        return " ".join(words)
    spread = re.sub(r"[^\W\d_]+", lambda part: _capitalised(part[0]), " ".join(words))
    return _AND.sub(" and ", spread)


def _capitalised(word: str) -> str:
    return f"Mc{word[2:].capitalize()}" if re.match("MC[A-Z]{3}", word) else word.capitalize()
