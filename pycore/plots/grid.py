"""Features against each other, one source behind all scatters: what is selected in one is selected in each."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from math import pi
from typing import Any, Final

import numpy as np
from bokeh.layouts import column, row
from bokeh.models import (
    AllIndices,
    BoxSelectTool,
    BoxZoomTool,
    CDSView,
    Column,
    ColumnDataSource,
    CustomJS,
    CustomJSFilter,
    CustomJSHover,
    GridPlot,
    HoverTool,
    LassoSelectTool,
    LinearColorMapper,
    PanTool,
    Range1d,
    ResetTool,
    SaveTool,
    Tool,
    Toolbar,
    ToolProxy,
    WheelZoomTool,
)
from bokeh.models.annotations import ColorBar, Legend, LegendItem
from bokeh.models.widgets import Div
from bokeh.plotting import figure

from pycore.plots.canvas import labelled, new_figure, shortened
from pycore.plots.controls import choice
from pycore.plots.distributions import (
    PARTS,
    change_distribution,
    class_colour,
    dash_of,
    hover_of_classes,
    hover_of_numbers,
    number_ticks,
    plot_distribution,
)
from pycore.plots.labels import distinct_labels
from pycore.plots.palettes import MARKERS, SEQUENTIAL, class_styles
from pycore.plots.theme import Theme, paint
from pycore.results.distributions import Distribution, Grid

__all__ = ["change_grid", "plot_grid"]

_CELL_HEIGHTS: Final = {1: 380, 2: 280, 3: 230}  # in pixels; of more features 185
_AXIS_HEIGHT: Final = 46
_LINE_HEIGHT: Final = 14
_LINE_CHARACTERS: Final = {1: 60, 2: 44, 3: 30}  # of a label along a cell; of more features 20
_TOOLS: Final = (BoxSelectTool, LassoSelectTool, PanTool, BoxZoomTool, WheelZoomTool, ResetTool)
_MARGIN: Final = 0.05  # of the span, left free on both sides
_SHOWN: Final = "return Array.from(source.data.code, (code) => keys[code].visible)"
_SWITCH: Final = """
for (const [place, renderers] of [counted, smooth].entries())
  for (const renderer of renderers) renderer.visible = cb_obj.active == place
