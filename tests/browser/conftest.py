"""A browser without a network, and the pages that it opens."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from clientaudit.report.page import render_index, render_page
from clientaudit.text import Say
from report.samples import notebook, page

BY_HAND = "made by hand"


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Browser]:
    """The system's Chromium; without a sandbox, since tests may run as root in a container."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module", params=[BY_HAND, "fr", "en"])
def pages(
    request: pytest.FixtureRequest,
    demo_run: Callable[[str], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> list[Path]:
    """The pages of one run: a small one with hostile names, or the demo firm's."""
    folder = (
        _by_hand(tmp_path_factory.mktemp("run"))
        if request.param == BY_HAND
        else demo_run(request.param)
    )
    return sorted(folder.glob("*.html"))


def _by_hand(folder: Path) -> Path:
    say = Say("fr")
    made = page(say)
    (folder / made.href).write_text(render_page(notebook(say), made), encoding="utf-8")
    (folder / "index.html").write_text(render_index([made]), encoding="utf-8")
    return folder
