"""Prices of a window of time as candles: open, high, low and close of each row, or of all rows of a period."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from pycore.analysis.series import Timeline
from pycore.exceptions import DatasetError
from pycore.results.dataset import Dataset
from pycore.results.series import Calendar, Candles, PriceColumns, Span

__all__ = ["PERIODS", "CandleRows", "price_columns"]

Array = np.ndarray[Any, Any]

_MINUTE_MS: Final = 60_000.0
_DAY_MS: Final = 86_400_000.0
_MONDAY_MS: Final = 4 * _DAY_MS  # 1970 began on a Thursday
_FEWEST_ROWS: Final = 400  # no more are shown each as its own candle
_MOST: Final = 400  # candles in a window, if the period is ours to choose
_MOST_ASKED: Final = 3_000  # if it is not
_MARGIN: Final = 0.25
_MOST_DAYS: Final = 40_000  # a century and a half of trading: what a page gets of them stays small
_BODY: Final = 0.7  # of its period a candle is wide
_NAMES: Final = ("open", "high", "low", "close")

_FIXED_MS: Final = {
    "minute": _MINUTE_MS,
    "5 minutes": 5 * _MINUTE_MS,
    "15 minutes": 15 * _MINUTE_MS,
    "hour": 60 * _MINUTE_MS,
    "4 hours": 240 * _MINUTE_MS,
    "day": _DAY_MS,
    "week": 7 * _DAY_MS,
}
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12, "10 years": 120, "100 years": 1_200}
_MONTH_MS: Final = 30.436875 * _DAY_MS
_MONTHS_BEFORE_1970: Final = 1_970 * 12  # centuries begin with the year 0, not 30 years before 1970
PERIODS: Final = (*_FIXED_MS, *_MONTHS)


def price_columns(dataset: Dataset) -> PriceColumns | None:
    """Return the columns of open, high, low and close, whatever the case of their names; None if one is not there.

    Examples
    --------
    >>> import pandas as pd
    >>> from pycore.analysis.columns import examined
    >>> price_columns(examined(pd.DataFrame(1.5, range(3), ["Open", "High", "Low", "Close"]), name="prices"))
    PriceColumns(open='Open', high='High', low='Low', close='Close', volume=None)
    """
    by_name = {name.strip().casefold(): name for name in reversed(dataset.names("number"))}
    if not all(name in by_name for name in _NAMES):
        return None
    return PriceColumns(**{name: by_name[name] for name in _NAMES}, volume=by_name.get("volume"))


class CandleRows:
    """The rows of a timeline that have all four prices.

    Parameters
    ----------
    timeline : Timeline
        Of one share.
    columns : PriceColumns
        Where the prices are.

    Raises
    ------
    DatasetError
        No row has all four.
    """

    def __init__(self, timeline: Timeline, columns: PriceColumns) -> None:
        self.timeline = timeline
        self.columns = columns
        prices = [timeline.column(name).y for name in (columns.open, columns.high, columns.low, columns.close)]
        volume = None if columns.volume is None else timeline.column(columns.volume).y
        moments = timeline.moments
        whole = np.logical_and.reduce([np.isfinite(each) for each in prices])
        n_left_out = len(whole) - int(np.count_nonzero(whole))
        if n_left_out == len(whole):
            raise DatasetError(
                f"No row of {timeline.title} has an open, a high, a low and a close, so there are no candles.",
                dataset=timeline.dataset.name,
            )
        if n_left_out:
            moments, prices = moments[whole], [each[whole] for each in prices]
            volume = None if volume is None else volume[whole]
        self._moments = moments
        self._columns = dict(zip(_NAMES, prices, strict=True)) | ({} if volume is None else {"volume": volume})
        self._step_ms = _step(timeline.milliseconds(moments[: 2**16]))
        self.calendar = None if timeline.has_times else _calendar(timeline.milliseconds(moments), self._step_ms)
        verb = "row lacks" if n_left_out == 1 else "rows lack"
        note = f"{n_left_out:,} {verb} one of the four prices and {'is' if n_left_out == 1 else 'are'} left out."
        self._notes = (*timeline.notes, *([note] if n_left_out else []))

    def window(self, span: Span | None = None, period: str | None = None) -> Candles:
        """Return the candles of a window and a little around it.

        Parameters
        ----------
        span : Span, optional
            What is looked at; None: all of it.
        period : str, optional
            One of `PERIODS`; None: the shortest that leaves the candles wide enough to be told apart, or each row of
            its own where there are few. Where one that is named would give thousands, a longer one is taken.
        """
        seen = self.timeline.whole if span is None else span
        around = seen.around(_MARGIN)
        first, stop = self._places(np.array([around.start, np.nextafter(around.end, np.inf)])).tolist()
        notes = self._notes
        if first == stop or (period is None and stop - first <= _FEWEST_ROWS * (1 + 2 * _MARGIN)):
            chosen, columns = "row", self._of_rows(first, stop)
        else:
            chosen = self._period(seen, period)
            columns = self._of_periods(first, stop, chosen)
        if period is not None and chosen not in {period, "row"}:
            notes = (*notes, f"One candle per {period} would be too narrow to be seen; there is one per {chosen}.")
        dataset, volume = self.timeline.dataset, self.columns.volume
        return Candles(
            title=self.timeline.title,
            period=chosen,
            unit=dataset.column(self.columns.close).unit,
            volume_unit="" if volume is None else dataset.column(volume).unit,
            window=seen,
            whole=self.timeline.whole,
            has_times=self.timeline.has_times,
            calendar=self.calendar,
            notes=notes,
            **columns,
        )

    def _period(self, span: Span, period: str | None) -> str:
        if period is not None:
            longer = PERIODS[PERIODS.index(period) :]
            return next((name for name in longer if span.width / _length(name) <= _MOST_ASKED), PERIODS[-1])
        fitting = (name for name in PERIODS if span.width / _length(name) <= _MOST and _length(name) >= self._step_ms)
        return next(fitting, PERIODS[-1])

    def _of_rows(self, first: int, stop: int) -> dict[str, Any]:
        moments = self.timeline.milliseconds(self._moments[first:stop])
        columns: dict[str, Any] = {**self._on_axis(moments, moments, moments, self._step_ms), "volume": None}
        for name, values in self._columns.items():
            columns[name] = values[first:stop].astype("float64")
        return columns

    def _of_periods(self, first: int, stop: int, period: str) -> dict[str, Any]:
        """Return the candles of whole periods: none of them changes while the window moves over it."""
        ends = self.timeline.milliseconds(self._moments[[first, stop - 1]])
        edges = _edges(float(ends[0]), float(ends[1]), period)
        places = self._places(edges)
        there = np.flatnonzero(places[1:] > places[:-1])
        starts, stops = places[there], places[there + 1]
        rows, cuts = slice(int(starts[0]), int(stops[-1])), starts - starts[0]
        columns = self._columns
        found = {
            "open": columns["open"][starts],
            "high": np.maximum.reduceat(columns["high"][rows], cuts),
            "low": np.minimum.reduceat(columns["low"][rows], cuts),
            "close": columns["close"][stops - 1],
        }
        middles = (edges[there] + edges[there + 1]) / 2
        begins, lasts = (self.timeline.milliseconds(self._moments[each]) for each in (starts, stops - 1))
        return {
            **self._on_axis(begins, lasts, middles, _length(period)),
            "volume": _sums(columns["volume"][rows], cuts) if "volume" in columns else None,
            **{name: values.astype("float64") for name, values in found.items()},
        }

    def _on_axis(self, begins: Array, lasts: Array, middles: Array, length_ms: float) -> dict[str, Any]:
        """Return where candles stand on the axis and how wide, by the moments of their first and last rows."""
        if self.calendar is None:
            return {"x": middles, "begin": begins, "width": np.full(len(middles), _BODY * length_ms)}
        first, last = self.calendar.places(begins), self.calendar.places(lasts)
        return {"x": (first + last) / 2, "begin": begins, "width": _BODY * (last - first + 1)}

    def _places(self, milliseconds: Array) -> Array:
        return np.searchsorted(self._moments, self.timeline.units(milliseconds), side="left")


def _length(period: str) -> float:
    """Return how long a period is, of months on the average, in milliseconds."""
    return _FIXED_MS[period] if period in _FIXED_MS else _MONTHS[period] * _MONTH_MS


def _edges(first_ms: float, last_ms: float, period: str) -> Array:
    """Return the moments at which periods begin and end, from before the first moment to behind the last."""
    if period in _FIXED_MS:
        length = _FIXED_MS[period]
        origin = _MONDAY_MS if period == "week" else 0.0
        begin, end = np.floor((np.array([first_ms, last_ms]) - origin) / length)
        return np.arange(begin, end + 2) * length + origin
    n_months = _MONTHS[period]
    ends = np.array([first_ms, last_ms]).astype("datetime64[ms]").astype("datetime64[M]").astype("int64")
    begin, end = (ends + _MONTHS_BEFORE_1970) // n_months
    months = np.arange(begin, end + 2) * n_months - _MONTHS_BEFORE_1970
    return months.astype("datetime64[M]").astype("datetime64[ms]").astype("float64")


def _sums(values: Array, cuts: Array) -> Array:
    """Return the sum of the values that are there; NaN where there is none."""
    numbers = values.astype("float64")
    there = np.isfinite(numbers)
    if there.all():
        return np.add.reduceat(numbers, cuts)
    sums = np.add.reduceat(np.where(there, numbers, 0.0), cuts)
    return np.where(np.add.reduceat(there.astype("int64"), cuts) > 0, sums, np.nan)


def _calendar(milliseconds: Array, step_ms: float) -> Calendar | None:
    """Return the days that have rows, if most follow each other; None also where there are too many for a page."""
    if step_ms != _DAY_MS:
        return None
    days = milliseconds[np.concatenate([[True], milliseconds[1:] != milliseconds[:-1]])]
    return Calendar(days) if len(days) <= _MOST_DAYS else None


def _step(milliseconds: Array) -> float:
    """Return how far rows are apart, the middle one of the distances that are any; a day where there are none."""
    steps = np.diff(milliseconds)
    steps = steps[steps > 0]
    return float(np.median(steps)) if len(steps) else _DAY_MS
