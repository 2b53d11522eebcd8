"""How often classes came true by their probability, and how many rows each point stands for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
from bokeh.models import Plot
from bokeh.models.annotations import Label, Legend, Slope
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss
from suites.judged import classified

from pycore.models.evaluation import calibrations
from pycore.plots.calibration import plot_calibration
from pycore.plots.theme import theme_of
from pycore.results.evaluation import Calibration

LIGHT = theme_of("light")
NAME = "results-calibration"


def both_parts(n_classes: int = 3) -> list[Calibration]:
    parts = [calibrations(classified(n_classes, part=part, seed=seed)) for seed, part in ((1, "train"), (0, "test"))]  # type: ignore[arg-type]  # parts
    return [each for found in parts for each in found]


def drawn(found: Sequence[Calibration]) -> Any:
    return plot_calibration(found, title="iris", theme=LIGHT)


@cache
def usual() -> Any:
    """Return both parts, drawn once for all tests that only look."""
    return drawn(both_parts())


def points(layout: Any, part: str, label: str) -> dict[str, np.ndarray]:
    data = layout.select_one({"name": f"{NAME}-source"}).data
    kept = (np.array(data["part"]) == part) & (np.array(data["label"]) == label)
    return {key: np.asarray(values)[kept] for key, values in data.items()}


def test_points_are_those_of_scikit_learn() -> None:
    layout = usual()

    predictions = classified(3)
    inside, scores = predictions.truth == "c1", predictions.scores[:, 1]  # type: ignore[index]  # there are some
    observed, predicted = calibration_curve(inside, scores, n_bins=10, strategy="quantile")
    of_class = points(layout, "test", "c1")
    np.testing.assert_allclose(of_class["predicted"], predicted)
    np.testing.assert_allclose(of_class["observed"], observed)
    assert of_class["n_rows"].sum() == 120
    (legend,) = layout.select({"type": Legend})
    brier = brier_score_loss(inside, scores)
    assert f"c1: {brier:.3f}" in [item.label.value for item in legend.items]


def test_each_point_is_joined_with_the_next_of_its_class_only() -> None:
    layout = usual()

    for part in ("train", "test"):
        for label in ("c0", "c1", "c2"):
            of_class = points(layout, part, label)
            np.testing.assert_array_equal(of_class["next_predicted"][:-1], of_class["predicted"][1:])
            np.testing.assert_array_equal(of_class["next_observed"][:-1], of_class["observed"][1:])
            assert np.isnan(of_class["next_observed"][-1])
            assert len(set(of_class["curve"].tolist())) == 1


def test_the_part_is_switched_in_the_browser_at_first_the_test_rows() -> None:
    layout = usual()

    switch = layout.select_one({"name": f"{NAME}-part"})
    (callback,) = switch.js_property_callbacks["change:active"]
    numbers = [each.group for each in callback.args["filters"]]
    assert numbers == [3, 4, 5]
    assert numbers == [points(layout, "test", label)["curve"][0] for label in ("c0", "c1", "c2")]
    assert callback.args["n_lines"] == 3
    assert [points(layout, "train", label)["curve"][0] for label in ("c0", "c1", "c2")] == [0, 1, 2]


def test_rows_stand_below_and_the_legend_hides_them_too() -> None:
    layout = usual()

    shares, rows = sorted(layout.select({"type": Plot}), key=lambda plot: plot.name)
    assert shares.x_range is rows.x_range
    assert rows.yaxis.axis_label == "rows"
    (legend,) = layout.select({"type": Legend})
    assert {each for item in legend.items for each in item.renderers} == {*shares.renderers, *rows.renderers}


def test_a_perfect_model_would_lie_on_the_diagonal() -> None:
    (diagonal,) = usual().select({"type": Slope})

    assert (diagonal.gradient, diagonal.y_intercept) == (1, 0)


def test_of_many_classes_the_worst_are_shown_first() -> None:
    found = calibrations(classified(30, 600))

    layout = drawn(found)

    (legend,) = layout.select({"type": Legend})
    assert len(legend.items) == 28
    shown = {item.label.value.partition(":")[0] for item in legend.items if item.renderers[0].visible}
    of_test = sorted(found, key=lambda each: -each.brier)
    assert shown == {each.label for each in of_test[:8]}


def test_a_point_without_an_interval_has_none_drawn() -> None:
    found = Calibration(
        part="test",
        label="yes",
        predicted=np.array([0.2, 0.7]),
        observed=np.array([0.1, 0.9]),
        n_rows=np.array([30, 10]),
        brier=0.1,
    )

    data = points(drawn([found]), "test", "yes")

    np.testing.assert_array_equal(data["low"], data["observed"])
    np.testing.assert_array_equal(data["high"], data["observed"])


def test_a_model_without_probabilities_has_a_sentence() -> None:
    (label,) = drawn([]).select({"type": Label})

    assert "no probabilities" in label.text


@pytest.mark.parametrize("label", ["$$x$$", "a" * 200])
def test_names_of_strangers_are_made_safe(label: str) -> None:
    found = Calibration(
        part="test", label=label, predicted=np.array([0.2]), observed=np.array([0.1]), n_rows=np.array([3]), brier=0.1
    )

    (legend,) = drawn([found]).select({"type": Legend})

    assert "$$" not in legend.items[0].label.value
    assert len(legend.items[0].label.value) < 30
