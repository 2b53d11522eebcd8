"""The closing price over the days."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from bokeh.plotting import figure

from pycore.plots.prices import add_hover, add_splits, dated_title, empty_figure, price_figure, prices_of
from pycore.plots.theme import paint, theme_of
from pycore.results import Split

__all__ = ["plot_close"]


def plot_close(
    frame: pd.DataFrame, *, title: str | None = None, splits: Sequence[Split] = (), theme: str = "light"
) -> figure:
    """Return a figure of the closing prices of one share.

    Parameters
    ----------
    frame : DataFrame
        Columns ``date`` and ``close`` (USD), one row per day, newest or oldest first; ``symbol`` names the share.
        Without rows the figure says so.
    title : str, optional
        None: the share and its first and last day.
    splits : sequence of Split
        Days to mark.
    theme : {"light", "dark"}, default "light"
        Colours of the figure.

    Returns
    -------
    figure
        Named ``close``; its source is named ``close-source``.

    Raises
    ------
    DatasetValidationError
        The frame holds no closing prices of one share; all that is wrong with it.
    UnknownNameError
        There is no such theme.

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {"symbol": "IBM", "date": pd.to_datetime(["2000-10-10", "2000-10-09"]), "close": [114.88, 117.5]}
    ... )
    >>> plot_close(rows).title.text
    'IBM close from 2000-10-09 to 2000-10-10'
    """
    colours = theme_of(theme)
    prices = prices_of(frame, ["close"], "plot_close")
    if not len(prices):
        return empty_figure("close", title, colours)
    source = prices.source("close-source")
    plot = price_figure(title or dated_title(prices, "close"), name="close")
    plot.line("date", "close", source=source, line_color=colours.blue, line_width=2, name="close-line")
    add_splits(plot, prices, splits, colours)
    add_hover(plot, source, ["close"])
    paint(plot, colours)
    return plot
