"""One figure as a PNG file."""

from __future__ import annotations

import os
from typing import Final

from bokeh.models import LayoutDOM
from bokeh.models.plots import Plot
from bokeh.models.widgets import Widget

from pycore.apps.results.chromium import found_chromium, photographed
from pycore.apps.results.page import POLICY, embedded, serialised
from pycore.exceptions import ModelError
from pycore.plots.theme import Theme

__all__ = ["png"]

_ELEMENT: Final = "pycore-figure"
_WIDTHS: Final = (200, 4_000)
_SCALES: Final = (0.5, 4.0)


def png(
    model: LayoutDOM,
    name: str,
    theme: Theme,
    *,
    width: int = 900,
    scale: float = 2.0,
    browser: str | os.PathLike[str] | None = None,
) -> bytes:
    """Return a picture of a figure, drawn by Chromium.

    Parameters
    ----------
    model : LayoutDOM
        The figure, or a layout with it.
    name : str
        Of the figure; what else is in the layout is not in the picture.
    theme : Theme
        That the figure was drawn in: the paper around it is of its colour.
    width : int, default 900
        Pixels of CSS, 200 to 4,000; the figure has its own height.
    scale : float, default 2
        Dots of the picture for each of them, 0.5 to 4.
    browser : path, optional
        Chromium; None: the first on the PATH.

    Raises
    ------
    ModelError
        `width` or `scale` is out of these bounds.
    MissingDependencyError
        There is no Chromium; the text says what to install.
    ServiceError
        Chromium does not work.
    """
    for what, value, (least, most) in (("width", width, _WIDTHS), ("scale", scale, _SCALES)):
        if not least <= value <= most:
            raise ModelError(f"A picture cannot have a {what} of {value:g}: it is {least:g} to {most:,g}.")
    program = found_chromium(browser)
    return photographed(_page(figure_of(model, name), theme, width), _ELEMENT, program, width=width, scale=scale)


def figure_of(model: LayoutDOM, name: str) -> LayoutDOM:
    """Return the figure called `name` out of a layout, with those that belong to it, and without tools around it.

    A layout is taken whole if there is nothing in it but the figure and others whose names go on with its own, as
    ``results-metrics-2``.
    """
    plots = [each for each in model.references() if isinstance(each, Plot)]
    has_controls = any(isinstance(each, Widget) for each in model.references())
    if not has_controls and all(str(plot.name) == name or str(plot.name).startswith(f"{name}-") for plot in plots):
        found: LayoutDOM | None = model
    else:
        found = next((plot for plot in plots if plot.name == name), None)
    if found is None:
        raise ModelError(f"There is no figure {name} in what was drawn.")
    for plot in plots:
        plot.toolbar_location = None
    return found


def _page(figure: LayoutDOM, theme: Theme, width: int) -> str:
    return (
        '<!doctype html><html><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"></head>'
        f'<body style="margin: 0; background: {theme.background}">'
        f'<div id="{_ELEMENT}" style="width: {width}px"></div>{embedded({_ELEMENT: serialised(figure, _ELEMENT)})}'
        "</body></html>"
    )
