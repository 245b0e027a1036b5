"""The page of a report, in a browser: where Playwright and the system's Chromium are installed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from report.inputs import people, preview, run

playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
    pytest.mark.filterwarnings("default"),  # the browser's driver has its own
]


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Any]:
    """Open the page of a report, and fail on whatever the browser complains of."""
    file = tmp_path / "who.html"
    known = people(tmp_path)
    run("report", preview(tmp_path), "--people", known, "--format", "html", "--output", str(file))
    complaints: list[str] = []
    asked: list[str] = []
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1240, "height": 900})
        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto(file.as_uri())
        yield opened
        browser.close()
    assert complaints == []
    assert asked == [file.as_uri()]


def test_search_leaves_what_is_looked_for(page: Any) -> None:
    find = page.get_by_role("searchbox", name="Find a person, a group, a place:")
    rows = page.get_by_role("row")
    assert rows.count() == 6
    find.fill("HR@example.com")
    assert page.get_by_role("status").inner_text() == "2 found"
    assert rows.count() == 2
    assert page.locator("details:visible", has_text="console.example.com").count() == 0
    find.fill("")
    assert rows.count() == 6


def test_everything_can_be_reached_and_opened_by_keyboard(page: Any) -> None:
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "find"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    opened = page.locator("details[open]")
    assert opened.count() == 1
    assert "old.example.com" in opened.inner_text()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "checkbox":
            break
    page.keyboard.press("Space")
    columns = page.locator("thead th.place:visible")
    assert columns.count() == 6
    page.keyboard.press("Space")
    assert columns.count() == 10


def test_a_screen_reader_hears_what_a_mark_means(page: Any) -> None:
    heard = page.get_by_role("region", name="Known people by place").aria_snapshot()
    assert 'columnheader "console.example.com"' in heard
    assert 'rowheader "pat@example.com"' in heard
    assert 'cell "gains access"' in heard
    assert 'cell "does not get in"' in heard
