"""What is predicted by the values of a feature: lines of numbers and dates, bars of categories."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from bokeh.models.annotations import Label, Legend

from pycore.plots.dependence import plot_dependence
from pycore.plots.theme import theme_of
from pycore.results.explanation import Dependence

LIGHT = theme_of("light")


def dependence(n_labels: int = 1, n_values: int = 4, **options: Any) -> Dependence:
    averages = np.random.default_rng(0).dirichlet(np.ones(n_labels), n_values).T if n_labels > 1 else None
    given: dict[str, Any] = {
        "feature": "weight",
        "is_category": False,
        "unit": "lb",
        "grid": np.arange(n_values) * 1000.0,
        "labels": tuple(f"c{place}" for place in range(n_labels)) if n_labels > 1 else ("mpg",),
        "averages": averages if averages is not None else np.linspace(30, 15, n_values)[None],
        "n_rows": 392,
        "is_probability": n_labels > 1,
    }
    return Dependence(**given | options)


def drawn(found: Dependence, unit: str = "") -> Any:
    return plot_dependence(found, title="what is predicted", theme=LIGHT, unit=unit)


def source(plot: Any) -> dict[str, Any]:
    return dict(plot.select_one({"name": "results-dependence-source"}).data)


def test_a_number_is_a_line_with_both_units() -> None:
    found = dependence()

    plot = drawn(found, "mi/gal")

    np.testing.assert_array_equal(source(plot)["x"], found.grid)
    np.testing.assert_array_equal(source(plot)["y0"], found.averages[0])
    assert plot.select_one({"name": "results-dependence-line-0"}) is not None
    assert (plot.xaxis.axis_label, plot.yaxis.axis_label) == ("weight (lb)", "average predicted mpg (mi/gal)")
    assert not list(plot.select(Legend)), "there is one line"


def test_each_class_has_a_line_and_a_place_in_the_legend() -> None:
    found = dependence(3)

    plot = drawn(found)

    for place in range(3):
        np.testing.assert_array_equal(source(plot)[f"y{place}"], found.averages[place])
    (legend,) = plot.select(Legend)
    assert [item.label.value for item in legend.items] == ["c0", "c1", "c2"]
    assert plot.yaxis.axis_label == "average probability"
    assert plot.y_range.start == 0


def test_categories_are_bars_side_by_side() -> None:
    grid = np.array(["Cherbourg", "Queenstown", "a port with quite a long name"], dtype=object)

    plot = drawn(dependence(2, 3, is_category=True, grid=grid, feature="embarked", unit=""))

    bars = [plot.select_one({"name": f"results-dependence-bars-{place}"}).glyph for place in (0, 1)]
    offsets = [bar.x.transform.value for bar in bars]
    assert offsets[0] == -offsets[1] < 0
    assert offsets[1] - offsets[0] >= bars[0].width, "no bar covers another"
    assert list(plot.xaxis[0].major_label_overrides.values())[:2] == ["Cherbourg", "Queenstown"]
    assert source(plot)["value"] == grid.tolist()


def test_dates_are_a_line_over_time() -> None:
    grid = np.array(["2020-01-01", "2021-05-01"], dtype="datetime64[D]")

    plot = drawn(dependence(grid=grid, averages=np.array([[1.0, 2.0]])))

    assert source(plot)["value"] == ["2020-01-01", "2021-05-01"]
    assert type(plot.xaxis[0]).__name__ == "DatetimeAxis"


def test_of_many_classes_those_that_change_most_are_shown_first() -> None:
    found = dependence(40)

    plot = drawn(found)

    spread = np.ptp(found.averages, axis=1)
    (legend,) = plot.select(Legend)
    drawn_labels = {item.label.value for item in legend.items}
    shown = {item.label.value for item in legend.items if item.renderers[0].visible}
    assert drawn_labels == {f"c{place}" for place in np.argsort(-spread)[:28]}
    assert shown == {f"c{place}" for place in np.argsort(-spread)[:8]}


def test_categories_of_many_classes_are_markers_that_are_told_apart() -> None:
    grid = np.array(["a", "b"], dtype=object)

    plot = drawn(dependence(12, 2, is_category=True, grid=grid))

    markers = [plot.select_one({"name": f"results-dependence-points-{place}"}).glyph for place in range(12)]
    assert len({marker.marker.value if hasattr(marker.marker, "value") else marker.marker for marker in markers}) == 12


def test_a_decision_value_is_no_probability() -> None:
    plot = drawn(dependence(2, is_probability=False, averages=np.array([[-1.0, 2, 3, 4], [1, -2, -3, -4]])))

    assert plot.yaxis.axis_label == "average decision value"


@pytest.mark.parametrize("options", [{"grid": np.empty(0), "averages": np.empty((1, 0))}, {"labels": ()}])
def test_without_values_there_is_a_sentence(options: dict[str, Any]) -> None:
    (label,) = drawn(dependence(**options)).select(Label)

    assert "weight" in label.text
