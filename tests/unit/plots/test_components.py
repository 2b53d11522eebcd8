"""The line of cumulative explained variance."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from bokeh.models.annotations import Span

from pycore.plots.components import plot_components
from pycore.plots.theme import THEMES, Theme, theme_of
from pycore.results.features import Components


def drawn(*cumulative: float, n_possible: int | None = None, theme: Theme | None = None) -> Any:
    found = Components(
        cumulative=np.array([0.0, *cumulative]), n_possible=n_possible or len(cumulative), n_features=9, n_rows=99
    )
    return plot_components(found, title="rows", theme=theme or theme_of("light"))


def test_the_line_begins_with_no_component_and_no_variance() -> None:
    data = drawn(0.7, 0.9, 1.0).select_one({"name": "features-components-source"}).data

    assert data["x"].tolist() == [0, 1, 2, 3]
    assert data["y"].tolist() == [0, 0.7, 0.9, 1]
    assert data["share"] == pytest.approx([0, 0.7, 0.2, 0.1])


def test_the_axis_is_in_per_cent() -> None:
    plot = drawn(1.0)

    assert plot.yaxis.formatter.format == "0 %"
    assert plot.y_range.end > 1, "the last dot is not cut in two"


def test_one_feature_is_no_picture_but_a_sentence() -> None:
    found = Components(cumulative=np.array([0.0, 1.0]), n_possible=1, n_features=1, n_rows=99)

    plot: Any = plot_components(found, title="rows", theme=theme_of("light"), height=300)

    assert (plot.name, plot.height, plot.renderers) == ("features-components", 160, [])
    assert any("itself" in getattr(each, "text", "") for each in plot.center)


def test_where_95_per_cent_are_reached_there_is_a_mark() -> None:
    plot = drawn(0.7, 0.96, 1.0)

    places = {span.dimension: span.location for span in plot.select(Span)}
    assert places == {"width": 0.95, "height": 2}
    assert plot.select_one({"name": "features-components-mark"}).text == "95 % with 2 of 3 components"


def test_where_95_per_cent_are_further_on_this_is_said() -> None:
    plot = drawn(0.1, 0.2, n_possible=2000)

    assert [span.dimension for span in plot.select(Span)] == ["width"]
    text = plot.select_one({"name": "features-components-mark"}).text
    assert text == "95 % with more than 2 of 2,000 components"


@pytest.mark.parametrize(("cumulative", "align"), [((0.96, 0.97, 1.0), "left"), ((0.5, 0.7, 1.0), "right")])
def test_the_mark_stays_inside(cumulative: tuple[float, ...], align: str) -> None:
    assert drawn(*cumulative).select_one({"name": "features-components-mark"}).text_align == align


def test_hundreds_of_components_are_a_line_without_dots() -> None:
    shares = np.linspace(0.01, 1, 300)

    assert drawn(*shares).select_one({"name": "features-components-dots"}) is None
    assert drawn(*shares[:50]).select_one({"name": "features-components-dots"}) is not None


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_the_line_has_the_colour_of_the_theme(theme: Theme) -> None:
    plot = drawn(1.0, theme=theme)

    assert plot.select_one({"name": "features-components-line"}).glyph.line_color == theme.blue
    assert plot.background_fill_color == theme.background
