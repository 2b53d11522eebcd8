"""One explorer in one page, walked through as a user does: each tab, each select, the box, the table, both themes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import BrowserContext, expect
from suites.browser import NotebookPage
from suites.explorer_page import ExplorerPage
from suites.jupyter import Lab

from pycore import PyCore
from pycore.plots.theme import THEMES

NUMBERS = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
TABS = {
    "Summary": ["summary-box", "summary-classes"],
    "Quality": ["quality-balance", "quality-leaks", "quality-missing", "quality-outliers"],
    "Features": ["features-components", "features-correlation", "features-importance"],
    "Crossfilter": ["crossfilter-scatter", "crossfilter-x-histogram", "crossfilter-y-histogram"],
    "Grid": [*(f"grid-{row}-{column}" for row in range(4) for column in range(4)), "grid-legend"],
}


@pytest.fixture(scope="module")
def flowers() -> pd.DataFrame:
    with PyCore("NoApps") as core:
        return core.dataset("iris")


@pytest.fixture(scope="module")
def page(lab: Lab, context: BrowserContext) -> Iterator[ExplorerPage]:
    """The explorer of iris, in a page that asked no other place and met no error."""
    path = lab.write("explore-iris.ipynb", ["%load_ext pycore", 'flowers = core.explore("iris")\nflowers'])
    notebook = NotebookPage(context, lab, path)
    assert notebook.run_all() == []
    page = ExplorerPage(notebook)
    page.wait()
    yield page
    notebook.use_theme("JupyterLab Light")
    notebook.close()
    assert notebook.outside == []
    assert notebook.page_errors == []


def inside(frame: pd.DataFrame, x: str, y: str, box: tuple[float, float, float, float]) -> list[int]:
    """Return the rows whose dots lie in a box of left, right, bottom and top."""
    left, right, bottom, top = box
    return list(np.flatnonzero(frame[x].between(left, right) & frame[y].between(bottom, top)))


def left_half(page: ExplorerPage, figure: str) -> tuple[float, float, float, float]:
    """Return a box of left, right, bottom and top; nothing lies on its edges, exact to a dot of the screen."""
    page.bring(figure)  # painted, so that its ranges are those of what is chosen
    left, right, bottom, top = page.ranges(figure)
    width, height = (right - left) * 0.02, (top - bottom) * 0.02
    return left + width, round((left + right) / 2, 1) + 0.05, bottom + height, top - height


def wait_selected(page: ExplorerPage, source: str, n_rows: int) -> None:
    page.wait_model(source, f"model.selected.indices.length === {n_rows}")


def test_each_tab_is_drawn_when_it_is_opened(page: ExplorerPage) -> None:
    assert page.tabs.all_inner_texts() == list(TABS)

    for title, figures in TABS.items():
        page.open(title)
        assert page.cards() == []
        assert page.figures() == sorted(figures)
        assert [name for name in figures if page.inked(name) < 200] == []


def test_the_boxes_show_the_chosen_column(page: ExplorerPage, flowers: pd.DataFrame) -> None:
    page.open("Summary")

    for name in reversed(NUMBERS):
        before = page.pixels("summary-box")
        page.choose("Column", name)
        page.wait_model("summary-box", f"model.title.text === '{name} by species'")
        page.notebook.settle()

        by_species = flowers.groupby("species")[name]
        assert page.column("summary-box-source", "name") == sorted(flowers["species"].unique())
        for column, share in {"q1": 0.25, "median": 0.5, "q3": 0.75}.items():
            assert page.column("summary-box-source", column) == by_species.quantile(share).tolist()
        if name != NUMBERS[-1]:
            assert page.pixels("summary-box") != before
    assert page.column("summary-classes-source", "count") == [50, 50, 50]


def test_the_table_is_sorted_and_filtered(page: ExplorerPage, flowers: pd.DataFrame) -> None:
    page.open("Summary")
    numbers = page.side.get_by_role("table", name="Rows of iris").get_by_role("rowheader")

    page.side.get_by_role("button", name="petal_width", exact=True).click()

    smallest = flowers.sort_values("petal_width", kind="stable").index[:10]
    expect(numbers).to_have_text([str(row) for row in smallest])

    page.side.get_by_placeholder("a text, a number or a date").last.fill("virginica")

    expect(numbers.first).to_have_text(re.compile("^1[0-4][0-9]$"))
    page.press("Clear")
    expect(numbers).to_have_text([str(row) for row in smallest])


def test_each_axis_shows_the_chosen_column(page: ExplorerPage, flowers: pd.DataFrame) -> None:
    page.open("Crossfilter")
    figure, source = "crossfilter-scatter", "crossfilter-source"

    for label, column, name in (("Y", "y", "petal_width"), ("X", "x", "petal_length"), ("Y", "y", "sepal_width")):
        page.choose(label, name)
        page.wait_model(source, f"model.data.{column}[100] === {flowers[name][100]}")
        assert page.column(source, column) == flowers[name].tolist()
    page.wait_model(figure, "model.below[0].axis_label === 'petal_length (cm)'")

    page.press("Swap X and Y")

    page.wait_model(source, f"model.data.y[100] === {flowers['petal_length'][100]}")
    assert page.column(source, "x") == flowers["sepal_width"].tolist()
    page.choose("Size", "petal_width")
    page.wait_model(source, "new Set(model.data.size).size > 3")
    before = page.pixels(figure)
    page.choose("Colour", "petal_width")
    page.wait_model(source, f"model.data.quantity[100] === {flowers['petal_width'][100]}")
    assert page.pixels(figure) != before
    page.choose("Size", "none")
    page.choose("Colour", "species")
    page.wait_model(source, "new Set(model.data.size).size === 1 && model.data.class[149] === 2")


def test_a_box_selects_in_every_plot_and_in_the_table(page: ExplorerPage, flowers: pd.DataFrame) -> None:
    page.open("Crossfilter")
    page.choose("X", "sepal_length")
    page.choose("Y", "petal_length")
    page.wait_model("crossfilter-source", f"model.data.y[100] === {flowers['petal_length'][100]}")
    page.wait()
    box = left_half(page, "crossfilter-scatter")
    rows = inside(flowers, "sepal_length", "petal_length", box)
    assert 20 < len(rows) < 130

    page.brush("crossfilter-scatter", box)

    wait_selected(page, "crossfilter-source", len(rows))
    assert page.selected("crossfilter-source") == rows
    for side in ("x", "y"):
        name = f"crossfilter-{side}-histogram-source"
        page.wait_model(name, f"model.data.selected.reduce((sum, each) => sum + each, 0) === {len(rows)}")
    page.side.get_by_text(f"{len(rows)} of 150 rows selected").wait_for()
    page.side.get_by_text(f"the {len(rows)} selected").wait_for()

    page.press("Clear selection")

    wait_selected(page, "crossfilter-source", 0)
    page.side.get_by_text("of 150.").wait_for()


def test_a_class_is_selected_without_a_mouse(page: ExplorerPage) -> None:
    page.open("Crossfilter")

    page.side.get_by_label("Select", exact=True).select_option(label="setosa (50)")

    wait_selected(page, "crossfilter-source", 50)
    assert page.selected("crossfilter-source") == list(range(50))
    page.press("Clear selection")
    wait_selected(page, "crossfilter-source", 0)


def test_the_grid_shows_the_chosen_features_and_selects_in_all_of_them(
    page: ExplorerPage, flowers: pd.DataFrame
) -> None:
    page.open("Grid")
    page.choose("Feature 1", "sepal_length")
    page.wait_model("grid-3-0", "model.below[0].axis_label === 'sepal_length (cm)'")
    page.wait_model("grid-1-0", "model.x_range.start > 4")  # the rows may come after the label
    page.wait()
    shown = [
        page.side.get_by_label(f"Feature {place}", exact=True).evaluate("(each) => each.selectedOptions[0].label")
        for place in (1, 2, 3, 4)
    ]
    assert sorted(shown) == sorted(NUMBERS)
    box = left_half(page, "grid-1-0")
    rows = inside(flowers, shown[0], shown[1], box)
    before = {name: page.pixels(name) for name in ("grid-2-3", "grid-3-1")}

    page.brush("grid-1-0", box)

    wait_selected(page, "grid-source", len(rows))
    assert page.selected("grid-source") == rows
    assert [name for name, picture in before.items() if page.pixels(name) == picture] == []


def test_what_only_changes_the_view_waits_for_no_kernel(page: ExplorerPage) -> None:
    page.open("Features")
    before = page.pixels("features-correlation")

    with page.kernel_blocked():
        page.side.get_by_text("Spearman", exact=True).click()

        page.notebook.settle()
        assert page.pixels("features-correlation") != before


def test_it_is_dark_where_jupyterlab_is(page: ExplorerPage) -> None:
    page.notebook.use_theme("JupyterLab Dark")
    page.page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")

    arrow = page.whole.locator("select").first.evaluate("(select) => getComputedStyle(select).backgroundImage")
    assert "8c8c8c" in arrow, "black is hardly seen on the dark paper"
    for title, figures in TABS.items():
        page.open(title)
        papers = {name: page.paper(name) for name in figures if "correlation" not in name}
        assert papers == dict.fromkeys(papers, THEMES["dark"].background)

    page.notebook.use_theme("JupyterLab Light")
    page.page.wait_for_function("document.body.dataset.jpThemeLight === 'true'")
    page.open("Summary")
    assert page.paper("summary-box") == THEMES["light"].background


def test_a_page_that_is_loaded_again_shows_what_was_chosen(page: ExplorerPage, flowers: pd.DataFrame) -> None:
    page.open("Crossfilter")
    page.choose("X", "petal_width")
    page.choose("Y", "petal_length")
    page.wait_model("crossfilter-source", f"model.data.x[100] === {flowers['petal_width'][100]}")
    page.wait_model("crossfilter-source", f"model.data.y[100] === {flowers['petal_length'][100]}")
    page.open("Summary")
    page.choose("Column", "petal_length")
    page.wait_model("summary-box", "model.title.text === 'petal_length by species'")
    page.notebook.save()

    page.notebook.reload()
    page.wait()

    page.wait_model("summary-box", "model.title.text === 'petal_length by species'")
    assert page.column("summary-box-source", "median") == flowers.groupby("species")["petal_length"].median().tolist()
    assert page.inked("summary-box") > 1000
    page.open("Crossfilter")
    assert page.column("crossfilter-source", "x") == flowers["petal_width"].tolist()
    page.choose("X", "sepal_width")
    page.wait_model("crossfilter-source", f"model.data.x[100] === {flowers['sepal_width'][100]}")


def test_a_second_browser_sees_the_same(
    page: ExplorerPage, lab: Lab, context: BrowserContext, flowers: pd.DataFrame
) -> None:
    page.open("Summary")
    page.notebook.save()
    second = ExplorerPage(NotebookPage(context, lab, page.notebook.path))
    second.wait()
    second.wait_model("summary-box")

    second.choose("Column", "sepal_width")

    for each in (second, page):
        each.wait_model("summary-box", "model.title.text === 'sepal_width by species'")
        medians = flowers.groupby("species")["sepal_width"].median().tolist()
        assert each.column("summary-box-source", "median") == medians
    second.open("Crossfilter")
    second.side.get_by_label("Select", exact=True).select_option(label="virginica (50)")
    wait_selected(page, "crossfilter-source", 50)
    assert page.selected("crossfilter-source") == list(range(100, 150))
    assert second.notebook.page_errors == []
    second.page.close()
