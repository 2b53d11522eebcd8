"""The map of correlations."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from bokeh.models import CustomJS, HoverTool, Plot
from bokeh.models.annotations import ColorBar

from pycore.plots.correlation import plot_correlation
from pycore.plots.theme import THEMES, Theme, theme_of
from pycore.results.features import Correlations

METHODS = ("Pearson", "Spearman")


def found(n: int, methods: tuple[str, ...] = METHODS, **options: Any) -> Correlations:
    values = np.random.default_rng(0).uniform(-1, 1, size=(len(methods), n, n))
    return Correlations(
        names=tuple(f"c{place}" for place in range(n)),
        methods=methods,
        values=values,
        n_rows=np.arange(n * n).reshape(n, n),
        **options,
    )


def drawn(result: Correlations, theme: Theme | None = None) -> Any:
    return plot_correlation(result, name="map", title="rows", theme=theme or theme_of("light"))


def source(layout: Any) -> dict[str, Any]:
    return dict(layout.select_one({"name": "map-source"}).data)


def test_a_cell_has_the_coefficients_of_its_line_and_column() -> None:
    result = found(3)

    data = source(drawn(result))

    cell = [place for place in range(9) if (data["y"][place], data["x"][place]) == (0, 2)]
    assert len(cell) == 1
    assert data["value0"][cell] == result.values[0, 0, 2]
    assert data["value1"][cell] == result.values[1, 0, 2]
    assert data["rows"][cell] == 2
    assert (data["left"][cell[0]], data["right"][cell[0]]) == ("c0", "c2")


def test_the_first_column_is_on_top_and_left() -> None:
    layout = drawn(found(3))

    (plot,) = layout.select({"type": Plot})
    assert plot.y_range.start > plot.y_range.end
    assert plot.xaxis.major_label_overrides == plot.yaxis.major_label_overrides == {0: "c0", 1: "c1", 2: "c2"}


def test_names_are_readable_however_many_and_long_they_are() -> None:
    def orientation(n: int, name: str) -> object:
        result = found(n)
        (plot,) = drawn(replace(result, names=tuple(f"{name} {place}" for place in range(n)))).select({"type": Plot})
        assert max(map(len, plot.xaxis.major_label_overrides.values())) <= (28 if n <= 15 else 18)
        return plot.xaxis.major_label_orientation

    assert orientation(3, "c") == "horizontal"
    assert orientation(3, "a column with a long name") == pytest.approx(0.8)
    assert orientation(40, "a column with a long name") == "vertical"


def test_the_method_is_switched_in_the_browser() -> None:
    layout = drawn(found(3))
    switch = layout.select_one({"name": "map-method"})
    (callback,) = switch.js_property_callbacks["change:active"]

    visible = [
        layout.select_one({"name": f"map-{what}-{place}"}).visible for place in (0, 1) for what in ("cells", "values")
    ]

    assert isinstance(callback, CustomJS)
    assert [[each.name for each in layer] for layer in callback.args["layers"]] == [
        ["map-cells-0", "map-values-0"],
        ["map-cells-1", "map-values-1"],
    ]
    assert visible == [True, True, False, False]
    assert (switch.labels, switch.active) == (list(METHODS), 0)


def test_where_there_is_one_method_there_is_no_switch() -> None:
    layout = drawn(found(3, ("Cramér's V",)))

    assert layout.select_one({"name": "map-method"}) is None


@pytest.mark.parametrize(("n", "is_readable"), [(15, True), (16, False)])
def test_up_to_fifteen_columns_a_number_stands_in_each_cell(n: int, is_readable: bool) -> None:
    layout = drawn(found(n))

    assert (layout.select_one({"name": "map-values-0"}) is not None) == is_readable


def test_what_has_no_coefficient_is_an_empty_cell() -> None:
    result = found(2)
    result.values[:, 0, :] = np.nan

    layout = drawn(result)

    assert source(layout)["text0"][:2] == ["", ""]
    assert np.isnan(source(layout)["value0"][:2]).all()
    (bar,) = layout.select({"type": ColorBar})
    assert bar.color_mapper.nan_color == theme_of("light").background


@pytest.mark.parametrize(("is_signed", "low"), [(True, -1), (False, 0)])
def test_the_scale_goes_over_all_that_there_can_be(is_signed: bool, low: int) -> None:
    result = found(2, is_signed=is_signed)

    (bar,) = drawn(result).select({"type": ColorBar})

    assert (bar.color_mapper.low, bar.color_mapper.high) == (low, 1)
    neutral = bar.color_mapper.palette[50 if is_signed else 0]
    assert neutral == "#f7f7f7", "zero is where the colours meet"


def test_a_tooltip_reads_all_methods_whichever_is_drawn() -> None:
    layout = drawn(found(3))

    (hover,) = layout.select({"type": HoverTool})

    (renderer,) = hover.renderers
    assert renderer.visible
    assert [label for label, _ in hover.tooltips] == ["columns", "Pearson", "Spearman", "rows"]
    assert set(hover.formatters) == {"@value0", "@value1"}


def luminance(colour: str) -> float:
    channels = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def test_a_number_stands_out_from_its_cell() -> None:
    values = np.linspace(-1, 1, 225).reshape(1, 15, 15)
    result = Correlations(
        names=tuple(map(str, range(15))), methods=("Pearson",), values=values, n_rows=np.ones((15, 15))
    )

    layout = drawn(result)

    (bar,) = layout.select({"type": ColorBar})
    palette = bar.color_mapper.palette
    for value, ink in zip(values.ravel(), source(layout)["ink0"], strict=True):
        cell = palette[min(int((value + 1) / 2 * len(palette)), len(palette) - 1)]
        low, high = sorted((luminance(cell), luminance(ink)))
        assert (high + 0.05) / (low + 0.05) >= 4.5


def test_more_columns_get_a_higher_picture_up_to_a_limit() -> None:
    heights = [next(iter(drawn(found(n)).select({"type": Plot}))).height for n in (2, 10, 40)]

    assert all(one < other for one, other in pairwise(heights))
    assert heights[-1] <= 1000


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_what_is_written_has_the_colours_of_the_theme(theme: Theme) -> None:
    layout = drawn(found(3), theme)

    (bar,) = layout.select({"type": ColorBar})
    assert bar.major_label_text_color == theme.text
    assert layout.select_one({"name": "map"}).background_fill_color == theme.background
