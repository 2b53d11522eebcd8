"""How well each feature alone tells the target, and from where on that is suspicious."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, HoverTool, NumeralTickFormatter
from bokeh.models.annotations import Span
from bokeh.plotting import figure

from pycore.plots.canvas import message_figure, shortened
from pycore.plots.named_rows import MOST_ROWS, places, rows_figure, write_beside
from pycore.plots.theme import Theme, paint
from pycore.results.quality import Leak, Leaks

__all__ = ["plot_leaks"]

_TITLE: Final = "What each feature alone tells"
_NO_TARGET: Final = "There is no target that varies, or too few rows: nothing can be told."
_NO_FEATURE: Final = "There is no feature of which values repeat or have an order."


def plot_leaks(found: Leaks | None, theme: Theme) -> figure:
    """Return a point for each of the best thirty features, and the line from which on they are suspicious.

    Parameters
    ----------
    found : Leaks or None
        None: there is no target, or it does not vary, and the figure says so.
    theme : Theme
        Colours of the figure.

    Returns
    -------
    figure
        Named ``quality-leaks``; its source ``quality-leaks-source`` has ``name``, ``score``, ``y``, and ``text``: the
        score, and how the feature says the same as the target.

    Examples
    --------
    >>> from pycore.plots.theme import theme_of
    >>> found = Leaks(
    ...     target="mpg",
    ...     metric="R² of the ranks",
    ...     worst=0.0,
    ...     threshold=0.98,
    ...     features=(Leak(name="km_per_l", score=0.999, words="a rising function of the target"),),
    ...     n_rows=392,
    ... )
    >>> plot_leaks(found, theme_of("light")).select_one({"name": "quality-leaks-source"}).data["text"]
    ['0.999: a rising function of the target']
    """
    if found is None:
        return message_figure("quality-leaks", _TITLE, _NO_TARGET, theme, height=160)
    if not found.features:
        return message_figure("quality-leaks", _TITLE, _NO_FEATURE, theme, height=160)
    shown = found.features[:MOST_ROWS]
    scale = 1 - found.worst
    plot = rows_figure(
        ("quality-leaks", f"{_TITLE} of {shortened(found.target, 30)}"),
        [leak.name for leak in shown],
        theme,
        x_label=f"{found.metric}, cross-validated",
        x_range=(found.worst - 0.02 * scale, 1 + 0.25 * scale),
        note=_note(found, len(shown)),
    )
    source = ColumnDataSource(_columns(shown, found, theme), name="quality-leaks-source")
    _draw(plot, source, found, theme)
    plot.xaxis.ticker = np.linspace(found.worst, 1, 6).tolist()
    plot.xaxis.formatter = NumeralTickFormatter(format="0.[00]")
    paint(plot, theme)
    return plot


def _draw(plot: figure, source: ColumnDataSource, found: Leaks, theme: Theme) -> None:
    """Draw a point at the end of a line for each feature, and the line from which on they are suspicious."""
    plot.segment(
        x0=found.worst, x1="score", y0="y", y1="y", line_color=theme.frame, source=source, name="quality-leaks-lines"
    )
    points = plot.scatter(
        "score", "y", marker="marker", size=11, color="colour", source=source, name="quality-leaks-points"
    )
    write_beside(plot, source, theme, x="end", text="label", offset=11)  # beside a point, the line could cross it
    threshold = Span(location=found.threshold, dimension="height", line_color=theme.red, line_dash="dashed")
    threshold.update(line_width=1.5, level="underlay")
    plot.add_layout(threshold)
    plot.add_tools(HoverTool(renderers=[points], tooltips=[("feature", "@name"), ("tells", "@text")], visible=False))


def _note(found: Leaks, n_shown: int) -> str:
    part = f"the best {n_shown} of {len(found.features):,}, " if n_shown < len(found.features) else ""
    rows = f"{found.n_rows:,} rows" if found.n_rows >= found.n_all else f"{found.n_rows:,} of {found.n_all:,} rows"
    return f"{part}{rows}; dashed: suspicious"


def _columns(shown: Sequence[Leak], found: Leaks, theme: Theme) -> dict[str, Any]:
    suspicious = set(found.suspicious)
    return {
        "name": [shortened(leak.name, 80) for leak in shown],
        "score": np.array([leak.score for leak in shown]),
        "end": np.ones(len(shown)),
        "y": places(len(shown)),
        "label": [_rounded(leak.score) for leak in shown],
        "text": [f"{_rounded(leak.score)}{f': {leak.words}' if leak.words else ''}" for leak in shown],
        "marker": ["diamond" if leak in suspicious else "circle" for leak in shown],
        "colour": [theme.red if leak in suspicious else theme.blue for leak in shown],
    }


def _rounded(score: float) -> str:
    """Return three digits that read 1 only if it is exactly 1."""
    return f"{score:.3f}" if score == 1 or score < 0.9995 else "> 0.999"