"""


def plot_grid(grid: Grid, theme: Theme) -> Column:
    """Return features against each other, with the distribution of each on the diagonal.

    All scatters show one source, ``grid-source``; the cells are figures called ``grid-<row>-<column>``. A feature
    has one range, wherever it is drawn. A click on the legend, ``grid-legend``, hides a class everywhere, and the
    buttons ``grid-diagonal`` switch between histograms and densities.

    Parameters
    ----------
    grid : Grid
        What :func:`pycore.analysis.distributions.compared` found.
    theme : Theme
        Light or dark.
    """
    ink = _Ink.of(grid, theme)
    n_features = len(grid.features)
    ranges = [Range1d(name=f"grid-range-{place}") for place in range(n_features)]
    cells: list[Any] = [
        (_diagonal(grid, ink, ranges, y) if x == y else _scatter(ink, ranges, y, x), y, x)
        for y in range(n_features)
        for x in range(n_features)
    ]
    plots = [plot for plot, _, _ in cells]
    matrix = GridPlot(children=cells, toolbar=_toolbar(plots), toolbar_location="above", sizing_mode="stretch_width")
    # The page's own colour, where it has one: nothing recolours a style.
    styles: dict[str, str | None] = {"color": f"var(--jp-ui-font-color1, {theme.text})"}
    heading = Div(name="grid-heading", disable_math=True, styles=styles, sizing_mode="stretch_width")
    beside = [ink.legend] if ink.legend is not None else []
    layout = column(
        heading, _switch(plots), row(matrix, *beside, sizing_mode="stretch_width"), sizing_mode="stretch_width"
    )
    layout.name = "grid"
    change_grid(layout, grid)
    return layout


def change_grid(layout: Any, grid: Grid) -> None:
    """Show other features, as many and of the same rows, in a layout of :func:`plot_grid`."""
    # A search by name would walk through a thousand models, each time.
    heading, _, beneath = layout.children
    cells = {(y, x): plot for plot, y, x in beneath.children[0].children}
    n_features = len(grid.features)
    names = [shortened(name, 22) for name in grid.features]  # what an axis of a cell has room for
    said = [(labelled(*each), f"@v{place}{{custom}}") for place, each in enumerate(zip(names, grid.units, strict=True))]
    labels = [_label(*each, _LINE_CHARACTERS.get(n_features, 20)) for each in zip(names, grid.units, strict=True)]
    axis_height = _AXIS_HEIGHT + (_LINE_HEIGHT if any("\n" in label for label in labels) else 0)
    if grid.target is not None:
        said.append((labelled(grid.target, grid.target_unit), "@code{custom}"))
    heading.text = _heading(grid)
    cells[0, 0].renderers[-1].data_source.data = _columns(grid)  # all cells have this source
    for (y, x), plot in cells.items():
        if y == n_features - 1:
            plot.height = _CELL_HEIGHTS.get(n_features, 185) + axis_height
        if x == y:
            _set_range(plot.x_range, grid.distributions[x])
            change_distribution(plot, grid.distributions[x], labels[x])
        else:
            plot.xaxis.axis_label, plot.yaxis.axis_label = labels[x], labels[y]
            _tool(plot, HoverTool).tooltips = said


@dataclass(frozen=True, kw_only=True)
class _Ink:
    """What all cells are drawn with."""

    theme: Theme
    source: ColumnDataSource
    view: CDSView
    glyph: dict[str, Any]
    hover: CustomJSHover
    legend: figure | None
    height: int

    @classmethod
    def of(cls, grid: Grid, theme: Theme) -> _Ink:
        height = _CELL_HEIGHTS.get(len(grid.features), 185)
        total = height * len(grid.features) + _AXIS_HEIGHT
        view, legend = CDSView(filter=AllIndices()), None
        glyph: dict[str, Any] = {"fill_color": theme.blue, "line_color": theme.blue, "fill_alpha": 0.4}
        hover = hover_of_numbers()
        if grid.classes is not None:
            colour = class_colour(grid.classes.names, theme)
            glyph = {"marker": {"field": "marker"}, "fill_color": colour, "line_color": colour, "fill_alpha": 0.5}
            hover = hover_of_classes(grid.classes.names)
            legend, keys = _legend(grid.classes.names, grid.target or "", theme, total)
            view = CDSView(filter=CustomJSFilter(args={"keys": keys}, code=_SHOWN))
            for key in keys:
                key.js_on_change("visible", CustomJS(args={"filter": view.filter}, code="filter.change.emit()"))
        elif grid.quantity is not None:
            mapper = _quantity_mapper(grid.quantity, theme)
            # The ends of the scale do not stand out from one paper or the other: the lines around the points do.
            glyph = {"fill_color": {"field": "code", "transform": mapper}, "line_color": theme.frame, "line_width": 0.5}
            legend = _colour_bar(grid, mapper, theme, total)
        source = ColumnDataSource(name="grid-source")
        return cls(theme=theme, source=source, view=view, glyph=glyph, hover=hover, legend=legend, height=height)


def _options(ink: _Ink, ranges: Sequence[Range1d], y: int, x: int) -> dict[str, Any]:
    is_last = y == len(ranges) - 1
    return {
        "x_range": ranges[x],
        "tools": [tool() for tool in _TOOLS],
        "toolbar_location": None,
        "height": ink.height + (_AXIS_HEIGHT if is_last else 0),
        "min_border": 6,
    }


def _scatter(ink: _Ink, ranges: Sequence[Range1d], y: int, x: int) -> figure:
    plot = new_figure(f"grid-{y}-{x}", "", y_range=ranges[y], **_options(ink, ranges, y, x))
    points = plot.scatter(
        f"v{x}",
        f"v{y}",
        source=ink.source,
        view=ink.view,
        name=f"grid-{y}-{x}-points",
        size=6,
        nonselection_fill_alpha=0.06,
        nonselection_line_alpha=0.1,
        **ink.glyph,
    )
    numbers = {f"@v{place}": hover_of_numbers() for place in range(len(ranges))}
    plot.add_tools(HoverTool(renderers=[points], formatters={**numbers, "@code": ink.hover}, visible=False))
    plot.axis.formatter = number_ticks()
    # The first column has the axes of its rows; in the first row that place is the distribution's.
    plot.yaxis.visible = x == (1 if y == 0 else 0)
    _fit(plot, ink.theme, is_last=y == len(ranges) - 1)
    return plot


def _diagonal(grid: Grid, ink: _Ink, ranges: Sequence[Range1d], place: int) -> figure:
    plot = plot_distribution(
        grid.distributions[place],
        "",
        grid.classes.names if grid.classes else (),
        ink.theme,
        name=f"grid-{place}-{place}",
        shown=ink.view.filter,
        **_options(ink, ranges, place, place),
    )
    plot.scatter(  # where the rows lie that are selected
        f"v{place}",
        0,
        source=ink.source,
        view=ink.view,
        name=f"grid-{place}-{place}-selected",
        marker="dash",
        angle=pi / 2,
        size=20,
        line_color=ink.theme.text,
        alpha=0,
        selection_alpha=0.5,
        nonselection_alpha=0,
    )
    plot.xgrid.visible = plot.ygrid.visible = False
    _fit(plot, ink.theme, is_last=place == len(ranges) - 1)
    return plot


def _fit(plot: figure, theme: Theme, *, is_last: bool) -> None:
    """Make writing small enough for a cell, and leave out what the last row says."""
    plot.xaxis.visible = is_last
    plot.axis.axis_label_text_font_size = "11px"
    plot.axis.major_label_text_font_size = "10px"
    plot.axis.axis_label_standoff = 3
    paint(plot, theme)
    for axis in plot.axis:
        ticker: Any = axis.ticker
        ticker.desired_num_ticks = 4
        axis.minor_tick_line_color = None


def _toolbar(plots: Sequence[figure]) -> Toolbar:
    """Return one toolbar for all cells, which selects by dragging at first."""
    proxies = [ToolProxy(tools=[_tool(plot, kind) for plot in plots]) for kind in _TOOLS]
    for plot in plots:
        plot.toolbar.active_drag = _tool(plot, BoxSelectTool)
        plot.toolbar.active_scroll = None
    return Toolbar(tools=[*proxies, SaveTool(filename="grid")], logo=None, active_drag=proxies[0], active_scroll=None)


def _switch(plots: Sequence[figure]) -> Any:
    """Return the buttons that switch the diagonal in the browser."""
    parts: dict[str, list[Any]] = {
        part: [shown for plot in plots for shown in plot.renderers if shown.name == f"{plot.name}-{part}"]
        for part in PARTS
    }
    buttons = choice("Diagonal", ["histograms", "densities"], name="grid-diagonal")
    counted = [*parts["bins"], *parts["outlines"]]
    buttons.js_on_change("active", CustomJS(args={"counted": counted, "smooth": parts["densities"]}, code=_SWITCH))
    return buttons


def _legend(names: tuple[str, ...], target: str, theme: Theme, height: int) -> tuple[figure, list[Any]]:
    """Return a figure that is only a legend, and what a click on it makes visible or not, for each class."""
    styles = class_styles(names, theme)
    said = distinct_labels([style.name for style in styles], 22)
    longest = max(map(len, [*said, "class"]))
    plot = _beside(theme, width=72 + 7 * longest, height=max(height, 24 * len(styles) + 60))
    keys: list[Any] = []
    items = []
    for place, style in enumerate(styles):
        line: Any = plot.line([0.0], [-9.0], line_color=style.colour, line_dash=dash_of(place), line_width=1.5)
        key: Any = plot.scatter(
            [0.0], [-9.0], marker=style.marker, size=9, fill_color=style.colour, line_color=style.colour, fill_alpha=0.5
        )
        keys.append(key)
        items.append(LegendItem(label={"value": said[place]}, renderers=[line, key]))
    title = shortened(target, 22)
    plot.add_layout(
        Legend(
            items=items, title=title, click_policy="hide", location="top_left", title_text_color=theme.text, margin=0
        )
    )
    paint(plot, theme)
    plot.outline_line_color = None
    return plot, keys


def _colour_bar(grid: Grid, mapper: LinearColorMapper, theme: Theme, height: int) -> figure:
    plot = _beside(theme, width=96, height=height)
    plot.scatter([], [])  # Bokeh warns of a figure without glyphs
    bar = ColorBar(
        color_mapper=mapper,
        title=labelled(grid.target or "", grid.target_unit),
        formatter=number_ticks(),
        title_text_color=theme.text,
        title_text_font_style="normal",
        title_standoff=6,  # else its letters touch the bar
        major_label_text_color=theme.text,
        background_fill_color=theme.background,
        bar_line_color=theme.frame,
        major_tick_line_color=theme.text,
        width=16,
        padding=6,
    )
    plot.add_layout(bar, "right")
    return plot


def _beside(theme: Theme, *, width: int, height: int) -> figure:
    """Return a figure without axes, for what stands beside the cells."""
    plot = new_figure(
        "grid-legend",
        "",
        tools="",
        toolbar_location=None,
        sizing_mode="fixed",
        width=width,
        height=height,
        min_border=0,
    )
    plot.x_range, plot.y_range = Range1d(start=0, end=1), Range1d(start=0, end=1)
    plot.axis.visible = plot.grid.visible = False
    paint(plot, theme)
    plot.outline_line_color = None
    return plot


def _quantity_mapper(values: np.ndarray[Any, Any], theme: Theme) -> LinearColorMapper:
    """Return a scale between percentiles: a few values far away would leave one colour to all others."""
    known = values[np.isfinite(values)]
    low, high = np.quantile(known, [0.01, 0.99]) if len(known) else (0.0, 1.0)
    if low == high:
        low, high = low - 0.5, high + 0.5
    return LinearColorMapper(palette=SEQUENTIAL, low=float(low), high=float(high), nan_color=theme.frame)


def _columns(grid: Grid) -> dict[str, Any]:
    columns: dict[str, Any] = {f"v{place}": np.ascontiguousarray(values) for place, values in enumerate(grid.values.T)}
    if grid.classes is not None:
        columns["code"] = grid.classes.codes.astype("float64")
        columns["marker"] = np.array(MARKERS)[grid.classes.codes % len(MARKERS)].tolist()
    elif grid.quantity is not None:
        columns["code"] = grid.quantity
    return columns


def _set_range(shown: Range1d, lie: Distribution) -> None:
    low, high = min(lie.low, lie.histogram.edges[0]), max(lie.high, lie.histogram.edges[-1])
    margin = (high - low) * _MARGIN
    shown.start = shown.reset_start = float(low - margin)
    shown.end = shown.reset_end = float(high + margin)


def _heading(grid: Grid) -> str:
    features = ", ".join(html.escape(shortened(name)) for name in grid.features)
    what = f"{features} against each other" if len(grid.features) > 1 else f"how {features} is distributed"
    said = f"<b>{html.escape(shortened(grid.name, 60))}</b>: {what}."
    return "<br>".join([said, *(html.escape(note) for note in grid.notes)])


def _label(feature: str, unit: str, most: int) -> str:
    """Return a feature with its unit, below each other where they would be too long for a cell."""
    label = labelled(feature, unit)
    return label if not unit or len(label) <= most else f"{feature}\n{labelled('', unit).strip()}"


def _tool(plot: figure, kind: type[Tool]) -> Any:
    """Return the first tool of a kind; a search through the models would go through all cells."""
    return next(tool for tool in plot.toolbar.tools if isinstance(tool, kind))
