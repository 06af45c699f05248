"""A conversation → a record that the reader's browser keeps, and back; the server keeps none.

What comes back from a browser may be old or tampered with: it becomes a conversation only if every
value has its type, and it is shown escaped like everything else.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, replace
from functools import cache
from typing import Final

from pydantic import TypeAdapter, ValidationError

from assistant.web.chat.conversation import Exchange, Exchanges

VERSION: Final = 1
"""Of the record's shape; records of another one are dropped."""

LONGEST: Final = 1_000_000
"""Characters of a record; of a longer conversation, the latest exchanges are kept."""

TITLE_SHOWN: Final = 120

log = logging.getLogger(__name__)


def to_record(exchanges: Exchanges) -> str:
    """Return what a browser keeps of a conversation: what was answered; empty for nothing."""
    kept = [asdict(each) for each in exchanges if each.answer is not None]
    while kept:
        title = " ".join(kept[0]["question"].split())[:TITLE_SHOWN]
        named = {"version": VERSION, "talk": kept[0]["talk"], "title": title}
        record = json.dumps({**named, "exchanges": kept})
        if len(record) <= LONGEST:
            return record
        del kept[0]
    return ""


def from_record(record: str) -> Exchanges | None:
    """Return the conversation that a record holds; None, with a line in the log, if none."""
    try:
        if len(record) > LONGEST:
            raise ValueError("it is too long")
        read = json.loads(record)
        if not isinstance(read, dict) or read.get("version") != VERSION:
            raise ValueError("it is of another version")
        exchanges = _reader().validate_python(read.get("exchanges"))
    except (ValueError, RecursionError) as error:
        reason = f"{error.error_count()} errors" if isinstance(error, ValidationError) else error
        log.warning("a kept conversation was dropped: %s", reason)
        return None
    answered = [each for each in exchanges if each.answer is not None]
    return tuple(replace(each, turn=turn) for turn, each in enumerate(answered, 1))


@cache
def _reader() -> TypeAdapter[tuple[Exchange, ...]]:
    return TypeAdapter(tuple[Exchange, ...])
