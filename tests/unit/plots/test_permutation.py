"""What a model loses without a feature: bars, whiskers, and a zero that is always in sight."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from bokeh.models.annotations import Label, Span, Title

from pycore.plots.permutation import plot_permutation
from pycore.plots.theme import THEMES, Theme, theme_of
from pycore.results.explanation import PermutationImportance

LIGHT = theme_of("light")


def found(means: list[float], *, std: float = 0.01, names: tuple[str, ...] = ()) -> PermutationImportance:
    return PermutationImportance(
        names=names or tuple(f"c{place}" for place in range(len(means))),
        means=np.array(means),
        stds=np.full(len(means), std),
        metric="Accuracy",
        n_repeats=5,
        n_rows=30,
    )


def drawn(importance: PermutationImportance, theme: Theme = LIGHT) -> Any:
    return plot_permutation(importance, title="iris", theme=theme)


def source(plot: Any) -> dict[str, Any]:
    return dict(plot.select_one({"name": "results-permutation-source"}).data)


def notes(plot: Any) -> list[str]:
    return [str(title.text) for title in plot.above if isinstance(title, Title)]


def test_the_feature_that_is_missed_most_is_on_top_with_its_whiskers() -> None:
    plot = drawn(found([0.3, 0.1, -0.02]))

    data = source(plot)
    assert data["y"].tolist() == [2, 1, 0]
    assert data["mean"].tolist() == [0.3, 0.1, -0.02]
    np.testing.assert_allclose(data["low"], [0.29, 0.09, -0.03])
    np.testing.assert_allclose(data["high"], [0.31, 0.11, -0.01])
    assert data["text"] == ["0.300", "0.100", "−0.0200"]
    assert plot.yaxis.major_label_overrides == {2: "c0", 1: "c1", 0: "c2"}


@pytest.mark.parametrize("means", [[0.3, 0.1], [-0.1, -0.3], [0.0, 0.0]])
def test_zero_is_in_sight_and_has_a_line(means: list[float]) -> None:
    plot = drawn(found(means, std=0.0))

    (zero,) = plot.select(Span)
    assert zero.location == 0
    assert plot.x_range.start < 0 < plot.x_range.end


def test_of_more_than_thirty_the_first_are_drawn_and_counted() -> None:
    plot = drawn(found(np.linspace(0.9, 0.1, 60).tolist()))

    assert len(source(plot)["y"]) == 30
    assert notes(plot) == ["the 30 of 60 features that are missed most; 5 repeats on 30 rows"]


def test_the_axis_says_what_is_lost() -> None:
    assert drawn(found([0.3])).xaxis.axis_label == "loss of Accuracy when the feature is shuffled"


def test_without_features_there_is_a_sentence() -> None:
    (label,) = drawn(found([])).select(Label)

    assert "no feature" in label.text


def test_names_of_strangers_are_short_and_differ() -> None:
    names = ("a feature with a long name, east", "a feature with a long name, east ", "$$x$$")

    labels = list(drawn(found([0.3, 0.2, 0.1], names=names)).yaxis.major_label_overrides.values())

    assert len(set(labels)) == 3
    assert max(map(len, labels)) <= 28
    assert not any("$$" in label for label in labels)


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_bars_have_the_colours_of_the_theme(theme: Theme) -> None:
    plot = drawn(found([0.3]), theme)

    assert plot.select_one({"name": "results-permutation-bars"}).glyph.fill_color == theme.blue
    assert plot.select_one({"name": "results-permutation-whiskers"}).glyph.line_color == theme.text
