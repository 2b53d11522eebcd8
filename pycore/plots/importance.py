"""What each feature tells, as bars: the best on top."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from bokeh.models import ColumnDataSource, FixedTicker, HoverTool, NumeralTickFormatter, Range1d
from bokeh.models.renderers import GlyphRenderer
from bokeh.plotting import figure

from pycore.plots.canvas import new_figure, shortened
from pycore.plots.theme import Theme, paint
from pycore.results.features import Importance

__all__ = ["importance_height", "plot_importance"]

_MOST_BARS: Final = 30
_BAR_HEIGHT: Final = 20  # pixels, with the room between two of them
_OTHER_HEIGHT: Final = 110
_LEAST_HEIGHT: Final = 360
_LEAST_SCALE: Final = 0.05  # nats: noise does not fill the picture


def plot_importance(found: Importance, *, title: str, theme: Theme) -> figure:
    """Return horizontal bars of what the best thirty features tell.

    Parameters
    ----------
    found : Importance
        Scores in descending order.
    title : str
        Names what is seen; which part of the features is drawn is added.
    theme : Theme
        Colours.

    Returns
    -------
    figure
        Named ``features-importance``; its source, named ``features-importance-source``, has the columns ``y`` (0: the
        last one), ``score``, ``text``, ``name``, ``kind`` and ``rows``.

    Examples
    --------
    >>> from pycore.plots.theme import theme_of
    >>> found = Importance(
    ...     names=("petal width", "sepal width"),
    ...     kinds=("number", "number"),
    ...     scores=np.array([0.98, 0.24]),
    ...     discrete=np.array([False, False]),
    ...     n_rows=np.array([150, 150]),
    ...     measure="mutual information",
    ...     target="species",
    ...     n_features=2,
    ... )
    >>> plot = plot_importance(found, title="iris", theme=theme_of("light"))
    >>> plot.yaxis.major_label_overrides
    {1: 'petal width', 0: 'sepal width'}
    """
    n = min(len(found.names), _MOST_BARS)
    if n < found.n_features:
        title = f"{shortened(title, 60)}: the best {n} of {found.n_features:,}"
    tells = found.measure == "mutual information"
    top = max(float(found.scores[:n].max(initial=0)), _LEAST_SCALE) if tells else 1.0
    plot = new_figure(
        "features-importance",
        title,
        x_label="mutual information (nats)" if tells else "variance that two principal components explain",
        height=importance_height(n),
        x_range=Range1d(start=0, end=1.15 * top),  # the numbers stand right of the bars
        y_range=Range1d(start=-0.6, end=n - 0.4),
        tools="save",
    )
    bars = _draw(plot, found, n, theme)
    if not tells:
        plot.xaxis.formatter = NumeralTickFormatter(format="0 %")
    label = "mutual information" if tells else "explained variance"
    score = (label, "@score{0.0000} nats" if tells else "@score{0.0 %}")
    tooltips = [("feature", "@name"), score, ("measured as", "@kind"), ("rows", "@rows{0,0}")]
    plot.add_tools(HoverTool(renderers=[bars], mode="hline", tooltips=tooltips, visible=False))
    paint(plot, theme)
    return plot


def importance_height(n_features: int) -> int:
    """Return how many pixels :func:`plot_importance` takes, for what stands beside it."""
    return max(_LEAST_HEIGHT, _OTHER_HEIGHT + min(n_features, _MOST_BARS) * _BAR_HEIGHT)


def _draw(plot: figure, found: Importance, n: int, theme: Theme) -> GlyphRenderer[Any]:
    """Draw the bars, with a number at the end of each and its feature's name before it."""
    places = np.arange(n - 1, -1, -1)
    source = _source(found, n, places)
    bars: GlyphRenderer[Any] = plot.hbar(
        "y", height=0.72, right="score", source=source, color=theme.blue, line_color=None, name="features-bars"
    )
    numbers = plot.text("score", "y", "text", source=source, x_offset=5, name="features-scores")
    numbers.glyph.update(text_baseline="middle", text_color=theme.text, text_font_size="12px")
    plot.yaxis.ticker = FixedTicker(ticks=places.tolist())
    plot.yaxis.major_label_overrides = {
        int(place): shortened(name) for place, name in zip(places, found.names[:n], strict=True)
    }
    plot.yaxis.major_tick_in = plot.yaxis.major_tick_out = 0
    plot.ygrid.visible = False
    return bars


def _source(found: Importance, n: int, places: np.ndarray[Any, Any]) -> ColumnDataSource:
    scores = found.scores[:n]
    texts = [f"{score:.2f}" if found.measure == "mutual information" else f"{100 * score:.0f} %" for score in scores]
    kinds = zip(found.kinds[:n], found.discrete[:n], strict=True)
    return ColumnDataSource(
        name="features-importance-source",
        data={
            "y": places.astype("float64"),
            "score": scores,
            "text": texts,
            "name": [shortened(name, 60) for name in found.names[:n]],
            "kind": [f"{kind}, values as they are" if discrete else kind for kind, discrete in kinds],
            "rows": found.n_rows[:n].astype("float64"),
        },
    )
