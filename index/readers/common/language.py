"""The text of an article goes in; the language that it is written in comes out."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_FEWEST_BYTES = 20  # in UTF-8, where letters of other scripts, which tell more, count double
_SAMPLE = 1500  # characters; more tell nothing new and take longer
# What the model tells apart beyond ISO 639-1, and the language there that counts it as its own.
_PARTS = {
    "ary": "ar", "arz": "ar", "fuv": "ff", "gug": "gn", "kik": "ki", "ltg": "lv", "sdh": "ku",
    "uzs": "uz", "wuu": "zh", "yue": "zh",
}  # fmt: skip


def detect_language(text: str) -> str | None:
    """Return the ISO 639-1 code (``en``) of the language that most of a text is written in.

    Args:
        text: Of a long one, only a sample from its beginning and its middle is looked at.

    Returns:
        None where there is too little text to tell (fewer than about 20 Latin letters), and
        where no language is more likely than all others together.
    """
    sample = _sample(text)
    # In bytes, because a Chinese character says as much as three Latin letters.
    if len("".join(filter(str.isalpha, sample)).encode(errors="replace")) < _FEWEST_BYTES:
        return None
    try:
        model = _identifier()
    except OSError:  # it unpacks its model into the system's temporary folder, which may be full
        return None
    shares: Counter[str] = Counter()
    for code, share in model.rank(sample):
        shares[_PARTS.get(code, code)] += share
    best, share = shares.most_common(1)[0]
    return best if share > 0.5 and len(best) == 2 else None


def _sample(text: str) -> str:
    if len(text) <= _SAMPLE:
        return text
    half, middle = _SAMPLE // 2, len(text) // 2
    return f"{text[:half]}\n{text[middle : middle + half]}"


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
