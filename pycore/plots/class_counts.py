"""How many rows each class has: a pie of up to six, bars of more."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool, NumeralTickFormatter, Range1d
from bokeh.plotting import figure

from pycore.plots.canvas import message_figure, new_figure, shortened
from pycore.plots.labels import distinct_labels, percent
from pycore.plots.palettes import class_styles
from pycore.plots.theme import Theme, paint
from pycore.results.classes import Classes

__all__ = ["MOST_WEDGES", "plot_class_counts"]

MOST_WEDGES: Final = 6
_PIE_PIXELS: Final = (410, 280)  # of the frame: what is round stays round
_RADIUS: Final = 0.75
_HIGHEST: Final = 1.02  # of a label, and the lowest below the middle
_LINE: Final = 0.31  # distance of labels below each other, in units of the radius' axis
_PIE_CHARACTERS: Final = 16
_BAR_CHARACTERS: Final = 28
_LEAST_RULED: Final = 0.02  # share; a line around a smaller wedge would be all that is seen of it
_CROWDED: Final = 0.25  # labels that stand so far from their wedges, in the same units
_BAR_PIXELS: Final = 22
_ROOM_FOR_TEXT: Final = 1.4  # the axis of bars goes so much further than the longest


def plot_class_counts(classes: Classes, target: str, theme: Theme) -> figure:
    """Return a figure of the rows of each class, with number and share written beside it.

    Parameters
    ----------
    classes : Classes
        The class of each row.
    target : str
        Name of the column of the classes.
    theme : Theme
        Colours of the figure.

    Returns
    -------
    figure
        Named ``summary-classes``; its source ``summary-classes-source`` has ``name``, ``count`` and ``share``.

    Examples
    --------
    >>> import pandas as pd
    >>> from pycore.analysis.classes import grouped
    >>> from pycore.plots.theme import theme_of
    >>> plot = plot_class_counts(grouped(pd.Series(list("aab"), dtype="category")), "letter", theme_of("light"))
    >>> plot.select_one({"name": "summary-classes-source"}).data["text"]
    ['2 (66.7 %)', '1 (33.3 %)']
    """
    title = f"Classes of {shortened(target, 40)}"
    if not len(classes.names):
        return message_figure("summary-classes", title, "There is no row, so there is no class.", theme)
    plot = _pie(classes, title, theme) if len(classes.names) <= MOST_WEDGES else _bars(classes, title, target, theme)
    paint(plot, theme)
    if len(classes.names) <= MOST_WEDGES:
        plot.outline_line_color = None
    return plot


def _columns(classes: Classes, most: int, theme: Theme) -> dict[str, Any]:
    shares = classes.counts / classes.counts.sum()
    return {
        "name": [shortened(name, 120) for name in classes.names],
        "label": distinct_labels(classes.names, most),
        "count": classes.counts,
        "share": shares,
        "text": [f"{count:,} ({percent(share)})" for count, share in zip(classes.counts, shares, strict=True)],
        "colour": [style.colour for style in class_styles(classes.names, theme)],
    }


def _hover(rows: Any) -> HoverTool:
    return HoverTool(
        renderers=[rows], tooltips=[("class", "@name"), ("rows", "@count{0,0}"), ("share", "@text")], visible=False
    )


def _pie(classes: Classes, title: str, theme: Theme) -> figure:
    columns = _columns(classes, _PIE_CHARACTERS, theme)
    source = ColumnDataSource(columns | _placed(columns["share"]), name="summary-classes-source")
    width, height = _PIE_PIXELS
    plot = new_figure(
        "summary-classes",
        title,
        width=width + 12,
        height=height + 36,  # the title and the tools
        x_range=Range1d(start=-1.2 * width / height, end=1.2 * width / height),
        y_range=Range1d(start=-1.2, end=1.2),
        frame_width=width,
        frame_height=height,
        sizing_mode="fixed",
        tools="save",
    )
    plot.axis.visible = plot.grid.visible = False
    _draw_pie(plot, source, theme)
    return plot


def _draw_pie(plot: figure, source: ColumnDataSource, theme: Theme) -> None:
    wedges = plot.wedge(
        x=0,
        y=0,
        radius=_RADIUS,
        start_angle="start",
        end_angle="end",
        direction="clock",
        fill_color="colour",
        line_color=theme.background,
        line_width="rule",
        source=source,
        name="summary-classes-wedges",
    )
    plot.multi_line("lead_x", "lead_y", line_color=theme.frame, source=source, name="summary-classes-leads")
    for field, y_offset, weight in (("label", -1, "bold"), ("text", 13, "normal")):
        plot.text(
            "label_x",
            "label_y",
            text=field,
            text_align="align",
            text_baseline="middle",
            text_color=theme.text,
            text_font_size="12px",
            text_font_style=weight,
            y_offset=y_offset - 6,
            source=source,
            name=f"summary-classes-{field}",
        )
    plot.add_tools(_hover(wedges))


def _placed(shares: np.ndarray[Any, Any]) -> dict[str, Any]:
    """Return wedges that begin where their labels have room."""
    wedges = _wedges(shares, begin=np.pi / 2)  # clockwise from the top
    if np.abs(wedges["label_y"] - wedges["rim_y"]).max() > _CROWDED:
        # Labels of small wedges push each other away; beside the pie, not above or below it, they have room.
        largest = int(np.argmax(shares))
        before = shares[:largest].sum() + shares[largest] / 2
        wedges = _wedges(shares, begin=np.pi + 2 * np.pi * before)
    return wedges


def _wedges(shares: np.ndarray[Any, Any], begin: float) -> dict[str, Any]:
    """Return wedges of these shares, clockwise from an angle, with places for labels beside the pie and lines to them.

    No label stands over another.
    """
    ends = begin - 2 * np.pi * np.cumsum(shares)
    starts = np.append(begin, ends[:-1])
    middles = (starts + ends) / 2
    x, y = np.cos(middles), np.sin(middles)
    is_right = x >= -1e-9
    sign = np.where(is_right, 1.0, -1.0)
    label_y = 0.98 * y
    for side in (is_right, ~is_right):
        places = np.flatnonzero(side)[np.argsort(-y[side], kind="stable")]
        label_y[places] = _apart(label_y[places])
    # Where a label had to move, it stands on its line beside the pie and not on the pie.
    edge = np.sqrt(1 - np.clip(np.abs(label_y), 0, 1) ** 2)
    label_x = sign * np.maximum(np.maximum(edge, np.abs(x)) * 0.93, 0.2)
    return {
        "start": starts,
        "end": ends,
        "rim_y": 0.98 * y,
        "rule": np.where((shares > _LEAST_RULED) & (shares < 1), 2.0, 0.0),
        "label_x": label_x,
        "label_y": label_y,
        "align": np.where(is_right, "left", "right").tolist(),
        "lead_x": list(np.stack([_RADIUS * x, label_x - 0.06 * sign], axis=1)),
        "lead_y": list(np.stack([_RADIUS * y, label_y], axis=1)),
    }


def _apart(heights: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return heights, the highest first, moved as little as it takes to be a line apart, and into sight."""
    lines = _LINE * np.arange(len(heights))
    blocks: list[tuple[float, int]] = []  # labels that stand close, by their mean and number
    for height in (heights + lines).tolist():
        mean, count = height, 1
        while blocks and blocks[-1][0] < mean:
            other, n_others = blocks.pop()
            mean, count = (mean * count + other * n_others) / (count + n_others), count + n_others
        blocks.append((mean, count))
    apart = np.repeat([mean for mean, _ in blocks], [count for _, count in blocks]) - lines
    highest = _HIGHEST - lines
    lowest = -_HIGHEST + lines[::-1]
    return np.asarray(np.clip(apart, lowest, highest))


