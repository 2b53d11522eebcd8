"""Legends beside what they name, never on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from bokeh.models.annotations import Legend, LegendItem
from bokeh.models.renderers import GlyphRenderer
from bokeh.plotting import figure

__all__ = ["Marks", "add_legend"]

_WIDTH: Final = 420  # pixels that there are, where two pictures stand beside each other
_KEY_PIXELS: Final = 34  # what is drawn before a name
_CHARACTER_PIXELS: Final = 7
_ROW_PIXELS: Final = 28

Marks: TypeAlias = "Sequence[GlyphRenderer[Any]]"


def add_legend(plot: figure, marks: Sequence[tuple[str, Marks]], *, place: str = "below") -> Legend:
    """Add a legend whose names hide and show their marks, in as many lines as it takes; the figure gets higher by them.

    Parameters
    ----------
    plot : figure
        Paint it afterwards.
    marks : sequence of (str, sequence of GlyphRenderer)
        What each name, shortened and made safe, stands for.
    place : {"below", "above"}, default "below"
        Of the frame.
    """
    items = [LegendItem(label={"value": name}, renderers=list(drawn)) for name, drawn in marks]
    longest = max((len(name) for name, _ in marks), default=0)
    n_columns = max(1, min(len(items), _WIDTH // (_KEY_PIXELS + _CHARACTER_PIXELS * longest)))
    legend = Legend(
        items=items,
        name=f"{plot.name}-legend",
        orientation="horizontal",
        location="left",
        click_policy="hide",
        ncols=n_columns,
        margin=4,
        spacing=8,
    )
    legend.update(padding=6)
    plot.add_layout(legend, place)  # type: ignore[arg-type]  # one of the places
    n_lines = -(-len(items) // n_columns)
    plot.height = (plot.height or 0) + _ROW_PIXELS * n_lines
    return legend
