"""A sentence and the line it stands in → whether it is furniture of the page, not of the article.

Captions and credits of pictures, bare datelines, notices about who contributed, pointers to other
articles, offers to share and subscribe, and navigation stand in many articles' texts; nobody who
asks a question wants them quoted. The forms are English ones. Each is narrow on purpose: a notice
that is quoted does less harm than an answer that is not.
"""

from __future__ import annotations

import re
from functools import lru_cache

from index import Span
from index.text import one_line, paragraph_spans

_LONGEST = 60  # in words; what is longer holds more than a notice
_ORNAMENTS = " *_#»›▶►→|"

_STORY = r"(?:articles?|stor(?:y|ies)|posts?|pages?)"
_OTHERS = rf"(?:{_STORY}|content|coverage|links?|news|reading|topics?)"
_SITES = (
    r"(?:facebook|instagram|linkedin|pinterest|reddit|telegram|tiktok|twitter|whatsapp|x|youtube)"
)

# These say nothing if nothing else stands beside them.
_ALONE = re.compile(
    rf"""
    advertisements? | sponsored(?:\ (?:content|post))? | paid\ (?:content|post)
    | skip\ (?:ad|advertisement) | {_STORY}\ continues\ (?:after|below)(?:\ (?:this|the)?\ ?\w+)?
    | share | (?:share|print|e-?mail|save|tweet)\ this(?:\ {_STORY})?(?:\ (?:on|via)\ \w+)?
    | share\ (?:on|via)\ (?:e-?mail|{_SITES}) | copy\ link
    | skip\ to\ (?:(?:main|primary)\ )?(?:content|navigation)
    | (?:back|jump|return)\ to\ (?:the\ )?(?:top|content|navigation)(?:\ of\ (?:the\ )?page)?
    | (?:main|site|toggle)\ (?:menu|navigation) | you\ are\ here
    | (?:more|next|previous|related|recommended)\ {_OTHERS}
    | (?:read|see)\ also | also\ read | read\ (?:more|next|on) | (?:continue|keep)\ reading
    | (?:read|see|view)\ (?:the\ )?full\ {_STORY} | what\ to\ read\ next
    | more\ on\ this(?:\ (?:story|topic))? | most\ (?:popular|read|shared|viewed)
    | trending(?:\ (?:now|stories))? | you\ (?:may|might)\ also\ like | recommended\ for\ you
    | editor['’]?s['’]?\ (?:choice|picks?) | all\ rights\ reserved | getty\ images
    """,
    re.VERBOSE | re.IGNORECASE,
)

