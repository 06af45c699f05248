"""From answers to HTML: pure functions whose output holds article text only in escaped form.

Chat messages are one line each, inside one block element: Gradio's Markdown leaves such a block
alone, so that ``*``, ``#`` or ``[x](y)`` in an article stay what they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from assistant.trace import Stage
from assistant.types import Answer, Citation, Sentence, Support, quote_place
from assistant.web.chat.buttons import message_buttons, read_button, understood_buttons
from assistant.web.chat.conversation import Exchange
from assistant.web.html import clean, long_date, safe, short_source
from index.types import IndexStatus
from prompts import fill

Place = Literal["src", "inl"]
"""Where a card stands: ``src`` in the panel of a wide screen, ``inl`` in a narrow one's message."""

STATES: Final[dict[Stage, str]] = {
    "searching": "Searching the articles…",
    "reading": "Reading…",
    "writing": "Writing…",
    "done": "",
}
DOUBTS: Final[dict[Support, str]] = {
    "quoted": "",
    "supported": "",
    "weak": "only partly backed",
    "unsupported": "not backed by the articles",
}
QUESTION_SHOWN: Final = 1_000
"""Characters of a question that its message shows."""
CONTEXT_SHOWN: Final = 600
"""Characters of a paragraph that a card shows on each side of the quote."""


def question_html(question: str) -> str:
    """Return the reader's own message, shown literally."""
    shown = question if len(question) <= QUESTION_SHOWN else question[:QUESTION_SHOWN] + "…"
    return f'<div class="question" dir="auto">{safe(shown)}</div>'


def message_html(exchange: Exchange) -> str:
    """Return the message that answers, in whatever state it is."""
    answer, buttons = exchange.answer, message_buttons(exchange)
    if exchange.error is not None:
        return f'<div class="error"><p>{safe(exchange.error)}</p>{buttons}</div>'
    if answer is None:
        return _draft(exchange)
    sources = _inline_sources(exchange)
    if answer.kind == "answered":
        head = f"{_notice(answer)}{_understood(exchange)}{_doubt(answer)}"
        body = f"{head}{_sentences(exchange)}{_phrased(answer)}"
        return f'<div class="answer">{body}{buttons}{sources}</div>'
    lines = "".join(f'<p dir="auto">{safe(line)}</p>' for line in answer.text.splitlines() if line)
    if answer.kind == "not_in_articles":
        body = f"{_notice(answer)}{_understood(exchange)}{lines}{buttons}{sources}"
        return f'<div class="refusal">{body}</div>'
    offers = "".join(f'<li dir="auto">{safe(each)}</li>' for each in answer.suggestions)
    return f'<div class="greeting">{lines}{f"<ul>{offers}</ul>" if offers else ""}</div>'


def panel_html(exchanges: Sequence[Exchange]) -> str:
    """Return the sources of a whole conversation, the latest question first."""
    groups = "".join(_group(exchange) for exchange in reversed(exchanges))
    hint = '<p class="note">The passages an answer quotes appear here, each with its article.</p>'
    return f'<section class="sources"><h2>Sources</h2>{groups or hint}</section>'


def header_html(status: IndexStatus, model: str | None) -> str:
    """Return the page's head: its name, what it answers from, and how."""
    articles = f"{status.articles:,} article" + ("" if status.articles == 1 else "s")
    place, shown = safe(status.directory), safe(short_source(status.directory))
    embedded = f"embedding model {safe(short_source(status.model))}"
    folder = f'<span class="folder" title="{place}"> · index {shown} · {embedded}</span>'
    how = "answers quote the articles word for word"
    if model:
        how = f"answers by {safe(model)}, each sentence checked"
    return _header(f"{articles}{folder} · {how}")


def header_error_html(message: str) -> str:
    """Return the page's head when the index cannot be used."""
    return _header(f'<span class="error">{safe(message)}</span>')


def _header(line: str) -> str:
    return f'<div class="title"><h1>Article Assistant</h1><p class="note">{line}</p></div>'


