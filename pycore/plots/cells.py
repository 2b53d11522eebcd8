"""Maps of square cells: the names beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bokeh.models import FixedTicker, NoOverlap
from bokeh.plotting import figure

from pycore.plots.labels import distinct_labels

__all__ = ["MOST_READABLE", "name_cells"]

MOST_READABLE: Final = 15  # lines of cells that have room for a number
_MOST_LEVEL: Final = 6  # names that stand side by side
_MOST_LEVEL_CHARACTERS: Final = 14
_MOST_CHARACTERS: Final = 28
_MOST_DENSE_CHARACTERS: Final = 18
_SLANT: Final = 0.8  # radians


def name_cells(plot: figure, names: Sequence[str]) -> None:
    """Write the names of lines and columns: upright where many stand close together, aslant where they are long.

    Parameters
    ----------
    plot : figure
        Its cells are one wide and one high, the first around 0.
    names : sequence of str
        Of strangers, all different; they are shortened, and still differ.
    """
    is_dense = len(names) > MOST_READABLE
    labels = distinct_labels(names, _MOST_DENSE_CHARACTERS if is_dense else _MOST_CHARACTERS)
    places = list(range(len(names)))
    for axis in plot.axis:
        axis.ticker = FixedTicker(ticks=places)
        axis.major_label_overrides = dict(zip(places, labels, strict=True))
        axis.major_tick_in = axis.major_tick_out = 0
    if is_dense:
        plot.xaxis.major_label_orientation = "vertical"
        plot.axis.major_label_policy = NoOverlap()
    elif len(names) > _MOST_LEVEL or max(map(len, labels), default=0) > _MOST_LEVEL_CHARACTERS:
        plot.xaxis.major_label_orientation = _SLANT
    plot.grid.visible = False
