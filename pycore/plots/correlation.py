"""How columns go together, as a map of cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from bokeh.layouts import column
from bokeh.models import (
    Column,
    ColumnDataSource,
    CustomJS,
    CustomJSHover,
    FixedTicker,
    HoverTool,
    LinearColorMapper,
    Range1d,
)
from bokeh.models.annotations import ColorBar
from bokeh.models.renderers import GlyphRenderer
from bokeh.palettes import interp_palette
from bokeh.plotting import figure

from pycore.plots.canvas import new_figure, shortened
from pycore.plots.cells import MOST_READABLE, name_cells
from pycore.plots.controls import choice
from pycore.plots.palettes import DIVERGING, inks
from pycore.plots.theme import Theme, paint
from pycore.results.features import Correlations

__all__ = ["plot_correlation"]

_OTHER_WIDTH: Final = 330  # pixels beside the cells: names, colour bar
_OTHER_HEIGHT: Final = 190
_WIDEST_CELL: Final = 110
_CELL_HEIGHT: Final = 40
_N_COLOURS: Final = 101
_LEAST_HEIGHT: Final = 320
_MOST_HEIGHT: Final = 1000
# What is visible is a property: the kernel hears of it, so that a page that is loaded again shows the same.
_SWITCH: Final = """
layers.forEach((layer, place) => layer.forEach((renderer) => { renderer.visible = place === cb_obj.active; }));
"""
_READING: Final = 'return Number.isNaN(value) ? "none" : value.toFixed(3).replace("-", "−");'


def plot_correlation(found: Correlations, *, name: str, title: str, theme: Theme) -> Column:
    """Return a map of coefficients; if there are several methods, with buttons above it that switch between them.

    Parameters
    ----------
    found : Correlations
        The coefficients. A cell without one stays empty.
    name : str
        Of the figure.
    title : str
        Names what is seen.
    theme : Theme
        Colours.

    Returns
    -------
    Column
        The figure, below the buttons ``<name>-method``. Its source ``<name>-source`` has a row for each cell, with the
        columns ``x``, ``y``, ``left``, ``right``, ``rows``, and ``value0``, ``text0``, ``ink0`` for the first method
        and so on. The cells of that method are drawn by ``<name>-cells-0``, their numbers by ``<name>-values-0``.

    Examples
    --------
    >>> from pycore.plots.theme import theme_of
    >>> found = Correlations(
    ...     names=("x", "y"),
    ...     methods=("Pearson", "Spearman"),
    ...     values=np.array([[[1, -0.5], [-0.5, 1]], [[1, -0.6], [-0.6, 1]]]),
    ...     n_rows=np.full((2, 2), 150),
    ... )
    >>> layout = plot_correlation(found, name="map", title="iris", theme=theme_of("light"))
    >>> layout.select_one({"name": "map-source"}).data["text1"]
    ['1.00', '−0.60', '−0.60', '1.00']
    """
    n = len(found.names)
    plot = new_figure(
        name,
        title,
        height=int(np.clip(_OTHER_HEIGHT + _CELL_HEIGHT * n, _LEAST_HEIGHT, _MOST_HEIGHT)),
        max_width=_OTHER_WIDTH + _WIDEST_CELL * n,
        x_range=Range1d(start=-0.5, end=n - 0.5),
        y_range=Range1d(start=n - 0.5, end=-0.5),  # the first on top
        tools="box_zoom,reset,save",
    )
    layers = _draw(plot, found, theme)
    name_cells(plot, found.names)
    paint(plot, theme)
    if len(layers) == 1:
        return column(plot, sizing_mode="stretch_width")
    switch = choice("Coefficient", found.methods, name=f"{name}-method")
    switch.js_on_change("active", CustomJS(args={"layers": layers}, code=_SWITCH))
    return column(switch, plot, sizing_mode="stretch_width")


def _draw(plot: figure, found: Correlations, theme: Theme) -> list[list[GlyphRenderer[Any]]]:
    """Draw the cells of all methods on top of each other, of which the first is visible."""
    source = ColumnDataSource(name=f"{plot.name}-source", data=_cells(found))
    colours = LinearColorMapper(palette=_palette(found), low=_low(found), high=1, nan_color=theme.background)
    layers: list[list[GlyphRenderer[Any]]] = []
    for place, _ in enumerate(found.methods):
        colour: Any = {"field": f"value{place}", "transform": colours}
        cells = plot.rect("x", "y", 1, 1, source=source, fill_color=colour, line_color=theme.background)
        cells.name = f"{plot.name}-cells-{place}"
        layer: list[GlyphRenderer[Any]] = [cells]
        if len(found.names) <= MOST_READABLE:
            numbers = plot.text("x", "y", f"text{place}", source=source, text_color=f"ink{place}")
            numbers.name = f"{plot.name}-values-{place}"
            numbers.glyph.update(text_align="center", text_baseline="middle", text_font_size="12px")
            layer.append(numbers)
        for renderer in layer:
            renderer.visible = place == 0
        layers.append(layer)
    plot.add_layout(_colour_bar(colours, theme), "right")
    _add_hover(plot, source, found.methods)
    return layers


def _cells(found: Correlations) -> Mapping[str, Any]:
    """Return a row for each cell, line by line."""
    n = len(found.names)
    y, x = np.divmod(np.arange(n * n), n)
    names = [shortened(each, 60) for each in found.names]
    data: dict[str, Any] = {
        "x": x.astype("float64"),
        "y": y.astype("float64"),
        "left": [names[place] for place in y],
        "right": [names[place] for place in x],
        "rows": found.n_rows.ravel().astype("float64"),
    }
    for place, values in enumerate(found.values.reshape(len(found.methods), -1)):
        data[f"value{place}"] = values
        data[f"text{place}"] = ["" if np.isnan(value) else f"{value:.2f}".replace("-", "−") for value in values]
        data[f"ink{place}"] = _inks(found, values)
    return data


def _palette(found: Correlations) -> tuple[str, ...]:
    palette = DIVERGING if found.is_signed else DIVERGING[len(DIVERGING) // 2 :]
    return tuple(interp_palette(palette, _N_COLOURS))


def _low(found: Correlations) -> int:
    return -1 if found.is_signed else 0


def _inks(found: Correlations, values: np.ndarray[Any, Any]) -> list[str]:
    """Return a colour for the number in each cell that stands out from the colour of the cell."""
    palette = _palette(found)
    ink_of = inks(palette)
    shares = (np.nan_to_num(values) - _low(found)) / (1 - _low(found))
    places = np.minimum((shares * len(palette)).astype("int64"), len(palette) - 1)
    return [ink_of[place] for place in places]


def _add_hover(plot: figure, source: ColumnDataSource, methods: Sequence[str]) -> None:
    """Let a tooltip read all coefficients of a cell, whichever is drawn."""
    hit = plot.rect("x", "y", 1, 1, source=source, alpha=0, name=f"{plot.name}-hover")
    fields = [f"@value{place}" for place, _ in enumerate(methods)]
    tooltips = [("columns", "@left × @right"), *zip(methods, (f"{field}{{custom}}" for field in fields), strict=True)]
    plot.add_tools(
        HoverTool(
            renderers=[hit],
            tooltips=[*tooltips, ("rows", "@rows{0,0}")],
            formatters=dict.fromkeys(fields, CustomJSHover(code=_READING)),
            visible=False,
        )
    )


def _colour_bar(colours: LinearColorMapper, theme: Theme) -> ColorBar:
    return ColorBar(
        color_mapper=colours,
        ticker=FixedTicker(ticks=[-1, -0.5, 0, 0.5, 1]),
        background_fill_color=theme.background,
        major_label_text_color=theme.text,
        major_tick_line_color=theme.frame,
        bar_line_color=theme.frame,
        width=14,
        padding=12,
    )
