"""Values over time, as much of them as a picture of a window shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Calendar", "Candles", "PriceColumns", "Series", "SeriesWindow", "Span"]


@dataclass(frozen=True, kw_only=True)
class Span:
    """A stretch of time.

    Attributes
    ----------
    start, end : float
        Milliseconds since 1970, as axes count them; `start` is before `end`.
    """

    start: float
    end: float

    @property
    def width(self) -> float:
        """Its length in milliseconds."""
        return self.end - self.start

    def around(self, share: float) -> Span:
        """Return a span that begins earlier and ends later by this share of its width."""
        return Span(start=self.start - share * self.width, end=self.end + share * self.width)

    def inside(self, whole: Span) -> Span:
        """Return a span of the same width, moved into `whole`; all of `whole` where it is not wider."""
        if self.width >= whole.width:
            return whole
        start = min(max(self.start, whole.start), whole.end - self.width)
        return Span(start=start, end=start + self.width)


@dataclass(frozen=True, kw_only=True, eq=False)
class Series:
    """The points of one series in a window.

    Attributes
    ----------
    name, unit : str
        As axes say them.
    x : numpy.ndarray of shape (n_points,), float64
        Milliseconds since 1970, none before the one in front of it.
    y : numpy.ndarray of shape (n_points,), float64
        NaN where the line has a gap.
    least, greatest : float
        Of all rows, those outside of the window among them; NaN where there is no value.
    base : float
        What changes are counted from: the first value in the window that is not zero; NaN where there is none.
    """

    name: str
    unit: str
    x: np.ndarray[Any, Any]
    y: np.ndarray[Any, Any]
    least: float
    greatest: float
    base: float


@dataclass(frozen=True, kw_only=True, eq=False)
class SeriesWindow:
    """Several series in one window.

    Attributes
    ----------
    title : str
        What is seen.
    series : tuple of Series
        At least one.
    window, whole : Span
        What is looked at, and where there are rows.
    has_times : bool
        Whether there are moments that are no midnights.
    n_rows : int
        Rows in the window; more than there are points, if these were chosen.
    notes : tuple of str
        Sentences that whoever looks at it has to know.
    """

    title: str
    series: tuple[Series, ...]
    window: Span
    whole: Span
    has_times: bool
    n_rows: int
    notes: tuple[str, ...] = ()


_DAY_MS: Final = 86_400_000.0


@dataclass(frozen=True, eq=False)
class Calendar:
    """An axis on which only the days of trading have room, one unit each; before and behind them every day has.

    Attributes
    ----------
    days : numpy.ndarray of shape (n_days,), float64
        Milliseconds since 1970, each after the one in front of it; at least one.

    Examples
    --------
    >>> friday, monday = 1_704_412_800_000.0, 1_704_672_000_000.0
    >>> calendar = Calendar(np.array([friday, monday]))
    >>> calendar.places([friday, monday, monday + 86_400_000])
    array([0., 1., 2.])
    >>> bool(calendar.moments([1.0])[0] == monday)
    True
    """

    days: np.ndarray[Any, Any]

    def places(self, moments: Sequence[float] | np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return where moments stand on the axis."""
        given = np.asarray(moments, dtype="float64")
        inside: np.ndarray[Any, Any] = np.interp(given, self.days, np.arange(len(self.days), dtype="float64"))
        inside += (given - np.clip(given, self.days[0], self.days[-1])) / _DAY_MS
        return inside

    def moments(self, places: Sequence[float] | np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return the moments of places on the axis."""
        given, last = np.asarray(places, dtype="float64"), len(self.days) - 1
        inside: np.ndarray[Any, Any] = np.interp(given, np.arange(len(self.days), dtype="float64"), self.days)
        inside += (given - np.clip(given, 0, last)) * _DAY_MS
        return inside

    def span_of_places(self, span: Span) -> Span:
        """Return a span of time as one of places."""
        start, end = self.places([span.start, span.end]).tolist()
        return Span(start=start, end=end)

    def span_of_moments(self, span: Span) -> Span:
        """Return a span of places as one of time."""
        start, end = self.moments([span.start, span.end]).tolist()
        return Span(start=start, end=end)


@dataclass(frozen=True, kw_only=True)
class PriceColumns:
    """The names of the columns that candles are made of; `volume` is None where there is none."""

    open: str
    high: str
    low: str
    close: str
    volume: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Candles:
    """Prices in a window, each candle of one row or of all rows of a period.

    Attributes
    ----------
    title : str
        Whose prices.
    period : str
        What a candle stands for: ``"row"``, ``"day"``, ``"week"`` …
    x : numpy.ndarray of shape (n_candles,), float64
        The middle of its period (of a row: its moment), in milliseconds since 1970; where there is a `calendar`, as
        that one counts.
    width : numpy.ndarray of shape (n_candles,), float64
        How wide each is drawn, in milliseconds or as the calendar counts.
    begin : numpy.ndarray of shape (n_candles,), float64
        The moment of its first row.
    open, high, low, close : numpy.ndarray of shape (n_candles,), float64
        First, greatest, least and last price of the period.
    volume : numpy.ndarray of shape (n_candles,), float64, or None
        Their sum; None: no column has volumes.
    unit, volume_unit : str
        Of the prices and the volume.
    window, whole : Span
        What is looked at, and where there are rows.
    has_times : bool
        Whether there are moments that are no midnights.
    calendar : Calendar or None
        The days of trading, if there are prices of most days and of no hours: others need no room; None: time has.
    notes : tuple of str
        Sentences that whoever looks at it has to know.
    """

    title: str
    period: str
    x: np.ndarray[Any, Any]
    width: np.ndarray[Any, Any]
    begin: np.ndarray[Any, Any]
    open: np.ndarray[Any, Any]
    high: np.ndarray[Any, Any]
    low: np.ndarray[Any, Any]
    close: np.ndarray[Any, Any]
    volume: np.ndarray[Any, Any] | None
    unit: str
    volume_unit: str
    window: Span
    whole: Span
    has_times: bool
    calendar: Calendar | None = None
    notes: tuple[str, ...] = ()
