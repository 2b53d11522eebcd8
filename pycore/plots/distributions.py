"""How the values of one feature lie, each class in its colour: counted in bins, or as a smooth density."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from bokeh.models import (
    AllIndices,
    CDSView,
    ColumnDataSource,
    CustomJSHover,
    CustomJSTickFormatter,
    DataRange1d,
    Filter,
    HoverTool,
    LinearColorMapper,
)
from bokeh.plotting import figure

from pycore.plots.canvas import new_figure, shortened
from pycore.plots.palettes import class_styles
from pycore.plots.theme import Theme, paint
from pycore.results.distributions import Distribution

__all__ = [
    "PARTS",
    "change_distribution",
    "class_colour",
    "dash_of",
    "hover_of_classes",
    "hover_of_numbers",
    "number_ticks",
    "plot_distribution",
]

PARTS: Final = ("bins", "outlines", "densities")
_DASHES: Final = ("solid", "dashed", "dotted", "dashdot", "dotdash")
# Sensible digits of any magnitude, which no format of Bokeh gives: 0.00025, 5.1, 3,504, 12.5M, 2.5E-7.
_WRITTEN: Final = """
const size = Math.abs(number);
if (size >= 1e15) return number.toExponential(3).replace(/\\.?0+e/, "e");
return new Intl.NumberFormat("en", {
  notation: size >= 1e5 ? "compact" : size < 1e-4 && size > 0 ? "scientific" : "standard",
  maximumSignificantDigits: 6, useGrouping: size >= 1e4 }).format(number);
"""


def plot_distribution(
    found: Distribution,
    feature: str,
    classes: Sequence[str],
    theme: Theme,
    *,
    name: str = "distribution",
    shown: Filter | None = None,
    **options: Any,
) -> figure:
    """Return the histogram of each class; the densities are there too, but hidden.

    Parameters
    ----------
    found : Distribution
        What :func:`pycore.analysis.distributions.distribution` found.
    feature : str
        What the values are, with their unit.
    classes : sequence of str
        Names of the classes, in the order of `found`; none: all rows are one.
    theme : Theme
        Light or dark.
    name : str, default "distribution"
        Of the figure; its renderers are ``<name>-<part>`` for each of `PARTS`, the sources ``<name>-<part>-source``.
    shown : bokeh.models.Filter, optional
        Chooses by the column ``code`` of the sources, the place of the class, what is drawn.
    **options : Any
        Of the figure.
    """
    plot = new_figure(
        name, "", x_label=feature, y_label="density", **({"y_range": DataRange1d(start=0, only_visible=True)} | options)
    )
    plot.axis.formatter = number_ticks()
    colour: Any = class_colour(classes, theme)
    line: dict[str, Any] = {"line_color": colour, "line_dash": {"field": "dash"}, "line_width": 1.5}
    drawn: dict[str, Any] = {
        "bins": plot.quad("left", "right", "top", 0, fill_color=colour, fill_alpha=0.3, line_color=None),
        "outlines": plot.multi_line("xs", "ys", **line),
        "densities": plot.patches("xs", "ys", fill_color=colour, fill_alpha=0.15, visible=False, **line),
    }
    for part, renderer in drawn.items():
        renderer.name = f"{name}-{part}"
        renderer.data_source = ColumnDataSource(name=f"{name}-{part}-source")
        renderer.view = CDSView(filter=shown if shown is not None else AllIndices())
    said = [("class", "@code{custom}")] if classes else []
    counted = [
        ("from", "@left{custom}"),
        ("to", "@right{custom}"),
        ("rows", "@count{0,0}"),
        ("density", "@top{custom}"),
    ]
    beneath = [("rows", "@count{0,0}"), ("value", "$x{custom}"), ("density", "$y{custom}")]
    numbers, names = hover_of_numbers(), hover_of_classes(classes)
    plot.add_tools(
        _hover(
            drawn["bins"], [*said, *counted], {"@code": names, "@left": numbers, "@right": numbers, "@top": numbers}
        ),
        _hover(drawn["densities"], [*said, *beneath], {"@code": names, "$x": numbers, "$y": numbers}),
    )
    change_distribution(plot, found, feature)
    paint(plot, theme)
    return plot


def change_distribution(plot: figure, found: Distribution, feature: str) -> None:
    """Show another feature of the same classes in a figure of :func:`plot_distribution`."""
    columns = {"bins": _bins, "outlines": _outlines, "densities": _smooth}
    for part, make in columns.items():
        renderer: Any
        (renderer,) = (each for each in plot.renderers if each.name == f"{plot.name}-{part}")
        renderer.data_source.data = make(found)
    plot.xaxis.axis_label = feature


def class_colour(classes: Sequence[str], theme: Theme) -> dict[str, Any]:
    """Return the colour of a glyph by the column ``code``; one colour where there are no classes."""
    palette = [style.colour for style in class_styles(tuple(classes), theme)] or [theme.blue]
    return {"field": "code", "transform": LinearColorMapper(palette=palette, low=-0.5, high=len(palette) - 0.5)}


def dash_of(place: int) -> str:
    """Return how the lines of a class are broken, by its place."""
    return _DASHES[place % len(_DASHES)]


def hover_of_classes(classes: Sequence[str]) -> CustomJSHover:
    """Return what makes a class's place its name, so that no source holds the name for each row."""
    return CustomJSHover(args={"names": [shortened(name) for name in classes]}, code="return names[value]")


def hover_of_numbers() -> CustomJSHover:
    """Return what writes a number with the digits that it needs."""
    return CustomJSHover(code=f'const number = Number(value); if (isNaN(number)) return "(missing)";{_WRITTEN}')


def number_ticks() -> CustomJSTickFormatter:
    """Return what writes the ticks of an axis with the digits that they need."""
    return CustomJSTickFormatter(code=f"const number = tick;{_WRITTEN}")


def _hover(renderer: Any, tooltips: list[tuple[str, str]], formatters: dict[str, Any]) -> HoverTool:
    return HoverTool(renderers=[renderer], tooltips=tooltips, formatters=formatters, visible=False)


def _bins(found: Distribution) -> dict[str, Any]:
    """Return a row for each bin of each class that is not empty."""
    edges, counts = found.histogram.edges, found.histogram.counts
    codes, places = np.nonzero(counts)
    return {
        "left": edges[places],
        "right": edges[places + 1],
        "top": found.histogram.densities[codes, places],
        "count": counts[codes, places].astype("float64"),
        "code": codes.astype("float64"),
    }


def _outlines(found: Distribution) -> dict[str, Any]:
    """Return the steps over the bins, a row for each class."""
    at = np.repeat(found.histogram.edges, 2)
    heights = [np.concatenate([[0.0], np.repeat(row, 2), [0.0]]) for row in found.histogram.densities]
    return {"xs": [at] * len(heights), "ys": heights, **_of_classes(found)}


def _smooth(found: Distribution) -> dict[str, Any]:
    densities = found.densities
    return {"xs": [each.at for each in densities], "ys": [each.height for each in densities], **_of_classes(found)}


def _of_classes(found: Distribution) -> dict[str, Any]:
    n_classes = len(found.densities)
    return {
        "code": np.arange(float(n_classes)),
        "count": found.histogram.counts.sum(axis=1).astype("float64"),
        "dash": [dash_of(place) for place in range(n_classes)],
    }
