"""A date as people and machines write it goes in; an ISO date (``YYYY-MM-DD``) comes out."""

from __future__ import annotations

import datetime as dt
import re

MAX_LENGTH = 60  # characters; a longer text holds more than a date

# As machines write it: dateparser is not needed.
_ISO = re.compile(r"(?:1[5-9]|20)\d\d-\d\d-\d\d(?:Z?$|[T ]\d{1,2}[:.]?\d\d.{0,30}$)")
# Of four digits: "3.4.25" may be any of three days.
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
# Day and month, or month and day: "03/04/2025"
_NUMERIC = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-]\d{4}(?!\d)")
# Listed, because trying all of dateparser's 200 languages takes fifty times as long.
_LANGUAGES = [
    "en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "fi", "pl", "cs", "tr",
    "ru", "uk", "ar", "he", "fa", "hi", "zh", "ja", "ko",
]  # fmt: skip


def iso_date(value: object) -> str | None:
    """Return the day that a value names, as printed there (no time zone is applied).

    Args:
        value: A date, a datetime or text such as ``20 August 2025`` or
            ``2025-08-20T10:30:00Z``. Text must name day, month and a year of four digits;
            ``03/04/2025``, which may be March or April, names none.

    Returns:
        The date, or None if the value is none.
    """
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return _parse(value.strip()) if isinstance(value, str) else None


def _parse(text: str) -> str | None:
    if _ISO.match(text):
        try:
            return dt.date.fromisoformat(text[:10]).isoformat()
        except ValueError:
            return None
    if len(text) > MAX_LENGTH or not _YEAR.search(text) or _is_ambiguous(text):
        return None
    import dateparser  # type: ignore[import-untyped]

    settings: dict[str, object] = {"REQUIRE_PARTS": ["day", "month", "year"]}
    if "." in text:
        settings["DATE_ORDER"] = "DMY"
    parsed = dateparser.parse(text, languages=_LANGUAGES, settings=settings)
    return parsed.date().isoformat() if parsed else None


def _is_ambiguous(text: str) -> bool:
    match = _NUMERIC.search(text)
    if not match or "." in match[0]:  # dots separate day, month and year in this order
        return False
    first, second = int(match[1]), int(match[2])
    return first != second and first <= 12 and second <= 12
