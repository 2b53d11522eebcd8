"""How many rows of a class are found, and how many of those that were taken for it are of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bokeh.models import LayoutDOM

from pycore.plots.curves import CurveWords, plot_curves
from pycore.plots.theme import Theme
from pycore.results.evaluation import Curve

__all__ = ["plot_precision_recall"]

_WORDS: Final = CurveWords(
    name="results-precision-recall",
    x_label="recall",
    y_label="precision",
    area="average precision",
    has_steps=True,
)


def plot_precision_recall(curves: Sequence[Curve], *, title: str, theme: Theme) -> LayoutDOM:
    """Return the precision–recall curves of the classes and their average, each with a dotted line of its base rate.

    Parameters
    ----------
    curves : sequence of Curve
        Of kind ``"precision-recall"``, of either part. Each precision holds from the recall before.
    title : str
        Names what is seen.
    theme : Theme
        Colours.

    Returns
    -------
    LayoutDOM
        The figure ``results-precision-recall`` with the source ``results-precision-recall-source``, below the buttons
        ``results-precision-recall-part``; see :func:`pycore.plots.curves.plot_curves`. ``base`` is the base rate.
    """
    return plot_curves(curves, _WORDS, title=title, theme=theme)
