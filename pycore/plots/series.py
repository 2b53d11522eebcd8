"""Lines of several series over a window of time, an overview of all of it below."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any, Final, cast

import numpy as np
from bokeh.layouts import column
from bokeh.models import (
    CDSView,
    ColumnDataSource,
    CrosshairTool,
    CustomJS,
    CustomJSFilter,
    CustomJSHover,
    CustomJSTransform,
    DataRange1d,
    HoverTool,
)
from bokeh.models.annotations import Legend, LegendItem
from bokeh.plotting import figure
from bokeh.transform import transform

from pycore.plots.canvas import labelled, shortened
from pycore.plots.controls import choice
from pycore.plots.palettes import class_styles
from pycore.plots.theme import Theme, paint
from pycore.plots.window import WindowLink, dated_figure, overview_figure, subtitle
from pycore.results.series import Series, SeriesWindow

__all__ = ["MOST_SERIES", "SCALES", "SeriesPlot"]

MOST_SERIES: Final = 8  # no more are told apart
SCALES: Final = ("as they are", "each from 0 to 1", "change in %")
_DASHES: Final = ("solid", "dashed", "dotted", "dashdot", "solid", "dashed", "dotted", "dashdot")
_MOST_UNLIKE: Final = 30.0  # how much wider than another a series may be, on one axis
_MOST_DOTS: Final = 60  # a series of no more points shows each of them

# Values that have no neighbour are in no line, and a few values are easier to point at.
DOTS: Final = """
const { x, y } = source.data;
const is_there = (i) => i >= 0 && i < y.length && isFinite(y[i]);
const found = [];
for (let i = 0; i < y.length; i++)
  if (is_there(i) && (y.length <= most || !(is_there(i - 1) || is_there(i + 1)))) found.push(i);