# These say nothing whatever follows.
_OPENING = re.compile(
    rf"""
    (?:read\ (?:more|also|next) | also\ read | see\ also | most\ read | related
       | you\ (?:may|might)\ also\ like | (?:related|recommended)\ {_OTHERS}
       | more\ on\ this(?:\ (?:story|topic))?) \s*[:»›>|]
    | read\ more\ (?:about|here)\b
    | (?:subscribe|sign\ up)(?:\ (?:now|today|here|free))?\ (?:to|for)\ (?:our|my)\ [^.]*
      \b(?:newsletters?|mailing\ list|podcast|channel)\b
    | get\ (?:our|the)\ [^.]*\b(?:in|to)\ your\ inbox\b
    | (?:follow|like|find)\ us\ on\ {_SITES}\b
    | click\ (?:here\ )?to\ (?:share|print|subscribe|sign\ up|tweet|read\ (?:more|the\ full))\b
    | this\ (?:article|story|report)\ (?:was\ |is\ )?contributed\ (?:to\ )?by\b
    | this\ article\ (?:was|is|has\ been)\ (?:written|edited|produced|originally\ published)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PHOTO = r"(?:(?:AP|AFP|EPA|PA|Reuters|File|Staff|Courtesy)\ )*(?:Photo|PHOTO|Photograph|Picture)s?"
_CAPTION = re.compile(
    r"""
    FILE(?:\ PHOTO)?\ ?[-–—:]\s*\W?[A-Z] | (?:Photo|PHOTO|Photograph)s?:\s*\W?[A-Z]
    | (?:Photo|Image|Picture|Video)\ (?:[Cc]redits?|[Ss]ource|[Cc]ourtesy)\ ?:
    """,
    re.VERBOSE,
)
_CREDIT = re.compile(
    rf"""
    (?=[(\[/|:Rv])  # with any of these it begins: tried first, it saves nine tenths of the time
    (?: [(\[]{_PHOTO}\s?(?:[/:]|by\ |courtesy\ of\ |via\ )\s?[A-Z][^()\[\]]*[)\]]\.?
      | (?:/\ ?|\bvia\ |[|(:]\ ?)(?:Getty\ Images|Shutterstock|iStock)(?:/\w+)?[)\]]?
      | (?<=[a-z])/(?:AP|AFP|EPA|Reuters|REUTERS)[)\]]? | \bREUTERS/[A-Z][\w.\ ]*[)\]]?
      | \([^()]*\bvia\ (?:AP|AFP|Reuters|REUTERS)\)
    )$
    """,
    re.VERBOSE,
)
_AGENCIES = r"AP|AFP|ANSA|DPA|dpa|EFE|EPA|PA|PTI|TASS|UPI|Reuters|REUTERS|Xinhua|Associated Press"
_DATELINE = re.compile(rf"[A-Z][\w.'’, -]{{1,60}}\((?:{_AGENCIES})\)\s*[-–—:]*")

# What stands before or behind these is people, places and papers.
_BY = re.compile(
    r"\(?(?:(?:additional |original )?(?:reporting|editing) by|with (?:files|reporting) from"
    r"|photo(?:graph)?s? (?:by|courtesy of))\s",
    re.IGNORECASE,
)
_CONTRIBUTED = re.compile(
    r" (?:also )?contributed (?:reporting )?to this (?:article|story|report|dispatch)\b"
)
_AMONG_NAMES = frozenset({
    "a", "additional", "and", "at", "by", "correspondent", "correspondents", "de", "editing",
    "editor", "editors", "for", "from", "in", "journalist", "journalists", "of", "producer",
    "producers", "reporter", "reporters", "reporting", "staff", "the", "van", "von", "with",
    "writer", "writers", "writing",
})  # fmt: skip

_TRAIL = re.compile(r" [>/|•·] |[»›]")
_FIRST_PAGES = frozenset({"home", "homepage", "home page", "start", "you are here: home"})
_PAGES = _FIRST_PAGES | {
    "about", "about us", "advertise", "careers", "contact", "contact us", "cookies", "faq", "help",
    "imprint", "log in", "login", "newsletter", "newsletters", "privacy", "privacy policy",
    "search", "sign in", "site map", "sitemap", "subscribe", "terms", "terms of service",
    "terms of use",
}  # fmt: skip


def is_boilerplate(text: str, span: Span, begin: int = 0) -> bool:
    """Whether a sentence, or the whole line it stands in, belongs to the page and not the article.

    Args:
        text: The text of its passage.
        span: The sentence's offsets in the article.
        begin: The passage's offset in the article.
    """
    start, end = span.start - begin, span.end - begin
    sentence = text[start:end]
    line = next((text[slice(*each)] for each in _lines(text) if each.end > start), sentence)
    return _is_by_others(sentence) or any(map(_says_nothing, {sentence, line}))


@lru_cache(maxsize=1)  # a passage's sentences are looked at one after another
def _lines(text: str) -> list[Span]:
    return paragraph_spans(text)


def _says_nothing(stretch: str) -> bool:
    plain = one_line(stretch).strip(_ORNAMENTS)
    if len(plain.split()) > _LONGEST:
        return False
    opening = plain.lstrip("([")
    return bool(
        _ALONE.fullmatch(plain.strip(" -–—.:()[]"))
        or _OPENING.match(opening)
        or _CAPTION.match(opening)
        or _CREDIT.search(plain)
        or _DATELINE.fullmatch(plain)
        or _is_trail(plain)
    )


def _is_by_others(sentence: str) -> bool:
    """Whether a sentence only names those who helped."""
    plain = one_line(sentence)
    notice = _BY.match(plain) or _CONTRIBUTED.search(plain)
    return notice is not None and _are_names(plain[: notice.start()] + plain[notice.end() :])


def _are_names(text: str) -> bool:
    return all(word[0].isupper() or word in _AMONG_NAMES for word in re.findall(r"\w+", text))


def _is_trail(line: str) -> bool:
    """Whether a line is the way to a page, or a bar of a site's pages."""
    pages = [page.strip().casefold() for page in _TRAIL.split(line)]
    if len(pages) < 2 or line.endswith("."):
        return False
    way = pages[0] in _FIRST_PAGES and (len(pages) > 2 or bool(re.search(r"[>»›]", line)))
    return (way and "|" not in line) or len(_PAGES.intersection(pages)) > 2
