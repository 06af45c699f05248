"""Markdown files: what of their markup is text, and where title, author and date come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.read_one import BODY, article

MARKDOWN = """---
title: Council closes library
authors: [By Jane Doe, John Roe]
date: 2025-08-20
---
# The end of a library

By a **large** majority the [council](https://example.org) voted
to close *it*.  \n
The ![old building](x.png) is <b>for</b> sale.<!-- secret -->

<!-- another secret -->

- one `item`
- two

| Year | Visitors |
|------|----------|
| 2024 | 9,100    |

```
code = 1
```

> A quote.

***

Price &amp; rate: 2 \\* 3.
"""


def test_markdown(tmp_path: Path) -> None:
    """Markdown becomes plain text, a block each, with the facts of its front matter."""
    found = article(tmp_path, "a.md", MARKDOWN)
    assert found.info.title == "Council closes library"
    assert found.info.author == "Jane Doe and John Roe"
    assert found.info.published == "2025-08-20"
    assert found.text.split("\n\n") == [
        "The end of a library",
        "By a large majority the council voted to close it.",
        "The old building is for sale.",
        "one item",
        "two",
        "Year | Visitors",
        "2024 | 9,100",
        "code = 1",
        "A quote.",
        "Price & rate: 2 * 3.",
    ]


@pytest.mark.parametrize(
    "content",
    [
        f"# Council closes library\n\n*By Jane Doe*\n\n20 August 2025\n\n{BODY}",
        "---\nTitle: Council closes library\nauthor: {name: Jane Doe}\n"
        f"published: 20 August 2025\n---\n# Council closes library\n\n{BODY}",
        f"## Council closes library\n\n**Author:** Jane Doe\n\nDate: 20 August 2025\n\n{BODY}",
    ],
)
def test_markdown_head(content: str, tmp_path: Path) -> None:
    """Title, author and date come from front matter, else from heading and byline."""
    found = article(tmp_path, "a.markdown", content)
    assert (found.info.title, found.info.author) == ("Council closes library", "Jane Doe")
    assert (found.info.published, found.text) == ("2025-08-20", BODY)


@pytest.mark.parametrize(
    "front", ["title: [unclosed", "title: 'a\n  b: c", "- a list", "date: 2025-13-45", "just words"]
)
def test_broken_front_matter(front: str, tmp_path: Path) -> None:
    """Front matter that cannot be read is no front matter; the article is read all the same."""
    found = article(tmp_path, "a.md", f"---\n{front}\n---\n# A headline\n\n{BODY}")
    assert found.info.title == "A headline"
    assert found.text.endswith(BODY)


def test_markdown_hard_break_and_html(tmp_path: Path) -> None:
    """A hard break is a new line; of raw HTML only the visible words remain."""
    source = "# T\n\none  \ntwo<br>three\n\n<div><script>x()</script><p>four</p>five</div>\n"
    assert article(tmp_path, "a.md", source).text == "one\ntwo\nthree\n\nfour\nfive"
