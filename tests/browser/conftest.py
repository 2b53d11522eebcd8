"""One JupyterLab and one Chromium for all tests of this folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext
from suites.browser import NotebookPage, chromium
from suites.jupyter import Lab, running_lab


@pytest.fixture(scope="session")
def context() -> Iterator[BrowserContext]:
    """A browser with a tall window: what is out of sight is not drawn."""
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1300, "height": 1600})
        yield context
        context.close()


@pytest.fixture(scope="session")
def lab(context: BrowserContext, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Sci-Pype, started after the browser is known to be there."""
    with running_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def open_notebook(lab: Lab, context: BrowserContext) -> Iterator[Callable[[str], NotebookPage]]:
    """Open notebooks, and look afterwards that no page asked another place or met an error."""
    pages: list[NotebookPage] = []

    def open_page(path: str) -> NotebookPage:
        pages.append(NotebookPage(context, lab, path))
        return pages[-1]

    yield open_page
    for page in pages:
        page.close()
    assert not [address for page in pages for address in page.outside]
    assert not [error for page in pages for error in page.page_errors]


@pytest.fixture(scope="session")
def gallery() -> Path | None:
    """Where screenshots go: the folder that ENV_GALLERY names; None keeps none."""
    named = os.environ.get("ENV_GALLERY")
    if not named:
        return None
    folder = Path(named)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