def _bars(classes: Classes, title: str, target: str, theme: Theme) -> figure:
    columns = _columns(classes, _BAR_CHARACTERS, theme)
    n_classes = len(classes.names)
    columns["y"] = np.arange(n_classes)[::-1].astype("float64")  # the first class on top
    source = ColumnDataSource(columns, name="summary-classes-source")
    plot = new_figure(
        "summary-classes",
        title,
        x_label="rows",
        y_label=target,
        height=_BAR_PIXELS * n_classes + 110,
        x_range=Range1d(start=0, end=_ROOM_FOR_TEXT * float(classes.counts.max())),
        y_range=Range1d(start=-0.7, end=n_classes - 0.3),
        tools="save",
    )
    _draw_bars(plot, source, theme)
    plot.yaxis.ticker = columns["y"].tolist()
    plot.yaxis.major_label_overrides = dict(zip(columns["y"].tolist(), columns["label"], strict=True))
    plot.yaxis.major_tick_line_color = None
    plot.xaxis.formatter = NumeralTickFormatter(format="0,0")
    plot.ygrid.visible = False
    return plot


def _draw_bars(plot: figure, source: ColumnDataSource, theme: Theme) -> None:
    bars = plot.hbar(
        y="y",
        right="count",
        left=0,
        height=0.8,
        fill_color="colour",
        line_color=None,
        source=source,
        name="summary-classes-bars",
    )
    plot.text(
        "count",
        "y",
        text="text",
        x_offset=5,
        text_baseline="middle",
        text_color=theme.text,
        text_font_size="11px",
        source=source,
        name="summary-classes-text",
    )
    plot.add_tools(_hover(bars))
