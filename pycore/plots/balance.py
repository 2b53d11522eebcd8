"""How often each class of a target occurs, the rare ones marked."""

from __future__ import annotations

from typing import Any, Final

from bokeh.models import ColumnDataSource, HoverTool, NumeralTickFormatter
from bokeh.plotting import figure

from pycore.plots.canvas import message_figure, shortened
from pycore.plots.labels import percent
from pycore.plots.named_rows import places, rows_figure, write_beside
from pycore.plots.theme import Theme, paint
from pycore.results.quality import Balance

__all__ = ["plot_balance"]

_TITLE: Final = "Class balance"
_ROOM_FOR_TEXT: Final = 1.6  # the axis goes so much further than the longest bar


def plot_balance(balance: Balance | None, theme: Theme) -> figure:
    """Return bars of the rows of each class, with the number written beside each, and a mark at those that are rare.

    Parameters
    ----------
    balance : Balance or None
        None: there are no classes to predict, and the figure says so.
    theme : Theme
        Colours of the figure.

    Returns
    -------
    figure
        Named ``quality-balance``; its source ``quality-balance-source`` has ``name``, ``count``, ``share``, ``y``,
        ``colour`` and ``text`` of the bars.

    Examples
    --------
    >>> import numpy as np
    >>> from pycore.plots.theme import theme_of
    >>> found = Balance(
    ...     target="kind",
    ...     names=("a", "b"),
    ...     counts=np.array([50, 3]),
    ...     rare={"b": 3},
    ...     n_classes=2,
    ...     n_missing=0,
    ... )
    >>> plot_balance(found, theme_of("light")).select_one({"name": "quality-balance-source"}).data["text"]
    ['50 (94.3 %)', '3 (5.7 %) ◄ rare']
    """
    if balance is None:
        text = "There is no target with classes, so there is no balance to look at."
        return message_figure("quality-balance", _TITLE, text, theme, height=160)
    plot = rows_figure(
        ("quality-balance", f"{_TITLE} of {shortened(balance.target, 40)}"),
        balance.names,
        theme,
        x_label="rows",
        x_range=(0, _ROOM_FOR_TEXT * float(balance.counts.max())),
        note=_note(balance),
    )
    source = ColumnDataSource(_columns(balance, theme), name="quality-balance-source")
    bars = plot.hbar(
        y="y",
        left=0,
        right="count",
        height=0.7,
        fill_color="colour",
        line_color="colour",
        source=source,
        name="quality-balance-bars",
    )
    write_beside(plot, source, theme, x="count", text="text")
    plot.xaxis.formatter = NumeralTickFormatter(format="0,0")
    plot.add_tools(HoverTool(renderers=[bars], tooltips=[("class", "@name"), ("rows", "@text")], visible=False))
    paint(plot, theme)
    return plot


def _columns(balance: Balance, theme: Theme) -> dict[str, Any]:
    is_rare = [name in balance.rare for name in balance.names]
    shares = balance.counts / balance.counts.sum()
    return {
        "name": [shortened(name, 80) for name in balance.names],
        "count": balance.counts,
        "share": shares,
        "text": [
            f"{count:,} ({percent(share)}){' ◄ rare' if rare else ''}"
            for count, share, rare in zip(balance.counts, shares, is_rare, strict=True)
        ],
        "y": places(len(balance.names)),
        "colour": [theme.red if rare else theme.blue for rare in is_rare],
    }


def _note(balance: Balance) -> str:
    n_named = sum(name in balance.rare for name in balance.names)
    others = len(balance.rare) - n_named
    return f"{others:,} more rare classes are among the others" if others > 0 else ""
