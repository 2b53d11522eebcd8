"""Lines of many classes: each told from the others, the most telling of them shown at first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bokeh.core.enums import DashPatternType

from pycore.plots.palettes import class_styles
from pycore.plots.theme import Theme

__all__ = ["MOST_AT_FIRST", "MOST_LINES", "LineStyle", "first_shown", "hidden_note", "line_styles"]

MOST_LINES: Final = 28
MOST_AT_FIRST: Final = 8  # more lines on top of each other are not told apart
_N_COLOURS: Final = 8
_DASHES: Final[tuple[DashPatternType, ...]] = ("solid", "dashed", "dotted", "dashdot")


@dataclass(frozen=True, kw_only=True)
class LineStyle:
    """How the line of a class is drawn.

    Attributes
    ----------
    colour : str
        As ``#rrggbb``.
    dash : str
        One of Bokeh's.
    marker : str
        One of Bokeh's, for its points.
    width : float
        Pixels.
    """

    colour: str
    dash: DashPatternType
    marker: str
    width: float = 2.0


def line_styles(n_lines: int, theme: Theme) -> list[LineStyle]:
    """Return a style for each line, none like another up to 32 lines.

    Examples
    --------
    >>> from pycore.plots.theme import theme_of
    >>> [style.dash for style in line_styles(3, theme_of("light"))]
    ['solid', 'dashed', 'dotted']
    """
    return [
        LineStyle(
            colour=style.colour,
            dash=_DASHES[(place + place // _N_COLOURS) % len(_DASHES)],
            marker=style.marker,
        )
        for place, style in enumerate(class_styles(("",) * n_lines, theme))
    ]


def first_shown(ranks: Sequence[float]) -> list[bool]:
    """Return which lines are shown at first: all, of many the eight with the least `ranks`.

    Examples
    --------
    >>> first_shown([0.9, 0.4])
    [True, True]
    >>> sum(first_shown([float(rank) for rank in range(20)]))
    8
    """
    shown = sorted(range(len(ranks)), key=lambda place: ranks[place])[:MOST_AT_FIRST]
    return [place in shown for place in range(len(ranks))]


def hidden_note(shown: Sequence[bool]) -> str:
    """Return a second line for a note, where not all lines are shown at first."""
    return "" if all(shown) else f"\n{sum(shown)} of {len(shown)} are shown; click a name for more"
