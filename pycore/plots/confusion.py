"""Which class was taken for which, as a map of cells: shares of the true class, or counts of rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np
from bokeh.layouts import column
from bokeh.models import (
    BasicTicker,
    ColumnDataSource,
    CustomJS,
    HoverTool,
    LayoutDOM,
    LinearColorMapper,
    NumeralTickFormatter,
    Range1d,
)
from bokeh.models.annotations import ColorBar
from bokeh.models.renderers import GlyphRenderer
from bokeh.models.widgets import RadioGroup
from bokeh.plotting import figure

from pycore.plots.canvas import message_figure, new_figure, shortened
from pycore.plots.cells import MOST_READABLE, name_cells
from pycore.plots.controls import choice
from pycore.plots.labels import percent
from pycore.plots.named_rows import add_note
from pycore.plots.palettes import share_colours, share_ink
from pycore.plots.theme import Theme, paint
from pycore.results.evaluation import Confusion

__all__ = ["plot_confusion"]

_CELL_PIXELS: Final = (20, 56)  # the lowest, and the highest of all lines together:
_CELLS_PIXELS: Final = 440
_LEAST_HEIGHT: Final = 330
_MOST_HEIGHT: Final = 1000
_OTHER_PIXELS: Final = (250, 210)  # beside the cells, and above and below: names, colour bar, title
_MOST_CLASSES: Final = 80  # of more, the page would get megabytes, and nobody would find a cell
_CELL_RATIO: Final = 1.5  # numbers are wider than high
_CHARACTER_PIXELS: Final = 7
_LINE_PIXELS: Final = 14
# Cells grow when they are zoomed into, and shrink with the window: a number is seen where it has room. What is visible
# is a property: the kernel hears of it, so that a page that is loaded again shows the same.
_SHOW: Final = """
const { x_range, y_range } = plot;
const width = plot.inner_width / Math.abs(x_range.end - x_range.start);
const height = plot.inner_height / Math.abs(y_range.end - y_range.start);
texts.forEach((text, place) => {
  text.visible = place === shown.active && height >= line && width >= character * (lengths[place] + 1);
});
"""


def plot_confusion(found: Confusion, *, title: str, theme: Theme) -> LayoutDOM:
    """Return a map of cells, true classes from top to bottom, and buttons that switch between shares and counts.

    The colour of a cell is its share of the true class in either case, as the bar beside the map says; a cell without
    rows has none, and a class without rows is left blank. Of more than 80 classes those with the most errors are drawn.

    Parameters
    ----------
    found : Confusion
        Of one part of the rows.
    title : str
        Names what is seen.
    theme : Theme
        Colours.

    Returns
    -------
    LayoutDOM
        The buttons ``results-confusion-<part>-shown`` above the figure ``results-confusion-<part>``, whose source
        ``results-confusion-<part>-source`` has a row for each cell, line by line: ``x`` and ``y`` (places of the
        predicted and the true class), ``count``, ``share``, ``text0`` (share) and ``text1`` (count), ``truth``,
        ``prediction``. The texts are drawn by ``results-confusion-<part>-text-0`` and ``-1``.

    Examples
    --------
    >>> from pycore.plots.theme import theme_of
    >>> found = Confusion(
    ...     part="test",
    ...     classes=("no", "yes"),
    ...     counts=np.array([[9, 1], [0, 5]]),
    ...     shares=np.array([[0.9, 0.1], [0, 1.0]]),
    ... )
    >>> layout = plot_confusion(found, title="titanic", theme=theme_of("light"))
    >>> layout.select_one({"name": "results-confusion-test-source"}).data["text0"]
    ['90 %', '10 %', '0', '100 %']
    """
    name, n_all = f"results-confusion-{found.part}", len(found.classes)
    if not n_all:
        return message_figure(name, title, "There is no row, so no class was taken for another.", theme, height=160)
    found = _most_confused(found)
    n_classes = len(found.classes)
    cell = float(np.clip(_CELLS_PIXELS / n_classes, *_CELL_PIXELS))
    plot = new_figure(
        name,
        title,
        x_label="predicted class",
        y_label="true class",
        height=int(np.clip(_OTHER_PIXELS[1] + cell * n_classes, _LEAST_HEIGHT, _MOST_HEIGHT)),
        max_width=int(_OTHER_PIXELS[0] + _CELL_RATIO * cell * n_classes),
        x_range=Range1d(start=-0.5, end=n_classes - 0.5),
        y_range=Range1d(start=n_classes - 0.5, end=-0.5),  # the first on top
        tools="box_zoom,reset,save" if n_classes > MOST_READABLE else "save",  # there is room for one
    )
    texts = _draw(plot, found, theme)
    name_cells(plot, found.classes)
    which = f"; the {n_classes} of {n_all:,} classes with the most errors" if n_classes < n_all else ""
    add_note(plot, f"colour: share of the true class{which}", theme)
    paint(plot, theme)
    shown = choice("Show", ["shares of the true class", "rows"], name=f"{name}-shown")
    _show_what_fits(plot, texts, shown)
    return column(shown, plot, sizing_mode="stretch_width")


def _most_confused(found: Confusion) -> Confusion:
    """Return the classes that most often were taken for others, or others for them, if there are too many for a map."""
    if len(found.classes) <= _MOST_CLASSES:
        return found
    right = np.diag(found.counts)
    errors = found.counts.sum(axis=0) + found.counts.sum(axis=1) - 2 * right
    kept = np.sort(np.argsort(-errors, kind="stable")[:_MOST_CLASSES])
    inside = np.ix_(kept, kept)
    classes = tuple(found.classes[place] for place in kept)
    return replace(found, classes=classes, counts=found.counts[inside], shares=found.shares[inside])


def _draw(plot: figure, found: Confusion, theme: Theme) -> list[GlyphRenderer[Any]]:
    """Draw the cells, and their texts, of which the first are visible."""
    source = ColumnDataSource(_cells(found, theme), name=f"{plot.name}-source")
    colours = LinearColorMapper(
        palette=list(share_colours(theme)),
        low=float(np.finfo("float64").tiny),  # not a single row is no colour: one among thousands has to be seen
        high=1,
        low_color=theme.background,
        nan_color=theme.background,
    )
    colour: Any = {"field": "share", "transform": colours}
    cells = plot.rect("x", "y", 1, 1, source=source, fill_color=colour, line_color=theme.grid)
    cells.name = f"{plot.name}-cells"
    texts: list[GlyphRenderer[Any]] = []
    for place, _ in enumerate(("share", "count")):
        text = plot.text("x", "y", f"text{place}", source=source, text_color="ink_colour")
        text.glyph.update(text_align="center", text_baseline="middle", text_font_size="12px")
        text.update(name=f"{plot.name}-text-{place}", visible=place == 0 and len(found.classes) <= MOST_READABLE)
        texts.append(text)
    plot.add_layout(_colour_bar(colours, theme), "right")
    said = [("true class", "@truth"), ("predicted", "@prediction"), ("rows", "@count{0,0}"), ("share", "@said")]
    plot.add_tools(HoverTool(renderers=[cells], tooltips=said, visible=False))
    return texts


def _cells(found: Confusion, theme: Theme) -> dict[str, Any]:
    n_classes = len(found.classes)
    y, x = np.divmod(np.arange(n_classes * n_classes), n_classes)
    names = [shortened(name, 60) for name in found.classes]
    shares = found.shares.ravel()
    return {
        "x": x.astype("float64"),
        "y": y.astype("float64"),
        "count": found.counts.ravel().astype("float64"),
        "share": shares,
        "text0": [_brief(share) for share in shares],
        "text1": [f"{count:,}" for count in found.counts.ravel()],
        "said": ["no row of this class" if np.isnan(share) else percent(share) for share in shares],
        "truth": [names[place] for place in y],
        "prediction": [names[place] for place in x],
        "ink_colour": _ink_colours(shares, theme),
    }


def _brief(share: float) -> str:
    """Return a share in few characters, never as nothing or all where it is not."""
    if np.isnan(share):
        return ""
    if 0 < share < 0.005:
        return "< 1 %"
    if 0.995 <= share < 1:
        return "> 99 %"
    return f"{100 * share:.0f} %" if share else "0"


def _ink_colours(shares: np.ndarray[Any, Any], theme: Theme) -> list[str]:
    """Return a colour for the text in each cell that stands out from the colour of the cell."""
    return [share_ink(share, theme) if share > 0 else theme.text for share in shares]


def _colour_bar(colours: LinearColorMapper, theme: Theme) -> ColorBar:
    return ColorBar(
        color_mapper=colours,
        ticker=BasicTicker(desired_num_ticks=5),
        formatter=NumeralTickFormatter(format="0 %"),
        width=14,
        padding=12,
        background_fill_color=theme.background,
        major_label_text_color=theme.text,
        major_tick_line_color=theme.frame,
        bar_line_color=theme.frame,
    )


def _show_what_fits(plot: figure, texts: list[GlyphRenderer[Any]], shown: RadioGroup) -> None:
    """Let the browser show the texts that are chosen, where cells have room for them."""
    source: Any = texts[0].data_source
    callback = CustomJS(
        args={
            "plot": plot,
            "texts": texts,
            "shown": shown,
            "lengths": [max(map(len, source.data[f"text{place}"])) for place, _ in enumerate(texts)],
            "character": _CHARACTER_PIXELS,
            "line": _LINE_PIXELS,
        },
        code=_SHOW,
    )
    shown.js_on_change("active", callback)
    for attribute in ("inner_width", "inner_height"):
        plot.js_on_change(attribute, callback)
    for axis_range in (plot.x_range, plot.y_range):
        axis_range.js_on_change("start", callback)
        axis_range.js_on_change("end", callback)
