"""What every price plot promises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bokeh.document import Document
from bokeh.io import curdoc
from bokeh.models import ColumnDataSource, HoverTool
from bokeh.models.annotations import Label, Span
from bokeh.plotting import figure

from pycore.exceptions import DatasetValidationError, UnknownNameError
from pycore.plots import THEMES, plot_candles, plot_close, plot_ohlc
from pycore.results import Split

PLOTS = {"close": plot_close, "ohlc": plot_ohlc, "candles": plot_candles}
Draw = Callable[..., Any]  # a figure or a layout: Bokeh adds their attributes when it runs


@pytest.fixture(params=list(PLOTS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def draw(name: str) -> Draw:
    return PLOTS[name]


def source_of(drawn: Any, name: str) -> Any:
    source = drawn.select_one({"name": f"{name}-source"})
    assert isinstance(source, ColumnDataSource)
    return source


def figure_of(drawn: Any, name: str) -> Any:
    found = drawn if isinstance(drawn, figure) else drawn.select_one({"name": name})
    assert isinstance(found, figure)
    return found


def test_a_frame_that_is_newest_first_is_drawn_oldest_first(draw: Draw, name: str, rows: pd.DataFrame) -> None:
    source = source_of(draw(rows), name)

    np.testing.assert_array_equal(rows["date"].to_numpy("datetime64[ms]")[::-1], source.data["date"])
    np.testing.assert_array_equal(rows["close"].to_numpy()[::-1], source.data["close"])


def test_the_order_of_the_rows_does_not_matter(draw: Draw, name: str, rows: pd.DataFrame) -> None:
    newest_first, oldest_first = (source_of(draw(each), name).data for each in (rows, rows.sort_values("date")))

    assert newest_first.keys() == oldest_first.keys()
    for column, values in newest_first.items():
        np.testing.assert_array_equal(values, oldest_first[column])


def test_columns_travel_as_arrays_of_numbers(draw: Draw, name: str, rows: pd.DataFrame) -> None:
    columns = source_of(draw(rows), name).data

    assert {"f", "M", "u"} >= {values.dtype.kind for values in columns.values()}


def test_the_frame_is_left_alone(draw: Draw, rows: pd.DataFrame) -> None:
    before = rows.copy(deep=True)

    draw(rows)

    pd.testing.assert_frame_equal(before, rows)


def test_the_title_names_the_share_and_its_days(draw: Draw, name: str, rows: pd.DataFrame) -> None:
    title = figure_of(draw(rows), name).title.text

    what = "close" if name == "close" else "prices"
    assert f"IBM {what} from 2000-10-02 to 2000-10-17" == title


def test_a_title_can_be_given(draw: Draw, name: str, rows: pd.DataFrame) -> None:
    assert figure_of(draw(rows, title="Big Blue"), name).title.text == "Big Blue"


def test_a_frame_without_symbol_is_drawn(draw: Draw, name: str, rows: pd.DataFrame) -> None:
    title = figure_of(draw(rows.drop(columns="symbol")), name).title.text

    assert title.endswith(" from 2000-10-02 to 2000-10-17")


def test_axes_say_their_units(draw: Draw, name: str, rows: pd.DataFrame) -> None:
    assert figure_of(draw(rows), name).yaxis[0].axis_label == "price (USD)"


def test_hover_shows_the_date_and_every_price(draw: Draw, name: str, rows: pd.DataFrame) -> None:
    plot = figure_of(draw(rows), name)

    hover = plot.select_one(HoverTool)
    shown = dict(hover.tooltips)
    assert shown["date"] == "@date{%F}"
    assert shown["close"] == "@close{0,0.00}"
    assert hover.formatters == {"@date": "datetime"}
    assert len(hover.renderers) == 1


def test_split_days_within_the_dates_are_marked(draw: Draw, name: str, rows: pd.DataFrame) -> None:
    splits = [
        Split(date=dt.date(2000, 10, 10), ratio=2.0),
        Split(date=dt.date(2000, 10, 12), ratio=1.5),
        Split(date=dt.date(1999, 5, 27), ratio=2.0),
    ]

    plot = figure_of(draw(rows, splits=splits), name)

    assert {"split-2000-10-10", "split-2000-10-12"} == {span.name for span in plot.select(Span)}
    assert {"split 2:1", "split 3:2"} == {label.text for label in plot.select(Label)}


def test_a_split_day_stands_at_its_milliseconds(rows: pd.DataFrame) -> None:
    """A date or a time would reach the browser as text."""
    plot: Any = plot_close(rows, splits=[Split(date=dt.date(2000, 10, 10), ratio=2.0)])

    (span,) = plot.select(Span)
    assert span.location == pd.Timestamp("2000-10-10").timestamp() * 1000


def test_no_rows_make_a_figure_that_says_so(draw: Draw, name: str, rows: pd.DataFrame) -> None:
    plot = figure_of(draw(rows.head(0)), name)

    assert [label.text for label in plot.select(Label)] == ["no rows"]


def test_a_frame_without_rows_and_types_says_so_too(draw: Draw, name: str, rows: pd.DataFrame) -> None:
    plot = figure_of(draw(rows.head(0).astype(object).assign(volume=pd.Series(dtype="int64"))), name)

    assert [label.text for label in plot.select(Label)] == ["no rows"]


def test_every_wrong_column_is_named(draw: Draw, rows: pd.DataFrame) -> None:
    wrong = rows.drop(columns="date").assign(close="117.50")

    with pytest.raises(DatasetValidationError) as caught:
        draw(wrong)

    assert "column 'date' is missing" in caught.value.failures
    assert any("column 'close' holds" in failure for failure in caught.value.failures)
    assert "117.50" not in str(caught.value)


def test_two_shares_in_one_frame_are_refused(draw: Draw, rows: pd.DataFrame) -> None:
    both = pd.concat([rows, rows.assign(symbol="AAPL")])

    with pytest.raises(DatasetValidationError, match="2 shares"):
        draw(both)


@pytest.mark.parametrize("dates", [["soon"] * 12, list(range(12)), [None] * 12], ids=["text", "numbers", "missing"])
def test_what_is_no_date_is_refused(draw: Draw, rows: pd.DataFrame, dates: Any) -> None:
    with pytest.raises(DatasetValidationError, match="column 'date'"):
        draw(rows.assign(date=dates))


def test_dates_as_text_and_as_date_objects_are_dates(draw: Draw, name: str, rows: pd.DataFrame) -> None:
    expected = source_of(draw(rows), name).data["date"]

    as_text = rows.assign(date=rows["date"].dt.strftime("%Y-%m-%d"))
    as_objects = rows.assign(date=pd.Series(rows["date"].dt.date, dtype=object))

    for frame in (as_text, as_objects):
        np.testing.assert_array_equal(expected, source_of(draw(frame), name).data["date"])


def test_a_missing_price_is_a_gap(draw: Draw, name: str, rows: pd.DataFrame) -> None:
    rows.loc[3, "close"] = np.nan

    assert np.isnan(source_of(draw(rows), name).data["close"]).sum() == 1


@pytest.mark.parametrize("theme", list(THEMES))
def test_the_theme_is_an_argument_and_touches_nothing_else(
    draw: Draw, name: str, rows: pd.DataFrame, theme: str
) -> None:
    before = curdoc().theme

    plot = figure_of(draw(rows, theme=theme), name)

    assert THEMES[theme].background == plot.background_fill_color == plot.border_fill_color
    assert THEMES[theme].text == plot.title.text_color == plot.yaxis[0].axis_label_text_color
    assert before is curdoc().theme
    assert THEMES["light"].background == figure_of(draw(rows), name).background_fill_color


def test_an_unknown_theme_lists_the_known_ones(draw: Draw, rows: pd.DataFrame) -> None:
    with pytest.raises(UnknownNameError, match="dark, light"):
        draw(rows, theme="solarized")


def test_what_reaches_the_browser_names_no_other_place(draw: Draw, rows: pd.DataFrame) -> None:
    document = Document()
    document.add_root(draw(rows, splits=[Split(date=dt.date(2000, 10, 10), ratio=2.0)]))

    document.validate()  # a figure with an empty glyph or a wrong range is a warning, and a warning is an error here

    written = str(document.to_json())
    assert "://" not in written
    assert "webgl" not in written


def test_figures_are_as_wide_as_their_place(draw: Draw, name: str, rows: pd.DataFrame) -> None:
    drawn = draw(rows)

    assert "stretch_width" == drawn.sizing_mode == figure_of(drawn, name).sizing_mode
