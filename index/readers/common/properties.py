"""What the properties of a document say goes in; of that, what a person meant to say comes out.

Programs fill properties in by themselves: with the name of a file, of an account, of a template.
"""

from __future__ import annotations

import datetime as dt
import re

from index.readers.common.authors import clean_author
from index.readers.common.titles import LONGEST_HEADLINE, clean_line

_FIRST_YEAR = 1985  # an earlier date is one that was never set
# What programs put there by themselves: their own name, the file's name, an address.
_NO_TITLE = re.compile(
    r"microsoft (?:word|powerpoint|excel|publisher)\b.*|untitled\b.*|(?:un)?named?|null|none"
    r"|about:blank|(?:file|https?):.*|.*\.[a-z]{2,5}\d?|\(?anonymous\)?|template"
    r"|(?:word |new )?(?:document|microsoft word document|page|print|presentation|slide|layout)"
    r"[\s_-]*\d*",
    re.IGNORECASE,
)
# What programs put there by themselves: the account, the office suite, a placeholder.
_NO_AUTHOR = re.compile(
    r"\W*(?:admin(?:istrator)?|anonymous|author|default|guest|microsoft(?: office)?(?: user)?|none"
    r"|null|office|owner|python-docx|root|unknown|user(?: name)?|windows(?: user)?|windows[ -]?\d+"
    r"|.*\b(?:acrobat|distiller|latex|libreoffice|openoffice|word|writer)\b.*)\W*",
    re.IGNORECASE,
)


def meant_title(value: object) -> str:
    """Return the title that a document names, or "" where it is none."""
    title = clean_line(value) if isinstance(value, str) else ""
    words = title.split()
    if _NO_TITLE.fullmatch(title) or len(title) > 2 * LONGEST_HEADLINE:
        return ""
    if len(words) == 1 and not title.replace("-", "").isalpha():  # report_final2
        return ""
    return title if any(map(str.isalpha, title)) else ""


def meant_author(value: object) -> str | None:
    """Return the author that a document names, or None where it is an account or a program."""
    if not isinstance(value, str) or _NO_AUTHOR.fullmatch(value) or "@" in value:
        return None
    author = clean_author(re.sub(r"\s*;\s*", ", ", value))
    if not author or any(map(str.isdigit, author)):
        return None
    return None if author.islower() and author.isascii() else author


def meant_date(value: dt.date | None) -> str | None:
    """Return the day of a document, or None where no document can be of that day."""
    day = value.date() if isinstance(value, dt.datetime) else value
    if day is None or day.year < _FIRST_YEAR or day > dt.date.today() + dt.timedelta(days=1):
        return None
    return day.isoformat()
