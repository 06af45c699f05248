"""What belongs to the page is told from what the article says, and in doubt nothing is dropped."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.answer.overview import list_articles
from assistant.question.understand import understand
from assistant.reader.boilerplate import is_boilerplate
from assistant.reader.read import gather_evidence
from assistant.retrieval import find_passages
from helpers.library import write_articles
from index import Span, build_index, open_index
from index.text import paragraph_spans, sentence_spans

FURNITURE = [
    # pictures
    "Photo: Mara Quill",
    "Photo: A crew lowers the storm bell onto a barge in Halden.",
    "PHOTO: Brennick's sluice gate on the morning after the flood.",
    "Photograph: Jon Vell/The Brennick Mail",
    "Photos by Ada Thorne and Jon Vell",
    "Photo courtesy of the Port Arlen Tram Company",
    "Image credit: Halden Museum",
    "FILE - Mayor Orla Finch speaks to reporters in Port Arlen, March 3, 2021.",
    "FILE — The ferry Quillon leaves the harbour of Dunmere.",
    "FILE PHOTO: A tram waits at Tanner Row.",
    "(AP Photo/Jon Vell)",
    "Runners cross the Vannow bridge on Sunday. (AP Photo/Jon Vell, File)",
    "A baker carries bread through the flooded Tanner Row. (Photo by Ada Thorne)",
    "The bell hangs again in its tower. [Photo: Halden Museum]",
    "Children wave from the last boat. Jon Vell/Getty Images",
    "Refugees wait at the border near Marrow. (AFP via Getty Images)",
    "Getty Images",
    "An icebreaker reaches the station. Ada Thorne/AFP",
    "REUTERS/Jon Vell",
    # datelines without a sentence
    "PORT ARLEN (AP) —",
    "HALDEN, Ostmark, March 3 (Reuters) -",
    # who helped
    "This article contributed to by Ada Thorne.",
    "This article was contributed to by our correspondent in Marrow.",
    "Ada Thorne and Jon Vell in Halden contributed to this report.",
    "Associated Press writers Ada Thorne in Halden and Jon Vell contributed to this story.",
    "Reporting by Ada Thorne in Halden; Editing by Jon Vell",
    "(Additional reporting by Jon Vell, Mara Quill and Orla Finch)",
    "With files from The Brennick Mail",
    "This article was originally published by The Brennick Mail.",
    # pointers
    "Read more: Why the sluice gate failed",
    "READ MORE: Why the sluice gate failed. By Ada Thorne.",
    "**Read also:** Ten walks around Halden",
    "» See also: The town that moved uphill",
    "See also",
    "Related: Museum to pay for a second bell",
    "Related articles: Five floods; The gate inquiry",
    "Read more about the flood inquiry.",
    "You may also like",
    "More on this story",
    "Continue reading",
    # sharing, subscribing, advertisements
    "Share this",
    "Share this article on Facebook",
    "Click to share on Telegram (opens in a new window)",
    "Advertisement",
    "— ADVERTISEMENT —",
    "Article continues below this advertisement",
    "Subscribe to our newsletter",
    "Sign up for our free daily newsletter and never miss a story from Halden.",
    "Get the latest from Port Arlen in your inbox every morning.",
    "Follow us on Instagram for pictures of the race.",
    # ways through a site
    "Home > News > Halden",
    "Home » Sport » Marathon",
    "Home / News / Local",
    "Home | About us | Contact | Privacy policy",
    "Skip to main content",
    "Back to top",
    "Toggle navigation",
]

CONTENT = [
    # datelines before a sentence
    "PORT ARLEN (AP) — The council voted on Tuesday to reopen tram line 4.",
    "HALDEN, March 3 (Reuters) - The storm bell came home on Friday after 83 years.",
    "BRENNICK — Water reached the upper windows of Tanner Row before dawn.",
    "Halden (Ostmark)",
    # pictures as a subject
    "The photo shows the mayor seconds before the gate gave way.",
    "Photo by photo, the restorers compared the bell with its copy.",
    "Photo by Ada Thorne shows how high the water stood in 1931.",
    "Photographs of the flood hang in the town hall.",
    "The lawsuit was brought by Getty Images.",
    "The museum bought the picture from Getty Images for 40 crowns.",
    "She worked for AP, AFP and Reuters before she became mayor.",
    "The crack is visible in the second picture (photo: see annex 3).",
    "File the request at the harbour office before noon.",
    "File - Save as writes a copy of the drawing.",
    "- Photo: takes a single picture and stores it on the card.",
    "The camera of the probe sent one last image: a field of boulders.",
    # who wrote and contributed
    "Ada Thorne contributed to the report on the sluice gate in 2019.",
    "Heavy rain and a stuck gate contributed to this flood.",
    "Twelve engineers contributed to this report.",
    "Reporting by the Brennick Mail showed that the gate had been stuck for years.",
    "This story was written by Ada Thorne in 1893 and printed in Marrow.",
    "This report was compiled by the flood commission between May and July.",
    "With files from four archives, the historian proved that the bell was older.",
    # reading, sharing, subscribing as a subject
    "Read more books to children, doctors advise.",
    "More on this than on any other question, the council was divided.",
    "You may also like to bring a lamp, since the tunnel is dark.",
    "Related species live in the lakes north of Dunmere.",
    "See also the table of torques in section 4 before you tighten the bolts.",
    "Share this code with the nurse at the reception.",
    "Share prices of the tram company fell by 4.5 percent.",
    "The advertisement ran for three weeks in the Brennick Mail.",
    "Advertisement revenue fell by a third in 2020.",
    "Subscribe to the topic in the settings of the broker to receive its messages.",
    "Sign up for the race at the town hall before 1 May.",
    "Newsletters of the parish mention the bell as early as 1841.",
    "Sponsored by the harbour, the race has no entry fee.",
    "The ferry company asks passengers to follow us on the map.",
    # ways and tables
    "Open Settings > Network > Proxy and enter the address.",
    "Settings > Network > Proxy",
    "Home | Away | Score",
    "Arlen 3 | Halden 1 | 4,200 spectators",
    "Home > Work takes 40 minutes by tram line 4.",
    "Home to 4,000 people, Halden is the largest village of the valley.",
    "Menu prices rose twice last year.",
    "Back to top form, Lindqvarn won by four minutes.",
    "Skip to step 7 if the lamp is green.",
    "Search and rescue teams came from Marrow / Dunmere / Kells.",
]


@pytest.mark.parametrize("text", FURNITURE)
def test_what_belongs_to_the_page(text: str) -> None:
    """Every sentence of such a line is told, also between the paragraphs of an article."""
    page = f"The bell came home.\n\n{text}\n\nThe village sang."
    (line,) = (each for each in paragraph_spans(page) if page[slice(*each)] == text)
    assert all(is_boilerplate(page, span) for span in sentence_spans(page, line))


@pytest.mark.parametrize("text", CONTENT)
def test_what_the_article_says(text: str) -> None:
    """It stays, though it begins, ends or sounds like a notice."""
    page = f"Advertisement\n\n{text}\n\nRead more: The bell of Halden"
    (line,) = (each for each in paragraph_spans(page) if page[slice(*each)] == text)
    assert not any(is_boilerplate(page, span) for span in sentence_spans(page, line))


def test_a_notice_at_the_end_of_a_paragraph() -> None:
    """It is told by itself; what the paragraph says before it stays."""
    text = (
        "The council voted on Tuesday to reopen tram line 4 after two years of work. "
        "Mara Quill and Jon Vell contributed to this report."
    )
    said, notice = sentence_spans(text, Span(0, len(text)))
    assert not is_boilerplate(text, said)
    assert is_boilerplate(text, notice)


def test_a_caption_of_several_sentences() -> None:
    """All of it goes, also where its lines were wrapped."""
    text = (
        "FILE - Mayor Orla Finch speaks to reporters on the steps of the town\n"
        "hall in Port Arlen, March 3, 2021. Finch resigned in May. (AP Photo/Jon\n"
        "Vell)\n\n"
        "The new mayor took office on Monday."
    )
    *caption, said = [s for line in paragraph_spans(text) for s in sentence_spans(text, line)]
    assert len(caption) > 1
    assert all(is_boilerplate(text, span) for span in caption)
    assert not is_boilerplate(text, said)


def test_a_long_paragraph_is_no_notice() -> None:
    """However it begins: an article may stand in one line."""
    text = (
        "Related: "
        + "the two towns have shared a mayor and a ferry since 1901, and " * 8
        + "so on."
    )
    assert not is_boilerplate(text, Span(0, len(text)))


PAGE = """The storm bell is back

Home > News > Halden

FILE - The storm bell of Halden hangs in the museum, May 2, 2019. (AP Photo/Jon Vell)

HALDEN (AP) — The storm bell of Halden came home on Friday after 83 years in a museum.

Read more: How the storm bell of Halden was cast

The storm bell will hang in the old tower.

Subscribe to our newsletter
"""
SAID = [
    "HALDEN (AP) — The storm bell of Halden came home on Friday after 83 years in a museum.",
    "The storm bell will hang in the old tower.",
]


def test_only_what_the_article_says_is_offered(tmp_path: Path) -> None:
    """Not as evidence, nor as an opening; the text of the article holds all of it."""
    build_index([write_articles(tmp_path / "articles", {"bell.txt": PAGE})], tmp_path / "index")
    with open_index(tmp_path / "index").view() as view:
        query = understand(view, "Where is the storm bell of Halden?")
        hits = find_passages(view, query)
        assert [each.text for each in gather_evidence(view, query, hits)] == SAID
        (citation,) = list_articles(view).citations
        assert citation.quote == SAID[0]
        article = view.article(citation.article.id)
        assert article
        assert article.text[citation.start : citation.end] == citation.quote
        assert all(line in article.text for line in PAGE.split("\n\n")[1:-1])