def _understood(exchange: Exchange) -> str:
    answer = exchange.answer
    understood = clean(answer.standalone_question) if answer else ""
    if understood in ("", clean(exchange.question)):
        return ""
    line = f'<span dir="auto">Understood as: {safe(understood)}</span>'
    return f'<p class="note understood">{line} {understood_buttons(exchange)}</p>'


def _draft(exchange: Exchange) -> str:
    state = "Stopped." if exchange.stopped else STATES[exchange.stage]
    line = f'<p class="state">{state}</p>{message_buttons(exchange)}'
    doubt = _doubt(exchange) if exchange.sentences or exchange.draft else ""
    return f'<div class="answer draft">{doubt}{_sentences(exchange)}{line}</div>'


def _notice(answer: Answer) -> str:
    return f'<p class="notice">{safe(answer.notice)}</p>' if answer.notice else ""


def _doubt(shown: Answer | Exchange) -> str:
    """Return the line that says that an answer, or what is ready of it, may be none."""
    return f'<p class="note doubtful">{safe(fill("doubtful"))}</p>' if shown.doubtful else ""


def _phrased(answer: Answer) -> str:
    """Return the line that says who wrote an answer that does not quote."""
    if answer.mode != "llm" or not answer.model:
        return ""
    line = f"Phrased by {safe(answer.model)}; each sentence is checked against the quotes."
    return f'<p class="note phrased">{line}</p>'


def _sentences(exchange: Exchange) -> str:
    """Return the sentences: a quote stands alone, written ones make paragraphs and lists."""
    sentences = exchange.sentences if exchange.answer is None else exchange.answer.sentences
    cited = {citation.n: citation for citation in exchange.sources}
    html, block = "", ""
    for sentence in sentences:
        wanted = "" if sentence.support == "quoted" else "ul" if sentence.begins == "item" else "p"
        follows = block == wanted == "p" and not sentence.begins
        if not follows and block and (block, wanted) != ("ul", "ul"):
            html += f"</{block}>"
        if not follows and wanted and (block, wanted) != ("ul", "ul"):
            html += f'<{wanted} class="written" dir="auto">'
        html += " " if follows else ""
        html += _sentence(sentence, cited, exchange.turn)
        block = wanted
    return html + (f"</{block}>" if block else "") + _unfinished(exchange)


def _unfinished(exchange: Exchange) -> str:
    """Return the sentence that is being written."""
    if not exchange.draft or exchange.answer is not None or exchange.stopped:
        return ""
    return f'<p class="written unchecked" dir="auto">{safe(exchange.draft)}</p>'


def _sentence(sentence: Sentence, cited: dict[int, Citation], turn: int) -> str:
    links = "".join(_marker(cited[n], turn) for n in sentence.citations if n in cited)
    text = _shown(sentence) + (f"<sup>{links}</sup>" if links else "")
    if sentence.support == "quoted":
        return f'<blockquote class="quote" dir="auto">{text}</blockquote>'
    if sentence.support == "unsupported":
        text = f"<s>{text}</s>"
    if DOUBTS[sentence.support]:
        reason = f": {safe(sentence.reason)}" if sentence.reason else ""
        text += f' <small class="doubt">({DOUBTS[sentence.support]}{reason})</small>'
    element = "li" if sentence.begins == "item" else "span"
    return f'<{element} class="{sentence.support}">{text}</{element}>'


def _shown(sentence: Sentence) -> str:
    """Return a sentence's text, its short answer in bold."""
    if not sentence.short:
        return safe(sentence.text)
    start, end = sentence.short
    before, short, after = sentence.text[:start], sentence.text[start:end], sentence.text[end:]
    # What is made safe loses the spaces at its edges.
    left, right = " " * before.endswith(" "), " " * after.startswith(" ")
    return f"{safe(before)}{left}<strong>{safe(short)}</strong>{right}{safe(after)}"


