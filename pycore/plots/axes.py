"""An axis that shows numbers, dates or categories, one after the other: the figure around it stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from bokeh.models import (
    BasicTicker,
    CustomJSHover,
    CustomJSTickFormatter,
    DatetimeTicker,
    DatetimeTickFormatter,
    FixedTicker,
    NoOverlap,
    Range1d,
)
from bokeh.models.axes import Axis

from pycore.plots.canvas import labelled, shortened
from pycore.results.scatter import AxisKind, Scale

__all__ = ["AnyAxis", "Reading", "number_formatter", "show_range", "value_formatters", "value_tickers"]

_MOST_CHARACTERS: Final = 16
_MOST_CHARACTERS_IN_A_ROW: Final = 90
_SLANT: Final = 0.6  # radians
_NUMBER: Final = """
const size = Math.abs(value);
if (value === 0) return "0";
if (size < 1e-4 || size >= 1e15) return value.toExponential(3).replace(/\\.?0+e/, "e");
return value.toLocaleString("en", {
  maximumSignificantDigits: digits, notation: size >= 1e6 ? "compact" : "standard", useGrouping: size >= 1e4 });
"""
_NUMBER_TICK: Final = f"const value = tick, digits = 7;{_NUMBER}"
_CLASS_TICK: Final = 'return names[tick] ?? "";'
_READING: Final = f"""
if (!Number.isFinite(value)) return "(missing)";
if (kind === "category") return names[Math.round(value)] ?? "";
if (kind === "date") return new Date(value).toISOString().replace("T", " ").replace(/( 00:00:00)?\\.000Z$/, "");
const digits = 6;{_NUMBER}
"""


def number_formatter() -> CustomJSTickFormatter:
    """Return what writes the numbers of an axis in few characters, and a year as a year."""
    return CustomJSTickFormatter(code=_NUMBER_TICK)


def value_tickers() -> dict[str, Any]:
    """Return a ticker for each kind of value."""
    return {"number": BasicTicker(), "date": DatetimeTicker(), "category": FixedTicker(ticks=[])}


def value_formatters() -> dict[str, Any]:
    """Return a formatter of ticks for each kind of value."""
    return {
        "number": number_formatter(),
        "date": DatetimeTickFormatter(),
        "category": CustomJSTickFormatter(args={"names": []}, code=_CLASS_TICK),
    }


class Reading:
    """What writes the values of a column in tooltips, one column after the other.

    Attributes
    ----------
    formatter : CustomJSHover
        Stays the same: a new model would let Bokeh look through all models of the document.
    """

    def __init__(self) -> None:
        self.formatter = CustomJSHover(args={"kind": "number", "names": []}, code=_READING)

    def show(self, kind: AxisKind, classes: Sequence[str] = ()) -> None:
        """Write values of this kind; those of a category are places in `classes`."""
        self.formatter.args = {"kind": kind, "names": [shortened(name) for name in classes]}


def show_range(view: Range1d, start: float, end: float) -> None:
    """Show this part of an axis, now and after a reset."""
    view.update(start=start, end=end, reset_start=start, reset_end=end)


class AnyAxis:
    """The axes of one side, of a figure or of several, with what they need for every kind of value.

    Parameters
    ----------
    axes : iterable of Axis
        They change together.
    slants : bool, default False
        Whether long names of categories are written aslant.
    """

    def __init__(self, axes: Iterable[Axis], *, slants: bool = False) -> None:
        self._axes = list(axes)
        self._slants = slants
        self._tickers = value_tickers()
        self._formatters = value_formatters()
        for axis in self._axes:
            axis.major_label_policy = NoOverlap(min_distance=2)

    def show(self, scale: Scale) -> None:
        """Show the ticks and the name of a column."""
        names = [shortened(name, _MOST_CHARACTERS) for name in scale.classes]
        if scale.kind == "category":
            self._tickers["category"].ticks = list(range(len(names)))
            self._formatters["category"].args = {"names": names}
        slanted = self._slants and sum(map(len, names)) > _MOST_CHARACTERS_IN_A_ROW
        for axis in self._axes:
            axis.ticker = self._tickers[scale.kind]
            axis.formatter = self._formatters[scale.kind]
            axis.major_label_orientation = _SLANT if slanted else "horizontal"
            axis.axis_label = labelled(scale.name, scale.unit)
