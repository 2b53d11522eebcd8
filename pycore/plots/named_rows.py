"""Figures with a row for each of a few names, the first on top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, FixedTicker, Range1d
from bokeh.models.annotations import Title
from bokeh.plotting import figure

from pycore.plots.canvas import new_figure
from pycore.plots.labels import distinct_labels
from pycore.plots.theme import Theme

__all__ = ["MOST_ROWS", "add_note", "places", "rows_figure", "show_rows", "write_beside"]

MOST_ROWS: Final = 30
_LEAST_ROWS: Final = 3  # of fewer, bars would be thick
_LABEL_CHARACTERS: Final = 28
_ROW_PIXELS: Final = 22
_OTHER_PIXELS: Final = 130  # title, toolbar, axis and its label
_LEAST_PIXELS: Final = 220


def places(n_rows: int) -> np.ndarray[Any, Any]:
    """Return the height of each row: the first has the greatest.

    Examples
    --------
    >>> places(5).tolist()
    [4.0, 3.0, 2.0, 1.0, 0.0]
    """
    return max(n_rows, _LEAST_ROWS) - 1 - np.arange(n_rows, dtype="float64")


def rows_figure(
    place: tuple[str, str],
    names: Sequence[str],
    theme: Theme,
    *,
    x_label: str,
    x_range: tuple[float, float],
    note: str = "",
) -> figure:
    """Return an empty figure with a row for each of `names`.

    Parameters
    ----------
    place : tuple of two str
        Name and title of the figure.
    names : sequence of str
        Of strangers, all different; they are shortened, and still differ.
    theme : Theme
        Colours of the note; the figure is painted by whoever draws into it.
    x_label : str
        What is measured.
    x_range : tuple of two floats
        Where it begins and ends.
    note : str, optional
        What else whoever looks has to know; stands below the title.
    """
    name, title = place
    plot = new_figure(
        name,
        title,
        x_label=x_label,
        x_range=Range1d(start=x_range[0], end=x_range[1]),
        y_range=Range1d(),
        tools="save",
    )
    plot.yaxis.ticker = FixedTicker(ticks=[])
    show_rows(plot, names)
    plot.yaxis.major_tick_line_color = None
    plot.ygrid.visible = False
    add_note(plot, note, theme)
    return plot


def show_rows(plot: figure, names: Sequence[str]) -> None:
    """Give `plot`, which :func:`rows_figure` made, a row for each of other names."""
    models: Any = plot  # Bokeh's types do not tell which kind of axis and range it has
    n_rows, ticks = len(names), places(len(names)).tolist()
    start, end = -0.7, max(n_rows, _LEAST_ROWS) - 0.3
    models.height = max(_LEAST_PIXELS, _OTHER_PIXELS + _ROW_PIXELS * n_rows)
    models.y_range.update(start=start, end=end, reset_start=start, reset_end=end)
    models.yaxis[0].ticker.ticks = ticks
    models.yaxis[0].major_label_overrides = dict(zip(ticks, distinct_labels(names, _LABEL_CHARACTERS), strict=True))


def add_note(plot: figure, note: str, theme: Theme) -> None:
    """Write a line below the title, in smaller letters; nothing, if it is empty."""
    if note:
        line = Title(text=note, text_font_size="11px", text_font_style="normal", text_color=theme.text)
        plot.add_layout(line, "above")


def write_beside(plot: figure, source: ColumnDataSource, theme: Theme, *, x: str, text: str, offset: int = 6) -> None:
    """Write a column of texts right of each row's end, on paper, so that no line goes through it.

    Parameters
    ----------
    x, text : str
        Columns of `source`, which has the heights in ``y``: where rows end, and what is written.
    offset : int, default 6
        Pixels between the two.
    """
    plot.text(  # type: ignore[call-arg]  # the paper of texts is missing in Bokeh's types
        x,
        "y",
        text=text,
        x_offset=offset,
        text_baseline="middle",
        text_color=theme.text,
        text_font_size="11px",
        background_fill_color=theme.background,
        source=source,
        name=f"{plot.name}-text",
    )
