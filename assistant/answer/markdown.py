"""An answer → Markdown with footnotes, to be pasted into one's own writing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from assistant.types import Answer, Citation, Sentence, quote_place
from index.text import UNPRINTABLE, one_line
from prompts import fill

_SPECIAL = re.compile(r"([\\`*_\[\]<>~|$&])")
_AT_THE_START = re.compile(r"^(\d*)([#+=.)-])")


def answer_markdown(answer: Answer) -> str:
    """Return an answer as Markdown: its sentences, and each quote as a footnote with its place.

    What an article or a question holds is escaped: it reads as it stands there.
    """
    return f"**{_escaped(answer.question)}**\n\n{cited_markdown(answer)}"


def cited_markdown(answer: Answer) -> str:
    """Return the same without the question: the sentences, and each quote as a footnote."""
    lines = [f"*{_escaped(answer.notice)}*"] if answer.notice else []
    body = _body(answer.sentences, answer.citations, doubtful=answer.doubtful)
    lines += body if answer.sentences else [_block(answer.text)]
    if answer.closest:
        lines += ["\n".join(f"- {_footnote(each)}" for each in answer.closest)]
    notes = "\n".join(f"[^{each.n}]: {_footnote(each)}" for each in answer.citations)
    return "\n\n".join(filter(None, [*lines, notes])) + "\n"


def sentences_markdown(
    sentences: Sequence[Sentence], citations: Iterable[Citation], *, doubtful: bool
) -> str:
    """Return the sentences that are ready so far; the whole answer's Markdown begins with them."""
    return "\n\n".join(filter(None, _body(sentences, citations, doubtful=doubtful)))


def _body(
    sentences: Sequence[Sentence], citations: Iterable[Citation], *, doubtful: bool
) -> Iterator[str]:
    """Yield the blocks of an answer: a quote is a block of its own, so is a whole list."""
    known = {each.n for each in citations}
    if doubtful and sentences:
        yield f"*{_escaped(fill('doubtful'))}*"
    block, kind = "", ""
    for sentence in sentences:
        text = _sentence(sentence, known)
        quoted, item = sentence.support == "quoted", sentence.begins == "item"
        own = "- " if item else "> " if quoted else ""
        text = f"{own}{text}"
        if block and item and kind == "- ":
            block += f"\n{text}"
        elif block and not (own or kind or sentence.begins):
            block += f" {text}"
        else:
            yield block
            block = text
        kind = own
    yield block


def _sentence(sentence: Sentence, known: set[int]) -> str:
    text = _block(sentence.text)
    if sentence.support == "unsupported":
        return f"~~{text}~~ ({_escaped(fill('unsupported', reason=sentence.reason))})"
    return text + "".join(f"[^{n}]" for n in sentence.citations if n in known)


def _footnote(citation: Citation) -> str:
    article = citation.article
    known = [article.title, article.author, article.published, article.source]
    told = [*filter(None, known), *quote_place(citation)]
    place = f"characters {citation.start}–{citation.end}"
    return f"“{_escaped(citation.quote)}” — {_escaped(', '.join(told))}, {place}"


def _block(text: str) -> str:
    """Return text that begins a line, which must not begin a heading or a list."""
    return _AT_THE_START.sub(r"\1\\\2", _escaped(text))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", one_line(UNPRINTABLE.sub("", text)))
