"""An empty figure in the house's looks, and texts of strangers made safe to draw."""

from __future__ import annotations

import re
import textwrap
from typing import Any

from bokeh.models import Range1d
from bokeh.models.annotations import Label
from bokeh.models.tools import SaveTool
from bokeh.plotting import figure

from pycore.plots.theme import Theme, paint

__all__ = ["labelled", "message_figure", "new_figure", "shortened"]

_MOST_LABEL_CHARACTERS = 28
_MOST_UNIT_CHARACTERS = 20
_WORD_JOINER = "\u2060"  # has no width
_FORMULA = re.compile(r"(?<=\$)(?=\$)|(?<=\\)(?=[(\[])")  # the middle of each sign that begins one
_LINE_CHARACTERS = 64
_MOST_FILE_CHARACTERS = 60  # of up to four bytes each


def new_figure(
    name: str, title: str, *, x_label: str = "", y_label: str = "", height: int = 360, **options: Any
) -> figure:
    """Return an empty figure as wide as its place, without a link to anywhere; paint it when all is drawn.

    Parameters
    ----------
    name : str
        By which tests and pages find it.
    title, x_label, y_label : str
        May hold names of strangers; they are shortened and made safe.
    height : int, default 360
        Pixels.
    **options : Any
        Of :class:`bokeh.plotting.figure`: ``x_range``, ``tools``, …
    """
    options = {
        "tools": "pan,box_zoom,wheel_zoom,reset,save",
        "active_scroll": None,
        "sizing_mode": "stretch_width",
    } | options
    plot = figure(
        name=name,
        title=shortened(title, 90),
        x_axis_label=shortened(x_label, 60),
        y_axis_label=shortened(y_label, 60),
        height=height,
        toolbar_location=options.pop("toolbar_location", "above"),
        **options,
    )
    plot.toolbar.logo = None
    for tool in plot.toolbar.tools:
        if isinstance(tool, SaveTool):
            tool.filename = _file_name(title or name)  # else the browser asks for one
    return plot


def _file_name(text: str) -> str:
    """Return a name that every file system takes.

    Examples
    --------
    >>> _file_name("iris: ROC of “a/b”")
    'iris-roc-of-a-b'
    """
    return re.sub(r"\W+", "-", text.lower()).strip("-")[:_MOST_FILE_CHARACTERS] or "figure"


def message_figure(name: str, title: str, text: str, theme: Theme, *, height: int = 360) -> figure:
    """Return a figure that holds a sentence in place of a picture."""
    plot = new_figure(name, title, height=height, tools="", toolbar_location=None)
    plot.x_range, plot.y_range = Range1d(start=0, end=1), Range1d(start=0, end=1)
    plot.axis.visible = plot.grid.visible = False
    lines = "\n".join(textwrap.wrap(shortened(text, 320), _LINE_CHARACTERS))
    plot.add_layout(Label(x=0.5, y=0.5, text=lines, text_align="center", text_baseline="middle", text_color=theme.text))
    paint(plot, theme)
    return plot


def labelled(name: str, unit: str = "") -> str:
    """Return a name with its unit, as an axis says it; of a long unit what stands before the comma.

    Examples
    --------
    >>> labelled("weight", "lb"), labelled("species"), labelled("adj_close", "USD, adjusted for splits")
    ('weight (lb)', 'species', 'adj_close (USD)')
    """
    if len(unit) > _MOST_UNIT_CHARACTERS:
        unit = shortened(unit.partition(",")[0], _MOST_UNIT_CHARACTERS)
    return f"{shortened(name)} ({shortened(unit)})" if unit else shortened(name)


def shortened(text: str, most: int = _MOST_LABEL_CHARACTERS) -> str:
    r"""Return a text that fits a picture: in one line, the middle of a long one left out, no formula in it.

    Bokeh takes ``$$…$$``, ``\(…\)`` and ``\[…\]`` for formulas and would ask the network for what draws them.

    Examples
    --------
    >>> shortened("a name that is much longer than what a picture has room for")
    'a name that i…e has room for'
    """
    line = " ".join(text.split())
    if len(line) > most:
        head = (most - 1) // 2
        line = f"{line[:head]}…{line[len(line) - (most - 1 - head) :]}"
    return _FORMULA.sub(_WORD_JOINER, line)
