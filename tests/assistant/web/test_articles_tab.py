"""The tab of the articles in real Chromium: the list, uploads, builds, at both sizes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Dialog, FilePayload, Page, expect

from helpers.app import Served
from helpers.browser import PHONE, QUESTION, WIDE, ask
from helpers.library import Files, write_articles
from index import build_index, list_index

pytestmark = [pytest.mark.browser, pytest.mark.server]

TRAIN = (
    "The night train to Ullapool\n\nBy Ada Venn\n\n3 March 2026\n\n"
    "The night train leaves at ten. It carries forty sleepers and one cook.\n"
)
MARKUP = "<img src=x onerror=alert(1)>"


def sent(name: str, content: str | bytes) -> FilePayload:
    data = content.encode() if isinstance(content, str) else content
    return {"name": name, "mimeType": "application/octet-stream", "buffer": data}


def upload(page: Page, *files: FilePayload) -> None:
    page.locator("#files input[type=file]").set_input_files(list(files))


def open_tab(page: Page) -> None:
    page.get_by_role("tab", name="Articles").click()
    expect(page.locator(".shelf")).to_be_visible(timeout=30_000)


@pytest.fixture
def tab(page: Page) -> Page:
    open_tab(page)
    return page


@pytest.fixture(params=["wide-light", "wide-dark", "phone-light", "phone-dark"])
def any_tab(browser: Browser, served: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The tab at both sizes, light and dark."""
    size, scheme = request.param.split("-")
    viewport = WIDE if size == "wide" else PHONE
    opened = browser.new_page(viewport=viewport, color_scheme=scheme)
    opened.goto(served.address)
    open_tab(opened)
    yield opened
    opened.close()


def test_what_is_indexed_is_listed(any_tab: Page) -> None:
    """Title, author, date, passages and state of each article, without scrolling sideways."""
    row = any_tab.locator(".shelf tbody tr", has_text="Clara Hensley")
    expect(row).to_contain_text("air support")
    expect(row).to_contain_text("2025-08-20")
    expect(row.locator("td.passages")).to_have_text(re.compile(r"^\d+ passages?$"))
    expect(row).to_contain_text("as indexed")
    width = any_tab.evaluate("() => innerWidth")
    assert any_tab.evaluate("() => document.documentElement.scrollWidth") <= width
    any_tab.locator(".shelf tbody tr").last.scroll_into_view_if_needed()
    expect(any_tab.locator(".shelf tbody tr").last).to_be_in_viewport()


def test_the_pictures_say_in_words_what_they_show(any_tab: Page) -> None:
    """Each bar has a text for who cannot see it; the counts add up."""
    any_tab.locator(".pictures").scroll_into_view_if_needed()
    for figure in any_tab.locator(".pictures figure").all():
        texts = figure.locator(".told").all_inner_texts()
        counts = [int(each.rpartition(": ")[2].split()[0]) for each in texts]
        assert sum(counts) == any_tab.locator(".shelf tbody tr").count()
        bar = figure.locator("li", has_text=str(max(counts))).first.locator(".bar")
        assert bar.evaluate("each => each.getBoundingClientRect().height") > 40


def test_the_list_can_be_searched(tab: Page) -> None:
    """Words of title, author or date narrow it while one types; nothing found is said."""
    tab.get_by_label("Search the articles").fill("hensley 2025")
    expect(tab.locator(".shelf tbody tr")).to_have_count(1)
    tab.get_by_label("Search the articles").fill("no such words")
    expect(tab.locator(".shelf")).to_contain_text("No article matches")
    tab.get_by_label("Search the articles").fill("")
    expect(tab.locator(".shelf tbody tr")).not_to_have_count(1)


def test_uploads_are_added_or_told_why_not(any_tab: Page, served: Served) -> None:
    """Each file has its own line; names lead nowhere; what cannot be read is not kept."""
    place = any_tab.evaluate(
        "() => innerWidth + matchMedia('(prefers-color-scheme: dark)').matches"
    )
    own = f"{TRAIN}\nThis copy is number {place}.\n"
    alerts: list[str] = []

    def refuse(dialog: Dialog) -> None:
        alerts.append(dialog.message)
        dialog.dismiss()

    any_tab.on("dialog", refuse)
    upload(
        any_tab,
        sent("night train.txt", own),
        sent("../../x.txt", f"{MARKUP}\n\nThis file {place} would climb.\n"),
        sent("n" * 300 + ".txt", f"Long name\n\nIts name is long: {place}.\n"),
        sent("\N{OWL}.txt", f"The owl's own\n\nThe owl has no letters: {place}.\n"),
        sent("broken.pdf", b"%PDF-1.4 broken"),
        sent("empty.txt", b""),
        sent("setup.exe", b"MZ\0\0"),
    )
    report = any_tab.locator("#report")
    expect(report).to_contain_text("4 of 7 files added", timeout=60_000)
    for name in ("night train.txt", "x.txt", "nnn", "\N{OWL}.txt"):
        expect(report.locator("li.added", has_text=name)).to_have_count(1)
    expect(report.locator("li.refused", has_text="broken.pdf")).to_contain_text("damaged")
    expect(report.locator("li.refused", has_text="empty.txt")).to_contain_text("empty")
    expect(report.locator("li.refused", has_text="setup.exe")).to_contain_text(".exe")
    expect(any_tab.locator(".shelf tbody th", has_text=MARKUP).first).to_be_visible()
    assert any_tab.locator(".shelf img").count() == 0
    assert alerts == []
    kept = served.index.with_name("index-uploads")
    assert not [each for each in kept.iterdir() if each.suffix != ".txt"]
    assert not list(kept.parent.glob("*.txt"))
    upload(any_tab, sent("again.txt", own))
    expect(report).to_contain_text("0 of 1 file added", timeout=60_000)
    expect(report.locator("li.unchanged")).to_contain_text("indexed already, as night-train-")


