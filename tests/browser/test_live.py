"""Figures stay the kernel's: nothing is echoed, a page that is loaded again shows what is."""

from __future__ import annotations

from collections.abc import Callable

import nbformat
import pytest
from nbclient import NotebookClient
from suites.browser import NotebookPage
from suites.jupyter import Lab

Open = Callable[[str], NotebookPage]

FIGURE = """
import ipywidgets
import numpy as np
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure
from pycore.apps import show

source = ColumnDataSource({"x": np.arange(5.0), "y": np.arange(5.0)}, name="steps-source")
plot = figure(name="steps", height=200, title="first")
plot.line("x", "y", source=source)
changes = []
source.on_change("data", lambda attribute, old, new: changes.append(len(new["x"])))
"""
BUTTONS = """
def add(_):
    n = len(source.data["x"])
    source.stream({"x": [float(n)], "y": [float(n)]})

def put(_):
    source.data = {"x": np.arange(9.0), "y": np.arange(9.0)}
    plot.title.text = "second"

def look(_):
    said.value = f"rows={len(source.data['x'])} changes={changes}"

said = ipywidgets.Label("not asked")
buttons = [ipywidgets.Button(description=text) for text in ("add", "put", "look")]
for button, act in zip(buttons, (add, put, look)):
    button.on_click(act)
ipywidgets.VBox([*buttons, said])
"""
INLINE = """
from bokeh.io import output_notebook
from bokeh.resources import INLINE
output_notebook(INLINE, hide_banner=True)
"""


def press(page: NotebookPage, button: str) -> None:
    page.page.get_by_role("button", name=button, exact=True).click()


def kernel_says(page: NotebookPage) -> str:
    """Return what the kernel's own source holds, asked through the same channel that an echo would take before."""
    press(page, "look")
    label = page.page.locator(".widget-label", has_text="rows=")
    label.wait_for()
    return label.inner_text()


@pytest.fixture(params=["ours", "inline"])
def live(request: pytest.FixtureRequest, lab: Lab, open_notebook: Open) -> NotebookPage:
    """A figure with five rows, in a page where BokehJS is loaded by us, or before us by Bokeh itself."""
    before = [INLINE] if request.param == "inline" else []
    page = open_notebook(lab.write(f"live-{request.param}.ipynb", [*before, FIGURE, "show(plot)", BUTTONS]))
    assert page.run_all() == []
    page.wait_model("steps-source", "model.get_length() === 5")
    return page


def test_a_streamed_row_arrives_once(live: NotebookPage) -> None:
    press(live, "add")
    live.wait_model("steps-source", "model.get_length() === 6")

    assert kernel_says(live) == "rows=6 changes=[6]"
    assert live.model("steps-source", "model.get_length()") == 6


def test_new_columns_and_titles_arrive_once(live: NotebookPage) -> None:
    press(live, "put")
    live.wait_model("steps-source", "model.get_length() === 9")

    assert kernel_says(live) == "rows=9 changes=[9]"
    assert live.model("steps", "model.title.text") == "second"


def test_two_pages_on_one_kernel_stay_the_same(lab: Lab, open_notebook: Open) -> None:
    path = lab.write("live-twice.ipynb", [FIGURE, "show(plot)", BUTTONS])
    one = open_notebook(path)
    assert one.run_all() == []
    one.wait_model("steps-source", "model.get_length() === 5")
    one.save()
    other = open_notebook(path)
    other.wait_model("steps-source", "model.get_length() === 5")

    for rows in (6, 7, 8):
        press(one, "add")
        one.wait_model("steps-source", f"model.get_length() === {rows}")

    other.wait_model("steps-source", "model.get_length() === 8")
    assert kernel_says(one) == "rows=8 changes=[6, 7, 8]"


def test_a_page_that_is_loaded_again_shows_the_figure_as_it_is(lab: Lab, open_notebook: Open) -> None:
    page = open_notebook(lab.write("live-again.ipynb", [FIGURE, "show(plot)", BUTTONS]))
    assert page.run_all() == []
    page.wait_model("steps-source", "model.get_length() === 5")
    press(page, "put")
    page.wait_model("steps-source", "model.get_length() === 9")
    page.save()

    page.reload()

    page.wait_model("steps-source", "model.get_length() === 9")
    assert page.model("steps", "model.title.text") == "second"
    assert page.inked(0) > 500


def test_an_executed_copy_holds_its_figure(lab: Lab, open_notebook: Open) -> None:
    """A page trusts no script of a file that came from elsewhere: it shows the text, and the figure once trusted."""
    path = lab.write("live-kept.ipynb", [FIGURE, "show(plot)"])
    notebook = nbformat.read(lab.notebooks / path, as_version=4)
    NotebookClient(notebook, kernel_name="sci-pype").execute()
    nbformat.write(notebook, lab.notebooks / path)

    page = open_notebook(path)

    assert "steps: first [Line, 5 rows]" in page.text()
    page.trust()
    page.wait_model("steps-source", "model.get_length() === 5")
    assert page.inked(0) > 500


def test_without_bokehjs_the_page_says_what_to_do(lab: Lab, open_notebook: Open) -> None:
    page = open_notebook(lab.write("live-without.ipynb", ["from pycore.apps import load_bokehjs\nload_bokehjs()"]))
    page.page.route("**/static/js/bokeh.min.js*", lambda route: route.fulfill(status=404))

    assert page.run_all() == []

    said = page.page.locator(".pycore-no-bokehjs").inner_text()
    assert "/static/js/bokeh.min.js?v=" in said
    assert "404" in said
    assert "output_notebook()" in said
    page.page_errors.clear()  # the loader's own error, wanted here
