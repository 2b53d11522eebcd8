"""Boxes side by side, with whiskers, means and outliers; others can take their place in the same figure."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, CustomJS, FixedTicker, HoverTool, Range1d
from bokeh.models.annotations import Legend
from bokeh.models.renderers import GlyphRenderer
from bokeh.plotting import figure
from bokeh.transform import linear_cmap

from pycore.plots.canvas import new_figure, shortened
from pycore.plots.labels import distinct_labels
from pycore.plots.palettes import class_styles
from pycore.plots.theme import Theme, paint
from pycore.results.boxes import Boxes

__all__ = ["plot_boxes", "show_boxes"]

_HALF_BOX: Final = 0.32
_HALF_CAP: Final = 0.16
_MOST_LEVEL: Final = 90  # characters of all labels together that stand side by side without being turned
_TURNED: Final = 0.7  # radians
_LABEL_CHARACTERS: Final = 24
_TURNED_CHARACTERS: Final = 16  # a longer first label would be cut on its left
_FURTHEST: Final = 8e307  # the length of an axis has to be a number, too
_PADDING: Final = 0.06  # of the axis, above and below what is drawn
_NUMBERS: Final = ("lower", "q1", "median", "q3", "upper", "mean")

# What is hidden does not count: the boxes fill the figure when the legend hides far outliers.
_FIT: Final = """
const drawn = [...boxes.data.lower, ...boxes.data.upper, ...boxes.data.mean]
if (cb_obj.visible) drawn.push(...outliers.data.y)
const values = drawn.filter(Number.isFinite)
if (values.length) {
  const least = Math.min(...values), most = Math.max(...values)
  const room = (most - least) * padding || Math.abs(most) * padding || 1
  y_range.setv({start: least - room, end: most + room, reset_start: least - room, reset_end: most + room})
}
"""


def plot_boxes(boxes: Boxes, theme: Theme, *, title: str, y_label: str, x_label: str = "") -> figure:
    """Return a figure of boxes, each with its own outliers; the legend hides means and outliers.

    Parameters
    ----------
    boxes : Boxes
        What is drawn.
    theme : Theme
        Colours of the figure.
    title, y_label : str
        What the boxes show.
    x_label : str, default ""
        What boxes stand for: with it each has the colour of its class; without it they are columns, all of one colour.

    Returns
    -------
    figure
        Named ``summary-box``; its sources are ``summary-box-source``, with a row for each box, and
        ``summary-outliers-source``. :func:`show_boxes` changes it.

    Examples
    --------
    >>> import pandas as pd
    >>> from pycore.analysis.boxes import boxes_by_class
    >>> from pycore.analysis.classes import grouped
    >>> from pycore.plots.theme import theme_of
    >>> classes = grouped(pd.Series(list("aaaab"), dtype="category"))
    >>> boxes = boxes_by_class(pd.Series([1.0, 2.0, 3.0, 4.0, 5.0]), classes)
    >>> plot = plot_boxes(boxes, theme_of("light"), title="size by letter", y_label="size", x_label="letter")
    >>> plot.select_one({"name": "summary-box-source"}).data["median"]
    array([2.5, 5. ])
    """
    plot = new_figure(
        "summary-box",
        "",
        x_label=x_label,
        y_label=y_label,
        height=400,
        x_range=Range1d(start=0, end=1),
        y_range=Range1d(start=0, end=1),
        tags=["classes" if x_label else "columns"],
    )
    plot.xaxis.ticker = FixedTicker(ticks=[])
    plot.xgrid.visible = False
    source = ColumnDataSource(_box_columns(boxes, theme, plot), name="summary-box-source")
    outliers = ColumnDataSource(_outlier_columns(boxes), name="summary-outliers-source")
    marks = _draw_boxes(plot, source, theme)
    colours = _colours(boxes, theme, plot) if x_label else [theme.blue]
    marks["outliers"] = _draw_outliers(plot, outliers, colours)
    args = {"boxes": source, "outliers": outliers, "y_range": plot.y_range, "padding": _PADDING}
    marks["outliers"].js_on_change("visible", CustomJS(args=args, code=_FIT))
    _add_legend(plot, marks)
    paint(plot, theme)
    show_boxes(plot, boxes, theme, title=title, y_label=y_label)
    return plot


def show_boxes(plot: figure, boxes: Boxes, theme: Theme, *, title: str, y_label: str) -> None:
    """Let `boxes` take the place of those in `plot`, which :func:`plot_boxes` made; its models stay the same."""
    models: Any = plot  # Bokeh's types do not tell which kind of title, axis and range it has
    models.select_one({"name": "summary-box-source"}).data = _box_columns(boxes, theme, plot)
    models.select_one({"name": "summary-outliers-source"}).data = _outlier_columns(boxes)
    models.title.text = shortened(title, 90)
    models.yaxis.axis_label = shortened(y_label, 60)
    is_level = sum(len(shortened(name, _LABEL_CHARACTERS)) for name in boxes.names) <= _MOST_LEVEL
    labels = distinct_labels(boxes.names, _LABEL_CHARACTERS if is_level else _TURNED_CHARACTERS)
    models.xaxis[0].ticker.ticks = list(range(len(labels)))
    models.xaxis.major_label_overrides = dict(enumerate(labels))
    models.xaxis.major_label_orientation = "horizontal" if is_level else _TURNED
    _fit(plot.x_range, -0.6, len(labels) - 0.4)
    is_shown = models.select_one({"name": "summary-outliers"}).visible
    values = np.concatenate([boxes.lower, boxes.upper, boxes.mean, *([boxes.outliers] if is_shown else [])])
    values = values[np.isfinite(values)]
    least, most = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    room = most * _PADDING - least * _PADDING or abs(most) * _PADDING or 1.0
    _fit(plot.y_range, max(least - room, -_FURTHEST), min(most + room, _FURTHEST))


def _fit(axis_range: Any, start: float, end: float) -> None:
    axis_range.update(start=start, end=end, reset_start=start, reset_end=end)


def _draw_boxes(plot: figure, source: ColumnDataSource, theme: Theme) -> dict[str, GlyphRenderer[Any]]:
    """Draw whiskers, boxes, medians and means; return what the legend names."""
    for start, end in (("q3", "upper"), ("q1", "lower")):
        plot.segment("x", start, "x", end, line_color="colour", line_width=1.5, source=source)
        plot.segment("cap_left", end, "cap_right", end, line_color="colour", line_width=1.5, source=source)
    bars = plot.quad(
        left="left",
        right="right",
        bottom="q1",
        top="q3",
        fill_color="colour",
        fill_alpha=0.4,
        line_color="colour",
        line_width=1.5,
        source=source,
        name="summary-box-boxes",
    )
    _add_box_hover(plot, bars)
    return _draw_middles(plot, source, theme)


def _draw_middles(plot: figure, source: ColumnDataSource, theme: Theme) -> dict[str, GlyphRenderer[Any]]:
    median = plot.segment(
        "left",
        "median",
        "right",
        "median",
        line_color=theme.text,
        line_width=2.5,
        source=source,
        name="summary-medians",
    )
    mean = plot.scatter(
        "x",
        "mean",
        marker="diamond",
        size=10,
        fill_color=theme.background,
        line_color=theme.text,
        line_width=1.5,
        source=source,
        name="summary-means",
    )
    return {"median": median, "mean": mean}


def _add_box_hover(plot: figure, bars: GlyphRenderer[Any]) -> None:
    tooltips = [("", "@name"), ("values", "@count{0,0}"), ("outliers", "@n_outliers{0,0}")]
    words = ("upper whisker", "upper quartile", "median", "lower quartile", "lower whisker", "mean")
    keys = ("upper", "q3", "median", "q1", "lower", "mean")
    tooltips += [(word, f"@said_{key}") for word, key in zip(words, keys, strict=True)]
    plot.add_tools(HoverTool(renderers=[bars], tooltips=tooltips, visible=False))


def _draw_outliers(plot: figure, source: ColumnDataSource, colours: list[str]) -> GlyphRenderer[Any]:
    # Thousands of names of colours would be slow to send; the place of its box gives each outlier its colour.
    colour = linear_cmap("x", colours, -0.5, len(colours) - 0.5)
    points = plot.scatter(
        "x",
        "y",
        size=5,
        fill_color=colour,
        line_color=colour,
        fill_alpha=0.35,
        line_alpha=0.8,
        source=source,
        name="summary-outliers",
    )
    tooltips = [("outlier", "@y{%.6g}")]
    plot.add_tools(HoverTool(renderers=[points], tooltips=tooltips, formatters={"@y": "printf"}, visible=False))
    return points


def _box_columns(boxes: Boxes, theme: Theme, plot: figure) -> dict[str, Any]:
    x = np.arange(len(boxes.names), dtype="float64")
    numbers = {key: getattr(boxes, key) for key in _NUMBERS}
    return {
        "x": x,
        "left": x - _HALF_BOX,
        "right": x + _HALF_BOX,
        "cap_left": x - _HALF_CAP,
        "cap_right": x + _HALF_CAP,
        "name": [shortened(name, 120) for name in boxes.names],
        "colour": _colours(boxes, theme, plot),
        "count": boxes.counts,
        "n_outliers": boxes.n_outliers,
        **numbers,
        **{f"said_{key}": [f"{value:.6g}" for value in values] for key, values in numbers.items()},
    }


def _outlier_columns(boxes: Boxes) -> dict[str, Any]:
    return {"x": boxes.outlier_boxes.astype("float64"), "y": boxes.outliers}


def _colours(boxes: Boxes, theme: Theme, plot: figure) -> list[str]:
    if "columns" in plot.tags:
        return [theme.blue] * len(boxes.names)
    return [style.colour for style in class_styles(boxes.names, theme)]


def _add_legend(plot: figure, marks: dict[str, GlyphRenderer[Any]]) -> None:
    # Above the frame, for inside it would lie on the boxes.
    legend = Legend(items=[(name, [mark]) for name, mark in marks.items()], orientation="horizontal", margin=4)
    legend.click_policy = "hide"
    legend.spacing = 12
    plot.add_layout(legend, "above")
