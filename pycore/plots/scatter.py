"""Rows as points, told apart by colours, markers and sizes; the same figure for any columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from bokeh.core.properties import value
from bokeh.layouts import column
from bokeh.models import (
    BoxSelectTool,
    CDSView,
    ColumnDataSource,
    CustomJS,
    GroupFilter,
    HoverTool,
    LassoSelectTool,
    LayoutDOM,
    LinearColorMapper,
    Range1d,
)
from bokeh.models.annotations import ColorBar, Legend, LegendItem, Title
from bokeh.models.plots import GridPlot
from bokeh.models.renderers import GlyphRenderer

from pycore.plots.axes import AnyAxis, Reading, show_range, value_formatters, value_tickers
from pycore.plots.canvas import labelled, new_figure, shortened
from pycore.plots.columns import change_columns
from pycore.plots.controls import slider
from pycore.plots.marginals import Marginal
from pycore.plots.palettes import SEQUENTIAL, class_styles
from pycore.plots.theme import Theme, paint
from pycore.results.classes import Classes
from pycore.results.scatter import AxisKind, Quantity, Scatter

__all__ = ["ScatterPlot", "plot_scatter"]

_HEIGHT: Final = 470
_FRAME: Final = 350
_LEGEND_ROW: Final = 26
_CLASS_ROW: Final = 18
_TITLE: Final = 24
_NOTE: Final = 15
_LEGEND_WIDTH: Final = 760
_SIZE: Final = 9
_MOST_CHARACTERS: Final = 20
_TOOLS: Final = "box_select,lasso_select,tap,pan,box_zoom,wheel_zoom,reset,save"
_ALPHA: Final = 0.6
_COLUMNS: Final[Any] = ["minmax(0, 1fr)", "max-content"]  # of the grid: the scatter has all room that is left
_OPACITY: Final = """
for (const { glyph, selection_glyph } of plot.renderers) {
  glyph.setv({ fill_alpha: cb_obj.value, line_alpha: cb_obj.value });
  selection_glyph.setv({ fill_alpha: cb_obj.value, line_alpha: cb_obj.value });
}
"""


def plot_scatter(scatter: Scatter, *, theme: Theme, name: str = "scatter") -> LayoutDOM:
    """Return a scatter with its histograms; :class:`ScatterPlot` shows other columns in the same figures."""
    plot = ScatterPlot(name, theme)
    plot.show(scatter)
    return plot.layout


class ScatterPlot:
    """A scatter with a histogram along each axis, and a control of how much shines through.

    Parameters
    ----------
    name : str
        What the names of its figures and sources begin with: ``<name>-scatter``, ``<name>-source``,
        ``<name>-x-histogram``, ``<name>-y-histogram``, ``<name>-opacity``.
    theme : Theme
        Colours.

    Attributes
    ----------
    figure : bokeh.plotting.figure
        The scatter.
    source : ColumnDataSource
        A row for each row: ``x`` and ``y`` (NaN: not drawn), ``size`` (pixels), ``class`` (place of its class),
        ``quantity`` (what is coloured by a scale) and ``measure`` (what the size says).
    margins : dict of str to Marginal
        The histograms, ``"x"`` and ``"y"``.
    layout : LayoutDOM
        All of it.
    """

    def __init__(self, name: str, theme: Theme) -> None:
        self._theme = theme
        self._opacity = slider("Opacity", _ALPHA, (0.05, 1, 0.05), name=f"{name}-opacity")
        nothing = np.empty(0)
        columns = ("x", "y", "size", "class", "quantity", "measure")
        self.source = ColumnDataSource(data=dict.fromkeys(columns, nothing), name=f"{name}-source")
        self._ranges = {"x": Range1d(), "y": Range1d()}
        self.figure = new_figure(
            f"{name}-scatter",
            "",
            height=_HEIGHT,
            x_range=self._ranges["x"],
            y_range=self._ranges["y"],
            tools=_TOOLS,
        )
        self._notes = Title(text="", text_font_size="12px", text_font_style="normal", text_color=theme.text)
        self._axes = {"x": AnyAxis(self.figure.xaxis, slants=True), "y": AnyAxis(self.figure.yaxis)}
        self.margins = {
            "x": Marginal("x", f"{name}-x-histogram", self._ranges["x"], theme),
            "y": Marginal("y", f"{name}-y-histogram", self._ranges["y"], theme),
        }
        self._classes: list[GlyphRenderer[Any]] = []
        self._items: list[LegendItem] = []
        self._legend = Legend(
            items=[], orientation="horizontal", click_policy="hide", location="center", margin=4, spacing=12
        )
        self._legend.update(spacing=6, padding=6)
        self.figure.add_layout(self._legend, "below")
        self._add_quantity(f"{name}-quantity")
        self._readings = {key: Reading() for key in ("x", "y", "measure", "quantity", "class")}
        formatters: Any = {f"@{key}": reading.formatter for key, reading in self._readings.items()}
        self._hover = HoverTool(tooltips=[], formatters=formatters)
        self.figure.add_tools(self._hover)
        # When it is closed, as the box: the kernel would get a selection for every move of the mouse.
        self.figure.select_one({"type": LassoSelectTool}).continuous = False  # type: ignore[union-attr]  # is one
        self.figure.toolbar.active_drag = self.figure.select_one({"type": BoxSelectTool})  # type: ignore[assignment]  # is one
        paint(self.figure, theme)
        self.layout = self._laid_out(name)

    def show(self, scatter: Scatter) -> None:
        """Show these rows in place of others; the selection stays."""
        change_columns(self.source, _columns(scatter))
        for side, scale in (("x", scatter.x), ("y", scatter.y)):
            show_range(self._ranges[side], scale.start, scale.end)
            self._axes[side].show(scale)
            self.margins[side].show(scale.bins)
        self._show_colours(scatter)
        self._show_texts(scatter)

    def _add_quantity(self, name: str) -> None:
        """Add the points and the bar of a quantity that is coloured."""
        theme = self._theme
        self._mapper = LinearColorMapper(palette=SEQUENTIAL, low=0, high=1, nan_color=theme.frame)
        colour = {"field": "quantity", "transform": self._mapper}
        self._quantity = self._add_points(name, "circle", colour, line_colour=theme.text)
        # A bar keeps the ticks that it had first, so there is one for each kind.
        self._bars = {kind: self._new_bar(kind) for kind in ("number", "date")}
        for bar in self._bars.values():
            self.figure.add_layout(bar, "below")

    def _new_bar(self, kind: str) -> ColorBar:
        theme = self._theme
        return ColorBar(
            color_mapper=self._mapper,
            ticker=value_tickers()[kind],
            formatter=value_formatters()[kind],
            orientation="horizontal",
            height=12,
            location="center",
            visible=False,
            title_text_color=theme.text,
            title_text_font_style="normal",
            major_label_text_color=theme.text,
            major_tick_line_color=theme.frame,
            background_fill_color=theme.background,
            bar_line_color=theme.frame,
        )

    def _add_points(
        self, name: str, marker: str, colour: Any, *, line_colour: str, line_width: float = 0.5, **options: Any
    ) -> GlyphRenderer[Any]:
        points = self.figure.scatter(
            "x",
            "y",
            size="size",
            marker=marker,
            source=self.source,
            fill_color=colour,
            line_color=line_colour,
            line_width=line_width,
            fill_alpha=self._opacity.value,
            line_alpha=self._opacity.value,
            selection_fill_alpha=self._opacity.value,  # a glyph of its own: Bokeh's copy would keep its first opacity
            selection_line_alpha=self._opacity.value,
            nonselection_fill_alpha=0.06,
            nonselection_line_alpha=0.06,
            name=name,
            **options,
        )
        points.visible = False
        return points

    def _show_colours(self, scatter: Scatter) -> None:
        """Show the points of each class, or all by one scale, and say which is which."""
        colour = scatter.colour
        names = colour.names if isinstance(colour, Classes) else ("rows",) if colour is None else ()
        for place in range(len(self._classes), len(names)):
            self._add_class(place)
        for place, points in enumerate(self._classes):
            points.visible = place < len(names)
        self._legend.visible = isinstance(colour, Classes)
        self._quantity.visible = isinstance(colour, Quantity)
        for kind, bar in self._bars.items():
            bar.visible = isinstance(colour, Quantity) and colour.kind == kind
        room = max(_CLASS_ROW * len(scatter.y.classes) - _FRAME, 0)
        if isinstance(colour, Classes):
            room += self._show_legend([shortened(name, _MOST_CHARACTERS) for name in names])
        elif isinstance(colour, Quantity):
            self._mapper.update(low=colour.low, high=colour.high)
            self._bars[colour.kind].title = labelled(colour.name, colour.unit)
        self.figure.height = _HEIGHT + room

    def _add_class(self, place: int) -> None:
        style = class_styles(("",) * (place + 1), self._theme)[place]
        view = CDSView(filter=GroupFilter(column_name="class", group=place))
        name = f"{self.figure.name}-class-{place}"
        fill = None if style.is_hollow else style.colour
        look: Any = {"line_colour": style.colour, "line_width": style.line_width}
        points = self._add_points(name, style.marker, fill, view=view, **look)
        self._classes.append(points)
        self._items.append(LegendItem(renderers=[self._classes[-1]]))

    def _show_legend(self, names: list[str]) -> int:
        """Say which class is which, and return how many pixels more than one line this takes."""
        for item, name in zip(self._items, names, strict=False):
            item.label = value(name)
        n_columns = max(1, min(len(names), _LEGEND_WIDTH // (50 + 7 * max(map(len, names), default=0))))
        n_lines = -(-len(names) // n_columns)
        self._legend.update(items=self._items[: len(names)], ncols=n_columns)
        return _LEGEND_ROW * (n_lines - 1)

    def _show_texts(self, scatter: Scatter) -> None:
        """Say what is drawn, and let each point say its values."""
        self.title.text = f"{shortened(scatter.y.name)} vs. {shortened(scatter.x.name)}"
        self._notes.text = "\n".join(shortened(note, 150) for note in scatter.notes)
        self._notes.visible = bool(scatter.notes)
        self.margins["x"].make_room(_TITLE + _NOTE * len(scatter.notes))
        tooltips = {}  # by the column: one that is chosen twice is said once
        for key, name, unit, kind, classes in _said(scatter):
            self._readings[key].show(kind, classes)
            tooltips[name] = (labelled(name, unit), f"@{key}{{custom}}")
        self._hover.tooltips = [("row", "$index"), *tooltips.values()]

    def _laid_out(self, name: str) -> LayoutDOM:
        above = self.margins["x"].figure
        above.title = self.title = Title(text="", text_color=self._theme.text)
        above.add_layout(self._notes, "above")
        self.figure.title = None
        self.figure.toolbar_location = None
        self._opacity.js_on_change("value", CustomJS(args={"plot": self.figure}, code=_OPACITY))
        grid = GridPlot(
            children=[(above, 0, 0), (self.figure, 1, 0), (self.margins["y"].figure, 1, 1)],
            toolbar=self.figure.toolbar,
            toolbar_location="above",
            cols=_COLUMNS,
            sizing_mode="stretch_width",
        )
        return column(self._opacity, grid, sizing_mode="stretch_width")


def _said(scatter: Scatter) -> Iterator[tuple[str, str, str, AxisKind, tuple[str, ...]]]:
    """Yield what a tooltip says: column of the source, name, unit, kind and the names of classes."""
    for key, scale in (("x", scatter.x), ("y", scatter.y)):
        yield key, scale.name, scale.unit, scale.kind, scale.classes
    if scatter.sizes is not None:
        yield "measure", scatter.sizes.name, scatter.sizes.unit, scatter.sizes.kind, ()
    if isinstance(scatter.colour, Quantity):
        yield "quantity", scatter.colour.name, scatter.colour.unit, scatter.colour.kind, ()
    elif scatter.colour is not None:
        yield "class", scatter.choice.colour or "class", "", "category", scatter.colour.names


def _columns(scatter: Scatter) -> dict[str, Any]:
    """Return what the source holds; what nothing shows takes a byte a row."""
    zeros = np.zeros(scatter.n_rows, dtype="uint8")
    colour, sizes = scatter.colour, scatter.sizes
    return {
        "x": scatter.x.values,
        "y": scatter.y.values,
        "size": sizes.pixels if sizes is not None else np.full(scatter.n_rows, _SIZE, dtype="uint8"),
        "class": colour.codes.astype("uint8") if isinstance(colour, Classes) else zeros,
        "quantity": colour.values if isinstance(colour, Quantity) else zeros,
        "measure": sizes.values if sizes is not None else zeros,
    }
