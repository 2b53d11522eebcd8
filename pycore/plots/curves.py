"""Curves of classes against the rest, for either part of the rows; what ROC and precision–recall have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from bokeh.layouts import column
from bokeh.models import (
    CDSView,
    ColumnDataSource,
    CustomJS,
    CustomJSHover,
    HoverTool,
    IndexFilter,
    LayoutDOM,
    Range1d,
)
from bokeh.models.annotations import Legend
from bokeh.models.renderers import GlyphRenderer
from bokeh.plotting import figure

from pycore.plots.canvas import message_figure, new_figure, shortened
from pycore.plots.class_lines import MOST_LINES, LineStyle, first_shown, hidden_note, line_styles
from pycore.plots.labels import distinct_labels, rounded
from pycore.plots.legends import add_legend
from pycore.plots.named_rows import add_note
from pycore.plots.parts import part_choice, parts_of
from pycore.plots.theme import Theme, paint
from pycore.plots.thinning import along
from pycore.results.evaluation import Curve, Part

__all__ = ["CurveWords", "plot_curves"]

_HEIGHT: Final = 430
_MOST_WIDTH: Final = 560
_LABEL_CHARACTERS: Final = 18
_MOST_POINTS: Final = 600  # of a curve
_MOST_OF_ALL: Final = 12_000  # a report of many classes stays small
_HIT_PIXELS: Final = 10  # a line is too thin to be pointed at
_SWITCH: Final = """
filters.forEach((filter, place) => { filter.indices = places[cb_obj.active][place]; });
items.forEach((item, place) => { item.label = { value: labels[cb_obj.active][place] }; });
"""
_THRESHOLD: Final = """
const thresholds = source.data.threshold[special_vars.index] ?? [];
const found = thresholds[Math.ceil(special_vars.segment_index / n_drawn)];
if (found === undefined) return "–";
return Number.isFinite(found) ? found.toLocaleString("en", { maximumSignificantDigits: 3 }) : "above all scores";
"""


@dataclass(frozen=True, kw_only=True)
class CurveWords:
    """What is written at the curves, and how they go.

    Attributes
    ----------
    name : str
        Of the figure.
    x_label, y_label : str
        Of its axes.
    area : str
        What the area under a curve is called.
    has_steps : bool
        Whether each height holds from the point before, instead of growing to it along a straight line.
    """

    name: str
    x_label: str
    y_label: str
    area: str
    has_steps: bool = False


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A curve as it is drawn: one for each class, and the average."""

    key: tuple[str, bool]
    label: str
    style: LineStyle
    is_shown: bool


def plot_curves(curves: Sequence[Curve], words: CurveWords, *, title: str, theme: Theme) -> LayoutDOM:
    """Return the curves of one part, and buttons that switch to the other, where there are both.

    Parameters
    ----------
    curves : sequence of Curve
        In the order of the classes; any classes, either part.
    words : CurveWords
        What is written.
    title : str
        Names what is seen.
    theme : Theme
        Colours.

    Returns
    -------
    LayoutDOM
        The buttons ``<name>-part`` above the figure ``<name>``, whose source ``<name>-source`` has a row for each
        curve: ``label``, ``part``, ``area``, ``base``, and the arrays ``x``, ``y`` and ``threshold``.
    """
    if not curves:
        text = "The model gives no scores, or there is no class with rows inside and outside: there is no curve."
        return message_figure(words.name, title, text, theme, height=160)
    parts = parts_of(curves)
    lines = _lines(curves, parts[-1], theme)
    found = {(curve.part, *_key(curve)): curve for curve in curves}
    rows = [found[place] for part in parts for line in lines if (place := (part, *line.key)) in found]
    plot = new_figure(
        words.name,
        title,
        x_label=words.x_label,
        y_label=words.y_label,
        height=_HEIGHT,
        max_width=_MOST_WIDTH,
        x_range=Range1d(start=-0.02, end=1.02),
        y_range=Range1d(start=-0.02, end=1.02),
        tools="box_zoom,reset,save",  # more have no room where two stand beside each other
    )
    source = ColumnDataSource(_columns(rows, words), name=f"{words.name}-source")
    places = [
        [[rows.index(each)] if (each := found.get((part, *line.key))) else [] for line in lines] for part in parts
    ]
    filters = [IndexFilter(indices=indices) for indices in places[-1]]
    marks = [_draw(plot, source, line, filters[place], words) for place, line in enumerate(lines)]
    labels = [[_legend_label(line, found.get((part, *line.key))) for line in lines] for part in parts]
    legend = add_legend(plot, list(zip(labels[-1], marks, strict=True)))
    _add_hover(plot, source, [drawn[-1] for drawn in marks], words)
    add_note(plot, _note(curves, lines, words), theme)
    paint(plot, theme)
    if len(parts) == 1:
        return column(plot, sizing_mode="stretch_width")
    return _switched(plot, legend, parts, {"filters": filters, "places": places, "labels": labels})


