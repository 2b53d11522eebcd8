"""How many rows of a class are found, and how many others with them (ROC)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from bokeh.models import LayoutDOM
from bokeh.models.annotations import Slope
from bokeh.plotting import figure

from pycore.plots.curves import CurveWords, plot_curves
from pycore.plots.theme import Theme
from pycore.results.evaluation import Curve

__all__ = ["plot_roc"]

_WORDS: Final = CurveWords(
    name="results-roc",
    x_label="false positive rate",
    y_label="true positive rate",
    area="area under the curve",
)


def plot_roc(curves: Sequence[Curve], *, title: str, theme: Theme) -> LayoutDOM:
    """Return the ROC curves of the classes and their average, and the diagonal on which guessing lies.

    Parameters
    ----------
    curves : sequence of Curve
        Of kind ``"roc"``, of either part.
    title : str
        Names what is seen.
    theme : Theme
        Colours.

    Returns
    -------
    LayoutDOM
        The figure ``results-roc`` with the source ``results-roc-source``, below the buttons ``results-roc-part``; see
        :func:`pycore.plots.curves.plot_curves`.

    Examples
    --------
    >>> import numpy as np
    >>> from pycore.plots.theme import theme_of
    >>> curve = Curve(
    ...     kind="roc",
    ...     part="test",
    ...     label="yes",
    ...     x=np.array([0, 0.2, 1]),
    ...     y=np.array([0, 0.9, 1]),
    ...     thresholds=np.array([np.inf, 0.5, 0]),
    ...     area=0.85,
    ...     base=0.5,
    ... )
    >>> layout = plot_roc([curve], title="titanic", theme=theme_of("light"))
    >>> layout.select_one({"name": "results-roc-legend"}).items[0].label
    Value(value='yes: 0.850', transform=Unspecified, units=Unspecified)
    """
    layout = plot_curves(curves, _WORDS, title=title, theme=theme)
    plot: Any = layout.select_one({"type": figure})
    if curves:
        diagonal = Slope(gradient=1, y_intercept=0, line_color=theme.frame, line_dash="dashed", level="underlay")
        plot.add_layout(diagonal)
    return layout
