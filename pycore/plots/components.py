"""How much of all variance the first principal components have."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from bokeh.models import BasicTicker, ColumnDataSource, HoverTool, NumeralTickFormatter, Range1d
from bokeh.models.annotations import Label, Span
from bokeh.plotting import figure

from pycore.plots.canvas import message_figure, new_figure
from pycore.plots.theme import Theme, paint
from pycore.results.features import Components

__all__ = ["plot_components"]

_ENOUGH: Final = 0.95
_MOST_DOTS: Final = 100
_ALONE: Final = "One number alone has one component: itself."


def plot_components(found: Components, *, title: str, theme: Theme, height: int = 360) -> figure:
    """Return a line of the cumulative explained variance, from no component to all that were computed.

    Where 95 % are reached there is a mark, with the number of components. Of one feature alone there is a sentence.

    Parameters
    ----------
    found : Components
        The shares.
    title : str
        Names what is seen.
    theme : Theme
        Colours.
    height : int, default 360
        Pixels.

    Returns
    -------
    figure
        Named ``features-components``; its source, named ``features-components-source``, has the columns ``x``
        (components), ``y`` (their share of the variance) and ``share`` (that of the last of them).

    Examples
    --------
    >>> from pycore.plots.theme import theme_of
    >>> found = Components(cumulative=np.array([0, 0.9, 1.0]), n_possible=2, n_features=2, n_rows=150)
    >>> plot = plot_components(found, title="iris", theme=theme_of("light"))
    >>> plot.select_one({"name": "features-components-mark"}).text
    '95 % with 2 of 2 components'
    """
    n = len(found.cumulative) - 1
    if found.n_features == 1:
        return message_figure("features-components", title, _ALONE, theme, height=160)
    plot = new_figure(
        "features-components",
        title,
        x_label="principal components",
        y_label="cumulative explained variance",
        height=height,
        x_range=Range1d(start=-0.03 * n, end=1.03 * n),
        y_range=Range1d(start=-0.03, end=1.06),
        tools="pan,box_zoom,wheel_zoom,reset,save",
    )
    source = ColumnDataSource(
        name="features-components-source",
        data={
            "x": np.arange(n + 1, dtype="float64"),
            "y": found.cumulative,
            "share": np.diff(found.cumulative, prepend=0.0),
        },
    )
    line = plot.line("x", "y", source=source, color=theme.blue, line_width=2, name="features-components-line")
    if n <= _MOST_DOTS:
        plot.scatter("x", "y", source=source, color=theme.blue, size=7, name="features-components-dots")
    _mark(plot, found, theme)
    plot.xaxis.ticker = BasicTicker(min_interval=1)
    plot.xaxis.formatter = NumeralTickFormatter(format="0,0")
    plot.yaxis.formatter = NumeralTickFormatter(format="0 %")
    plot.add_tools(
        HoverTool(
            renderers=[line],
            mode="vline",
            tooltips=[("components", "@x{0,0}"), ("together", "@y{0.0 %}"), ("the last one adds", "@share{0.0 %}")],
            visible=False,
        )
    )
    paint(plot, theme)
    plot.xaxis.minor_tick_line_color = None  # there is no half of a component
    return plot


def _mark(plot: figure, found: Components, theme: Theme) -> None:
    """Mark where 95 % are reached, or say that this is further on."""
    enough = found.reaching(_ENOUGH)
    style: dict[str, Any] = {"line_color": theme.red, "line_dash": "dashed", "line_width": 1.5}
    plot.add_layout(Span(location=_ENOUGH, dimension="width", **style))
    last = len(found.cumulative) - 1
    if enough is not None:
        plot.add_layout(Span(location=enough, dimension="height", **style))
        text = f"95 % with {enough:,} of {found.n_possible:,} components"
    else:
        text = f"95 % with more than {last:,} of {found.n_possible:,} components"
    place = last if enough is None else enough
    left = place > last / 2
    plot.add_layout(
        Label(
            name="features-components-mark",
            x=place,
            y=0.06,
            x_offset=-8 if left else 8,
            text=text,
            text_align="right" if left else "left",
            text_color=theme.text,
            text_font_size="13px",
            background_fill_color=theme.background,
            background_fill_alpha=0.85,
        )
    )