def _switched(plot: figure, legend: Legend, parts: Sequence[Part], args: dict[str, Any]) -> LayoutDOM:
    switch = part_choice(parts, name=f"{plot.name}-part")
    switch.js_on_change("active", CustomJS(args=args | {"items": legend.items}, code=_SWITCH))
    return column(switch, plot, sizing_mode="stretch_width")


def _key(curve: Curve) -> tuple[str, bool]:
    """Return what a curve is of: a class may have the name of the average."""
    return curve.label, curve.thresholds is None


def _lines(curves: Sequence[Curve], part: Part, theme: Theme) -> list[_Line]:
    """Return what is drawn: of more classes than are told apart those with the least area, and the average."""
    areas = dict.fromkeys(map(_key, curves), np.inf) | {
        _key(curve): curve.area for curve in curves if curve.part == part
    }
    classes = [key for key in areas if not key[1]]
    worst = set(sorted(classes, key=lambda key: areas[key])[:MOST_LINES])
    classes = [key for key in classes if key in worst]
    shown = first_shown([areas[key] for key in classes])
    labels = distinct_labels([label for label, _ in classes], _LABEL_CHARACTERS)
    styles = line_styles(len(classes), theme)
    lines = [
        _Line(key=key, label=label, style=style, is_shown=is_shown)
        for key, label, style, is_shown in zip(classes, labels, styles, shown, strict=True)
    ]
    average = LineStyle(colour=theme.text, dash="solid", marker="circle", width=3.0)
    return lines + [_Line(key=key, label=shortened(key[0]), style=average, is_shown=True) for key in areas if key[1]]


def _columns(rows: Sequence[Curve], words: CurveWords) -> dict[str, Any]:
    most = min(_MOST_POINTS, _MOST_OF_ALL // len(rows))
    kept = [along(curve.x, curve.y, most) for curve in rows]
    columns: dict[str, Any] = {
        "label": [shortened(curve.label, 60) for curve in rows],
        "part": [curve.part for curve in rows],
        "area": np.array([curve.area for curve in rows]),
        "base": np.array([curve.base for curve in rows]),
        "x": [curve.x[places] for curve, places in zip(rows, kept, strict=True)],
        "y": [curve.y[places] for curve, places in zip(rows, kept, strict=True)],
        "threshold": [_thresholds(curve, places) for curve, places in zip(rows, kept, strict=True)],
    }
    if words.has_steps:  # each value holds from the point before
        columns["step_x"] = [np.repeat(x, 2)[:-1].astype("float32") for x in columns["x"]]
        columns["step_y"] = [np.repeat(y, 2)[1:].astype("float32") for y in columns["y"]]
    return columns


def _thresholds(curve: Curve, places: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if curve.thresholds is None:
        return np.empty(0)
    kept: np.ndarray[Any, Any] = curve.thresholds[places]
    return kept


def _draw(
    plot: figure, source: ColumnDataSource, line: _Line, rows: IndexFilter, words: CurveWords
) -> list[GlyphRenderer[Any]]:
    """Return what is drawn of a class, and last what is pointed at."""
    style, view = line.style, CDSView(filter=rows)
    look: dict[str, Any] = {"source": source, "view": view, "line_color": style.colour, "visible": line.is_shown}
    drawn: list[GlyphRenderer[Any]] = []
    if words.has_steps:
        level: dict[str, Any] = {"line_width": 1, "line_alpha": 0.6, "line_dash": "dotted"}
        drawn.append(plot.segment(x0=0, x1=1, y0="base", y1="base", name=f"{words.name}-base", **look, **level))
    x, y = ("step_x", "step_y") if words.has_steps else ("x", "y")
    drawn.append(plot.multi_line(x, y, line_width=style.width, line_dash=style.dash, name=f"{words.name}-line", **look))
    hit = plot.multi_line(x, y, line_width=_HIT_PIXELS, line_alpha=0, name=f"{words.name}-hit", **look)
    return [*drawn, hit]


def _legend_label(line: _Line, curve: Curve | None) -> str:
    return f"{line.label}: {rounded(curve.area) if curve is not None else 'no curve'}"


def _add_hover(plot: figure, source: ColumnDataSource, hits: Sequence[GlyphRenderer[Any]], words: CurveWords) -> None:
    threshold = CustomJSHover(args={"source": source, "n_drawn": 2 if words.has_steps else 1}, code=_THRESHOLD)
    plot.add_tools(
        HoverTool(
            renderers=list(hits),
            line_policy="nearest",
            tooltips=[
                ("", "@label"),
                (words.x_label, "$snap_x{0.000}"),
                (words.y_label, "$snap_y{0.000}"),
                ("threshold", "$index{custom}"),
                (words.area, "@area{0.000}"),
            ],
            formatters={"$index": threshold},
        )
    )


def _note(curves: Sequence[Curve], lines: Sequence[_Line], words: CurveWords) -> str:
    n_classes = len({_key(curve) for curve in curves if curve.thresholds is not None})
    shown = [line.is_shown for line in lines if not line.key[1]]
    few = f" of the {len(shown)} of {n_classes:,} classes that have the least" if len(shown) < n_classes else ""
    return f"legend: {words.area}{few}" + hidden_note(shown)
