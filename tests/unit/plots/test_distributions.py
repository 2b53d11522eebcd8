"""A distribution is drawn as it was found, each class by colour and dashes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from bokeh.document import Document
from bokeh.models import HoverTool

from pycore.analysis.classes import grouped
from pycore.analysis.distributions import distribution
from pycore.plots.distributions import PARTS, change_distribution, plot_distribution
from pycore.plots.palettes import class_styles
from pycore.plots.theme import THEMES
from pycore.results.distributions import Distribution

CLASSES = ("few", "many", "none")
LIGHT = THEMES["light"]


@pytest.fixture
def found() -> Distribution:
    values = np.random.default_rng(1).normal(size=90)
    values[80:] = np.nan
    return distribution(values, grouped(pd.Series(np.repeat(CLASSES, [20, 60, 10]), dtype="category")))


def source_of(plot: Any, part: str) -> dict[str, Any]:
    data: dict[str, Any] = plot.select_one({"name": f"{plot.name}-{part}-source"}).data
    return data


def test_bins_are_those_with_rows(found: Distribution) -> None:
    bins = source_of(plot_distribution(found, "width (cm)", CLASSES, LIGHT), "bins")

    counts, edges = found.histogram.counts, found.histogram.edges
    assert bins["count"].sum() == 80
    assert bins["count"].min() >= 1
    for left, right, top, code, count in zip(
        *(bins[key] for key in ("left", "right", "top", "code", "count")), strict=True
    ):
        place = int(np.searchsorted(edges, left))
        assert (edges[place], edges[place + 1]) == (left, right)
        assert counts[int(code), place] == count
        assert top == pytest.approx(count / counts[int(code)].sum() / (right - left))


def test_outlines_go_round_the_bins(found: Distribution) -> None:
    outlines = source_of(plot_distribution(found, "width", CLASSES, LIGHT), "outlines")

    for xs, ys, heights in zip(outlines["xs"], outlines["ys"], found.histogram.densities, strict=True):
        assert ys[0] == ys[-1] == 0
        np.testing.assert_array_equal(xs, np.repeat(found.histogram.edges, 2))
        np.testing.assert_array_equal(ys[1:-1:2], heights)
        np.testing.assert_array_equal(ys[2:-1:2], heights)


def test_densities_are_there_but_not_shown_at_first(found: Distribution) -> None:
    plot: Any = plot_distribution(found, "width", CLASSES, LIGHT)

    smooth = source_of(plot, "densities")
    np.testing.assert_array_equal(found.densities[1].height, smooth["ys"][1])
    shown = {part: plot.select_one({"name": f"distribution-{part}"}).visible for part in PARTS}
    assert shown == {"bins": True, "outlines": True, "densities": False}


def test_classes_differ_in_colour_and_dashes(found: Distribution) -> None:
    plot: Any = plot_distribution(found, "width", CLASSES, LIGHT)

    glyph = plot.select_one({"name": "distribution-outlines"}).glyph
    assert glyph.line_color.transform.palette == [style.colour for style in class_styles(CLASSES, LIGHT)]
    assert len(set(source_of(plot, "outlines")["dash"])) == 3


def test_axes_say_what_they_are(found: Distribution) -> None:
    plot: Any = plot_distribution(found, "width (cm)", CLASSES, LIGHT)

    assert (plot.xaxis.axis_label, plot.yaxis.axis_label) == ("width (cm)", "density")
    assert plot.y_range.start == 0


def test_names_of_classes_are_written_once_and_harmless(found: Distribution) -> None:
    names = ("a" * 200, "$$x$$", "<b>")

    plot: Any = plot_distribution(found, "width", names, LIGHT)

    for hover in plot.select(HoverTool):
        said = hover.formatters["@code"].args["names"]
        assert [len(name) <= 28 and "$$" not in name for name in said] == [True] * 3


def test_without_classes_there_is_one_colour_and_no_class_in_the_tooltip() -> None:
    plot: Any = plot_distribution(distribution(np.arange(9.5)), "width", (), THEMES["dark"])

    assert plot.select_one({"name": "distribution-bins"}).glyph.fill_color.transform.palette == [THEMES["dark"].blue]
    assert all("class" not in dict(hover.tooltips) for hover in plot.select(HoverTool))


def test_another_feature_changes_the_sources_in_place(found: Distribution) -> None:
    plot: Any = plot_distribution(found, "width", CLASSES, LIGHT)
    before = [plot.select_one({"name": f"distribution-{part}-source"}) for part in PARTS]
    other = distribution(np.arange(90.0) ** 2, grouped(pd.Series(np.repeat(CLASSES, 30), dtype="category")))

    change_distribution(plot, other, "area")

    assert [plot.select_one({"name": f"distribution-{part}-source"}) for part in PARTS] == before
    assert source_of(plot, "bins")["count"].sum() == 90
    assert plot.xaxis.axis_label == "area"


def test_numbers_travel_as_arrays(found: Distribution) -> None:
    plot = plot_distribution(found, "width", CLASSES, LIGHT)

    assert {values.dtype.name for values in source_of(plot, "bins").values()} == {"float64"}
    for part in ("outlines", "densities"):
        columns = source_of(plot, part)
        assert all(values.dtype == "float64" for key in ("xs", "ys") for values in columns[key])


@pytest.mark.parametrize("values", [np.array([]), np.array([2.0]), np.full(5, 3.5)], ids=["none", "one", "constant"])
def test_odd_values_make_a_valid_figure(values: np.ndarray) -> None:
    document = Document()
    document.add_root(plot_distribution(distribution(values), "width", (), LIGHT))

    document.validate()
    assert "://" not in str(document.to_json())
