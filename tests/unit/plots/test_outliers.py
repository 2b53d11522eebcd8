"""Outliers by column, with a method that the browser changes; and what each feature alone tells."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from bokeh.models import CustomJS
from bokeh.models.annotations import Span

from pycore.analysis.columns import examined
from pycore.analysis.outliers import outliers
from pycore.plots.leaks import plot_leaks
from pycore.plots.outliers import plot_outliers
from pycore.plots.theme import theme_of
from pycore.results.quality import Leak, Leaks

LIGHT = theme_of("light")


def drawn(frame: pd.DataFrame) -> Any:
    return plot_outliers(outliers(examined(frame, name="rows")), LIGHT)


def source(plot: Any, name: str) -> Any:
    return plot.select_one({"name": name}).data


def test_each_method_has_its_counts_and_the_first_is_shown() -> None:
    chance = np.random.default_rng(9)
    frame = pd.DataFrame({"tail": np.exp(2 * chance.normal(size=400)), "t": chance.standard_t(2, 400)})
    found = outliers(examined(frame, name="rows"))

    bars = source(plot_outliers(found, LIGHT), "quality-outliers-source")

    for method, by in enumerate(found):
        places = [by.names.index(name) for name in bars["name"]]
        np.testing.assert_array_equal(bars[f"below_{method}"], by.n_below[places])
        np.testing.assert_array_equal(bars[f"above_{method}"], by.n_above[places])
        np.testing.assert_allclose(bars[f"share_above_{method}"], by.n_above[places] / 400)
        np.testing.assert_allclose(bars[f"share_below_{method}"], -by.n_below[places] / 400)
    np.testing.assert_array_equal(bars["above"], bars["above_0"])
    assert bars["name"][0] == "tail"


def test_the_method_is_changed_in_the_browser() -> None:
    layout = drawn(pd.DataFrame({"x": [*np.arange(30.0), 900.0]}))

    method = layout.select_one({"name": "quality-outliers-method"})

    assert method.labels == ["1.5 IQR", "3 IQR", "robust z"]
    (callback,) = method.js_property_callbacks["change:active"]
    assert isinstance(callback, CustomJS)
    assert callback.args["source"] is layout.select_one({"name": "quality-outliers-source"})


def test_a_column_that_one_method_cannot_judge_says_so() -> None:
    # Half of the values are equal, so the median absolute deviation is zero; the quartiles differ.
    frame = pd.DataFrame({"x": [5.0] * 52 + [*np.linspace(0, 4.9, 24)] + [*np.linspace(5.1, 9, 23)] + [99.0]})
    frame["x"] = frame["x"].where(frame.index != 0, 4.0)

    bars = source(drawn(frame), "quality-outliers-source")

    assert bars["text_0"] == [f"{bars['above_0'][0] + bars['below_0'][0]}"]
    assert bars["above_0"][0] >= 1
    assert bars["text_2"] == ["cannot say"]


def test_the_legend_lies_on_no_bar() -> None:
    plot = drawn(pd.DataFrame({"x": [*np.arange(30.0), 900.0]})).select_one({"name": "quality-outliers"})

    assert [item.label.value for item in plot.legend.items] == ["below", "above"]
    assert plot.legend[0] in plot.above


def test_without_outliers_there_is_a_sentence() -> None:
    for frame, text in (
        (pd.DataFrame({"x": np.arange(40.0) / 3}), "No value lies outside."),
        (pd.DataFrame({"x": ["a", "b"] * 20}), "There is no column of numbers with a spread to judge by."),
    ):
        assert [getattr(each, "text", "") for each in drawn(frame).center if hasattr(each, "text")] == [text]


def leaks_of(*features: Leak, **options: Any) -> Leaks:
    given: dict[str, Any] = {
        "target": "y",
        "metric": "area under the ROC curve",
        "worst": 0.5,
        "threshold": 0.99,
        "n_rows": 100,
    }
    return Leaks(features=features, **given | options)


def test_what_is_suspicious_has_another_marker_and_its_score_beside_it() -> None:
    copy = Leak(name="copy", score=1.0, words="the target under other names, one for each class")
    near, far = Leak(name="near", score=0.9999), Leak(name="far", score=0.75)

    plot: Any = plot_leaks(leaks_of(copy, near, far), LIGHT)

    points = source(plot, "quality-leaks-source")
    assert points["marker"] == ["diamond", "diamond", "circle"]
    assert points["label"] == ["1.000", "> 0.999", "0.750"]
    assert points["text"][0] == f"1.000: {copy.words}"
    np.testing.assert_array_equal(points["score"], [1.0, 0.9999, 0.75])
    assert [span.location for span in plot.select(Span)] == [0.99]


def test_no_score_is_crossed_by_the_line_of_what_is_suspicious() -> None:
    plot: Any = plot_leaks(leaks_of(Leak(name="a", score=0.98), Leak(name="b", score=0.6)), LIGHT)

    text = plot.select_one({"name": "quality-leaks-text"}).glyph
    (line,) = plot.select(Span)
    assert min(source(plot, "quality-leaks-source")[text.x]) > line.location
    assert text.x_offset > 0


def test_a_sample_is_said() -> None:
    plot: Any = plot_leaks(leaks_of(Leak(name="a", score=0.6), n_rows=20_000, n_all=1_000_000), LIGHT)

    assert any("20,000 of 1,000,000 rows" in getattr(title, "text", "") for title in plot.above)


def test_the_best_thirty_of_thousands_are_shown() -> None:
    features = [Leak(name=f"c{place}", score=0.9 - place / 1e5) for place in range(5_000)]

    plot: Any = plot_leaks(leaks_of(*features), LIGHT)

    assert source(plot, "quality-leaks-source")["name"] == [f"c{place}" for place in range(30)]
    assert any("the best 30 of 5,000" in getattr(title, "text", "") for title in plot.above)


def test_without_a_target_there_is_a_sentence() -> None:
    plot: Any = plot_leaks(None, LIGHT)

    assert any("no target that varies" in getattr(each, "text", "") for each in plot.center)
