"""The errors of a regression: the rows of both parts in the document, one switch for all figures."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from bokeh.models import CDSView, DataRange1d, Plot
from bokeh.models.annotations import Label, Slope, Span
from scipy import stats
from suites.judged import regressed

from pycore.models.evaluation import residuals
from pycore.plots.residuals import plot_residuals
from pycore.plots.theme import THEMES, Theme, theme_of
from pycore.results.evaluation import Residuals

LIGHT = theme_of("light")
NAMES = ("results-truth", "results-residuals", "results-residual-histogram", "results-qq")


def both_parts() -> list[Residuals]:
    return [residuals(regressed(80, part="train", seed=1)), residuals(regressed(60))]


def drawn(found: list[Residuals], theme: Theme = LIGHT, target: str = "mpg") -> Any:
    return plot_residuals(found, target=target, unit="mi/gal", title="autompg", theme=theme)


@cache
def usual() -> Any:
    """Return both parts, drawn once for all tests that only look."""
    return drawn(both_parts())


def part_of(layout: Any, name: str, part: int) -> dict[str, np.ndarray]:
    data = layout.select_one({"name": f"{name}-source"}).data
    kept = np.asarray(data["part"]) == part
    return {key: np.asarray(values)[kept] for key, values in data.items()}


@pytest.mark.parametrize(("place", "predictions"), [(0, regressed(80, part="train", seed=1)), (1, regressed(60))])
def test_both_parts_are_in_the_document(place: int, predictions: Any) -> None:
    layout = usual()

    rows = part_of(layout, "results-truth", place)
    np.testing.assert_array_equal(rows["row"], predictions.rows)
    np.testing.assert_array_equal(rows["truth"], predictions.truth)
    np.testing.assert_array_equal(rows["prediction"], predictions.prediction)
    np.testing.assert_allclose(
        part_of(layout, "results-residuals", place)["residual"], rows["truth"] - rows["prediction"]
    )


def test_the_histogram_is_the_density_of_numpy() -> None:
    predictions = regressed(60)

    bins = part_of(usual(), "results-residual-histogram", 1)

    residual = predictions.truth - predictions.prediction
    density, edges = np.histogram(residual, bins="auto", density=True)
    np.testing.assert_allclose(bins["density"], density)
    np.testing.assert_allclose(np.append(bins["left"], bins["right"][-1]), edges)
    assert bins["share"].sum() == pytest.approx(1)


def test_the_quantiles_are_those_of_scipy() -> None:
    predictions = regressed(60)

    points = part_of(usual(), "results-qq", 1)

    quantiles, _ = stats.probplot(predictions.truth - predictions.prediction, fit=False)
    np.testing.assert_allclose(points["quantile"], quantiles)
    np.testing.assert_allclose(points["ordered"], np.sort(stats.zscore(predictions.truth - predictions.prediction)))


def test_one_switch_changes_all_figures_at_first_the_test_rows() -> None:
    layout = usual()

    switch = layout.select_one({"name": "results-residuals-part"})
    (callback,) = switch.js_property_callbacks["change:active"]
    (group,) = callback.args["filters"]
    assert (switch.labels, switch.active, group.group, group.column_name) == (["training", "test"], 1, 1, "part")
    filtered = [view for view in layout.select({"type": CDSView}) if view.filter is group]
    assert len(filtered) == 4
    assert [note.name for note in callback.args["notes"]] == [f"{name}-note" for name in NAMES]
    assert callback.args["texts"] == [["training rows", "test rows"]] * 4


def test_of_one_part_there_is_nothing_to_switch() -> None:
    layout = drawn(both_parts()[1:])

    assert layout.select_one({"name": "results-residuals-part"}) is None
    assert layout.select_one({"name": "results-truth-note"}).text == "test rows"


def test_each_figure_has_the_line_of_a_model_without_errors() -> None:
    layout = usual()

    def lines(name: str, kind: Any) -> list[Any]:
        return list(layout.select_one({"name": name}).select({"type": kind}))

    (diagonal,), (normal,) = lines("results-truth", Slope), lines("results-qq", Slope)
    assert (diagonal.gradient, diagonal.y_intercept) == (normal.gradient, normal.y_intercept) == (1, 0)
    (zero,), (middle,) = lines("results-residuals", Span), lines("results-residual-histogram", Span)
    assert (zero.location, zero.dimension) == (0, "width")
    assert (middle.location, middle.dimension) == (0, "height")


def test_truth_and_prediction_have_equal_axes() -> None:
    layout = usual()

    plot = layout.select_one({"name": "results-truth"})
    assert plot.match_aspect
    assert isinstance(plot.x_range, DataRange1d)
    ends = layout.select_one({"name": "results-truth-ends"})
    np.testing.assert_array_equal(ends.data_source.data["x"], ends.data_source.data["y"])
    rows = layout.select_one({"name": "results-truth-source"}).data
    everything = np.concatenate([rows["truth"], rows["prediction"]])
    assert ends.data_source.data["x"][0] < everything.min()
    assert ends.data_source.data["x"][1] > everything.max()


def test_axes_have_the_unit_of_the_target() -> None:
    layout = usual()

    labels = {plot.name: (plot.xaxis.axis_label, plot.yaxis.axis_label) for plot in layout.select({"type": Plot})}
    assert labels == {
        "results-truth": ("predicted mpg (mi/gal)", "true mpg (mi/gal)"),
        "results-residuals": ("predicted mpg (mi/gal)", "residual: true − predicted (mi/gal)"),
        "results-residual-histogram": ("residual: true − predicted (mi/gal)", "density"),
        "results-qq": ("quantile of the normal distribution", "residual (standard deviations)"),
    }


def test_of_very_many_rows_a_part_is_drawn_with_the_greatest_errors() -> None:
    chance = np.random.default_rng(0)
    residual = chance.normal(size=60_000)
    found = Residuals(
        part="test",
        rows=np.arange(60_000),
        truth=residual,
        prediction=np.zeros(60_000),
        residual=residual,
        edges=np.array([-5.0, 5.0]),
        density=np.array([0.1]),
        quantiles=np.sort(residual),
        ordered=np.sort(residual),
    )

    layout = drawn([found])

    rows = part_of(layout, "results-residuals", 0)
    assert len(rows["row"]) <= 5_000
    assert set(np.argsort(-np.abs(residual))[:500]) <= set(rows["row"].tolist())
    assert len(part_of(layout, "results-qq", 0)["ordered"]) <= 5_000
    assert layout.select_one({"name": "results-truth-note"}).text == "test rows: 5,000 of 60,000 are drawn"


@pytest.mark.parametrize("values", [[3.0, 3.0, 3.0], [0.0, 0.0, 0.0], [1e300, -1e300, 0.0]])
def test_what_has_no_extent_is_drawn_too(values: list[float]) -> None:
    truth = np.array(values)
    found = Residuals(
        part="test",
        rows=np.arange(3),
        truth=truth,
        prediction=truth,
        residual=np.zeros(3),
        edges=np.array([-0.5, 0.5]),
        density=np.array([1.0]),
        quantiles=np.array([-0.8, 0.0, 0.8]),
        ordered=np.zeros(3),
    )

    layout = drawn([found])

    for name in ("results-residuals", "results-residual-histogram", "results-qq"):
        plot = layout.select_one({"name": name})
        ends = [plot.x_range.start, plot.x_range.end, plot.y_range.start, plot.y_range.end]
        assert np.isfinite(ends).all()
        assert ends[0] < ends[1]
        assert ends[2] < ends[3]


def test_without_rows_there_is_a_sentence() -> None:
    (label,) = drawn([]).select({"type": Label})

    assert "no row" in label.text


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_names_of_strangers_are_short_in_the_colours_of_the_theme(theme: Theme) -> None:
    layout = drawn(both_parts(), theme, target="$$x$$ " + "a" * 90)

    plot = layout.select_one({"name": "results-truth"})
    assert "$$" not in plot.yaxis.axis_label
    assert len(plot.yaxis.axis_label) < 45
    assert plot.background_fill_color == theme.background
    assert layout.select_one({"name": "results-truth-points"}).glyph.fill_color == theme.blue
