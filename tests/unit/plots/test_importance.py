"""Bars of what features tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from bokeh.models import HoverTool

from pycore.plots.importance import plot_importance
from pycore.plots.theme import THEMES, Theme, theme_of
from pycore.results.features import Importance, Measure

LIGHT = theme_of("light")


def found(n: int, *, n_features: int | None = None, measure: Measure = "mutual information") -> Importance:
    return Importance(
        names=tuple(f"c{place}" for place in range(n)),
        kinds=tuple("number" for _ in range(n)),
        scores=np.linspace(0.9, 0.1, n),
        discrete=np.arange(n) % 2 == 0,
        n_rows=np.arange(n) + 100,
        measure=measure,
        target="y" if measure == "mutual information" else None,
        n_features=n_features or n,
    )


def source(plot: Any) -> dict[str, Any]:
    return dict(plot.select_one({"name": "features-importance-source"}).data)


def test_the_best_is_on_top() -> None:
    plot: Any = plot_importance(found(3), title="rows", theme=LIGHT)

    data = source(plot)
    assert data["y"].tolist() == [2, 1, 0]
    assert data["score"].tolist() == [0.9, 0.5, 0.1]
    assert plot.yaxis.major_label_overrides == {2: "c0", 1: "c1", 0: "c2"}
    assert plot.y_range.start < 0 < 2 < plot.y_range.end


def test_a_bar_carries_its_number_and_has_room_for_it() -> None:
    plot: Any = plot_importance(found(3), title="rows", theme=LIGHT)

    assert source(plot)["text"] == ["0.90", "0.50", "0.10"]
    assert plot.x_range.end > 0.9 * 1.1


def test_of_more_than_thirty_the_best_are_drawn_and_the_title_says_so() -> None:
    plot: Any = plot_importance(found(60, n_features=5000), title="rows", theme=LIGHT)

    assert len(source(plot)["y"]) == 30
    assert plot.title.text == "rows: the best 30 of 5,000"


def test_thirty_bars_have_room() -> None:
    few: Any = plot_importance(found(3), title="rows", theme=LIGHT)
    many: Any = plot_importance(found(30), title="rows", theme=LIGHT)

    assert (few.height, many.height) == (360, 110 + 30 * 20)


@pytest.mark.parametrize(
    ("measure", "text", "label"),
    [
        ("mutual information", "0.90", "mutual information (nats)"),
        ("explained variance", "90 %", "variance that two principal components explain"),
    ],
)
def test_the_axis_says_what_was_measured(measure: Measure, text: str, label: str) -> None:
    plot: Any = plot_importance(found(3, measure=measure), title="rows", theme=LIGHT)

    assert (source(plot)["text"][0], plot.xaxis.axis_label) == (text, label)


def test_a_tooltip_says_how_a_feature_was_measured() -> None:
    plot: Any = plot_importance(found(2), title="rows", theme=LIGHT)

    (hover,) = plot.select(HoverTool)

    assert [label for label, _ in hover.tooltips] == ["feature", "mutual information", "measured as", "rows"]
    assert source(plot)["kind"] == ["number, values as they are", "number"]
    assert source(plot)["rows"].tolist() == [100, 101]


def test_noise_does_not_fill_the_picture() -> None:
    nothing = found(2)
    nothing.scores[:] = [1e-4, 0]

    plot: Any = plot_importance(nothing, title="rows", theme=LIGHT)

    assert plot.x_range.end > 0.05


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_bars_have_the_colours_of_the_theme(theme: Theme) -> None:
    plot: Any = plot_importance(found(2), title="rows", theme=theme)

    assert plot.select_one({"name": "features-bars"}).glyph.fill_color == theme.blue
    assert plot.background_fill_color == theme.background
    assert plot.select_one({"name": "features-scores"}).glyph.text_color == theme.text
