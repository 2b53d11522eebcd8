"""The notebook explore: every tab of every data set in it is drawn; a gallery has each of them in both themes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from suites.browser import NotebookPage
from suites.explorer_page import ExplorerPage
from suites.notebooks import EXPLORED

from pycore.plots.theme import THEMES

Open = Callable[[str], NotebookPage]

pytestmark = pytest.mark.timeout(900)  # two dozen tabs, each of them with pictures for a gallery

SIDES = ["Summary", "Quality", "Features", "Crossfilter", "Grid"]
TABS = {"iris": SIDES, "autompg": SIDES, "titanic": SIDES, "daily": [*SIDES, "Time"]}


def keep(page: ExplorerPage, gallery: Path | None, *words: str) -> None:
    """Write a picture of the open tab to the gallery, where there is one."""
    if gallery is not None:
        page.picture(gallery / f"explore-{'-'.join(words).lower()}.png")


def test_every_side_of_every_data_set_is_drawn(open_notebook: Open, gallery: Path | None) -> None:
    notebook = open_notebook("explore.ipynb")
    notebook.use_theme("JupyterLab Light")
    assert notebook.run_all() == []

    for place, name in enumerate(EXPLORED["explore"]):
        page = ExplorerPage(notebook, place)
        page.wait()
        assert page.tabs.all_inner_texts() == TABS[name]
        for title in TABS[name]:
            page.open(title)
            assert page.cards() == []
            figures = page.figures()
            assert figures
            assert [figure for figure in figures if page.inked(figure) < 100] == []
            keep(page, gallery, name, title, "light")


def test_a_notebook_that_opens_in_the_dark_is_dark(open_notebook: Open, gallery: Path | None) -> None:
    notebook = open_notebook("explore.ipynb")
    notebook.use_theme("JupyterLab Dark")
    notebook.page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")
    assert notebook.run_all() == []

    for place, name in enumerate(EXPLORED["explore"]):
        page = ExplorerPage(notebook, place)
        page.wait()
        for title in TABS[name] if gallery is not None else TABS[name][:1]:
            page.open(title)
            if title == "Summary":
                assert page.paper("summary-box") == THEMES["dark"].background
            keep(page, gallery, name, title, "dark")
    notebook.use_theme("JupyterLab Light")
    notebook.page.wait_for_function("document.body.dataset.jpThemeLight === 'true'")
