"""Thresholds: the rates of scikit-learn, costs at any price, the cheapest of them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from bokeh.models import CustomJS
from bokeh.models.annotations import Label, Span
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_score, recall_score
from suites.judged import classified

from pycore.models.evaluation import thresholds
from pycore.plots.theme import theme_of
from pycore.plots.thresholds import plot_thresholds
from pycore.results.evaluation import Thresholds

LIGHT = theme_of("light")
NAME = "results-threshold"


def both_parts(n_classes: int = 3) -> list[Thresholds]:
    return [
        thresholds(classified(n_classes, part=part, seed=seed), f"c{place}")  # type: ignore[arg-type]  # parts
        for seed, part in enumerate(("train", "test"))
        for place in range(n_classes)
    ]


def drawn(found: list[Thresholds], **options: Any) -> Any:
    return plot_thresholds(found, title="iris", theme=LIGHT, **options)


@cache
def usual() -> Any:
    """Return all classes of both parts, drawn once for all tests that only look."""
    return drawn(both_parts())


@cache
def of_one_class() -> Any:
    return drawn([thresholds(classified(3), "c1")])


def source(layout: Any, name: str = "source") -> dict[str, Any]:
    return dict(layout.select_one({"name": f"{NAME}-{name}"}).data)


@pytest.mark.parametrize("place", [0, 13, 50, 71])
def test_rates_and_counts_are_those_of_scikit_learn(place: int) -> None:
    predictions = classified(3)

    data = source(of_one_class())

    inside = predictions.truth == "c1"
    taken = predictions.scores[:, 1] >= place / 100  # type: ignore[index]  # there are some
    assert data["threshold"][place] == pytest.approx(place / 100)
    assert data["precision"][place] == pytest.approx(precision_score(inside, taken, zero_division=np.nan), nan_ok=True)
    assert data["recall"][place] == pytest.approx(recall_score(inside, taken))
    assert data["F1"][place] == pytest.approx(f1_score(inside, taken))
    assert data["accuracy"][place] == pytest.approx(accuracy_score(inside, taken))
    _, false_positive, false_negative, _ = confusion_matrix(inside, taken).ravel()
    assert (data["false_positive"][place], data["false_negative"][place]) == (false_positive, false_negative)
    assert data["cost"][place] == false_positive + false_negative


def test_where_nothing_is_taken_for_positive_there_is_no_precision() -> None:
    data = source(of_one_class())

    nothing = data["true_positive"] + data["false_positive"] == 0
    assert nothing.any()
    np.testing.assert_array_equal(np.isnan(data["precision"]), nothing)


def test_the_cheapest_of_equals_is_in_the_middle() -> None:
    found = thresholds(classified(2), "c1")
    flat = replace(found, false_positive=np.zeros(101, dtype="int64"), false_negative=np.full(101, 3))

    assert source(drawn([flat]), "best-source") == {"threshold": [0.5], "cost": [3.0]}


def test_the_cheapest_is_marked_and_said() -> None:
    layout = of_one_class()

    data, best = source(layout), source(layout, "best-source")
    assert best["cost"] == data["cost"].min()
    said = layout.select_one({"name": f"{NAME}-said"}).text
    assert f"<td>{best['threshold'][0]:.2f}</td>" in said.partition("cheapest")[2]
    assert "<td>0.50</td>" in said.partition("chosen")[2].partition("cheapest")[0]
    assert f"<td>{data['recall'][50]:.3f}</td>" in said


def test_the_class_is_chosen_in_the_browser_at_first_the_one_that_is_asked_for() -> None:
    found = both_parts()

    layout = drawn(found, positive="c1")

    choice = layout.select_one({"name": f"{NAME}-class"})
    assert (choice.options, choice.value) == ([("0", "c0"), ("1", "c1"), ("2", "c2")], "1")
    np.testing.assert_array_equal(source(layout)["true_positive"], found[4].true_positive)
    (callback,) = choice.js_property_callbacks["change:value"]
    everything = source(layout, "all-source")
    for active in (0, 1):
        for place in range(3):
            start, end = callback.args["blocks"][active][place]
            for name in ("true_positive", "false_positive", "false_negative", "true_negative"):
                np.testing.assert_array_equal(everything[name][start:end], getattr(found[3 * active + place], name))


def test_a_class_without_rows_in_a_part_is_shown_as_nothing() -> None:
    found = [each for each in both_parts() if (each.part, each.label) != ("train", "c0")]

    layout = drawn(found)

    (callback,) = layout.select_one({"name": f"{NAME}-part"}).js_property_callbacks["change:active"]
    labels = [label for _, label in layout.select_one({"name": f"{NAME}-class"}).options]
    assert callback.args["blocks"][0][labels.index("c0")] == (0, 0)
    assert callback.args["blocks"][1][labels.index("c0")] != (0, 0)


def test_every_control_is_answered_in_the_browser() -> None:
    layout = usual()

    for name, event in (
        ("part", "change:active"),
        ("class", "change:value"),
        ("slider", "change:value"),
        ("false-positive", "change:value"),
        ("false-negative", "change:value"),
    ):
        (callback,) = layout.select_one({"name": f"{NAME}-{name}"}).js_property_callbacks[event]
        assert isinstance(callback, CustomJS)
        assert callback.args["slider"] is layout.select_one({"name": f"{NAME}-slider"})
        assert not callback.args["is_asked"]
    (asked,) = layout.select_one({"name": f"{NAME}-cheapest"}).js_event_callbacks["button_click"]
    assert asked.args["is_asked"]
    assert asked.args["spans"] == sorted(layout.select({"type": Span}), key=lambda span: -len(span.name))[::-1]


def test_a_single_class_and_part_leave_nothing_to_choose() -> None:
    layout = drawn([thresholds(classified(2), "c1")])

    assert layout.select_one({"name": f"{NAME}-part"}) is None
    assert layout.select_one({"name": f"{NAME}-class"}) is None


def test_costs_begin_at_one_and_cannot_be_negative() -> None:
    layout = usual()

    costs = [layout.select_one({"name": f"{NAME}-false-{kind}"}) for kind in ("positive", "negative")]
    assert [(cost.value, cost.low) for cost in costs] == [(1, 0), (1, 0)]
    assert [cost.title for cost in costs] == ["Cost of a false positive", "Cost of a false negative"]


def test_figures_move_together_and_say_what_they_show() -> None:
    layout = usual()

    rates, costs = (layout.select_one({"name": name}) for name in (NAME, f"{NAME}-cost"))
    assert rates.x_range is costs.x_range
    assert (rates.yaxis.axis_label, costs.yaxis.axis_label) == ("share", "cost of all errors")
    assert [span.location for span in layout.select({"type": Span})] == [0.5, 0.5]


def test_a_model_without_probabilities_has_a_sentence() -> None:
    (label,) = drawn([]).select({"type": Label})

    assert "no probabilities" in label.text


@pytest.mark.parametrize(("errors", "said"), [(0, "0"), (10, "10"), (120, "120"), (1_000_000, "1,000,000")])
def test_a_cost_is_said_whole(errors: int, said: str) -> None:
    one = np.array([0.5])
    found = Thresholds(
        part="test",
        label="yes",
        thresholds=one,
        true_positive=np.array([5]),
        false_positive=np.array([errors]),
        false_negative=np.array([0]),
        true_negative=np.array([5]),
    )

    text = drawn([found]).select_one({"name": f"{NAME}-said"}).text

    assert text.count(f"<td>{said}</td></tr>") == 2
