"""Questions that the articles can answer: of all of them, and leading on from an answer.

Whether the articles answer them is for the reader to say, who checks each before it is offered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice, zip_longest
from typing import Final

from assistant.types import Answer, Citation
from index import View
from index.text import one_line
from index.words import terms

CANDIDATES: Final = 12
"""How many are made at most: each costs a search when it is checked."""

EXAMPLES: Final = 3
"""How many are offered."""

_ARTICLES: Final = 20  # the newest, in which people are looked for who said something
_PASSAGES: Final = 8  # of an article, those nearest to its quote
_NEAR: Final = 0.3  # cosine similarity from which on another article is near to a question
# Patterns rather than ``language.names``: a question needs the full name, of two to four words, and
# by the words beside it whether it is a person's; what is missed here costs nothing.
_FIRST_NAMES = r"(?:[A-Z][\w’'-]+ ){1,3}"
# Its last word stops before an apostrophe: "Mira Talv's bridge".
_NAME = rf"(?!The |Then |When |After |Before ){_FIRST_NAMES}[A-Z][\w’-]+"
_VERBS = "said|says|warned|announced|argued|told"
_PERSON_SAID = re.compile(rf"\b({_FIRST_NAMES}[A-Z][\w’'-]+),? (?:{_VERBS})\b")
_SAID = re.compile(rf"({_NAME}),? (?:{_VERBS})\b|\b(?:said|says) ({_NAME})")
# What follows such a word is a place or a thing, whatever stands in apposition to it.
_WHO = re.compile(
    rf"(?<!\bthe )(?<!\bin )(?<!\bat )(?<!\bof )(?<!\bto )\b({_NAME}), "
    rf"(?:a|an|the|who|aged|head|chief|director)\b"
)
# Not where a sentence begins: there any word has a capital letter.
_ABOUT = re.compile(rf"(?<=[a-z,] )((?:the )?{_NAME})")
# What a person is, before the name: an office, a form of address, a nationality.
_TITLE = re.compile(
    r"(?:(?:Prime|Foreign|President|Chancellor|Minister|Director|Admiral|Secretary|General|Mayor|"
    r"Professor|Dr|Mr|Mrs|Ms|[A-Z]\w+(?:ian|ish|an|ench)) )+"
)
_PATTERNS = (("What did {} say?", _SAID), ("Who is {}?", _WHO), ("What is said about {}?", _ABOUT))


def candidate_questions(view: View) -> Iterator[str]:
    """Yield questions made from the articles: what people said in them, what each is about."""
    articles = view.articles()
    persons = (
        f"What did {match[1]} say?"
        for info in articles[:_ARTICLES]
        for row in view.rows(view.passages(info.id))
        for sentence in row.passage.sentences
        for match in islice(_PERSON_SAID.finditer(row.text_of(sentence)), 1)
    )
    titles = (f"What is “{one_line(info.title)}” about?" for info in articles)
    speakers = islice(dict.fromkeys(persons), EXAMPLES)
    for pair in zip_longest(speakers, titles):
        yield from filter(None, pair)


def leading_on(view: View, answer: Answer) -> Iterator[str]:
    """Yield questions that the articles may answer, about what stands nearest to the quotes.

    By turns what people said, who they are, and other names, so that no three are of one kind;
    then whole articles.
    """
    cited = answer.citations or answer.closest
    asked = set(terms(f"{answer.question} {answer.standalone_question}"))
    texts = [text for citation in cited for text in _texts(view, citation)]
    made: dict[str, str] = {}
    kinds = [[(pattern, name) for name in _named(names, texts)] for pattern, names in _PATTERNS]
    for pattern, name in filter(None, chain.from_iterable(zip_longest(*kinds))):
        if not set(terms(name)) & asked:
            made.setdefault(name.removeprefix("the "), pattern.format(name))
    yield from islice(made.values(), CANDIDATES)
    yield from islice(_about_articles(view, answer), EXAMPLES)


def _named(names: re.Pattern[str], texts: list[str]) -> list[str]:
    matches = (match for text in texts for match in names.finditer(text))
    return [_bare(next(filter(None, match.groups()))) for match in matches]


def _texts(view: View, citation: Citation) -> list[str]:
    """Return the texts of a cited article's passages, the nearest to the quote first."""
    passages = sorted(
        view.passages(citation.article.id),
        key=lambda each: abs(each.start + each.end - citation.start - citation.end),
    )
    return [one_line(row.text) for row in view.rows(passages[:_PASSAGES])]


def _bare(name: str) -> str:
    """Return a name without the titles before it."""
    return _TITLE.sub("", name, count=1) if _TITLE.match(name) else name


def _about_articles(view: View, answer: Answer) -> Iterator[str]:
    """Yield questions about the cited articles, then about those near to what was asked."""
    hits = view.search(answer.standalone_question or answer.question)
    near = [hit.article.title for hit in hits if hit.dense >= _NEAR]
    cited = [each.article.title for each in answer.citations]
    for title in dict.fromkeys(map(one_line, [*cited, *near])):
        if title not in answer.question:
            yield f"What is “{title}” about?"
