"""A plot of a window of time, that asks the kernel for what fits the window when its range changes in the browser."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from bokeh.models import (
    ColumnDataSource,
    CustomJS,
    CustomJSTicker,
    CustomJSTickFormatter,
    DatetimeTicker,
    DatetimeTickFormatter,
    Range1d,
    RangeTool,
)
from bokeh.models.annotations import BoxAnnotation, Title
from bokeh.plotting import figure

from pycore.plots.canvas import new_figure
from pycore.plots.theme import Theme
from pycore.results.series import Calendar, Span

__all__ = ["WindowLink", "count_time", "dated_figure", "overview_figure", "subtitle"]

TOOLS = "xpan,xbox_zoom,xwheel_zoom,reset,save"  # the y axis follows what is seen
_LEAST_MS = 1e-3
_LEFT = 80  # papers above each other begin at the same place


@dataclass(eq=False)
class WindowLink:
    """What a page and the kernel say to each other about the window of a plot.

    The range is kept from being sent with each step of a hand, start and end apart: a question holds both, and the
    next one waits for the answer.

    Attributes
    ----------
    x_range : Range1d
        Of the plot.
    asked : ColumnDataSource
        ``start`` and ``end`` of the range, in milliseconds, and ``view``, the page that asks.
    answer : ColumnDataSource
        What is drawn now: ``start``, ``end``, ``view`` (empty: the kernel moved the window by itself), and ``first``
        and ``last``, which no window leaves.
    calendar : Calendar or None
        By which the range counts, and all that stands in the sources; None: milliseconds. The kernel has spans of time.
    """

    x_range: Range1d
    asked: ColumnDataSource
    answer: ColumnDataSource
    calendar: Calendar | None = None

    @classmethod
    def of(cls, name: str, window: Span, whole: Span, calendar: Calendar | None = None) -> WindowLink:
        """Return the link of a plot; its models are called ``{name}-range``, ``{name}-asked``, ``{name}-answer``."""
        if calendar is not None:
            window, whole = calendar.span_of_places(window), calendar.span_of_places(whole)
        x_range = Range1d(
            start=window.start,
            end=window.end,
            reset_start=whole.start,
            reset_end=whole.end,
            bounds=(whole.start, whole.end),
            min_interval=_LEAST_MS,
            name=f"{name}-range",
            syncable=False,
        )
        asked = ColumnDataSource(data={"start": [], "end": [], "view": []}, name=f"{name}-asked")
        answer = ColumnDataSource(data=_said(window, whole, ""), name=f"{name}-answer")
        for model, attribute in ((x_range, "start"), (x_range, "end"), (answer, "data")):
            arguments = {"x_range": x_range, "asked": asked, "answer": answer, "is_answer": model is answer}
            model.js_on_change(attribute, CustomJS(args=arguments, code=_script("window.js")))
        return cls(x_range, asked, answer, calendar)

    def question(self) -> tuple[Span, str] | None:
        """Return the window that a page asks for and the page; None where it is no window."""
        starts, ends, views = (list(self.asked.data[name]) for name in ("start", "end", "view"))
        if len(starts) != 1 or not math.isfinite(starts[0] + ends[0]) or starts[0] >= ends[0]:
            return None
        span = Span(start=float(starts[0]), end=float(ends[0]))
        return span if self.calendar is None else self.calendar.span_of_moments(span), str(views[0])

    def answered(self, window: Span, whole: Span, view: str, setter: Any) -> None:
        """Say what is drawn; a page that asked for it stays where it is, all others move there.

        Parameters
        ----------
        window, whole : Span
            What is drawn, and what no window leaves.
        view : str
            The page that asked; empty: none did.
        setter : object
            The widget of the figure: it must not tell the pages of the range, for one that was asked for a moment ago
            would jump back. The range is changed for pages that are loaded later.
        """
        if self.calendar is not None:
            window, whole = self.calendar.span_of_places(window), self.calendar.span_of_places(whole)
        values = {
            "start": window.start,
            "end": window.end,
            "reset_start": whole.start,
            "reset_end": whole.end,
            "bounds": (whole.start, whole.end),
        }
        for name, value in values.items():
            self.x_range.set_from_json(name, value, setter=setter)
        self.answer.data = _said(window, whole, view)


def _said(window: Span, whole: Span, view: str) -> dict[str, Any]:
    return {"start": [window.start], "end": [window.end], "first": [whole.start], "last": [whole.end], "view": [view]}


@cache
def _script(name: str) -> str:
    return resources.files("pycore.plots").joinpath(name).read_text("utf-8")


def dated_figure(name: str, title: str, link: WindowLink, *, y_label: str = "", height: int = 380) -> figure:
    """Return an empty figure over time that shows the window of `link`; its y axis follows what is seen."""
    plot = new_figure(
        name,
        title,
        y_label=y_label,
        height=height,
        x_range=link.x_range,
        x_axis_type="datetime",
        tools=TOOLS,
        active_drag="xpan",
        window_axis="x",
        min_border_left=_LEFT,
    )
    plot.y_range.syncable = False  # each page finds it by itself
    plot.xaxis.formatter = _dates()
    plot.xaxis.ticker = DatetimeTicker(desired_num_ticks=8)
    return plot


def count_time(plots: Sequence[figure], calendar: Calendar | None) -> None:
    """Let the axes of plots count the days of a calendar, or all time again.

    Their labels are dates in either case.
    """
    days = None if calendar is None else ColumnDataSource(data={"day": calendar.days}, name="time-calendar-source")
    for plot in plots:
        axis: Any = plot.xaxis
        if days is None:
            axis.ticker, axis.formatter = DatetimeTicker(desired_num_ticks=8), _dates()
        else:
            axis.ticker = CustomJSTicker(args={"days": days}, major_code=_script("calendar_ticks.js"))
            axis.formatter = CustomJSTickFormatter(args={"days": days}, code=_script("calendar_labels.js"))


def _dates() -> DatetimeTickFormatter:
    """Return labels that say no more than the ticks need; what they leave out stands below, where it changes."""
    day = "%d %b %Y"
    below = DatetimeTickFormatter(
        microseconds=day, milliseconds=day, seconds=day, minsec=day, minutes=day, hourmin=day, hours=day,
        days="%Y", months="%Y", years="", hide_repeats=True,
    )  # fmt: skip
    return DatetimeTickFormatter(
        microseconds="%S.%fs", milliseconds="%H:%M:%S.%3N", seconds="%H:%M:%S", minsec="%H:%M:%S",
        minutes="%H:%M", hourmin="%H:%M", hours="%H:%M", days="%d %b", months="%b", years="%Y",
        context=below, strip_leading_zeros=False,
    )  # fmt: skip


def overview_figure(name: str, link: WindowLink, whole: Span, theme: Theme) -> figure:
    """Return a low figure of all rows, with a box over the window that can be moved and drawn anew."""
    plot = new_figure(
        name,
        "",
        height=110,
        x_axis_type="datetime",
        x_range=Range1d(start=whole.start, end=whole.end, name=f"{name}-range"),
        tools="",
        toolbar_location=None,
        min_border_left=_LEFT,
    )
    plot.title = None
    plot.y_range.syncable = False
    plot.yaxis.visible = False
    plot.ygrid.visible = False
    plot.xaxis.formatter = _dates()
    box = BoxAnnotation(
        syncable=False, level="overlay", editable=True, propagate_hover=True, use_handles=True,
        left=np.nan, right=np.nan, top=np.nan, bottom=np.nan,
        fill_color=theme.blue, fill_alpha=0.15, line_color=theme.blue, line_alpha=1.0, line_width=1.5,
    )  # fmt: skip
    plot.add_tools(RangeTool(x_range=link.x_range, overlay=box, start_gesture="pan"))
    return plot


def subtitle(plot: figure, name: str, theme: Theme) -> Title:
    """Return a second line of the title, empty at first."""
    line = Title(text="", name=name, text_font_size="12px", text_font_style="normal", text_color=theme.text)
    plot.add_layout(line, "above")
    return line
