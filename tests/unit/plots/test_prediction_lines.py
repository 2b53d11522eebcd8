"""Truth and prediction row after row."""

from __future__ import annotations

from typing import Any

import numpy as np
from bokeh.models.annotations import Label, Legend, Title
from suites.judged import classified, regressed

from pycore.plots.prediction_lines import plot_prediction_lines
from pycore.plots.theme import theme_of

LIGHT = theme_of("light")


def drawn(predictions: Any, **options: Any) -> Any:
    return plot_prediction_lines(predictions, target="close", unit="USD", title="IBM", theme=LIGHT, **options)


def source(plot: Any) -> dict[str, Any]:
    return dict(plot.select_one({"name": "results-lines-source"}).data)


def test_rows_stand_in_the_order_of_the_data_set() -> None:
    predictions = regressed(40)

    data = source(drawn(predictions))

    order = np.argsort(predictions.rows)
    np.testing.assert_array_equal(data["x"], np.arange(40))
    np.testing.assert_array_equal(data["truth"], predictions.truth[order])
    np.testing.assert_array_equal(data["prediction"], predictions.prediction[order])


def test_of_many_rows_the_last_are_drawn() -> None:
    plot = drawn(regressed(900))

    assert source(plot)["row"].tolist() == list(range(650, 900))
    (note,) = [title.text for title in plot.above if isinstance(title, Title)]
    assert note == "the last 250 of 900 test rows"


def test_dates_put_rows_in_their_order() -> None:
    predictions = regressed(40)
    dates = np.datetime64("2020-01-01") + np.random.default_rng(1).permutation(40)

    plot = drawn(predictions, dates=dates)

    np.testing.assert_array_equal(source(plot)["truth"], predictions.truth[np.argsort(dates)])
    assert type(plot.xaxis[0]).__name__ == "DatetimeAxis"


def test_lines_are_named_and_differ_by_colour_and_dash() -> None:
    plot = drawn(regressed(40))

    (legend,) = plot.select(Legend)
    looks = [item.renderers[0].glyph for item in legend.items]
    assert [item.label.value for item in legend.items] == ["truth", "prediction"]
    assert [look.line_color for look in looks] == [LIGHT.blue, LIGHT.red]
    assert looks[0].line_dash != looks[1].line_dash
    assert plot.yaxis.axis_label == "close (USD)"


def test_classes_have_a_sentence() -> None:
    (label,) = drawn(classified()).select(Label)

    assert "numbers" in label.text
