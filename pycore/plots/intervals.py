"""Figures of a model with their intervals, those of the training rows beside those of the test rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from bokeh.layouts import column
from bokeh.models import CDSView, ColumnDataSource, FixedTicker, HoverTool, IndexFilter, LayoutDOM, Range1d
from bokeh.models.annotations import Span
from bokeh.plotting import figure

from pycore.plots.axes import number_formatter
from pycore.plots.canvas import message_figure, new_figure, shortened
from pycore.plots.labels import rounded
from pycore.plots.legends import Marks, add_legend
from pycore.plots.named_rows import write_beside
from pycore.plots.parts import WORDS
from pycore.plots.theme import Theme, paint
from pycore.results.evaluation import PARTS, Metric, Part

__all__ = ["plot_intervals"]

_NAME: Final = "results-metrics"
_ROOM: Final = (0.05, 0.2)  # of the axis, left of what is drawn and right of it, for the numbers
_BASELINE_PIXELS: Final = 9
_APART: Final = 0.19  # of the two parts from the middle of a row
_ROW_PIXELS: Final = 42
_OTHER_PIXELS: Final = 62  # the axis and its label
_TITLE_PIXELS: Final = 26
_LEFT: Final = 140
_LOOKS: Final = {"train": ("red", "square"), "test": ("blue", "circle")}


def plot_intervals(metrics: Sequence[Metric], *, title: str, theme: Theme) -> LayoutDOM:
    """Return a figure for each unit, with a row for each metric: dots with intervals, and a cross at the baseline.

    Parameters
    ----------
    metrics : sequence of Metric
        In the order in which they are drawn, the first on top.
    title : str
        Names what is seen.
    theme : Theme
        Colours.

    Returns
    -------
    LayoutDOM
        The figures ``results-metrics``, ``results-metrics-2`` … Their source ``results-metrics-source`` has two rows
        for each metric: ``metric``, ``part``, ``value``, ``low``, ``high``, ``baseline``, ``y``, ``text``.

    Examples
    --------
    >>> from pycore.plots.theme import theme_of
    >>> accuracy = Metric(
    ...     name="accuracy",
    ...     values={"train": 1.0, "test": 0.9},
    ...     low={"train": 1.0, "test": 0.8},
    ...     high={"train": 1.0, "test": 1.0},
    ...     greater_is_better=True,
    ... )
    >>> layout = plot_intervals([accuracy], title="iris", theme=theme_of("light"))
    >>> layout.select_one({"name": "results-metrics-source"}).data["text"]
    ['1.00', '0.900']
    """
    if not metrics:
        return message_figure(_NAME, title, "There is no score, for there are no rows to judge by.", theme, height=160)
    groups = _groups(metrics)
    source = ColumnDataSource(_columns(metrics, groups), name=f"{_NAME}-source")
    plots = []
    for number, group in enumerate(groups, 1):
        name = _NAME if number == 1 else f"{_NAME}-{number}"
        plot = _figure((name, title if number == 1 else ""), [metrics[place] for place in group], theme)
        _draw(plot, source, group, theme, has_legend=number == 1)
        plots.append(plot)
    return column(*plots, sizing_mode="stretch_width")


def _groups(metrics: Sequence[Metric]) -> list[list[int]]:
    """Return the places of metrics that can be read on one axis: shares, or those of one unit."""
    groups: dict[str, list[int]] = {}
    for place, metric in enumerate(metrics):
        ends = [*metric.values.values(), *metric.low.values(), *metric.high.values(), *metric.baseline.values()]
        is_share = not metric.unit and all(-1 <= end <= 1 for end in ends if np.isfinite(end))
        groups.setdefault(metric.unit or ("" if is_share else f"of {metric.name} alone"), []).append(place)
    return list(groups.values())


def _columns(metrics: Sequence[Metric], groups: Sequence[Sequence[int]]) -> dict[str, Any]:
    heights = np.empty(len(metrics))
    for group in groups:
        heights[list(group)] = _heights(len(group))
    pairs = [(place, part) for place in range(len(metrics)) for part in PARTS]
    value, low, high, baseline = (
        np.array([getattr(metrics[place], key).get(part, np.nan) for place, part in pairs])
        for key in ("values", "low", "high", "baseline")
    )
    side = np.array([_APART if part == "train" else -_APART for _, part in pairs])
    return {
        "metric": [shortened(metrics[place].name, 60) for place, _ in pairs],
        "part": [WORDS[part] for _, part in pairs],
        "value": value,
        "low": low,
        "high": high,
        "baseline": baseline,
        "end": np.where(np.isfinite(high), np.fmax(high, value), value),
        "y": np.repeat(heights, len(PARTS)) + side,
        "text": [rounded(each) for each in value],
        "baseline_text": [rounded(each) for each in baseline],
        "interval": [f"{rounded(one)} to {rounded(other)}" for one, other in zip(low, high, strict=True)],
    }


def _figure(place: tuple[str, str], metrics: Sequence[Metric], theme: Theme) -> figure:
    name, title = place
    heights = _heights(len(metrics)).tolist()
    start, end = _ends(metrics)
    scale = end - start or abs(end) or 1.0
    plot = new_figure(
        name,
        title,
        x_label=shortened(metrics[0].unit, 40),
        height=_OTHER_PIXELS + _ROW_PIXELS * len(metrics) + (_TITLE_PIXELS if title else 0),
        x_range=Range1d(start=start - _ROOM[0] * scale, end=end + _ROOM[1] * scale),
        y_range=Range1d(start=-0.55, end=len(metrics) - 0.45),
        min_border_left=_LEFT,  # the frames stand one below the other
        tools="save,reset",
        toolbar_location="above" if title else None,
    )
    plot.yaxis.ticker = FixedTicker(ticks=heights)
    plot.yaxis.major_label_overrides = dict(zip(heights, map(_label, metrics), strict=True))
    plot.ygrid.visible = False
    plot.xaxis.formatter = number_formatter()
    paint(plot, theme)
    plot.yaxis.major_tick_line_color = None
    return plot


def _heights(n_metrics: int) -> np.ndarray[Any, Any]:
    return n_metrics - 1 - np.arange(n_metrics, dtype="float64")


def _ends(metrics: Sequence[Metric]) -> tuple[float, float]:
    """Return from where to where the axis goes; an error is compared with none at all."""
    shown = ((each.values, each.low, each.high, {"test": each.baseline.get("test", np.nan)}) for each in metrics)
    values = [end for each in shown for of in each for end in of.values()]
    known = [float(value) for value in values if np.isfinite(value)] or [0.0, 1.0]
    if metrics[0].unit or not all(-1 <= value <= 1 for value in known):
        known.append(0.0)
    return min(known), max(known)


def _label(metric: Metric) -> str:
    return f"{shortened(metric.name, 24)} {'↑' if metric.greater_is_better else '↓'}"


def _draw(plot: figure, source: ColumnDataSource, group: Sequence[int], theme: Theme, *, has_legend: bool) -> None:
    views = {
        part: CDSView(filter=IndexFilter(indices=[len(PARTS) * place + offset for place in group]))
        for offset, part in enumerate(PARTS)
    }
    marks: list[tuple[str, Marks]] = [
        (WORDS[part], _draw_part(plot, source, view, part, theme)) for part, view in views.items()
    ]
    if np.isfinite(source.data["baseline"]).any():
        marks.append(("baseline on the test rows", [_draw_baseline(plot, source, views["test"], theme)]))
    write_beside(plot, source, theme, x="end", text="text", offset=9)
    texts: Any = plot.renderers[-1]
    texts.view = CDSView(filter=IndexFilter(indices=[2 * place + offset for place in group for offset in (0, 1)]))
    plot.add_layout(Span(location=0, dimension="height", line_color=theme.frame, level="underlay"))
    if has_legend:
        add_legend(plot, marks, place="above")
        paint(plot, theme)


def _draw_part(plot: figure, source: ColumnDataSource, view: CDSView, part: Part, theme: Theme) -> list[Any]:
    """Return the lines of the intervals and the dots of one part."""
    colour, marker = getattr(theme, _LOOKS[part][0]), _LOOKS[part][1]
    lines = plot.segment("low", "y", "high", "y", source=source, view=view, line_color=colour, line_width=2)
    dots = plot.scatter("value", "y", source=source, view=view, marker=marker, size=9, color=colour)
    lines.name, dots.name = f"{_NAME}-{part}-intervals", f"{_NAME}-{part}-points"
    said = [("", "@metric"), ("", "@part"), ("value", "@text"), ("95 % interval", "@interval")]
    plot.add_tools(HoverTool(renderers=[dots], tooltips=[*said, ("baseline", "@baseline_text")], visible=False))
    return [lines, dots]


def _draw_baseline(plot: figure, source: ColumnDataSource, view: CDSView, theme: Theme) -> Any:
    """Return crosses at what a model is that does not look at the features."""
    crosses = plot.scatter(
        "baseline",
        "y",
        source=source,
        view=view,
        marker="x",
        size=_BASELINE_PIXELS,
        line_color=theme.text,
        line_width=2,
    )
    crosses.name = f"{_NAME}-baseline"
    said = [("", "@metric"), ("baseline, @part", "@baseline_text")]
    plot.add_tools(HoverTool(renderers=[crosses], tooltips=said, visible=False))
    return crosses
