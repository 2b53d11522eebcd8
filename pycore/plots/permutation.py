"""How much a model loses when a feature is shuffled: the most on top."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool
from bokeh.models.annotations import Span
from bokeh.plotting import figure

from pycore.plots.axes import number_formatter
from pycore.plots.canvas import message_figure, shortened
from pycore.plots.labels import rounded
from pycore.plots.named_rows import MOST_ROWS, places, rows_figure, write_beside
from pycore.plots.theme import Theme, paint
from pycore.results.explanation import PermutationImportance

__all__ = ["plot_permutation"]

_NAME: Final = "results-permutation"
_LEAST_SCALE: Final = 1e-9  # a model that hears of no feature still has an axis
_ROOM: Final = (0.05, 0.18)  # of the axis, left of what is drawn and right of it, for the numbers


def plot_permutation(found: PermutationImportance, *, title: str, theme: Theme) -> figure:
    """Return bars of the mean loss of the thirty features that are missed most, with whiskers of the repeats.

    Parameters
    ----------
    found : PermutationImportance
        The best first. A loss below zero says that the feature was no help.
    title : str
        Names what is seen.
    theme : Theme
        Colours.

    Returns
    -------
    figure
        Named ``results-permutation``; its source ``results-permutation-source`` has ``name``, ``y``, ``mean``, ``std``,
        ``low`` and ``high`` (the whiskers: a standard deviation) and ``text``.

    Examples
    --------
    >>> from pycore.plots.theme import theme_of
    >>> found = PermutationImportance(
    ...     names=("petal width", "sepal width"),
    ...     means=np.array([0.31, -0.01]),
    ...     stds=np.array([0.04, 0.01]),
    ...     metric="accuracy",
    ...     n_repeats=10,
    ...     n_rows=30,
    ... )
    >>> plot = plot_permutation(found, title="iris", theme=theme_of("light"))
    >>> plot.select_one({"name": "results-permutation-source"}).data["text"]
    ['0.310', '−0.0100']
    """
    n_shown = min(len(found.names), MOST_ROWS)
    if not n_shown:
        return message_figure(_NAME, title, "There is no feature that could be shuffled.", theme, height=160)
    columns = _columns(found, n_shown)
    plot = rows_figure(
        (_NAME, title),
        found.names[:n_shown],
        theme,
        x_label=f"loss of {shortened(found.metric, 30)} when the feature is shuffled",
        x_range=_range(columns),
        note=_note(found, n_shown),
    )
    source = ColumnDataSource(columns, name=f"{_NAME}-source")
    _draw(plot, source, theme)
    plot.xaxis.formatter = number_formatter()
    paint(plot, theme)
    return plot


def _columns(found: PermutationImportance, n_shown: int) -> dict[str, Any]:
    means, stds = found.means[:n_shown], found.stds[:n_shown]
    spread = np.nan_to_num(stds)
    return {
        "name": [shortened(name, 80) for name in found.names[:n_shown]],
        "y": places(n_shown),
        "mean": means,
        "std": stds,
        "low": means - spread,
        "high": means + spread,
        "end": np.maximum(means + spread, 0),
        "text": [rounded(mean) for mean in means],
    }


def _range(columns: dict[str, Any]) -> tuple[float, float]:
    low = min(float(np.nanmin(columns["low"])), 0.0)
    high = max(float(np.nanmax(columns["high"])), 0.0)
    scale = max(high - low, _LEAST_SCALE)
    return low - _ROOM[0] * scale, high + _ROOM[1] * scale


def _note(found: PermutationImportance, n_shown: int) -> str:
    part = (
        f"the {n_shown} of {len(found.names):,} features that are missed most; " if n_shown < len(found.names) else ""
    )
    return f"{part}{found.n_repeats} repeat{'s' * (found.n_repeats != 1)} on {found.n_rows:,} rows"


def _draw(plot: figure, source: ColumnDataSource, theme: Theme) -> None:
    """Draw bars from zero, whiskers, and numbers right of both."""
    bars = plot.hbar(
        y="y",
        left=0,
        right="mean",
        height=0.68,
        fill_color=theme.blue,
        fill_alpha=0.6,  # whiskers are seen on it
        line_color=theme.blue,
        source=source,
        name=f"{_NAME}-bars",
    )
    plot.segment(
        "low", "y", "high", "y", line_color=theme.text, line_width=1.5, source=source, name=f"{_NAME}-whiskers"
    )
    for end in ("low", "high"):
        plot.scatter(end, "y", marker="dash", angle=np.pi / 2, size=9, line_color=theme.text, source=source)
    write_beside(plot, source, theme, x="end", text="text", offset=8)
    plot.add_layout(Span(location=0, dimension="height", line_color=theme.frame))
    said = [("feature", "@name"), ("mean loss", "@text"), ("standard deviation", "@std{0.0000}")]
    plot.add_tools(HoverTool(renderers=[bars], mode="hline", tooltips=said, visible=False))
