"""Reports and the class overview in a real browser: narrow, in the dark, on paper, for those who cannot see them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, sync_playwright

from grader.models import Audience
from grader.reports import get_format
from tests.attempts import failed, hostile, levels, passed, start_failed, unreadable
from tests.classes import class_overview

NAMES = ("chromium", "chromium-browser", "google-chrome")
HTML = get_format("html")
PAGES: Mapping[str, Callable[[], str]] = {
    "passed": lambda: HTML.render(passed(), Audience.LEARNER),
    "failed": lambda: HTML.render(failed(), Audience.INSTRUCTOR),
    "start-failed": lambda: HTML.render(start_failed(), Audience.LEARNER),
    "levels": lambda: HTML.render(levels(), Audience.LEARNER),
    "hostile": lambda: HTML.render(hostile(), Audience.INSTRUCTOR),
    "unreadable": lambda: HTML.render_error(unreadable(), Audience.LEARNER),
    "class": class_overview,
}
EVERY_PAGE = pytest.mark.parametrize("name", PAGES)
OPEN = "document.querySelectorAll('details').forEach(details => details.open = true)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield one Chromium; without one these tests fail, they are never skipped (`make browser`)."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    assert path, "there is no Chromium: make browser"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Yield what opens a page; no message may reach the console, and nothing but the page may be asked for."""
    said: list[str] = []
    asked: list[str] = []

    def opened(name: str, *, width: int = 1000) -> Page:
        file = tmp_path / "report.html"
        file.write_text(PAGES[name](), encoding="utf-8")
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme="light")
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("dialog", lambda dialog: said.append(f"dialog {dialog.message}"))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        return page

    yield opened
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:image/svg+xml"))] == []
    for context in browser.contexts:
        context.close()


def violations(page: Page, *rules: str) -> list[tuple[str, list[str]]]:
    """Return what axe finds with everything unfolded, by all of its rules or some."""
    page.evaluate(OPEN)
    options = {"runOnly": list(rules)} if rules else {}
    return [
        (violation["id"], [node["html"] for node in violation["nodes"]])
        for violation in Axe().run(page, options=options).response["violations"]
        if violation["impact"] in {"serious", "critical", "moderate"}
    ]


@pytest.mark.parametrize("name", ["failed", "hostile", "unreadable", "class"])
def test_axe_finds_nothing_serious(show: Callable[..., Page], name: str) -> None:
    """Contrast, names, order of headings and roles are as they should be; contrast in the dark too."""
    page = show(name)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, "color-contrast") == []


def test_axe_would_find_what_is_wrong(show: Callable[..., Page]) -> None:
    """A button without a name is found out: so the test above can fail."""
    page = show("unreadable")
    page.evaluate("document.querySelector('main').replaceChildren(document.createElement('button'))")
    assert "button-name" in [rule for rule, _ in violations(page)]


@EVERY_PAGE
def test_nothing_is_wider_than_a_small_telephone(show: Callable[..., Page], name: str) -> None:
    """At 360 pixels nobody has to scroll sideways, with everything unfolded either."""
    page = show(name, width=360)
    page.evaluate(OPEN)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_keyboard_reaches_everything_that_unfolds(show: Callable[..., Page]) -> None:
    """The first stop leads to the content; each group of checks opens by Enter."""
    page = show("failed")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("details.group").first.get_attribute("open") is not None


def test_paper_shows_what_is_folded_in_dark_ink(show: Callable[..., Page]) -> None:
    """Nobody can click on paper, and it is white for those too whose screen is dark."""
    page = show("failed")
    page.emulate_media(color_scheme="dark")
    check = page.locator("details.group .check-title").first
    assert not check.is_visible()
    page.emulate_media(media="print", color_scheme="dark")
    assert check.is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(28, 31, 38)"


def test_the_page_says_what_the_attempt_was(show: Callable[..., Page]) -> None:
    """Verdict, score, feedback and hint are read in this order."""
    page = show("failed")
    said = page.locator("body").inner_text()
    wanted = [
        "A to-do list API",
        "Failed",
        "2 of 9 points (9 to pass)",
        "POST /todos: expected status 400, got 500",
        "Hint",
    ]
    places = [said.index(text) for text in wanted]
    assert places == sorted(places)
