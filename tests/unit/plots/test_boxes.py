"""Boxes are drawn at their places, each with its own outliers, and others take their place in the same models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from bokeh.models.annotations import Legend

from pycore.analysis.boxes import boxes_by_class, standardised_boxes
from pycore.analysis.classes import grouped
from pycore.analysis.columns import examined
from pycore.plots.boxes import plot_boxes, show_boxes
from pycore.plots.theme import theme_of
from pycore.results.boxes import Boxes

LIGHT = theme_of("light")


def of_classes(values: list[float], classes: str) -> Boxes:
    return boxes_by_class(pd.Series(values, dtype="float64"), grouped(pd.Series(list(classes), dtype="category")))


@pytest.fixture
def boxes() -> Boxes:
    return of_classes([1, 2, 3, 4, 50, -40, 5, 6, 7], "aaaaaabbb")


@pytest.fixture
def plot(boxes: Boxes) -> Any:
    return plot_boxes(boxes, LIGHT, title="size by letter", y_label="size (cm)", x_label="letter")


def source(plot: Any, name: str) -> Any:
    return plot.select_one({"name": name}).data


def test_each_box_stands_at_its_place_with_its_outliers(plot: Any, boxes: Boxes) -> None:
    drawn = source(plot, "summary-box-source")
    assert drawn["x"].tolist() == [0.0, 1.0]
    for key in ("lower", "q1", "median", "q3", "upper", "mean"):
        np.testing.assert_array_equal(drawn[key], getattr(boxes, key))
    outliers = source(plot, "summary-outliers-source")
    assert sorted(zip(outliers["x"].tolist(), outliers["y"].tolist(), strict=True)) == [(0.0, -40.0), (0.0, 50.0)]


def test_everything_drawn_is_in_sight(plot: Any) -> None:
    assert plot.y_range.start < -40
    assert plot.y_range.end > 50
    assert plot.x_range.start < -0.32
    assert plot.x_range.end > 1.32


def test_classes_have_labels_and_colours_and_axes_their_names(plot: Any) -> None:
    assert plot.xaxis[0].major_label_overrides == {0: "a", 1: "b"}
    assert plot.xaxis[0].ticker.ticks == [0, 1]
    assert (plot.xaxis[0].axis_label, plot.yaxis[0].axis_label) == ("letter", "size (cm)")
    assert len(set(source(plot, "summary-box-source")["colour"])) == 2


def test_outliers_have_the_colour_of_their_box(plot: Any) -> None:
    mapper = plot.select_one({"name": "summary-outliers"}).glyph.fill_color.transform

    assert list(mapper.palette) == source(plot, "summary-box-source")["colour"]
    assert (mapper.low, mapper.high) == (-0.5, 1.5)


def test_the_legend_hides_outliers_means_and_medians(plot: Any) -> None:
    (legend,) = plot.select(Legend)

    assert [item.label.value for item in legend.items] == ["median", "mean", "outliers"]
    assert legend.click_policy == "hide"
    assert legend in plot.above


def test_other_boxes_take_the_place_in_the_same_models(plot: Any) -> None:
    before = {model.id for model in plot.references()}
    other = of_classes([1e6, 2e6, 3e6, np.nan], "aaab")

    show_boxes(plot, other, LIGHT, title="price by letter", y_label="price (USD)")

    assert {model.id for model in plot.references()} == before
    assert source(plot, "summary-box-source")["median"][0] == 2e6
    assert len(source(plot, "summary-outliers-source")["y"]) == 0
    assert (plot.title.text, plot.yaxis[0].axis_label) == ("price by letter", "price (USD)")
    assert 0.8e6 < plot.y_range.start < 1e6
    assert plot.y_range.reset_end == plot.y_range.end


def test_hidden_outliers_stay_out_of_the_range(plot: Any, boxes: Boxes) -> None:
    plot.select_one({"name": "summary-outliers"}).visible = False

    show_boxes(plot, boxes, LIGHT, title="", y_label="")

    assert -40 < plot.y_range.start < 1
    assert 7 < plot.y_range.end < 50


def test_columns_side_by_side_have_one_colour() -> None:
    frame = pd.DataFrame(
        np.random.default_rng(6).standard_cauchy((200, 30)), columns=[f"column {n}" for n in range(30)]
    )
    boxes = standardised_boxes(examined(frame, name="wide"), list(frame.columns))

    plot: Any = plot_boxes(boxes, LIGHT, title="wide", y_label="")

    assert set(source(plot, "summary-box-source")["colour"]) == {LIGHT.blue}
    assert plot.xaxis[0].major_label_orientation == 0.7
    assert set(source(plot, "summary-outliers-source")["x"].tolist()) == {float(place) for place in range(30)}


@pytest.mark.parametrize("values", [[np.nan, np.nan], [3.0, 3.0], [0.0, 0.0], [1e308, -1e308]])
def test_what_has_no_extent_is_drawn_too(values: list[float]) -> None:
    plot: Any = plot_boxes(of_classes(values, "aa"), LIGHT, title="", y_label="", x_label="letter")

    assert np.isfinite([plot.y_range.start, plot.y_range.end]).all()
    assert plot.y_range.start < plot.y_range.end


def test_names_of_strangers_are_short_and_differ() -> None:
    names = ["an import from the east coast", "an import from the west coast", "$$x$$"]
    classes = grouped(pd.Series(names, dtype="category"))

    plot: Any = plot_boxes(
        boxes_by_class(pd.Series([1.0, 2.0, 3.0]), classes), LIGHT, title="", y_label="", x_label="c"
    )

    labels = list(plot.xaxis[0].major_label_overrides.values())
    assert len(set(labels)) == 3
    assert max(map(len, labels)) <= 24
    assert not any("$$" in label for label in labels)
