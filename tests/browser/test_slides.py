"""A notebook shown as slides, in its own page and with its own widgets; nothing is asked from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from suites.browser import NotebookPage

Open = Callable[[str], NotebookPage]

BUTTON = 'jp-button[data-command="deck:toggle"]'
# What can be seen of each cell, by its name in the file.
SHOWN = """() => jupyterapp.shell.currentWidget.content.widgets
  .filter((cell) => cell.node.checkVisibility() && cell.node.getBoundingClientRect().height > 0)
  .map((cell) => cell.model.id)"""
SELECT = "(place) => { jupyterapp.shell.currentWidget.content.activeCellIndex = place; }"
ACTIVE = "() => jupyterapp.shell.currentWidget.content.activeCell.model.id"


@pytest.fixture
def slides(open_notebook: Open) -> Iterator[NotebookPage]:
    """The notebook extract-and-cache, run, with its first slide shown; pages opened later show no slides."""
    page = open_notebook("extract-and-cache.ipynb")
    assert page.run_all() == []
    page.wait_model("ohlc")
    page.page.evaluate(SELECT, 0)
    page.page.locator(BUTTON).click()
    wait_for_cells(page, "purpose")
    yield page
    page.page.evaluate("() => jupyterapp.commands.execute('deck:stop')")


def wait_for_cells(page: NotebookPage, *names: str) -> None:
    page.page.wait_for_function(f"(names) => JSON.stringify(({SHOWN})()) === JSON.stringify(names)", arg=[*names])


def leaf_to(page: NotebookPage, name: str) -> None:
    """Press the key for the next cell until it is the one called `name`; the cells of a slide appear together."""
    active = page.page.evaluate(ACTIVE)
    while active != name:
        page.page.keyboard.press("ArrowRight")
        page.page.wait_for_function(f"(before) => ({ACTIVE})() !== before", arg=active)
        active = page.page.evaluate(ACTIVE)


def test_a_slide_is_its_heading_and_what_is_below(slides: NotebookPage) -> None:
    assert slides.page.locator("#jp-menu-panel").is_hidden()

    for name in ("extract", "cached", "again", "picture"):
        leaf_to(slides, f"{name}-heading")
        wait_for_cells(slides, f"{name}-heading", name)


def test_a_figure_on_a_slide_is_drawn_and_lives(slides: NotebookPage) -> None:
    leaf_to(slides, "picture")
    wait_for_cells(slides, "picture-heading", "picture")
    slides.wait_painted()
    assert slides.inked(0) > 1000

    slides.page.locator(".bk-Legend .bk-item", has_text="High").click()

    slides.wait_model("high-line", "model.visible === false")


def test_the_end_of_the_slides_is_the_notebook_again(slides: NotebookPage) -> None:
    slides.page.keyboard.press("Escape")

    slides.page.wait_for_function(f"() => ({SHOWN})().includes('load')")
    assert slides.page.locator("#jp-menu-panel").is_visible()
