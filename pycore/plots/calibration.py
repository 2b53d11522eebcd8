"""Whether probabilities are what they say: how many of the rows that were given a class with so much are of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from bokeh.layouts import column
from bokeh.models import (
    BasicTicker,
    CDSView,
    ColumnDataSource,
    CustomJS,
    DataRange1d,
    GroupFilter,
    HoverTool,
    LayoutDOM,
    NumeralTickFormatter,
    Range1d,
)
from bokeh.models.annotations import Slope
from bokeh.models.renderers import GlyphRenderer
from bokeh.plotting import figure

from pycore.plots.canvas import message_figure, new_figure, shortened
from pycore.plots.class_lines import MOST_LINES, LineStyle, first_shown, hidden_note, line_styles
from pycore.plots.labels import distinct_labels, rounded
from pycore.plots.legends import add_legend
from pycore.plots.named_rows import add_note
from pycore.plots.parts import part_choice, parts_of
from pycore.plots.theme import Theme, paint
from pycore.results.evaluation import Calibration, Part

__all__ = ["plot_calibration"]

_NAME: Final = "results-calibration"
_HEIGHT: Final = 400
_ROWS_HEIGHT: Final = 150
_MOST_WIDTH: Final = 560
_LEFT: Final = 70  # pixels: the frames stand one below the other
_LABEL_CHARACTERS: Final = 18
_NOTHING: Final = "The model gives no probabilities, so there is nothing that could be too sure."
_SWITCH: Final = """
filters.forEach((filter, place) => { filter.group = n_lines * cb_obj.active + place; });
items.forEach((item, place) => { item.label = { value: labels[cb_obj.active][place] }; });
"""


def plot_calibration(found: Sequence[Calibration], *, title: str, theme: Theme) -> LayoutDOM:
    """Return how often each class came true by its probability, with the rows of each bin below.

    Parameters
    ----------
    found : sequence of Calibration
        In the order of the classes; any classes, either part.
    title : str
        Names what is seen.
    theme : Theme
        Colours.

    Returns
    -------
    LayoutDOM
        The buttons ``results-calibration-part``, where there are both parts, the figure ``results-calibration`` and the
        figure ``results-calibration-rows``. Their source ``results-calibration-source`` has a row for each bin:
        ``predicted``, ``observed``, ``low`` and ``high`` (its interval, where there is one), ``n_rows``, ``label``,
        ``part``, ``curve`` (number of the line), and ``next_predicted``, ``next_observed``: the end of the line to the
        next bin.

    Examples
    --------
    >>> from pycore.plots.theme import theme_of
    >>> found = Calibration(
    ...     part="test",
    ...     label="yes",
    ...     predicted=np.array([0.1, 0.8]),
    ...     observed=np.array([0.0, 0.9]),
    ...     n_rows=np.array([30, 10]),
    ...     brier=0.08,
    ... )
    >>> layout = plot_calibration([found], title="titanic", theme=theme_of("light"))
    >>> layout.select_one({"name": "results-calibration-source"}).data["next_observed"]
    array([0.9, nan])
    """
    if not found:
        return message_figure(_NAME, title, _NOTHING, theme, height=160)
    parts = parts_of(found)
    labels = _worst(found, parts[-1])
    by_place = {(each.part, each.label): each for each in found}
    source = ColumnDataSource(_columns(by_place, parts, labels), name=f"{_NAME}-source")
    filters = [GroupFilter(column_name="curve", group=_number(parts, labels, place)) for place in range(len(labels))]
    plots = _figures(title)
    ranks = [-_brier(by_place.get((parts[-1], label))) for label in labels]
    shown = first_shown(ranks)
    marks = [
        _draw(plots, source, CDSView(filter=filters[place]), style)
        for place, style in enumerate(line_styles(len(labels), theme))
    ]
    for mark in (mark for place, drawn in enumerate(marks) if not shown[place] for mark in drawn):
        mark.visible = False
    words = [_legend_labels(by_place, part, labels) for part in parts]
    legend = add_legend(plots[1], list(zip(words[-1], marks, strict=True)))
    note = "legend: Brier score" + (f", the {len(labels)} worst classes" if len(labels) < _n_labels(found) else "")
    add_note(plots[0], note + hidden_note(shown), theme)
    plots[0].add_layout(Slope(gradient=1, y_intercept=0, line_color=theme.frame, line_dash="dashed", level="underlay"))
    for plot in plots:
        paint(plot, theme)
    if len(parts) == 1:
        return column(*plots, sizing_mode="stretch_width")
    switch = part_choice(parts, name=f"{_NAME}-part")
    args = {"filters": filters, "n_lines": len(labels), "items": legend.items, "labels": words}
    switch.js_on_change("active", CustomJS(args=args, code=_SWITCH))
    return column(switch, *plots, sizing_mode="stretch_width")


def _number(parts: Sequence[Part], labels: Sequence[str], place: int) -> int:
    return len(labels) * (len(parts) - 1) + place


def _n_labels(found: Sequence[Calibration]) -> int:
    return len({each.label for each in found})


def _brier(found: Calibration | None) -> float:
    return found.brier if found is not None else -np.inf


def _worst(found: Sequence[Calibration], part: Part) -> list[str]:
    """Return the classes, of more than can be told apart those with the greatest Brier scores, in their order."""
    scores = {each.label: -np.inf for each in found} | {each.label: each.brier for each in found if each.part == part}
    worst = set(sorted(scores, key=lambda label: -scores[label])[:MOST_LINES])
    return [label for label in scores if label in worst]


def _legend_labels(found: dict[tuple[Part, str], Calibration], part: Part, labels: Sequence[str]) -> list[str]:
    short = distinct_labels(labels, _LABEL_CHARACTERS)
    scores = [found[part, label].brier if (part, label) in found else np.nan for label in labels]
    return [f"{name}: {rounded(score)}" for name, score in zip(short, scores, strict=True)]


def _columns(
    found: dict[tuple[Part, str], Calibration], parts: Sequence[Part], labels: Sequence[str]
) -> dict[str, Any]:
    """Return a row for each bin of each curve."""
    numbers = {
        (part, label): len(labels) * p + place for p, part in enumerate(parts) for place, label in enumerate(labels)
    }
    drawn = [(number, found[key]) for key, number in numbers.items() if key in found]
    sizes = [len(each.predicted) for _, each in drawn]
    return {
        "predicted": np.concatenate([each.predicted for _, each in drawn]),
        "observed": np.concatenate([each.observed for _, each in drawn]),
        "next_predicted": np.concatenate([_following(each.predicted) for _, each in drawn]),
        "next_observed": np.concatenate([_following(each.observed) for _, each in drawn]),
        "low": np.concatenate([_ends(each)[0] for _, each in drawn]),
        "high": np.concatenate([_ends(each)[1] for _, each in drawn]),
        "n_rows": np.concatenate([each.n_rows for _, each in drawn]).astype("float64"),
        "curve": np.repeat([number for number, _ in drawn], sizes).astype("int32"),
        "label": [shortened(each.label, 60) for _, each in drawn for _ in each.predicted],
        "part": [each.part for _, each in drawn for _ in each.predicted],
    }


def _ends(found: Calibration) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the ends of the intervals, where there are such."""
    if found.low is None or found.high is None:
        return found.observed, found.observed
    return found.low, found.high


