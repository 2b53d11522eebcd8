"""Truth and prediction row after row, as two lines."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool, NumeralTickFormatter
from bokeh.plotting import figure

from pycore.plots.axes import number_formatter
from pycore.plots.canvas import labelled, message_figure, new_figure
from pycore.plots.legends import add_legend
from pycore.plots.named_rows import add_note
from pycore.plots.parts import WORDS
from pycore.plots.theme import Theme, paint
from pycore.results.evaluation import Predictions

__all__ = ["plot_prediction_lines"]

_NAME: Final = "results-lines"
_MOST_ROWS: Final = 250
_HEIGHT: Final = 340
_NOTHING: Final = "There is no row of which both truth and prediction are numbers."


def plot_prediction_lines(
    predictions: Predictions,
    *,
    target: str,
    title: str,
    theme: Theme,
    unit: str = "",
    dates: np.ndarray[Any, Any] | None = None,
) -> figure:
    """Return truth and prediction of the last 250 rows of a part, in the order of the data set or by date.

    Parameters
    ----------
    predictions : Predictions
        Of a regression.
    target : str
        Name of what is predicted.
    title : str
        Names what is seen.
    theme : Theme
        Colours.
    unit : str, optional
        Of the target.
    dates : numpy.ndarray of shape (n_rows,), datetime64, optional
        Of each row of `predictions`; without them rows are numbered as in the data set.

    Returns
    -------
    figure
        Named ``results-lines``; its source ``results-lines-source`` has ``x``, ``row``, ``truth``, ``prediction``.

    Examples
    --------
    >>> from pycore.plots.theme import theme_of
    >>> found = Predictions(
    ...     part="test", rows=np.array([7, 3]), truth=np.array([30.0, 20.0]), prediction=np.array([28.0, 21.0])
    ... )
    >>> plot = plot_prediction_lines(found, target="mpg", title="autompg", theme=theme_of("light"))
    >>> plot.select_one({"name": "results-lines-source"}).data["truth"]
    array([20., 30.])
    """
    if not len(predictions.rows) or predictions.classes:
        return message_figure(_NAME, title, _NOTHING, theme, height=160)
    order = np.argsort(predictions.rows if dates is None else dates, kind="stable")[-_MOST_ROWS:]
    x = predictions.rows[order].astype("float64") if dates is None else dates[order].astype("datetime64[ms]")
    plot = new_figure(
        _NAME,
        title,
        x_label="row of the data set" if dates is None else "",
        y_label=labelled(target, unit),
        height=_HEIGHT,
        **({} if dates is None else {"x_axis_type": "datetime"}),
    )
    columns: dict[str, Any] = {
        "x": x,
        "row": predictions.rows[order].astype("int32"),
        "truth": predictions.truth[order].astype("float64"),
        "prediction": predictions.prediction[order].astype("float64"),
    }
    _draw(plot, ColumnDataSource(columns, name=f"{_NAME}-source"), theme)
    n_rows = len(predictions.rows)
    few = f"the last {len(order)} of {n_rows:,} " if n_rows > len(order) else ""
    add_note(plot, f"{few}{WORDS[predictions.part]}", theme)
    plot.yaxis.formatter = number_formatter()
    if dates is None:
        plot.xaxis.formatter = NumeralTickFormatter(format="0,0")
    paint(plot, theme)
    return plot


def _draw(plot: figure, source: ColumnDataSource, theme: Theme) -> None:
    looks: Any = (("truth", theme.blue, "solid"), ("prediction", theme.red, "dashed"))
    lines = [
        plot.line("x", name, source=source, line_color=colour, line_dash=dash, line_width=1.5, name=f"{_NAME}-{name}")
        for name, colour, dash in looks
    ]
    add_legend(plot, [(name, [line]) for (name, *_), line in zip(looks, lines, strict=True)], place="above")
    said = [("row", "@row"), ("truth", "@truth{0,0.[0000]}"), ("prediction", "@prediction{0,0.[0000]}")]
    plot.add_tools(HoverTool(renderers=[lines[0]], mode="vline", tooltips=said, visible=False))
