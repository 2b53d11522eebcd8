"""Histograms beside a scatter: what lies along its axes, and which part of it is selected."""

from __future__ import annotations

from typing import Any, Final, Literal

import numpy as np
from bokeh.models import BasicTicker, BoxSelectTool, ColumnDataSource, HoverTool, Range1d, TapTool
from bokeh.plotting import figure

from pycore.plots.axes import number_formatter, show_range
from pycore.plots.canvas import new_figure
from pycore.plots.columns import change_columns
from pycore.plots.theme import Theme, paint
from pycore.results.scatter import Bins

__all__ = ["Marginal"]

_THICKNESS: Final = 110  # pixels
_AIR: Final = 1.05
_TOOLTIPS: Final = [("rows", "@count{0,0}"), ("selected", "@selected{0,0}")]


class Marginal:
    """A histogram along one axis of a scatter; its bars can be selected, by box or by tap.

    Parameters
    ----------
    side : {"x", "y"}
        Above the scatter, or to its right.
    name : str
        Of the figure; the source is called so with ``-source`` behind.
    along : Range1d
        The range that the scatter has on this axis.
    theme : Theme
        Colours.

    Attributes
    ----------
    figure : bokeh.plotting.figure
        The histogram.
    source : ColumnDataSource
        Columns ``left`` and ``right`` (along the axis), ``count`` and ``selected`` (rows).
    """

    def __init__(self, side: Literal["x", "y"], name: str, along: Range1d, theme: Theme) -> None:
        self._side = side
        self._paper = theme.background
        self._across = Range1d(start=0, end=1)
        nothing = np.empty(0)
        columns = dict.fromkeys(("left", "right", "count", "selected"), nothing)
        self.source = ColumnDataSource(data=dict(columns), name=f"{name}-source")
        self.figure = self._new_figure(name, along)
        self._draw_bars("count", theme.frame, 0.45, f"{name}-bars")
        self._draw_bars("selected", theme.blue, 0.9, f"{name}-selected")
        bars: Any = self.figure.renderers[:1]
        across = BoxSelectTool(dimensions="width" if side == "x" else "height", renderers=bars)
        self.figure.add_tools(across, TapTool(renderers=bars), HoverTool(renderers=bars, tooltips=list(_TOOLTIPS)))
        self.figure.toolbar.active_drag = across
        paint(self.figure, theme)

    def show(self, bins: Bins) -> None:
        """Show the bins of other columns; nothing in them is selected."""
        columns = {
            "left": bins.left,
            "right": bins.right,
            "count": bins.counts.astype("float64"),
            "selected": np.zeros(len(bins.counts)),
        }
        change_columns(self.source, columns)
        show_range(self._across, 0, _AIR * max(int(bins.counts.max(initial=0)), 1))

    def mark(self, counts: np.ndarray[Any, Any]) -> None:
        """Show how many rows of each bin are selected."""
        change_columns(self.source, {"selected": counts.astype("float64")})

    def make_room(self, height: int) -> None:
        """Let there be so many pixels for what stands above the bars."""
        self.figure.height = _THICKNESS + height

    def _new_figure(self, name: str, along: Range1d) -> figure:
        upright = self._side == "x"
        size: dict[str, Any] = {} if upright else {"width": _THICKNESS, "sizing_mode": "stretch_height"}
        plot = new_figure(
            name,
            "",
            height=_THICKNESS,
            x_range=along if upright else self._across,
            y_range=self._across if upright else along,
            tools="",
            toolbar_location=None,
            **size,
        )
        plot.title = None
        along_axis, across_axis = (plot.xaxis, plot.yaxis) if upright else (plot.yaxis, plot.xaxis)
        along_axis.visible = False  # the scatter has it
        across_axis.ticker = BasicTicker(desired_num_ticks=2, min_interval=1)
        across_axis.formatter = number_formatter()
        across_axis.minor_tick_line_alpha = 0
        across_axis.axis_label = "rows"
        (plot.xgrid if upright else plot.ygrid).visible = False
        plot.min_border = 4
        plot.min_border_bottom = 8  # for half a figure of the first tick
        return plot

    def _draw_bars(self, column: str, colour: str, alpha: float, name: str) -> None:
        common: dict[str, Any] = {
            "source": self.source,
            "fill_color": colour,
            "fill_alpha": alpha,
            "line_color": self._paper,
            "name": name,
        }
        if self._side == "x":
            drawn = self.figure.quad(left="left", right="right", bottom=0, top=column, **common)
        else:
            drawn = self.figure.quad(bottom="left", top="right", left=0, right=column, **common)
        drawn.selection_glyph = drawn.nonselection_glyph = None  # what is selected has bars of its own