return found;
"""
SCALED: Final = """
const slope = scales.data.slope[3 * place + choice.active];
const offset = scales.data.offset[3 * place + choice.active];
if (slope === 1 && offset === 0) return xs;
return Float64Array.from(xs, (value) => slope * value + offset);
"""
RESCALE: Final = """
for (const transform of transforms) transform.change.emit();
axis.axis_label = words.data.label[cb_obj.active];
"""
# Changes are counted from what is seen, so the overview has to be drawn anew when that moves; other scales stay.
REBASE: Final = """
if (choice.active === 2) for (const transform of transforms) transform.change.emit();
"""


class SeriesPlot:
    """Lines over a window of time, changed in place when the window or the series change.

    Parameters
    ----------
    shown, overview : SeriesWindow
        The points of the window, and of all rows.
    theme : Theme
        Colours.

    Attributes
    ----------
    layout : Column
        The choice of scales, the figures named ``time-lines`` and ``time-overview``. The sources are called
        ``time-line-0-source`` and so on, those of the overview ``time-overview-0-source``.
    link : WindowLink
        By which pages ask for another window.
    """

    def __init__(self, shown: SeriesWindow, overview: SeriesWindow, theme: Theme) -> None:
        self.theme = theme
        self.link = WindowLink.of("time-lines", shown.window, shown.whole)
        self._choice = choice("Scale", SCALES, _fitting(shown.series), name="time-scale")
        self._scales = ColumnDataSource(data={"slope": [], "offset": []}, name="time-scales-source")
        self._words = ColumnDataSource(data={"label": [], "has_times": []}, name="time-words-source")
        self._sources = _sources("time-line")
        self._overview_sources = _sources("time-overview")
        self.figure = dated_figure("time-lines", shown.title, self.link)
        self._subtitle = subtitle(self.figure, "time-lines-note", theme)
        self.overview = overview_figure("time-overview", self.link, shown.whole, theme)
        transforms = [self._transform(place) for place in range(MOST_SERIES)]
        self._lines = [
            [
                *_draw(self.figure, source, transforms[place], place, theme),
                *_draw(self.overview, below, transforms[place], place, theme),
            ]
            for place, (source, below) in enumerate(zip(self._sources, self._overview_sources, strict=True))
        ]
        for plot in (self.figure, self.overview):
            plot.y_range = DataRange1d(renderers=list(plot.renderers), only_visible=True, syncable=False)
        self._legend = _add_legend(self.figure)
        self._hit, self._hover = self._add_hover()
        rescaled = {"transforms": transforms, "axis": self.figure.yaxis[0], "words": self._words}
        self._choice.js_on_change("active", CustomJS(args=rescaled, code=RESCALE))
        rebased = {"transforms": transforms, "choice": self._choice}
        self._scales.js_on_change("data", CustomJS(args=rebased, code=REBASE))
        paint(self.figure, theme)
        paint(self.overview, theme)
        self.begin(shown, overview)
        self.layout = column(self._choice, self.figure, self.overview, sizing_mode="stretch_width", spacing=2)

    def begin(self, shown: SeriesWindow, overview: SeriesWindow) -> None:
        """Show other series; there may be other rows and other dates."""
        whole = shown.whole
        self.overview.x_range.update(start=whole.start, end=whole.end)
        self._hit.data = {"x": np.array([whole.start, whole.end]), "y": np.zeros(2)}
        labels = [_y_label(shown.series), "share of its range, 0 to 1", "change since the first value in view (%)"]
        self._words.data = {"label": labels, "has_times": [shown.has_times] * len(labels)}
        cast("Any", self.figure.yaxis[0]).axis_label = labels[self._choice.active or 0]
        cast("Any", self.figure.title).text = shortened(shown.title, 90)
        names = _labels(shown.series)
        for place, renderers in enumerate(self._lines):
            for renderer in renderers:
                renderer.visible = place < len(names)
        self._legend.items = [
            LegendItem(label={"value": name}, renderers=self._lines[place]) for place, name in enumerate(names)
        ]
        self._hover.tooltips = [
            ("date", "$x{date}"),
            *((name, f"$x{{{place}}}") for place, name in enumerate(names)),
        ]
        _fill(self._overview_sources, overview.series)
        self.show(shown)

    def show(self, shown: SeriesWindow) -> None:
        """Show another window of the same series."""
        scales = _scales(shown.series)
        if not all(np.array_equal(new, self._scales.data[name], equal_nan=True) for name, new in scales.items()):
            self._scales.data = {**scales}
        _fill(self._sources, shown.series)
        note = _note(shown)
        if self._subtitle.text != note:
            self._subtitle.text = note

    def _transform(self, place: int) -> CustomJSTransform:
        return CustomJSTransform(args={"choice": self._choice, "scales": self._scales, "place": place}, v_func=SCALED)

    def _add_hover(self) -> tuple[ColumnDataSource, HoverTool]:
        """Show the date and all values beside the pointer, wherever it is over the plot."""
        source = ColumnDataSource(data={"x": [], "y": []}, name="time-lines-hit")
        hit = self.figure.line("x", "y", source=source, line_alpha=0, name="time-lines-hover")
        arguments = {
            "sources": self._sources,
            "x_range": self.link.x_range,
            "plot": self.figure,
            "words": self._words,
        }
        hover = HoverTool(
            renderers=[hit],
            mode="vline",
            line_policy="none",
            formatters={"$x": CustomJSHover(args=arguments, code=_nearest())},
            visible=False,  # always on: its button would only take room
        )
        self.figure.add_tools(hover, CrosshairTool(dimensions="height", line_color=self.theme.frame, visible=False))
        return source, hover


def _sources(name: str) -> list[ColumnDataSource]:
    nothing = {"x": np.empty(0), "y": np.empty(0)}
    return [ColumnDataSource(data=nothing, name=f"{name}-{place}-source") for place in range(MOST_SERIES)]


def _fill(sources: Sequence[ColumnDataSource], series: Sequence[Series]) -> None:
    for source, points in zip(sources, series, strict=False):
        source.data = {"x": points.x, "y": points.y}
    for source in sources[len(series) :]:
        if len(source.data["x"]):
            source.data = {"x": np.empty(0), "y": np.empty(0)}


def _draw(plot: figure, source: ColumnDataSource, scale: CustomJSTransform, place: int, theme: Theme) -> list[Any]:
    """Return the line of a series, and the dots where there is no line or few values."""
    style = class_styles(tuple("" for _ in range(MOST_SERIES)), theme)[place]
    name = f"{plot.name}-{place}"
    y: Any = transform("y", scale)
    line = plot.line(
        "x", y, source=source, line_color=style.colour, line_dash=_DASHES[place], line_width=1.5, name=name
    )
    dots = plot.scatter(
        "x",
        y,
        source=source,
        view=CDSView(filter=CustomJSFilter(args={"most": _MOST_DOTS}, code=DOTS)),
        color=style.colour,
        marker=style.marker,
        size=6 if plot.name == "time-lines" else 3,
        name=f"{name}-dots",
    )
    return [line, dots]


def _add_legend(plot: figure) -> Legend:
    # Above the frame, for inside it would lie on the lines.
    legend = Legend(orientation="horizontal", location="left", margin=4, ncols=4, click_policy="hide", spacing=12)
    legend.name = "time-lines-legend"
    plot.add_layout(legend, "above")
    return legend


def _scales(series: Sequence[Series]) -> dict[str, np.ndarray[Any, Any]]:
    """Return by what values are multiplied and what is added then; of each series for each of `SCALES`."""
    slopes, offsets = [], []
    for each in series:
        width = each.greatest - each.least
        share = 1 / width if width > 0 else 0.0
        low = -each.least * share if width > 0 else 0.5
        change = 100 / abs(each.base)
        slopes += [1.0, share, change]
        offsets += [0.0, low, -change * each.base]
    return {"slope": np.array(slopes), "offset": np.array(offsets)}


def _fitting(series: Sequence[Series]) -> int:
    """Return the place of the scale to begin with: the second one, if a series would be a flat line beside another."""
    widths = [each.greatest - each.least for each in series if each.greatest > each.least]
    return int(len(widths) > 1 and max(widths) > _MOST_UNLIKE * min(widths))


def _y_label(series: Sequence[Series]) -> str:
    if len(series) == 1:
        return labelled(series[0].name, series[0].unit)
    units = {each.unit for each in series}
    return f"value ({units.pop()})" if len(units) == 1 and "" not in units else "value"


def _note(shown: SeriesWindow) -> str:
    """Return what the second line of the title says: how many rows are seen, and that not all have a point."""
    n_points = max(len(each.x) for each in shown.series)
    if n_points >= shown.n_rows:
        return ""
    rows = round(shown.n_rows, 2 - len(str(shown.n_rows)))
    return f"About {rows:,} rows are in view; each line is drawn by the {n_points:,} points that show its shape."


def _labels(series: Sequence[Series]) -> list[str]:
    """Return what the legend says of each series, with a number behind what would be the same."""
    labels = [labelled(each.name, each.unit) for each in series]
    return [label if labels.count(label) == 1 else f"{label} ({place + 1})" for place, label in enumerate(labels)]


@cache
def _nearest() -> str:
    return resources.files("pycore.plots").joinpath("nearest.js").read_text("utf-8")
