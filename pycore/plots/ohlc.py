"""High, low, close and open as four lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from bokeh.models.annotations import Legend
from bokeh.plotting import figure

from pycore.plots.prices import add_hover, add_splits, dated_title, empty_figure, price_figure, prices_of
from pycore.plots.theme import paint, theme_of
from pycore.results import Split

__all__ = ["plot_ohlc"]

# Line, colour of the theme, dashes: told apart in black and white, too.
LINES = (
    ("high", "red", "solid"),
    ("low", "green", "solid"),
    ("close", "blue", "solid"),
    ("open", "yellow", "dashed"),
)


def plot_ohlc(
    frame: pd.DataFrame, *, title: str | None = None, splits: Sequence[Split] = (), theme: str = "light"
) -> figure:
    """Return a figure of the high, low, close and open of one share; a click on the legend hides a line.

    Parameters
    ----------
    frame : DataFrame
        Columns ``date``, ``open``, ``high``, ``low`` and ``close`` (USD), one row per day, newest or oldest first;
        ``symbol`` names the share. Without rows the figure says so.
    title : str, optional
        None: the share and its first and last day.
    splits : sequence of Split
        Days to mark.
    theme : {"light", "dark"}, default "light"
        Colours of the figure.

    Returns
    -------
    figure
        Named ``ohlc``; its source is named ``ohlc-source``, its lines ``high-line`` and so on.

    Raises
    ------
    DatasetValidationError
        The frame does not hold these prices of one share; all that is wrong with it.
    UnknownNameError
        There is no such theme.

    Examples
    --------
    >>> days = pd.to_datetime(["2000-10-10", "2000-10-09"])
    >>> rows = pd.DataFrame({"symbol": "IBM", "date": days, "open": 117.0, "high": 118.0, "low": 114.0, "close": 115.0})
    >>> plot_ohlc(rows).title.text
    'IBM prices from 2000-10-09 to 2000-10-10'
    """
    colours = theme_of(theme)
    names = [name for name, _, _ in LINES]
    prices = prices_of(frame, names, "plot_ohlc")
    if not len(prices):
        return empty_figure("ohlc", title, colours)
    source = prices.source("ohlc-source")
    plot = price_figure(title or dated_title(prices), name="ohlc")
    items: list[Any] = []
    for name, colour, dash in LINES:
        line = plot.line(
            "date",
            name,
            source=source,
            line_color=getattr(colours, colour),
            line_dash=dash,
            line_width=2,
            name=f"{name}-line",
        )
        items.append((name.capitalize(), [line]))
    # Above the frame, for inside it would lie on the lines.
    legend = Legend(items=items, orientation="horizontal", location="left", margin=4)
    legend.click_policy = "hide"
    legend.spacing = 12
    plot.add_layout(legend, "above")
    add_splits(plot, prices, splits, colours)
    add_hover(plot, source, names)
    paint(plot, colours)
    return plot
