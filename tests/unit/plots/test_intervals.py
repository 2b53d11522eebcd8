"""Metrics of both parts with their intervals: on one axis what can be compared."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from bokeh.models import Plot
from bokeh.models.annotations import Label, Legend
from suites.judged import classified, regressed

from pycore.models.evaluation import class_metrics, regression_metrics
from pycore.plots.intervals import plot_intervals
from pycore.plots.theme import THEMES, Theme, theme_of
from pycore.results.evaluation import Metric

LIGHT = theme_of("light")


def drawn(metrics: Any, theme: Theme = LIGHT) -> Any:
    return plot_intervals(metrics, title="iris", theme=theme)


def source(layout: Any) -> dict[str, Any]:
    return dict(layout.select_one({"name": "results-metrics-source"}).data)


def figures(layout: Any) -> dict[str, Any]:
    return {plot.name: plot for plot in layout.select({"type": Plot})}


def labels(plot: Any) -> list[str]:
    overrides = plot.yaxis.major_label_overrides
    return [overrides[place] for place in sorted(overrides, reverse=True)]


def test_both_parts_of_each_metric_are_there_with_their_intervals() -> None:
    metrics = class_metrics({"train": classified(part="train", seed=1), "test": classified()})

    data = source(drawn(metrics))

    for place, metric in enumerate(metrics):
        for offset, part in enumerate(("train", "test")):
            row = 2 * place + offset
            assert (data["metric"][row], data["part"][row]) == (
                metric.name,
                f"{'training' if not offset else 'test'} rows",
            )
            for name in ("value", "low", "high"):
                expected = getattr(metric, "values" if name == "value" else name)[part]
                assert data[name][row] == pytest.approx(expected)


def test_metrics_of_one_unit_share_an_axis() -> None:
    metrics = regression_metrics({"train": regressed(part="train", seed=1), "test": regressed()}, "mi/gal")

    plots = figures(drawn(metrics))

    by_axis = {plot.xaxis.axis_label: labels(plot) for plot in plots.values()}
    assert by_axis == {"(mi/gal)²": ["MSE ↓"], "mi/gal": ["RMSE ↓", "MAE ↓"], None: ["R² ↑", "MAPE ↓"]}
    assert sorted(plots) == ["results-metrics", "results-metrics-2", "results-metrics-3"]


def test_without_a_unit_an_error_is_not_beside_a_share() -> None:
    metrics = regression_metrics({"test": regressed()})

    by_axis = [labels(plot) for plot in figures(drawn(metrics)).values()]

    assert sorted(by_axis) == [["MAE ↓"], ["MSE ↓"], ["RMSE ↓"], ["R² ↑", "MAPE ↓"]]


def test_each_figure_draws_its_own_metrics_only() -> None:
    layout = drawn(regression_metrics({"test": regressed(), "train": regressed(part="train")}, "mi/gal"))

    data = source(layout)
    for plot in figures(layout).values():
        rows = [row for mark in plot.renderers for row in mark.view.filter.indices]
        names = {data["metric"][row] for row in rows}
        assert names == {label[:-2] for label in labels(plot)}
        values = np.concatenate([data[name][rows] for name in ("value", "low", "high")])
        assert plot.x_range.start < values.min()
        assert plot.x_range.end > values.max()


def test_an_error_is_compared_with_none_at_all() -> None:
    plots = figures(drawn(regression_metrics({"test": regressed()}, "mi/gal")))

    assert all(plot.x_range.start < 0 for plot in plots.values() if plot.xaxis.axis_label)


def test_what_is_not_defined_is_a_dash() -> None:
    metric = Metric(
        name="R²", values={"train": 0.9}, low={"train": math.nan}, high={"train": math.nan}, greater_is_better=True
    )

    layout = drawn([metric])

    assert source(layout)["text"] == ["0.900", "–"]
    (plot,) = figures(layout).values()
    assert plot.x_range.start < 0.9 < plot.x_range.end


def test_parts_are_told_apart_by_colour_and_marker_and_named_once() -> None:
    layout = drawn(regression_metrics({"test": regressed(), "train": regressed(part="train")}, "mi/gal"))

    (legend,) = layout.select({"type": Legend})
    assert [item.label.value for item in legend.items] == ["training rows", "test rows", "baseline on the test rows"]
    dots = [item.renderers[1].glyph for item in legend.items[:2]]
    assert len({dot.fill_color for dot in dots}) == len({dot.marker for dot in dots}) == 2


def test_a_cross_is_at_what_the_baseline_is_on_the_test_rows() -> None:
    metrics = regression_metrics({"test": regressed(), "train": regressed(part="train", seed=1)}, "mi/gal")

    layout = drawn(metrics)

    data = source(layout)
    assert data["baseline"][1::2].tolist() == [metric.baseline["test"] for metric in metrics]
    for plot in figures(layout).values():
        (lines,) = [mark for mark in plot.renderers if mark.name == "results-metrics-baseline"]
        assert [data["part"][row] for row in lines.view.filter.indices] == ["test rows"] * len(labels(plot))
        shown = data["baseline"][lines.view.filter.indices]
        assert plot.x_range.start < shown.min()
        assert plot.x_range.end > shown.max()


def test_a_loss_is_not_beside_shares() -> None:
    metrics = class_metrics({"train": classified(part="train", seed=1), "test": classified()})

    by_axis = {plot.xaxis.axis_label: labels(plot) for plot in figures(drawn(metrics)).values()}

    assert by_axis["nats"] == ["Log loss ↓"]


def test_without_metrics_there_is_a_sentence() -> None:
    (label,) = drawn([]).select({"type": Label})

    assert "no score" in label.text


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_every_figure_has_the_colours_of_the_theme(theme: Theme) -> None:
    layout = drawn(regression_metrics({"test": regressed()}, "mi/gal"), theme)

    assert {plot.background_fill_color for plot in figures(layout).values()} == {theme.background}
