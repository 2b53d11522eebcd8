"""ROC and precision–recall curves: of each class, of either part, none without its yardstick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
from bokeh.models import CustomJS, Plot
from bokeh.models.annotations import Label, Legend, Slope
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve
from suites.judged import classified

from pycore.models.evaluation import precision_recall_curves, roc_curves
from pycore.plots.precision_recall import plot_precision_recall
from pycore.plots.roc import plot_roc
from pycore.plots.theme import THEMES, Theme, theme_of
from pycore.results.evaluation import Curve

LIGHT = theme_of("light")
BOTH = [
    (plot_roc, roc_curves, "results-roc"),
    (plot_precision_recall, precision_recall_curves, "results-precision-recall"),
]
Draw = Callable[..., Any]


def both_parts(curves_of: Callable[..., Sequence[Curve]], n_classes: int = 3) -> list[Curve]:
    return [
        curve
        for seed, part in enumerate(("train", "test"))
        for curve in curves_of(classified(n_classes, part=part, seed=seed))  # type: ignore[arg-type]  # one of the parts
    ]


@cache
def usual(draw: Draw, curves_of: Any) -> Any:
    """Return both parts, drawn once for all tests that only look."""
    return draw(both_parts(curves_of), title="iris", theme=LIGHT)


def row(layout: Any, name: str, part: str, label: str) -> dict[str, Any]:
    data = layout.select_one({"name": f"{name}-source"}).data
    (place,) = [
        place for place, pair in enumerate(zip(data["part"], data["label"], strict=True)) if pair == (part, label)
    ]
    return {key: values[place] for key, values in data.items()}


def test_a_roc_curve_is_that_of_scikit_learn() -> None:
    predictions = classified(3, seed=1)

    layout = usual(plot_roc, roc_curves)

    drawn = row(layout, "results-roc", "test", "c1")
    inside, scores = predictions.truth == "c1", predictions.scores[:, 1]  # type: ignore[index]  # there are some
    x, y, thresholds = roc_curve(inside, scores, drop_intermediate=False)
    np.testing.assert_allclose(np.interp(x, drawn["x"], drawn["y"]).max(), 1)
    assert set(zip(drawn["x"], drawn["y"], strict=True)) <= set(zip(x, y, strict=True))
    assert set(drawn["threshold"]) <= set(thresholds)
    assert drawn["area"] == pytest.approx(roc_auc_score(inside, scores))
    assert drawn["base"] == 0.5


def test_a_precision_recall_curve_is_that_of_scikit_learn_in_steps() -> None:
    predictions = classified(3, seed=1)

    layout = usual(plot_precision_recall, precision_recall_curves)

    drawn = row(layout, "results-precision-recall", "test", "c2")
    inside, scores = predictions.truth == "c2", predictions.scores[:, 2]  # type: ignore[index]  # there are some
    y, x, _ = precision_recall_curve(inside, scores)
    assert set(zip(drawn["x"][1:], drawn["y"][1:], strict=True)) <= set(zip(x, y, strict=True))
    assert drawn["area"] == pytest.approx(average_precision_score(inside, scores))
    assert drawn["base"] == pytest.approx(inside.mean())
    width, height = np.diff(drawn["step_x"]), drawn["step_y"][1:]
    assert width @ height == pytest.approx(average_precision_score(inside, scores), rel=1e-5), "what is drawn has it"


@pytest.mark.parametrize(("draw", "curves_of", "name"), BOTH)
def test_the_part_is_switched_in_the_browser_at_first_the_test_rows(draw: Draw, curves_of: Any, name: str) -> None:
    layout = usual(draw, curves_of)

    switch = layout.select_one({"name": f"{name}-part"})
    (callback,) = switch.js_property_callbacks["change:active"]
    assert isinstance(callback, CustomJS)
    assert (switch.labels, switch.active) == (["training", "test"], 1)
    data = layout.select_one({"name": f"{name}-source"}).data
    for active, part in enumerate(("train", "test")):
        labels = [data["label"][place] for (place,) in callback.args["places"][active]]
        assert labels == ["c0", "c1", "c2", "macro average"]
        assert {data["part"][place] for (place,) in callback.args["places"][active]} == {part}
    assert [each.indices for each in callback.args["filters"]] == callback.args["places"][1]
    (legend,) = layout.select({"type": Legend})
    assert [item.label.value for item in legend.items] == callback.args["labels"][1]


@pytest.mark.parametrize(("draw", "curves_of", "name"), BOTH)
def test_of_one_part_there_is_nothing_to_switch(draw: Draw, curves_of: Any, name: str) -> None:
    layout = draw(curves_of(classified()), title="iris", theme=LIGHT)

    assert layout.select_one({"name": f"{name}-part"}) is None


@pytest.mark.parametrize(("draw", "curves_of", "name"), BOTH)
def test_a_class_without_a_curve_in_a_part_is_said_to_have_none(draw: Draw, curves_of: Any, name: str) -> None:
    curves = [curve for curve in both_parts(curves_of) if (curve.part, curve.label) != ("test", "c1")]

    layout = draw(curves, title="iris", theme=LIGHT)

    (legend,) = layout.select({"type": Legend})
    by_label = {item.label.value.partition(":")[0]: item.label.value for item in legend.items}
    assert by_label["c1"] == "c1: no curve"


def test_guessing_is_a_diagonal_and_a_base_rate() -> None:
    roc, recall = usual(plot_roc, roc_curves), usual(plot_precision_recall, precision_recall_curves)

    (diagonal,) = roc.select({"type": Slope})
    assert (diagonal.gradient, diagonal.y_intercept) == (1, 0)
    base = next(iter(recall.select({"name": "results-precision-recall-base"})))
    assert (base.glyph.y0, base.glyph.y1) == ("base", "base")


@pytest.mark.parametrize(("draw", "curves_of", "name"), BOTH)
def test_a_click_in_the_legend_hides_all_of_a_class(draw: Draw, curves_of: Any, name: str) -> None:
    layout = usual(draw, curves_of)

    (legend,) = layout.select({"type": Legend})
    (plot,) = layout.select({"type": Plot})
    assert legend.click_policy == "hide"
    assert legend in plot.below
    assert {each for item in legend.items for each in item.renderers} == set(plot.renderers)


@pytest.mark.parametrize(("draw", "curves_of", "name"), BOTH)
def test_of_many_classes_the_worst_are_shown_and_all_are_told_apart(draw: Draw, curves_of: Any, name: str) -> None:
    curves = curves_of(classified(12, 300))

    layout = draw(curves, title="many", theme=LIGHT)

    (legend,) = layout.select({"type": Legend})
    shown = {item.label.value.partition(":")[0] for item in legend.items if item.renderers[0].visible}
    worst = sorted((curve for curve in curves if curve.thresholds is not None), key=lambda curve: curve.area)[:8]
    assert shown == {curve.label for curve in worst} | {"macro average"}
    lines = [mark.glyph for mark in layout.select({"name": f"{name}-line"})]
    assert len({(line.line_color, str(line.line_dash)) for line in lines}) == 13


def test_of_more_classes_than_are_told_apart_the_worst_are_drawn() -> None:
    curves = roc_curves(classified(40, 900))

    layout: Any = plot_roc(curves, title="many", theme=LIGHT)

    drawn = set(layout.select_one({"name": "results-roc-source"}).data["label"])
    worst = sorted((curve for curve in curves if curve.thresholds is not None), key=lambda curve: curve.area)[:28]
    assert drawn == {curve.label for curve in worst} | {"macro average"}
    (plot,) = layout.select({"type": Plot})
    notes = [title.text for title in plot.above if hasattr(title, "text")]
    assert any("the 28 of 40 classes" in note for note in notes)


def test_a_report_of_many_classes_stays_small() -> None:
    curves = both_parts(precision_recall_curves, 28)

    layout = plot_precision_recall(curves, title="many", theme=LIGHT)

    data: Any = layout.select_one({"name": "results-precision-recall-source"}).data  # type: ignore[union-attr]  # it is there
    assert len(data["x"]) == 58
    assert sum(map(len, data["x"])) <= 12_000
    assert sum(array.nbytes for name in ("x", "y", "threshold", "step_x", "step_y") for array in data[name]) < 600_000


def test_long_curves_are_drawn_by_the_points_that_show_their_shape() -> None:
    x = np.linspace(0, 1, 200_000)
    y = x**0.2
    curve = Curve(kind="roc", part="test", label="yes", x=x, y=y, thresholds=1 - x, area=1 / 1.2, base=0.5)

    layout: Any = plot_roc([curve], title="many", theme=LIGHT)

    drawn = row(layout, "results-roc", "test", "yes")
    assert len(drawn["x"]) == len(drawn["y"]) == len(drawn["threshold"]) <= 600
    np.testing.assert_allclose(np.interp(x, drawn["x"], drawn["y"]), y, atol=0.01)


@pytest.mark.parametrize(("draw", "curves_of", "name"), BOTH)
def test_a_model_without_scores_has_a_sentence(draw: Draw, curves_of: Any, name: str) -> None:
    layout = draw([], title="svc", theme=LIGHT)

    (label,) = layout.select({"type": Label})
    assert layout.name == name
    assert "no scores" in label.text


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_axes_say_what_they_show_in_the_colours_of_the_theme(theme: Theme) -> None:
    layout: Any = plot_roc(roc_curves(classified()), title="a $$title$$", theme=theme)

    (plot,) = layout.select({"type": Plot})
    assert (plot.xaxis.axis_label, plot.yaxis.axis_label) == ("false positive rate", "true positive rate")
    assert plot.background_fill_color == theme.background
    assert "$$" not in plot.title.text
