"""Figures without a browser."""

from __future__ import annotations

import re
from typing import Any

import bokeh
import numpy as np
import pytest
from bokeh.layouts import column
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure
from IPython.utils.capture import capture_output

from pycore.apps import Live, show
from pycore.apps.live import bokehjs_loader


@pytest.fixture
def plot() -> Any:
    source = ColumnDataSource({"x": np.arange(3.0), "y": np.arange(3.0)}, name="squares-source")
    plot = figure(name="squares", title="Squares")
    plot.line("x", "y", source=source, name="curve")
    return plot


def test_where_nothing_is_drawn_the_text_says_what_it_is(plot: Any) -> None:
    bundle = Live(plot)._repr_mimebundle_()

    assert bundle["text/plain"] == "squares: Squares [curve, 3 rows]"
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_figures_of_a_layout_are_named_in_their_order() -> None:
    plots = [figure(name=f"plot-{number}", title="") for number in range(12)]
    for plot in plots:
        plot.scatter([1], [1], name="dots")

    named = [line.partition(":")[0] for line in repr(Live(column(plots))).splitlines()]

    assert named == [plot.name for plot in plots]


def test_show_works_without_a_notebook(plot: Any, capsys: pytest.CaptureFixture[str]) -> None:
    show(plot)

    assert capsys.readouterr().out == "squares: Squares [curve, 3 rows]\n"


def test_every_figure_brings_the_loader(shell: Any, plot: Any) -> None:
    """A page renders only what it sees: the loader of the first cell may never have run when this one is drawn."""
    with capture_output() as shown:
        show(plot)

    assert [
        {"application/vnd.bokehjs_load.v0+json"},
        {"text/plain", "application/vnd.jupyter.widget-view+json"},
    ] == [set(output.data) for output in shown.outputs]


def test_the_loader_asks_this_server_for_this_version() -> None:
    script = bokehjs_loader()

    assert f'version = "{bokeh.__version__}"' in script
    assert "@" not in re.sub(r"//.*", "", script), "a place was not filled in"
    assert "://" not in script


def test_a_row_that_comes_back_is_not_added(plot: Any) -> None:
    """A page whose BokehJS was loaded by another program echoes what the kernel streamed."""
    widget = Live(plot)
    source: Any = plot.select_one({"name": "squares-source"})
    echo = {"kind": "ColumnsStreamed", "model": source.ref, "data": {"x": [3.0], "y": [9.0]}, "rollover": None}

    widget._handle_custom_msg({"event": "jsevent", **echo}, [])

    assert len(source.data["x"]) == 3


def test_a_change_made_in_the_page_arrives(plot: Any) -> None:
    widget = Live(plot)
    change = {"kind": "ModelChanged", "model": plot.title.ref, "attr": "text", "new": "Cubes"}

    widget._handle_custom_msg({"event": "jsevent", **change}, [])

    assert plot.title.text == "Cubes"