def _marker(citation: Citation, turn: int) -> str:
    """Return two links, of which CSS shows the one whose target is visible on the screen."""
    title = f"Source {citation.n}: {safe(citation.article.title)}"
    places: tuple[tuple[Place, str], ...] = (("src", "wide"), ("inl", "narrow"))
    return "".join(
        f'<a class="cite {width}" href="#{place}-{turn}-{citation.n}" title="{title}">'
        f"{citation.n}</a>"
        for place, width in places
    )


def _inline_sources(exchange: Exchange) -> str:
    name, cards = "Sources", _cards(exchange, "inl")
    if exchange.closest:
        name = "Closest passages"
    if not cards:
        return ""
    summary = f"<summary><h2>{name} ({len(cards)})</h2></summary>"
    return f'<details class="sources-inline">{summary}{"".join(cards)}</details>'


def _group(exchange: Exchange) -> str:
    cards = "".join(_cards(exchange, "src"))
    if not cards:
        return ""
    note = '<p class="note">Closest passages, which do not answer it:</p>'
    heading = f'<h2 class="asked" dir="auto">{safe(exchange.question[:QUESTION_SHOWN])}</h2>'
    return f'<section class="turn">{heading}{note if exchange.closest else ""}{cards}</section>'


def _cards(exchange: Exchange, place: Place) -> list[str]:
    cited = [
        _card(citation, exchange.turn, f' id="{place}-{exchange.turn}-{citation.n}"')
        for citation in exchange.sources
    ]
    return cited or [_card(citation, exchange.turn, "") for citation in exchange.closest]


def _card(citation: Citation, turn: int, anchor: str) -> str:
    """Return the card of a citation; without ``anchor``, of a passage that came close."""
    label = f'<span class="number">{citation.n}</span>' if anchor else ""
    title = f'<h3 dir="auto">{safe(citation.article.title)}</h3>'
    stale = '<p class="stale">This article has changed or gone since it was indexed.</p>'
    return (
        f'<article{anchor} class="card{"" if anchor else " near"}">'
        f"<header>{label}{title}</header>{_about(citation)}"
        f'<p class="context" dir="auto">{context_html(citation)}</p>'
        f"{stale if citation.stale else ''}{read_button(turn, citation.n)}</article>"
    )


def _about(citation: Citation) -> str:
    article = citation.article
    shown = [f'<span dir="auto">{safe(article.author)}</span>'] if article.author else []
    if article.published:
        shown.append(f"<time>{safe(long_date(article.published))}</time>")
    source = safe(short_source(article.source))
    shown.append(f'<span dir="auto" title="{safe(article.source)}">{source}</span>')
    shown += [f'<span dir="auto">{safe(place)}</span>' for place in quote_place(citation)]
    return f'<p class="about">{" · ".join(shown)}</p>'


def context_html(citation: Citation) -> str:
    """Return the paragraph round a quote, the quote in ``<mark>``."""
    quote, context = citation.quote, citation.context
    begin = citation.start - citation.context_start
    mark = f"<mark>{safe(quote)}</mark>"
    if begin < 0 or not context.startswith(quote, begin):
        return mark
    # White space at the quote's edges belongs to what stands round it.
    before = context[:begin] + quote[: len(quote) - len(quote.lstrip())]
    after = quote[len(quote.rstrip()) :] + context[begin + len(quote) :]
    return f"{_lead(before)}{mark}{_tail(after)}"


def _lead(text: str) -> str:
    """Return the text before a quote, shortened from the left, its last space kept."""
    if len(text) > CONTEXT_SHOWN:
        text = "… " + text[-CONTEXT_SHOWN:].partition(" ")[2]
    return safe(text) + (" " if text[-1:].isspace() else "")


def _tail(text: str) -> str:
    """Return the text behind a quote, shortened from the right, its first space kept."""
    if len(text) > CONTEXT_SHOWN:
        text = text[:CONTEXT_SHOWN].rpartition(" ")[0] + " …"
    return (" " if text[:1].isspace() else "") + safe(text)