def test_a_later_build_keeps_what_was_sent(tab: Page, served: Served) -> None:
    """What was sent answers questions, and stays when the same sources are built again."""
    upload(tab, sent("lamp.txt", "The lamp of Varn\n\nThe lamp of Varn burns whale oil.\n"))
    expect(tab.locator("#report li.added")).to_have_count(1, timeout=60_000)
    expect(tab.locator(".shelf tbody tr", has_text="The lamp of Varn")).to_have_count(1)
    report = build_index([], served.index)
    assert (report.added, report.removed) == (0, 0)
    tab.get_by_role("tab", name="Chat").click()
    ask(tab, "What does the lamp of Varn burn?")
    expect(tab.locator(".answer .quote").first).to_contain_text("whale oil", timeout=30_000)


def test_the_index_is_refreshed_and_rebuilt(tab: Page, served: Served) -> None:
    """Each ends with what it did; what has changed meanwhile is in the list."""
    kept = served.index.with_name("index-uploads")
    write_articles(kept, {"late.txt": "The late heron\n\nThe late heron comes at dusk.\n"})
    tab.get_by_role("button", name="Refresh").click()
    expect(tab.locator("#report")).to_contain_text("1 article added.", timeout=60_000)
    expect(tab.locator(".shelf tbody tr", has_text="The late heron")).to_have_count(1)
    tab.get_by_role("button", name="Rebuild").click()
    expect(tab.locator("#report")).to_contain_text("written again", timeout=60_000)
    count = len(list_index(served.index))
    expect(tab.locator("#report")).to_contain_text(f"{count} articles")
    expect(tab.locator("#head")).to_contain_text(f"{count} articles")


def test_the_chat_answers_while_articles_are_indexed(
    browser: Browser, served: Served, tab: Page
) -> None:
    """A long build shows how far it is, to whoever opens the page, and keeps nobody waiting."""
    words = [f"Sentence {number} of the long report says little." for number in range(6_000)]
    upload(tab, sent("long.txt", "The long report\n\n" + " ".join(words)))
    expect(tab.locator("#report progress")).to_be_visible(timeout=30_000)
    other = browser.new_page(viewport=WIDE)
    other.goto(served.address)
    ask(other, QUESTION)
    expect(other.locator(".answer .quote").first).to_be_visible(timeout=30_000)
    open_tab(other)
    expect(other.locator("#report progress")).to_be_visible()
    expect(other.get_by_role("button", name="Rebuild")).to_be_disabled()
    upload(other, sent("second.txt", "Second\n\nA second build.\n"))
    expect(other.get_by_text("is being built just now")).to_be_visible()
    expect(other.locator("#report progress")).to_be_visible()
    expect(tab.locator("#report")).to_contain_text(
        re.compile(r"\d+ of \d+, .* left"), timeout=60_000
    )
    expect(tab.locator("#report li.added")).to_have_count(1, timeout=120_000)
    other.close()


def test_removing_most_of_it_must_be_confirmed(served: Served, tab: Page) -> None:
    """The guard's sentence is shown with a button; only that removes."""
    kept = served.index.with_name("index-uploads")
    many: Files = {
        f"many-{each}.txt": f"Many {each}\n\nThis is one of many: {each}.\n" for each in range(40)
    }
    write_articles(kept, many)
    tab.get_by_role("button", name="Refresh").click()
    expect(tab.locator("#report")).to_contain_text("40 articles added.", timeout=60_000)
    for name in many:
        (kept / name).unlink()
    tab.get_by_role("button", name="Refresh").click()
    expect(tab.locator("#report .error")).to_contain_text("nothing was changed", timeout=60_000)
    expect(tab.locator(".shelf")).to_contain_text("gone since")
    tab.get_by_role("button", name="Remove them").click()
    expect(tab.locator("#report")).to_contain_text("40 articles removed.", timeout=60_000)
    expect(tab.get_by_role("button", name="Remove them")).to_be_hidden()


def test_a_failure_is_told_as_one(tab: Page, served: Served) -> None:
    """A build that cannot start says why, and the page goes on."""
    from index.catalogue.lock import build_lock

    with build_lock(served.index):
        tab.get_by_role("button", name="Refresh").click()
        expect(tab.locator("#report .error")).to_contain_text("is being built by", timeout=30_000)
        upload(tab, sent("stray.txt", "Stray\n\nThis one comes at a bad time.\n"))
        expect(tab.locator("#report .error")).to_be_visible()
        expect(tab.get_by_role("button", name="Refresh")).to_be_enabled(timeout=30_000)
    assert not list(served.index.with_name("index-uploads").glob("stray*"))
    tab.get_by_role("button", name="Refresh").click()
    expect(tab.locator("#report .report")).to_be_visible(timeout=60_000)
