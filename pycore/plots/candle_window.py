"""Candles over a window of time, the volume and an overview of all of it below."""

from __future__ import annotations

from typing import Any, Final, cast

import numpy as np
from bokeh.layouts import column
from bokeh.models import BasicTicker, ColumnDataSource, CustomJSTickFormatter, DataRange1d, HoverTool
from bokeh.plotting import figure

from pycore.plots.candles import add_candles, add_volume
from pycore.plots.canvas import labelled, shortened
from pycore.plots.theme import Theme, paint
from pycore.plots.window import WindowLink, count_time, dated_figure, overview_figure, subtitle
from pycore.results.series import Calendar, Candles, SeriesWindow

__all__ = ["CandlePlot"]

_COMPACT: Final = "return new Intl.NumberFormat('en', {notation: 'compact', maximumFractionDigits: 2}).format(tick);"
_PRICES: Final = ("open", "high", "low", "close")


class CandlePlot:
    """Candles over a window of time, changed in place when the window, the period or the rows change.

    Parameters
    ----------
    candles : Candles
        Of the window.
    overview : SeriesWindow
        The closing prices of all rows.
    theme : Theme
        Colours.

    Attributes
    ----------
    layout : Column
        The figures named ``time-candles``, ``time-volume`` and ``time-prices``; their sources are called
        ``time-candles-source`` and ``time-prices-source``.
    link : WindowLink
        By which pages ask for another window.
    """

    def __init__(self, candles: Candles, overview: SeriesWindow, theme: Theme) -> None:
        self.link = WindowLink.of("time-candles", candles.window, candles.whole, candles.calendar)
        self._source = ColumnDataSource(name="time-candles-source")
        self._overview_source = ColumnDataSource(data={"x": [], "y": []}, name="time-prices-source")
        self._fill(candles)
        self.figure = dated_figure("time-candles", candles.title, self.link, height=340)
        self._subtitle = subtitle(self.figure, "time-candles-note", theme)
        self.volume = _volume_figure(self.link)
        self.overview = overview_figure("time-prices", self.link, candles.whole, theme)
        self.overview.line("x", "y", source=self._overview_source, line_color=theme.blue, name="time-prices-line")
        self.overview.y_range = DataRange1d(syncable=False)
        add_candles(self.figure, self._source, theme, x="x", width="width")
        add_volume(self.volume, self._source, theme, x="x", width="width")
        self.figure.y_range = DataRange1d(renderers=list(self.figure.renderers), syncable=False)
        self.volume.y_range = DataRange1d(renderers=list(self.volume.renderers), start=0, syncable=False)
        self._hovers = [_hover(self.figure, self._source, "close"), _hover(self.volume, self._source, "volume")]
        for plot in (self.figure, self.volume, self.overview):
            paint(plot, theme)
        self._count(candles.calendar)
        self.begin(candles, overview)
        self.layout = column(self.figure, self.volume, self.overview, sizing_mode="stretch_width", spacing=0)

    def begin(self, candles: Candles, overview: SeriesWindow) -> None:
        """Show other prices; there may be other rows and other dates."""
        calendar, whole, closes = candles.calendar, candles.whole, overview.series[0]
        if calendar is not self.link.calendar:
            self._count(calendar)
        if calendar is not None:
            whole = calendar.span_of_places(whole)
        self.overview.x_range.update(start=whole.start, end=whole.end)
        self._overview_source.data = {"x": closes.x if calendar is None else calendar.places(closes.x), "y": closes.y}
        cast("Any", self.figure.title).text = shortened(candles.title, 90)
        cast("Any", self.figure.yaxis[0]).axis_label = labelled("price", candles.unit)
        cast("Any", self.volume.yaxis[0]).axis_label = labelled("volume", candles.volume_unit)
        self.volume.visible = candles.volume is not None
        self.figure.xaxis.visible = candles.volume is None  # else the volume below has the days
        self.show(candles)

    def show(self, candles: Candles) -> None:
        """Show another window, or another period."""
        self._fill(candles)
        note = "" if candles.period == "row" else f"One candle per {candles.period}."
        if self._subtitle.text != note:
            self._subtitle.text = note
        tooltips = _tooltips(candles)
        if self._hovers[0].tooltips != tooltips:
            for hover in self._hovers:
                hover.tooltips = tooltips

    def _count(self, calendar: Calendar | None) -> None:
        """Let all axes count the days of trading, or time."""
        self.link.calendar = calendar
        count_time([self.figure, self.volume, self.overview], calendar)
        cast("Any", self.overview.xaxis[0]).axis_label = "" if calendar is None else "days of trading"

    def _fill(self, candles: Candles) -> None:
        n_candles = len(candles.x)
        self._source.data = {
            "x": candles.x,
            "begin": candles.begin,
            **{name: getattr(candles, name) for name in _PRICES},
            "volume": np.full(n_candles, np.nan) if candles.volume is None else candles.volume,
            "falling": (candles.close < candles.open).astype("uint8"),
            "width": candles.width,
        }


def _volume_figure(link: WindowLink) -> figure:
    plot = dated_figure("time-volume", "", link, height=130)
    plot.title = None
    plot.toolbar_location = None  # the tools of the candles move it too
    plot.yaxis.formatter = CustomJSTickFormatter(code=_COMPACT)
    plot.yaxis.ticker = BasicTicker(desired_num_ticks=3)
    return plot


def _hover(plot: figure, source: ColumnDataSource, y: str) -> HoverTool:
    """Return a tool that shows the candle that is nearest to the pointer, wherever it is over the plot."""
    hit = plot.line("x", y, source=source, line_alpha=0, name=f"{plot.name}-hover")
    hover = HoverTool(
        renderers=[hit],
        mode="vline",
        line_policy="nearest",
        formatters={"@begin": "datetime", **{f"@{name}": "printf" for name in _PRICES}},
        visible=False,  # always on: its button would only take room
    )
    plot.add_tools(hover)
    return hover


def _tooltips(candles: Candles) -> list[tuple[str, str]]:
    form = "%F %T" if candles.has_times else "%F"
    volume = [("volume", "@volume{0,0}")] if candles.volume is not None else []
    return [
        ("date" if candles.period == "row" else f"{candles.period} from", f"@begin{{{form}}}"),
        *((name, f"@{name}{{%.7g}}") for name in _PRICES),
        *volume,
    ]
