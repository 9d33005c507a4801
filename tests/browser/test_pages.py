"""What a real browser makes of the pages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

MILLIMETRES = 96 / 25.4  # pixels
PORTRAIT, LANDSCAPE = 178 * MILLIMETRES, 265 * MILLIMETRES  # A4 between the margins
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
TOO_WIDE = """selector => [...document.querySelectorAll(selector)]
    .filter(box => box.scrollWidth > box.clientWidth + 1).map(box => box.innerText.slice(0, 80))"""
IMAGES = """[...document.images].map(image => [image.alt !== "" || image.className === "logo",
    image.complete && image.naturalWidth > 0])"""


@contextmanager
def opened(browser: Browser, path: Path, width: float = 1280, **options: object) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": int(width), "height": 900}, **options)
    page = context.new_page()
    page.goto(path.as_uri())
    yield page
    context.close()


def test_nothing_is_asked_of_the_network_and_nothing_goes_wrong(browser, pages):
    for path in pages:
        context = browser.new_context()
        page = context.new_page()
        asked, told = [], []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("console", lambda message, told=told: told.append(message.text))
        page.on("pageerror", lambda error, told=told: told.append(str(error)))
        page.goto(path.as_uri(), wait_until="networkidle")
        assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
        assert told == [], path.name
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_reader_is_shut_out(browser, pages, scheme):
    """The rules of axe need a script, which the pages forbid: that one rule is lifted here."""
    for path in pages:
        with opened(browser, path, bypass_csp=True, color_scheme=scheme) as page:
            results = Axe().run(page)
            assert results.violations_count == 0, f"{path.name}: {results.generate_report()}"


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_is_wider_than_the_screen(browser, pages, width):
    for path in pages:
        with opened(browser, path, width) as page:
            assert page.evaluate(OVERFLOW) == 0, path.name


def test_in_the_window_of_a_small_laptop_only_the_widest_tables_scroll(browser, pages):
    for path in pages:
        with opened(browser, path, 1100) as page:
            assert page.evaluate(TOO_WIDE, "figure:not(.wide) .scroll") == [], path.name


def test_every_figure_is_drawn_and_described(browser, pages):
    drawn = 0
    for path in pages:
        with opened(browser, path) as page:
            images = page.evaluate(IMAGES)
            assert all(described and shown for described, shown in images), path.name
            charts = page.locator("figure.chart").count()
            assert charts == path.read_text(encoding="utf-8").count("data:image/svg+xml")
            drawn += charts
    assert drawn > 0


def test_every_table_has_a_name_and_headings(browser, pages):
    counted = 0
    for path in pages:
        with opened(browser, path) as page:
            tables = page.locator("figure.table table")
            counted += tables.count()
            for table in tables.all():
                assert page.locator(f"#{table.get_attribute('aria-labelledby')}").inner_text()
                assert table.locator("thead th[scope=col]").count() > 0
    assert counted > 0


def test_what_is_printed_fits_the_sheet(browser, pages):
    for path in pages:
        for width, selector in (
            (PORTRAIT, "figure:not(.wide) .scroll, section .scroll"),
            (LANDSCAPE, ".wide .scroll"),
        ):
            with opened(browser, path, width) as page:
                page.emulate_media(media="print")
                assert page.evaluate(TOO_WIDE, selector) == [], path.name


def test_a_page_prints_on_a4_without_its_navigation(browser, pages):
    for path in pages:
        with opened(browser, path) as page:
            pdf = page.pdf(prefer_css_page_size=True)
            assert pdf.startswith(b"%PDF")
            assert re.search(rb"/MediaBox \[0 0 59[45][.\d]* 84[12]", pdf), path.name
            page.emulate_media(media="print")
            assert not page.locator("nav").is_visible()


def test_the_keyboard_reaches_the_report_first(browser, pages):
    for path in pages:
        with opened(browser, path) as page:
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.className") == "skip"
            page.keyboard.press("Enter")
            page.wait_for_url("**#main")
