"""How a metric grows with the rows, in bands of the folds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from bokeh.models.annotations import Label, Legend

from pycore.plots.learning_curve import plot_learning_curve
from pycore.plots.theme import THEMES, Theme, theme_of
from pycore.results.explanation import LearningCurve

LIGHT = theme_of("light")


def curve(**options: Any) -> LearningCurve:
    values: dict[str, Any] = {
        "n_rows": np.array([30, 60, 90]),
        "train": np.array([1.0, 0.99, 0.98]),
        "train_std": np.array([0.0, 0.01, 0.02]),
        "test": np.array([0.8, 0.9, 0.95]),
        "test_std": np.array([0.1, 0.05, 0.02]),
        "metric": "Accuracy",
    }
    return LearningCurve(**values | options)


def drawn(found: LearningCurve, theme: Theme = LIGHT) -> Any:
    return plot_learning_curve(found, title="iris", theme=theme)


def source(plot: Any) -> dict[str, Any]:
    return dict(plot.select_one({"name": "results-learning-curve-source"}).data)


def test_lines_are_means_and_bands_a_standard_deviation_around_them() -> None:
    found = curve()

    data = source(drawn(found))

    np.testing.assert_array_equal(data["n_rows"], found.n_rows)
    for part in ("train", "test"):
        mean, std = getattr(found, part), getattr(found, f"{part}_std")
        np.testing.assert_array_equal(data[part], mean)
        np.testing.assert_array_equal(data[f"{part}_low"], mean - std)
        np.testing.assert_array_equal(data[f"{part}_high"], mean + std)


def test_of_a_single_fold_there_is_no_band() -> None:
    data = source(drawn(curve(test_std=np.full(3, np.nan))))

    np.testing.assert_array_equal(data["test_low"], data["test"])


def test_the_legend_names_both_and_hides_line_band_and_points() -> None:
    (legend,) = (plot := drawn(curve())).select(Legend)

    assert [item.label.value for item in legend.items] == ["rows it has not seen", "rows it was fitted to"]
    assert [len(item.renderers) for item in legend.items] == [3, 3]
    assert legend in plot.above


@pytest.mark.parametrize(("greater", "word"), [(True, "greater"), (False, "less")])
def test_axes_say_what_is_counted_and_what_is_good(greater: bool, word: str) -> None:
    plot = drawn(curve(greater_is_better=greater))

    assert (plot.xaxis.axis_label, plot.yaxis.axis_label) == ("rows fitted to", f"Accuracy, {word} is better")


def test_without_sizes_there_is_a_sentence() -> None:
    nothing = np.empty(0)
    found = curve(n_rows=nothing, train=nothing, train_std=nothing, test=nothing, test_std=nothing)

    (label,) = drawn(found).select(Label)

    assert "too few rows" in label.text


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_lines_differ_by_colour_and_dash(theme: Theme) -> None:
    plot = drawn(curve(), theme)

    looks = [plot.select_one({"name": f"results-learning-curve-{part}-line"}).glyph for part in ("train", "test")]
    assert {look.line_color for look in looks} == {theme.red, theme.blue}
    assert looks[0].line_dash != looks[1].line_dash
