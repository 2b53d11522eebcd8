"""A metric by the values of a column: where a model is good, and where it is not."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool
from bokeh.models.annotations import Span
from bokeh.plotting import figure

from pycore.plots.axes import number_formatter
from pycore.plots.canvas import labelled, message_figure, shortened
from pycore.plots.labels import rounded
from pycore.plots.named_rows import MOST_ROWS, places, rows_figure, write_beside
from pycore.plots.parts import WORDS
from pycore.plots.theme import Theme, paint
from pycore.results.evaluation import Slices

__all__ = ["plot_slices"]

_NAME: Final = "results-slices"
_ROOM: Final = (0.06, 0.25)  # of the axis, left of what is drawn and right of it, for the rows of each slice


def plot_slices(found: Slices, *, title: str, theme: Theme) -> figure:
    """Return a dot for the metric of each slice with its interval, the rows of each, and a line for all rows.

    Parameters
    ----------
    found : Slices
        In the order in which they are drawn, the first on top; of more than thirty, those with the most rows are drawn.
    title : str
        Names what is seen.
    theme : Theme
        Colours.

    Returns
    -------
    figure
        Named ``results-slices``; its source ``results-slices-source`` has ``name``, ``y``, ``value``, ``low``,
        ``high``, ``rows`` and ``text``; the line is called ``results-slices-whole``.

    Examples
    --------
    >>> from pycore.plots.theme import theme_of
    >>> found = Slices(
    ...     part="test",
    ...     column="sex",
    ...     metric="accuracy",
    ...     labels=("female", "male"),
    ...     values=np.array([0.78, 0.83]),
    ...     low=np.array([0.68, 0.75]),
    ...     high=np.array([0.86, 0.9]),
    ...     n_rows=np.array([64, 115]),
    ...     whole=0.81,
    ...     greater_is_better=True,
    ... )
    >>> plot = plot_slices(found, title="titanic", theme=theme_of("light"))
    >>> plot.select_one({"name": "results-slices-source"}).data["text"]
    ['64 rows', '115 rows']
    """
    if not len(found.labels):
        text = f"There is no row with a value of {shortened(found.column)}, so there is no slice."
        return message_figure(_NAME, title, text, theme, height=160)
    kept = np.sort(np.argsort(-found.n_rows, kind="stable")[:MOST_ROWS])
    columns = _columns(found, kept)
    plot = rows_figure(
        (_NAME, title),
        [found.labels[place] for place in kept],
        theme,
        x_label=f"{labelled(found.metric, found.unit)}, {'greater' if found.greater_is_better else 'less'} is better",
        x_range=_range(columns, found.whole),
        note=_note(found, len(kept)),
    )
    plot.yaxis.axis_label = shortened(found.column)
    source = ColumnDataSource(columns, name=f"{_NAME}-source")
    _draw(plot, source, theme)
    whole = Span(location=found.whole, dimension="height", line_color=theme.red, line_dash="dashed", line_width=1.5)
    whole.update(name=f"{_NAME}-whole", level="underlay")
    plot.add_layout(whole)
    plot.xaxis.formatter = number_formatter()
    paint(plot, theme)
    return plot


def _columns(found: Slices, kept: np.ndarray[Any, Any]) -> dict[str, Any]:
    values, rows = found.values[kept], found.n_rows[kept]
    ends = np.where(np.isfinite(found.high[kept]), found.high[kept], values)
    return {
        "name": [shortened(found.labels[place], 80) for place in kept],
        "y": places(len(kept)),
        "value": values,
        "low": found.low[kept],
        "high": found.high[kept],
        "end": np.where(np.isfinite(ends), ends, found.whole),
        "rows": rows.astype("float64"),
        "said": [rounded(value) for value in values],
        "interval": [
            f"{rounded(low)} to {rounded(high)}" for low, high in zip(found.low[kept], found.high[kept], strict=True)
        ],
        "text": [
            f"{n:,} row{'' if n == 1 else 's'}{'' if np.isfinite(value) else ': not defined'}"
            for n, value in zip(rows, values, strict=True)
        ],
    }


def _range(columns: dict[str, Any], whole: float) -> tuple[float, float]:
    values = np.concatenate([columns["low"], columns["value"], columns["high"], [whole]])
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    scale = high - low or abs(high) or 1.0
    return low - _ROOM[0] * scale, high + _ROOM[1] * scale


def _note(found: Slices, n_shown: int) -> str:
    few = f"the {n_shown} of {len(found.labels):,} with the most rows; " if n_shown < len(found.labels) else ""
    return f"{few}{WORDS[found.part]}; lines: 95 % intervals; dashed: all rows, {rounded(found.whole)}"


def _draw(plot: figure, source: ColumnDataSource, theme: Theme) -> None:
    plot.segment("low", "y", "high", "y", line_color=theme.blue, line_width=2, source=source, name=f"{_NAME}-intervals")
    dots = plot.scatter("value", "y", size=10, color=theme.blue, source=source, name=f"{_NAME}-points")
    write_beside(plot, source, theme, x="end", text="text", offset=10)
    said = [("", "@name"), ("metric", "@said"), ("95 % interval", "@interval"), ("rows", "@rows{0,0}")]
    plot.add_tools(HoverTool(renderers=[dots], mode="hline", tooltips=said, visible=False))
