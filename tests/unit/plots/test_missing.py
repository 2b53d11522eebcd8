"""The picture of missing values stays small, and bars say which columns miss most."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from bokeh.models import HoverTool
from bokeh.models.annotations import Label

from pycore.analysis.columns import examined
from pycore.analysis.missing import missing_values
from pycore.plots.missing import plot_missing_by_column, plot_missing_matrix
from pycore.plots.palettes import shades
from pycore.plots.theme import THEMES, Theme, theme_of
from pycore.results.quality import MissingValues

LIGHT = theme_of("light")


def found_in(frame: pd.DataFrame) -> MissingValues:
    return missing_values(examined(frame, name="rows"))


def source(plot: Any, name: str) -> Any:
    return plot.select_one({"name": name}).data


@pytest.mark.parametrize(("n_rows", "n_columns"), [(100_000, 30), (500, 1_000)])
def test_the_picture_is_small_however_many_values_there_are(n_rows: int, n_columns: int) -> None:
    frame = pd.DataFrame(np.ones((n_rows, n_columns)), columns=[f"c{place}" for place in range(n_columns)])
    frame.iloc[n_rows // 2] = np.nan

    (image,) = source(plot_missing_matrix(found_in(frame), LIGHT), "quality-missing-source")["image"]

    assert image.dtype == np.float32
    assert image.nbytes <= 200_000
    assert np.count_nonzero(image.any(axis=1)) == 1, "one row of missing values is one band"


def test_the_first_row_stands_on_top() -> None:
    plot: Any = plot_missing_matrix(found_in(pd.DataFrame({"a": [np.nan, 1.0, 2.0]})), LIGHT)

    assert (plot.y_range.start, plot.y_range.end) == (3, 0)
    assert source(plot, "quality-missing-source")["image"][0].tolist() == [[1.0], [0.0], [0.0]]


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_a_single_missing_value_stands_out(theme: Theme) -> None:
    plot: Any = plot_missing_matrix(found_in(pd.DataFrame({"a": [np.nan, 1.0]})), theme)

    mapper = plot.select_one({"name": "quality-missing-cells"}).glyph.color_mapper

    assert mapper.low_color == theme.grid
    assert 0 < mapper.low < 1e-9
    assert tuple(mapper.palette) == shades(theme)
    assert theme.grid not in mapper.palette
    assert mapper.palette[-1] == theme.red


def test_a_tooltip_says_column_rows_and_share() -> None:
    plot: Any = plot_missing_matrix(found_in(pd.DataFrame({"a <b>": [np.nan, 1.0]})), LIGHT)

    hover: Any = next(tool for tool in plot.toolbar.tools if isinstance(tool, HoverTool))

    assert [label for label, _ in hover.tooltips] == ["column", "rows", "missing"]
    assert hover.formatters["$x"].args["names"] == ["a <b>"]
    assert hover.formatters["$y"].args["edges"] == [0, 1, 2]


def test_long_names_are_shortened() -> None:
    frame = pd.DataFrame({"n" * 200: [np.nan, 1.0], "$$x$$": [1.0, 2.0]})

    plot: Any = plot_missing_matrix(found_in(frame), LIGHT)

    assert all(len(name) <= 18 for name in plot.xaxis[0].formatter.args["names"])
    assert "$$" not in "".join(plot.xaxis[0].formatter.args["names"])


@pytest.mark.parametrize(
    ("names", "is_level"),
    [
        (["name", "passenger_class", "age", "sex", "survived"], False),  # two of them would touch
        (["a", "b", "c", "d", "e"], True),
        (["passenger_class", "age"], True),
        (["one_long_name", "another_long_name"], True),
    ],
)
def test_names_that_would_touch_stand_aslant(names: list[str], *, is_level: bool) -> None:
    plot: Any = plot_missing_matrix(found_in(pd.DataFrame({name: [np.nan, 1.0] for name in names})), LIGHT)

    assert (plot.xaxis[0].major_label_orientation == "horizontal") == is_level


def test_names_that_differ_only_in_the_middle_have_labels_that_differ() -> None:
    names = [f"{'n' * 100}{place}{'n' * 100}" for place in range(5)]
    found = found_in(pd.DataFrame({name: [np.nan, 1.0] for name in names}))

    matrix: Any = plot_missing_matrix(found, LIGHT)
    bars: Any = plot_missing_by_column(found, LIGHT)

    assert len(set(matrix.xaxis[0].formatter.args["names"])) == 5
    assert len(set(bars.yaxis[0].major_label_overrides.values())) == 5


@pytest.mark.parametrize(
    ("values", "sentences"),
    [([1.0, 2.0], ["No value is missing."] * 2), ([], ["There is no row."] * 2)],
    ids=["full", "no row"],
)
def test_nothing_missing_is_a_sentence(values: list[float], sentences: list[str]) -> None:
    frame = pd.DataFrame({"a": values})

    drawn = [plot_missing_matrix(found_in(frame), LIGHT), plot_missing_by_column(found_in(frame), LIGHT)]

    assert [plot.renderers for plot in drawn] == [[], []]
    assert [each.text for plot in drawn for each in plot.center if isinstance(each, Label)] == sentences


def test_bars_are_the_shares_of_pandas_the_greatest_first() -> None:
    chance = np.random.default_rng(3)
    values = chance.normal(size=(400, 8))
    values[chance.random(values.shape) < np.arange(8) / 10] = np.nan
    frame = pd.DataFrame(values, columns=list("abcdefgh"))
    expected = frame.isna().mean().sort_values(ascending=False)

    bars = source(plot_missing_by_column(found_in(frame), LIGHT), "quality-missing-columns-source")

    assert bars["name"] == [name for name in expected.index if expected[name]]
    np.testing.assert_allclose(bars["share"], expected[expected > 0])
    assert (np.diff(bars["y"]) == -1).all()


def test_of_many_columns_the_figure_says_which_part_it_shows() -> None:
    frame = pd.DataFrame(np.full((4, 300), np.nan), columns=[f"c{place}" for place in range(300)])

    plot: Any = plot_missing_by_column(found_in(frame), LIGHT)

    assert len(source(plot, "quality-missing-columns-source")["name"]) == 15
    assert any("15 of 300" in getattr(title, "text", "") for title in plot.above)