def _following(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.append(values[1:], np.nan)[: len(values)]


def _figures(title: str) -> tuple[figure, figure]:
    """Return empty figures: of shares, and of rows below it."""
    x_range = Range1d(start=-0.02, end=1.02)
    shares = new_figure(
        _NAME,
        title,
        y_label="share of rows of the class",
        height=_HEIGHT,
        max_width=_MOST_WIDTH,
        x_range=x_range,
        y_range=Range1d(start=-0.02, end=1.02),
        min_border_left=_LEFT,
    )
    rows = new_figure(
        f"{_NAME}-rows",
        "",
        x_label="mean probability of the class",
        y_label="rows",
        height=_ROWS_HEIGHT,
        max_width=_MOST_WIDTH,
        x_range=x_range,
        y_range=DataRange1d(start=0, only_visible=True),
        min_border_left=_LEFT,
        toolbar_location=None,
    )
    rows.yaxis.formatter = NumeralTickFormatter(format="0,0")
    rows.yaxis.ticker = BasicTicker(desired_num_ticks=3)
    return shares, rows


def _draw(
    plots: tuple[figure, figure], source: ColumnDataSource, view: CDSView, style: LineStyle
) -> list[GlyphRenderer[Any]]:
    """Return the points of a class, the lines between them, and its rows in the figure below."""
    shares, rows = plots
    look: dict[str, Any] = {"source": source, "view": view, "line_color": style.colour}
    lines = shares.segment(
        "predicted", "observed", "next_predicted", "next_observed", line_width=2, line_dash=style.dash, **look
    )
    spans = shares.segment("predicted", "low", "predicted", "high", line_width=1, line_alpha=0.7, **look)
    points = shares.scatter("predicted", "observed", size=8, marker=style.marker, fill_color=style.colour, **look)
    bars = rows.segment("predicted", 0, "predicted", "n_rows", line_width=3, **look)
    tops = rows.scatter("predicted", "n_rows", size=6, marker=style.marker, fill_color=style.colour, **look)
    said = [
        ("", "@label"),
        ("mean probability", "@predicted{0.000}"),
        ("share of the class", "@observed{0.000}"),
        ("95 % interval", "@low{0.000} to @high{0.000}"),
        ("rows", "@n_rows{0,0}"),
    ]
    for plot, dots in ((shares, points), (rows, tops)):
        plot.add_tools(HoverTool(renderers=[dots], tooltips=said, visible=False))
    for mark, name in ((lines, "lines"), (spans, "intervals"), (points, "points"), (bars, "bars"), (tops, "tops")):
        mark.name = f"{_NAME}-{name}"
    return [lines, spans, points, bars, tops]
