"""How a metric grows with the rows that a model is fitted to."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool, NumeralTickFormatter
from bokeh.models.renderers import GlyphRenderer
from bokeh.plotting import figure

from pycore.plots.axes import number_formatter
from pycore.plots.canvas import message_figure, new_figure
from pycore.plots.legends import add_legend
from pycore.plots.theme import Theme, paint
from pycore.results.explanation import LearningCurve

__all__ = ["plot_learning_curve"]

_NAME: Final = "results-learning-curve"
_NOTHING: Final = "There are too few rows to fit the model to parts of them."
_PARTS: Final[Any] = (  # column, what it is called, colour, marker, dash
    ("test", "rows it has not seen", "blue", "circle", "solid"),
    ("train", "rows it was fitted to", "red", "square", "dashed"),
)


def plot_learning_curve(found: LearningCurve, *, title: str, theme: Theme) -> figure:
    """Return lines of the mean metric by the rows fitted to, each in a band of a standard deviation over the folds.

    Parameters
    ----------
    found : LearningCurve
        On the rows that the model was fitted to, and on others.
    title : str
        Names what is seen.
    theme : Theme
        Colours.

    Returns
    -------
    figure
        Named ``results-learning-curve``; its source ``results-learning-curve-source`` has the columns ``n_rows``,
        ``train``, ``train_std``, ``test``, ``test_std``, and the ends of the bands ``train_low`` and so on.

    Examples
    --------
    >>> from pycore.plots.theme import theme_of
    >>> found = LearningCurve(
    ...     n_rows=np.array([30, 60]),
    ...     train=np.array([1.0, 0.99]),
    ...     train_std=np.array([0.0, 0.01]),
    ...     test=np.array([0.8, 0.9]),
    ...     test_std=np.array([0.1, 0.05]),
    ...     metric="accuracy",
    ... )
    >>> plot = plot_learning_curve(found, title="iris", theme=theme_of("light"))
    >>> plot.select_one({"name": "results-learning-curve-source"}).data["test_low"]
    array([0.7 , 0.85])
    """
    if not len(found.n_rows):
        return message_figure(_NAME, title, _NOTHING, theme, height=160)
    plot = new_figure(
        _NAME,
        title,
        x_label="rows fitted to",
        y_label=f"{found.metric}, {'greater' if found.greater_is_better else 'less'} is better",
        height=380,
    )
    source = ColumnDataSource(_columns(found), name=f"{_NAME}-source")
    marks = [(words, _draw(plot, source, key, looks, theme)) for key, words, *looks in _PARTS]
    add_legend(plot, marks, place="above")
    plot.xaxis.formatter = NumeralTickFormatter(format="0,0")
    plot.yaxis.formatter = number_formatter()
    spread = "@{key}{{0.000}} ± @{key}_std{{0.000}}"
    said = [("rows fitted to", "@n_rows{0,0}"), *((words, spread.format(key=key)) for key, words, *_ in _PARTS)]
    plot.add_tools(HoverTool(renderers=[marks[0][1][-1]], mode="vline", tooltips=said, visible=False))
    paint(plot, theme)
    return plot


def _columns(found: LearningCurve) -> dict[str, Any]:
    columns = {"n_rows": found.n_rows.astype("float64")}
    for key in ("train", "test"):
        mean, spread = getattr(found, key), getattr(found, f"{key}_std")
        around = np.nan_to_num(spread)  # of a single fold there is no spread
        columns |= {key: mean, f"{key}_std": spread, f"{key}_low": mean - around, f"{key}_high": mean + around}
    return columns


def _draw(
    plot: figure, source: ColumnDataSource, key: str, looks: tuple[str, Any, Any], theme: Theme
) -> list[GlyphRenderer[Any]]:
    """Return the band, the line and the points of one part."""
    colour, marker, dash = looks
    shade = getattr(theme, colour)
    band = plot.varea("n_rows", f"{key}_low", f"{key}_high", source=source, fill_color=shade, fill_alpha=0.18)
    line = plot.line("n_rows", key, source=source, line_color=shade, line_width=2, line_dash=dash)
    dots = plot.scatter("n_rows", key, source=source, color=shade, marker=marker, size=8)
    for mark, what in ((band, "band"), (line, "line"), (dots, "points")):
        mark.name = f"{_NAME}-{key}-{what}"
    return [band, line, dots]
