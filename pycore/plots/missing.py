"""Where values are missing: a picture of all rows, and the share of each column."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import numpy as np
from bokeh.models import (
    BasicTicker,
    ColumnDataSource,
    CustomJSHover,
    CustomJSTickFormatter,
    HoverTool,
    LinearColorMapper,
    NumeralTickFormatter,
    Range1d,
)
from bokeh.models.annotations import ColorBar
from bokeh.plotting import figure

from pycore.plots.canvas import message_figure, new_figure, shortened
from pycore.plots.labels import distinct_labels
from pycore.plots.named_rows import add_note, places, rows_figure, write_beside
from pycore.plots.palettes import shades
from pycore.plots.theme import Theme, paint
from pycore.results.quality import MissingValues

__all__ = ["plot_missing_by_column", "plot_missing_matrix"]

_MOST_NAMES: Final = 30
_MOST_BARS: Final = 15  # as high as the picture beside them
_LABEL_CHARACTERS: Final = 16
_MOST_CHARACTERS_IN_A_ROW: Final = 42  # of a picture beside another
_SLANT: Final = 0.7  # radians
_TITLE: Final = "Where values are missing"
_COLUMN: Final = 'return names[Math.floor(special_vars.x)] ?? "";'
_ROWS: Final = """
const last = edges.findIndex((edge) => edge > special_vars.y);
if (last < 1) return "";
const [from, to] = [edges[last - 1], edges[last] - 1];
return from === to ? from.toLocaleString("en") : `${from.toLocaleString("en")} – ${to.toLocaleString("en")}`;
"""
_TICK: Final = 'return names[tick - 0.5] ?? "";'


def plot_missing_matrix(missing: MissingValues, theme: Theme) -> figure:
    """Return a figure with the rows from top to bottom, the columns side by side, and what is missing in colour.

    Parameters
    ----------
    missing : MissingValues
        With a picture of at most some hundred bands of rows and groups of columns, however many there are.
    theme : Theme
        Colours of the figure.

    Returns
    -------
    figure
        Named ``quality-missing``; its source ``quality-missing-source`` has ``image``: shares of missing values, the
        first rows first.

    Examples
    --------
    >>> from pycore.plots.theme import theme_of
    >>> found = MissingValues(
    ...     names=("age", "sex"),
    ...     counts=np.array([1, 0]),
    ...     n_rows=2,
    ...     n_complete=1,
    ...     picture=np.array([[0, 0], [1, 0]], dtype="float32"),
    ...     edges=np.array([0, 1, 2]),
    ...     labels=("age", "sex"),
    ...     n_pictured=2,
    ... )
    >>> plot_missing_matrix(found, theme_of("light")).title.text
    'Where values are missing'
    """
    if not missing.counts.any():
        return message_figure("quality-missing", _TITLE, _nothing(missing), theme, height=160)
    n_groups = len(missing.labels)
    plot = new_figure(
        "quality-missing",
        _TITLE,
        x_label=_columns_label(missing),
        y_label="row",
        height=420,
        x_range=Range1d(start=0, end=n_groups),
        y_range=Range1d(start=missing.n_rows, end=0),
        tools="save,reset,box_zoom",
    )
    mapper = LinearColorMapper(
        low=float(np.finfo("float32").tiny),  # what is not missing at all has its own colour
        high=1.0,
        palette=list(shades(theme)),
        low_color=theme.grid,
    )
    source = ColumnDataSource({"image": [missing.picture]}, name="quality-missing-source")
    cells = plot.image(  # type: ignore[call-arg]  # what maps the colours is missing in Bokeh's types
        image="image",
        x=0,
        y=0,
        dw=n_groups,
        dh=missing.n_rows,
        color_mapper=mapper,
        source=source,
        name="quality-missing-cells",
    )
    _name_columns(plot, missing)
    plot.yaxis.formatter = NumeralTickFormatter(format="0,0")
    plot.grid.visible = False
    plot.add_layout(_colour_bar(mapper, theme), "right")
    plot.add_tools(_matrix_hover(cells, missing))
    add_note(plot, _completeness(missing), theme)
    paint(plot, theme)
    return plot


def _nothing(missing: MissingValues) -> str:
    return "No value is missing." if missing.n_rows else "There is no row."


def _completeness(missing: MissingValues) -> str:
    verb = "is" if missing.n_complete == 1 else "are"
    return f"{missing.n_complete:,} of {missing.n_rows:,} rows {verb} complete"


def _columns_label(missing: MissingValues) -> str:
    if missing.n_pictured == len(missing.names):
        return "column"
    return f"the {missing.n_pictured:,} of {len(missing.names):,} columns with missing values"


def _name_columns(plot: figure, missing: MissingValues) -> None:
    n_groups = len(missing.labels)
    if n_groups > _MOST_NAMES:  # a name for each would be unreadable; the tooltip says it
        plot.xaxis.major_label_text_font_size = "0px"
        plot.xaxis.major_tick_line_color = plot.xaxis.minor_tick_line_color = None
        return
    names = distinct_labels(missing.labels, _LABEL_CHARACTERS)
    plot.xaxis.ticker = (np.arange(n_groups) + 0.5).tolist()
    plot.xaxis.formatter = CustomJSTickFormatter(args={"names": names}, code=_TICK)
    plot.xaxis.major_tick_line_color = None
    widest = max(len(left) + len(right) for left, right in pairwise([*names, ""]))  # of two that are neighbours
    if n_groups * (widest / 2 + 2) > _MOST_CHARACTERS_IN_A_ROW:
        plot.xaxis.major_label_orientation = _SLANT


def _colour_bar(mapper: LinearColorMapper, theme: Theme) -> ColorBar:
    return ColorBar(
        color_mapper=mapper,
        ticker=BasicTicker(desired_num_ticks=5),
        formatter=NumeralTickFormatter(format="0 %"),
        width=12,
        background_fill_color=theme.background,
        major_label_text_color=theme.text,
        bar_line_color=theme.frame,
        major_tick_line_color=theme.frame,
    )


def _matrix_hover(cells: Any, missing: MissingValues) -> HoverTool:
    names = [shortened(label, 80) for label in missing.labels]
    return HoverTool(
        renderers=[cells],
        tooltips=[("column", "$x{custom}"), ("rows", "$y{custom}"), ("missing", "@image{0.[0] %}")],
        formatters={
            "$x": CustomJSHover(args={"names": names}, code=_COLUMN),
            "$y": CustomJSHover(args={"edges": missing.edges.tolist()}, code=_ROWS),
        },
        visible=False,
    )


def plot_missing_by_column(missing: MissingValues, theme: Theme) -> figure:
    """Return bars of the share of missing values, the greatest on top; columns without any are left out.

    Parameters
    ----------
    missing : MissingValues
        Counts of missing values.
    theme : Theme
        Colours of the figure.

    Returns
    -------
    figure
        Named ``quality-missing-columns``; its source ``quality-missing-columns-source`` has ``name``, ``count``,
        ``share`` (0 to 1) and ``y``.
    """
    order = np.argsort(-missing.counts, kind="stable")
    order = order[missing.counts[order] > 0]
    shown = order[:_MOST_BARS]
    title = "Missing values by column"
    if not len(shown):
        return message_figure("quality-missing-columns", title, _nothing(missing), theme, height=160)
    names = [missing.names[place] for place in shown]
    note = f"the {len(shown)} of {len(order):,} columns that miss most" if len(shown) < len(order) else ""
    place = ("quality-missing-columns", title)
    plot = rows_figure(place, names, theme, x_label="missing values (% of rows)", x_range=(0, 1.18), note=note)
    source = ColumnDataSource(_shares(missing, shown), name="quality-missing-columns-source")
    bars = plot.hbar(y="y", left=0, right="share", height=0.7, color=theme.red, line_color=None, source=source)
    bars.name = "quality-missing-columns-bars"
    write_beside(plot, source, theme, x="share", text="text")
    plot.xaxis.ticker = [0, 0.25, 0.5, 0.75, 1]
    plot.xaxis.formatter = NumeralTickFormatter(format="0 %")
    tooltips = [("column", "@name"), ("missing", "@count{0,0} rows"), ("share", "@share{0.[00] %}")]
    plot.add_tools(HoverTool(renderers=[bars], tooltips=tooltips, visible=False))
    paint(plot, theme)
    return plot


def _shares(missing: MissingValues, shown: np.ndarray[Any, Any]) -> dict[str, Any]:
    counts = missing.counts[shown]
    return {
        "name": [shortened(missing.names[place], 80) for place in shown],
        "count": counts,
        "share": counts / missing.n_rows,
        "text": [f"{count:,}" for count in counts],
        "y": places(len(shown)),
    }
