"""A metric by the values of a column, with the rows of each and the line of all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from bokeh.models.annotations import Label, Title

from pycore.plots.slices import plot_slices
from pycore.plots.theme import theme_of
from pycore.results.evaluation import Slices

LIGHT = theme_of("light")


def slices(n: int = 3, **options: Any) -> Slices:
    values = np.linspace(0.9, 0.7, n)
    given: dict[str, Any] = {
        "part": "test",
        "column": "embarked",
        "metric": "Accuracy",
        "labels": tuple(f"value {place}" for place in range(n)),
        "values": values,
        "low": values - 0.1,
        "high": values + 0.05,
        "n_rows": np.arange(n) + 1,
        "whole": 0.8,
        "greater_is_better": True,
    }
    return Slices(**given | options)


def drawn(found: Slices) -> Any:
    return plot_slices(found, title="titanic", theme=LIGHT)


def source(plot: Any) -> dict[str, Any]:
    return dict(plot.select_one({"name": "results-slices-source"}).data)


def test_each_slice_has_its_metric_its_interval_and_its_rows() -> None:
    found = slices()

    plot = drawn(found)

    data = source(plot)
    for name in ("values", "low", "high"):
        np.testing.assert_array_equal(data["value" if name == "values" else name], getattr(found, name))
    assert data["text"] == ["1 row", "2 rows", "3 rows"]
    assert data["y"].tolist() == [2, 1, 0], "the first on top"
    assert plot.yaxis.axis_label == "embarked"


def test_all_rows_are_a_line_that_is_in_sight() -> None:
    plot = drawn(slices(whole=0.2))

    line = plot.select_one({"name": "results-slices-whole"})
    assert (line.location, line.dimension) == (0.2, "height")
    assert plot.x_range.start < 0.2
    assert plot.x_range.end > 0.95


def test_a_slice_without_the_metric_says_so() -> None:
    nothing = np.array([np.nan])

    plot = drawn(slices(1, values=nothing, low=nothing, high=nothing))

    assert source(plot)["text"] == ["1 row: not defined"]
    assert np.isfinite([plot.x_range.start, plot.x_range.end]).all()


@pytest.mark.parametrize(
    ("options", "label"),
    [
        ({}, "Accuracy, greater is better"),
        ({"metric": "RMSE", "unit": "mi/gal", "greater_is_better": False}, "RMSE (mi/gal), less is better"),
    ],
)
def test_the_axis_has_metric_unit_and_what_is_good(options: dict[str, Any], label: str) -> None:
    assert drawn(slices(**options)).xaxis.axis_label == label


def test_of_many_slices_those_with_the_most_rows_are_drawn_in_their_order() -> None:
    plot = drawn(slices(50))

    assert source(plot)["name"] == [f"value {place}" for place in range(20, 50)]
    (note,) = [title.text for title in plot.above if isinstance(title, Title)]
    assert note == "the 30 of 50 with the most rows; test rows; lines: 95 % intervals; dashed: all rows, 0.800"


def test_without_slices_there_is_a_sentence() -> None:
    (label,) = drawn(slices(0)).select(Label)

    assert "embarked" in label.text
