"""Candles of open, high, low and close, the volume below them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from bokeh.layouts import column
from bokeh.models import BasicTicker, Column, ColumnDataSource, CustomJSTickFormatter, DataRange1d
from bokeh.plotting import figure
from bokeh.transform import linear_cmap

from pycore.plots.prices import Prices, add_hover, add_splits, dated_title, empty_figure, price_figure, prices_of
from pycore.plots.theme import Theme, paint, theme_of
from pycore.results import Split

__all__ = ["add_candles", "add_volume", "plot_candles"]

COLUMNS = ["open", "high", "low", "close", "volume"]
# The axis counts trading days, so that weekends and holidays leave no holes; its labels are the days of the source.
DAY_LABEL = """
const day = source.data.date[tick];
return day === undefined ? "" : new Date(day).toISOString().slice(0, 10);
"""


def plot_candles(
    frame: pd.DataFrame, *, title: str | None = None, splits: Sequence[Split] = (), theme: str = "light"
) -> Column:
    """Return candles of one share over its trading days, with the volume below on the same days.

    A candle reaches from open to close, its wick from low to high. A day that closed at or above its open is hollow
    and blue, one that closed below it is filled and red.

    Parameters
    ----------
    frame : DataFrame
        Columns ``date``, ``open``, ``high``, ``low``, ``close`` (USD) and ``volume`` (shares), one row per day, newest
        or oldest first; ``symbol`` names the share. Without rows the figure says so.
    title : str, optional
        None: the share and its first and last day.
    splits : sequence of Split
        Days to mark.
    theme : {"light", "dark"}, default "light"
        Colours of the figures.

    Returns
    -------
    Column
        The figures named ``candles`` and ``volume``; their source is named ``candles-source``.

    Raises
    ------
    DatasetValidationError
        The frame does not hold these prices of one share; all that is wrong with it.
    UnknownNameError
        There is no such theme.

    Examples
    --------
    >>> days = pd.to_datetime(["2000-10-10", "2000-10-09"])
    >>> rows = pd.DataFrame({"date": days, "open": 117.0, "high": 118.0, "low": 114.0, "close": 115.0, "volume": 5000})
    >>> [plot.name for plot in plot_candles(rows).children]
    ['candles', 'volume']
    """
    colours = theme_of(theme)
    prices = prices_of(frame, COLUMNS, "plot_candles")
    if not len(prices):
        return column(empty_figure("candles", title, colours), sizing_mode="stretch_width")
    source = _source(prices)
    candles = _draw_candles(source, title or dated_title(prices), colours)
    volume = _draw_volume(source, colours)
    volume.x_range = candles.x_range
    add_splits(candles, prices, splits, colours, by_row=True)
    for plot in (candles, volume):
        add_hover(plot, source, COLUMNS, x="row")
        plot.xaxis.ticker = BasicTicker(min_interval=1, desired_num_ticks=6)
        plot.min_border_left = 80  # both papers begin at the same place
        plot.xaxis.formatter = CustomJSTickFormatter(args={"source": source}, code=DAY_LABEL)
        paint(plot, colours)
    return column(candles, volume, sizing_mode="stretch_width", spacing=0)


def _source(prices: Prices) -> ColumnDataSource:
    """Return the prices with the row that is their place on the axis, and whether the day closed below its open."""
    source = prices.source("candles-source")
    source.data["row"] = np.arange(len(prices), dtype="float64")
    source.data["falling"] = (prices.columns["close"] < prices.columns["open"]).astype("uint8")
    return source


def add_candles(
    plot: figure, source: ColumnDataSource, theme: Theme, *, x: str = "row", width: float | str = 0.7
) -> None:
    """Draw candles of the columns ``open``, ``high``, ``low``, ``close`` and ``falling`` of a source.

    Parameters
    ----------
    x : str, default "row"
        The column of their places on the axis.
    width : float or str, default 0.7
        How wide one is, or the column that says so.
    """
    ink = linear_cmap("falling", [theme.blue, theme.red], 0, 1)
    body = linear_cmap("falling", [theme.background, theme.red], 0, 1)
    plot.segment(x, "high", x, "low", source=source, color=ink, name="candles-wicks")
    plot.vbar(x, width, "close", "open", source=source, line_color=ink, fill_color=body, name="candles-bodies")


def add_volume(
    plot: figure, source: ColumnDataSource, theme: Theme, *, x: str = "row", width: float | str = 0.7
) -> None:
    """Draw bars of the column ``volume`` in the colours of the candles above them."""
    ink = linear_cmap("falling", [theme.blue, theme.red], 0, 1)
    body = linear_cmap("falling", [theme.background, theme.red], 0, 1)
    plot.vbar(x, width, "volume", source=source, line_color=ink, fill_color=body, name="volume-bars")


def _draw_candles(source: ColumnDataSource, title: str, theme: Theme) -> figure:
    plot = price_figure(title, name="candles", height=380, x_axis_type="linear")
    add_candles(plot, source, theme)
    plot.xaxis.visible = False  # the volume below has the days
    return plot


def _draw_volume(source: ColumnDataSource, theme: Theme) -> figure:
    plot = price_figure("", name="volume", height=170, x_axis_type="linear")
    add_volume(plot, source, theme)
    plot.yaxis.axis_label = "shares (millions)"
    plot.yaxis.formatter = CustomJSTickFormatter(code="return (tick / 1e6).toLocaleString('en');")
    plot.yaxis.ticker = BasicTicker(desired_num_ticks=3)
    plot.y_range = DataRange1d(start=0)
    plot.title = None
    plot.toolbar_location = None  # the tools of the candles move it too
    return plot
