"""The balance of classes: every class with its rows, the rare ones marked by text."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pycore.analysis.balance import balance
from pycore.analysis.columns import examined
from pycore.plots.balance import plot_balance
from pycore.plots.theme import theme_of

LIGHT = theme_of("light")


def drawn(target: list[Any]) -> Any:
    return plot_balance(balance(examined(pd.DataFrame({"y": target}), name="rows", target="y")), LIGHT)


def source(plot: Any) -> Any:
    return plot.select_one({"name": "quality-balance-source"}).data


def test_bars_are_the_counts_of_pandas() -> None:
    target = np.random.default_rng(1).choice(["a", "b", "c"], 300, p=[0.6, 0.3, 0.1]).tolist()
    counts = pd.Series(target).value_counts().sort_index()

    bars = source(drawn(target))

    assert bars["name"] == counts.index.tolist()
    np.testing.assert_array_equal(bars["count"], counts)
    np.testing.assert_allclose(bars["share"], counts / 300)


def test_a_rare_class_is_marked_by_a_word_and_not_by_colour_alone() -> None:
    bars = source(drawn(["a"] * 2_000 + ["b"] * 5))

    assert bars["text"] == ["2,000 (99.8 %)", "5 (0.2 %) ◄ rare"]
    assert bars["colour"] == [LIGHT.blue, LIGHT.red]


def test_a_class_of_one_row_among_thousands_is_not_said_to_be_nothing() -> None:
    bars = source(drawn(["a"] * 9_999 + ["b"]))

    assert bars["text"] == ["9,999 (> 99.9 %)", "1 (< 0.1 %) ◄ rare"]


def test_of_a_thousand_classes_the_picture_shows_28_and_counts_the_rare_ones_among_the_others() -> None:
    target = [f"class {place}" for place in range(1_000) for _ in range(12 if place < 990 else 3)]

    plot = drawn(target)

    assert len(source(plot)["name"]) == 29
    assert any("10 more rare classes" in getattr(title, "text", "") for title in plot.above)


def test_names_of_strangers_are_shortened_on_the_axis() -> None:
    plot = drawn(["<script>" + "x" * 200] * 20 + ["$$y$$"] * 20)

    labels = list(plot.yaxis[0].major_label_overrides.values())
    assert all(len(label) <= 30 for label in labels)
    assert not any("$$" in label for label in labels)


def test_without_classes_there_is_a_sentence() -> None:
    plot: Any = plot_balance(None, LIGHT)

    assert any("no target with classes" in getattr(each, "text", "") for each in plot.center)
