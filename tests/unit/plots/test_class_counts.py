"""Up to six classes are a pie, more are bars; each has its number and its share written beside it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pycore.analysis.classes import grouped
from pycore.plots.class_counts import plot_class_counts
from pycore.plots.theme import theme_of
from pycore.results.classes import Classes


def classes_of(counts: dict[str, int]) -> Classes:
    names = [name for name, count in counts.items() for _ in range(count)]
    return grouped(pd.Series(pd.Categorical(names, categories=list(counts))))


def plot_of(counts: dict[str, int], theme: str = "light") -> Any:
    return plot_class_counts(classes_of(counts), "species", theme_of(theme))


def columns(plot: Any) -> Any:
    return plot.select_one({"name": "summary-classes-source"}).data


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_wedges_are_as_large_as_the_classes_and_meet(theme: str) -> None:
    plot = plot_of({"a": 10, "b": 30, "c": 60}, theme)
    drawn = columns(plot)

    np.testing.assert_allclose(drawn["start"] - drawn["end"], 2 * np.pi * np.array([0.1, 0.3, 0.6]), rtol=1e-12)
    np.testing.assert_allclose(drawn["start"][1:], drawn["end"][:-1], rtol=1e-12)
    assert drawn["start"][0] == np.pi / 2
    assert drawn["count"].tolist() == [10, 30, 60]
    assert drawn["text"] == ["10 (10.0 %)", "30 (30.0 %)", "60 (60.0 %)"]
    assert plot.select_one({"name": "summary-classes-text"}).glyph.text == "text"


def test_six_classes_are_a_pie_and_seven_are_bars() -> None:
    assert plot_of(dict.fromkeys("abcdef", 3)).select_one({"name": "summary-classes-wedges"})
    plot = plot_of(dict.fromkeys("abcdefg", 3))

    assert plot.select_one({"name": "summary-classes-wedges"}) is None
    assert plot.select_one({"name": "summary-classes-bars"}).glyph.right == "count"
    assert plot.yaxis[0].major_label_overrides == dict(zip(range(6, -1, -1), "abcdefg", strict=True))


@pytest.mark.parametrize("counts", [[900, 5, 4, 3, 60, 50], [1, 1, 1, 1, 1, 10**4], [1] * 6, [1, 10**5, 1, 1, 1, 1]])
def test_labels_stand_beside_each_other_and_beside_the_pie(counts: list[int]) -> None:
    drawn = columns(plot_of(dict(zip("abcdef", counts, strict=True))))

    for side in ("left", "right"):
        heights = np.sort([y for y, each in zip(drawn["label_y"], drawn["align"], strict=True) if each == side])
        assert all(high - low > 0.3 for low, high in pairwise(heights))
    assert np.abs(drawn["label_y"]).max() < 1.1
    assert (np.hypot(drawn["label_x"], drawn["label_y"]) > 0.78).all()


def test_a_rare_class_is_not_said_to_be_nothing() -> None:
    texts = columns(plot_of({"many": 100_000, "few": 5}))["text"]

    assert texts == ["100,000 (> 99.9 %)", "5 (< 0.1 %)"]


def test_one_class_is_a_whole() -> None:
    drawn = columns(plot_of({"only": 7}))

    assert drawn["text"] == ["7 (100.0 %)"]
    assert drawn["start"][0] - drawn["end"][0] == pytest.approx(2 * np.pi)


def test_many_classes_fit_with_their_names() -> None:
    names = {f"<b>the class number {number} of them all</b>": number + 1 for number in range(40)}
    plot = plot_of(names)
    drawn = columns(plot)

    assert len(drawn["name"]) == 29
    assert drawn["name"][-1] == "others (12)"
    assert drawn["count"].sum() == sum(names.values())
    assert len(set(drawn["label"])) == 29
    assert plot.height > 29 * 20
    assert plot.x_range.end > drawn["count"].max() * 1.2


def test_no_rows_are_a_sentence() -> None:
    plot = plot_of({})

    assert plot.select_one({"name": "summary-classes-source"}) is None
    assert "no row" in plot.center[-1].text
