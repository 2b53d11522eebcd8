"""What a model predicts on average by the values of one feature (partial dependence)."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, DataRange1d, FixedTicker, HoverTool, Range1d
from bokeh.models.renderers import GlyphRenderer
from bokeh.plotting import figure
from bokeh.transform import dodge

from pycore.plots.axes import number_formatter
from pycore.plots.canvas import labelled, message_figure, new_figure, shortened
from pycore.plots.class_lines import MOST_AT_FIRST, MOST_LINES, LineStyle, first_shown, hidden_note, line_styles
from pycore.plots.labels import distinct_labels
from pycore.plots.legends import add_legend
from pycore.plots.named_rows import add_note
from pycore.plots.theme import Theme, paint
from pycore.results.explanation import Dependence

__all__ = ["plot_dependence"]

_NAME: Final = "results-dependence"
_HEIGHT: Final = 380
_MOST_DOTS: Final = 60  # a line of no more points shows each of them
_LABEL_CHARACTERS: Final = 18
_MOST_LEVEL: Final = 90  # characters of all labels together that stand side by side without being turned
_TURNED: Final = 0.7  # radians
_BARS_WIDTH: Final = 0.8  # of all bars of one value


def plot_dependence(found: Dependence, *, title: str, theme: Theme, unit: str = "") -> figure:
    """Return a line for each class, or for the target; bars where the feature has categories.

    Parameters
    ----------
    found : Dependence
        Of one feature. Of more than 28 classes those are drawn on which it has the most influence; of more than eight
        the others are hidden until the legend is clicked.
    title : str
        Names what is seen.
    theme : Theme
        Colours.
    unit : str, optional
        Of the target, if it is a number.

    Returns
    -------
    figure
        Named ``results-dependence``; its source ``results-dependence-source`` has ``x``, ``value`` (as it is read) and
        ``y0``, ``y1`` … for the classes that are drawn, in their order.

    Examples
    --------
    >>> from pycore.plots.theme import theme_of
    >>> found = Dependence(
    ...     feature="weight",
    ...     is_category=False,
    ...     unit="lb",
    ...     grid=np.array([2000.0, 3000.0, 4000.0]),
    ...     labels=("mpg",),
    ...     averages=np.array([[30.0, 24.0, 17.0]]),
    ...     n_rows=392,
    ...     is_probability=False,
    ... )
    >>> plot = plot_dependence(found, title="autompg", theme=theme_of("light"), unit="mi/gal")
    >>> plot.xaxis.axis_label, plot.yaxis.axis_label
    ('weight (lb)', 'average predicted mpg (mi/gal)')
    """
    if not len(found.grid) or not found.labels:
        text = f"There is no value of {shortened(found.feature)} by which something could be predicted."
        return message_figure(_NAME, title, text, theme, height=160)
    kept = _most_influenced(found)
    influence = [-float(np.ptp(found.averages[place])) for place in kept]
    shown = first_shown(influence)
    plot = new_figure(
        _NAME,
        title,
        x_label=labelled(found.feature, found.unit),
        y_label=_y_label(found, unit),
        height=_HEIGHT,
        y_range=_y_range(found),
        **_x_options(found),
    )
    source = ColumnDataSource(_columns(found, kept), name=f"{_NAME}-source")
    styles = line_styles(len(kept), theme)
    draw = _bars if found.is_category else _line
    marks = [draw(plot, source, place, (len(kept), style)) for place, style in enumerate(styles)]
    for drawn, is_shown in zip(marks, shown, strict=True):
        for mark in drawn:
            mark.visible = is_shown
    names = distinct_labels([found.labels[place] for place in kept], _LABEL_CHARACTERS)
    if len(found.labels) > 1:
        add_legend(plot, list(zip(names, marks, strict=True)))
    _add_hover(plot, found, names, marks)
    _dress(plot, found)
    add_note(plot, _note(found, len(kept)) + hidden_note(shown), theme)
    paint(plot, theme)
    return plot


def _most_influenced(found: Dependence) -> list[int]:
    """Return the places of the classes that are drawn, in their order."""
    spreads = np.ptp(found.averages, axis=1)
    return sorted(np.argsort(-spreads, kind="stable")[:MOST_LINES].tolist())


def _columns(found: Dependence, kept: list[int]) -> dict[str, Any]:
    grid = found.grid
    if found.is_category:
        x, values = np.arange(len(grid), dtype="float64"), [shortened(str(name), 60) for name in grid]
    elif np.issubdtype(grid.dtype, np.datetime64):
        x, values = grid.astype("datetime64[ms]"), [str(day) for day in grid.astype("datetime64[D]")]
    else:
        x, values = grid.astype("float64"), [f"{number:,.6g}" for number in grid.astype("float64")]
    return {"x": x, "value": values} | {f"y{place}": found.averages[row] for place, row in enumerate(kept)}


def _x_options(found: Dependence) -> dict[str, Any]:
    if found.is_category:
        return {"x_range": Range1d(start=-0.6, end=len(found.grid) - 0.4), "tools": "box_zoom,reset,save"}
    return {"x_axis_type": "datetime"} if np.issubdtype(found.grid.dtype, np.datetime64) else {}


def _y_range(found: Dependence) -> Range1d | DataRange1d:
    if found.is_probability:
        highest = float(np.nanmax(found.averages))
        return Range1d(start=0, end=1.03 if highest > 0.4 else 1.15 * max(highest, 0.01))  # one of many classes
    return DataRange1d(only_visible=True, start=0) if found.is_category and _is_positive(found) else DataRange1d()


def _is_positive(found: Dependence) -> bool:
    return bool(np.nanmin(found.averages) >= 0)


def _y_label(found: Dependence, unit: str) -> str:
    if found.is_probability:
        return "average probability"
    if len(found.labels) > 1:
        return "average decision value"
    return f"average predicted {labelled(found.labels[0], unit)}"


def _line(plot: figure, source: ColumnDataSource, place: int, look: tuple[int, LineStyle]) -> list[GlyphRenderer[Any]]:
    _, style = look
    line = plot.line("x", f"y{place}", source=source, line_color=style.colour, line_dash=style.dash, line_width=2)
    line.name = f"{_NAME}-line-{place}"
    if len(source.data["x"]) > _MOST_DOTS:
        return [line]
    dots = plot.scatter("x", f"y{place}", source=source, color=style.colour, marker=style.marker, size=6)
    dots.name = f"{_NAME}-points-{place}"
    return [line, dots]


def _bars(plot: figure, source: ColumnDataSource, place: int, look: tuple[int, LineStyle]) -> list[GlyphRenderer[Any]]:
    n_bars, style = look
    width = _BARS_WIDTH / n_bars
    x: Any = dodge("x", (place - (n_bars - 1) / 2) * width)
    if n_bars > MOST_AT_FIRST:  # bars would be thin, and many of one colour
        dots = plot.scatter(x=x, y=f"y{place}", source=source, color=style.colour, marker=style.marker, size=8)
        dots.name = f"{_NAME}-points-{place}"
        return [dots]
    bars = plot.vbar(x=x, top=f"y{place}", bottom=0, width=0.92 * width, source=source, color=style.colour)
    bars.glyph.line_color = None
    bars.name = f"{_NAME}-bars-{place}"
    return [bars]


def _add_hover(plot: figure, found: Dependence, names: list[str], marks: list[list[GlyphRenderer[Any]]]) -> None:
    """Let a tooltip read the averages: of one class where bars are pointed at, else of all that are shown."""
    format_ = "0.0 %" if found.is_probability else "0,0.[0000]"
    for place, (name, drawn) in enumerate(zip(names, marks, strict=True)):
        said = [(shortened(found.feature), "@value"), (name, f"@y{place}{{{format_}}}")]
        plot.add_tools(HoverTool(renderers=[drawn[-1]], tooltips=said, visible=False))


def _dress(plot: figure, found: Dependence) -> None:
    plot.yaxis.formatter = number_formatter()
    if not found.is_category:
        if not np.issubdtype(found.grid.dtype, np.datetime64):
            plot.xaxis.formatter = number_formatter()
        return
    labels = distinct_labels([str(name) for name in found.grid], _LABEL_CHARACTERS)
    plot.xaxis.ticker = FixedTicker(ticks=list(range(len(labels))))
    plot.xaxis.major_label_overrides = dict(enumerate(labels))
    if sum(map(len, labels)) > _MOST_LEVEL:
        plot.xaxis.major_label_orientation = _TURNED
    plot.xgrid.visible = False


def _note(found: Dependence, n_drawn: int) -> str:
    few = f", the {n_drawn} of {len(found.labels):,} classes that change most" if n_drawn < len(found.labels) else ""
    return f"over {found.n_rows:,} rows{few}"
