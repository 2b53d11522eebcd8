"""Rows in the order of their dates, and the points of their columns that a window of time shows."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from pycore.analysis.downsampling import Downsampler
from pycore.exceptions import DatasetError
from pycore.results.dataset import Dataset
from pycore.results.series import Series, SeriesWindow, Span

__all__ = ["N_POINTS", "Timeline", "default_series", "splitting_column"]

Array = np.ndarray[Any, Any]

N_POINTS: Final = 4_000  # of a series; a picture is seldom wider than half as many dots
_N_OVERVIEW: Final = 1_000
_MARGIN: Final = 0.25  # what a picture has on either side of what is seen, so that a pan finds something there
_LAST_MS: Final = 8.64e15  # what a browser takes for a date: 275,760 years and some months
_DAY_MS: Final = 86_400_000
_MS_PER: Final = {"s": 1_000.0, "ms": 1.0, "us": 1e-3, "ns": 1e-6}
_MOST_KEPT: Final = 16  # columns that stay prepared
_MOST_TRIED: Final = 20  # categories that may tell series apart
_MOST_COMPARED: Final = 200_000
_SIMILAR: Final = 30.0  # series differ by no more than this, if one axis is to do for all
_PRICES: Final = ("adj_close", "close")


class Timeline:
    """The rows of a data set in the order of their dates; may be asked from several threads.

    Parameters
    ----------
    dataset : Dataset
        What is looked at.
    date : str
        Its column of dates.
    group, part : str, optional
        A column of categories and one of them: only its rows.

    Attributes
    ----------
    n_rows : int
        Rows that have a date.
    whole : Span
        From the first to the last; wider than nothing, also if there is but one.
    has_times : bool
        Whether there are moments that are no midnights.
    notes : tuple of str
        What was left out or is unusual, in sentences.

    Raises
    ------
    DatasetError
        No row has a date.

    Examples
    --------
    >>> import pandas as pd
    >>> from pycore.analysis.columns import examined
    >>> days = pd.to_datetime(["2024-01-03", None, "2024-01-02"])
    >>> timeline = Timeline(examined(pd.DataFrame({"day": days, "rain": [3.0, 2.0, 1.0]}), name="weather"), "day")
    >>> timeline.column("rain").y, timeline.notes[0]
    (array([1., 3.]), '1 of 3 rows has no date and is left out.')
    """

    def __init__(self, dataset: Dataset, date: str, *, group: str | None = None, part: str | None = None) -> None:
        self.dataset = dataset
        self.title = dataset.name if part is None else f"{dataset.name}: {part}"
        moments = np.ascontiguousarray(dataset.frame[date].to_numpy())
        self._ms_per_unit = _MS_PER[np.datetime_data(moments.dtype)[0]]
        moments = moments.view("int64")
        rows = None if group is None or part is None else _rows_of(dataset, group, part)
        n_all = len(moments) if rows is None else len(rows)
        rows, self.moments, n_left_out, n_beyond = self._dated(moments, rows)
        self.n_rows = len(self.moments)
        if not self.n_rows:
            raise DatasetError(
                f"No row of {self.title} has a date in {date!r}; choose another column of dates.", dataset=dataset.name
            )
        is_sorted = bool((self.moments[1:] >= self.moments[:-1]).all())
        if not is_sorted:
            order = np.argsort(self.moments, kind="stable")
            self.moments = self.moments[order]
            rows = order if rows is None else rows[order]
        self._rows = rows
        self.n_same = int(np.count_nonzero(self.moments[1:] == self.moments[:-1]))
        first, last = self.milliseconds(self.moments[[0, -1]])
        self.has_times = self._has_times()
        self.whole = _widened(float(first), float(last), has_times=self.has_times)
        self.notes = _notes(n_all, n_left_out, n_beyond, self.n_same, is_sorted=is_sorted)
        self._lock = threading.Lock()
        self._prepared: OrderedDict[str, Downsampler] = OrderedDict()
        self._overview: tuple[tuple[str, ...], SeriesWindow] | None = None

    def column(self, name: str) -> Downsampler:
        """Return the numbers of a column in the order of the dates, made ready for windows."""
        with self._lock:
            if name not in self._prepared:
                values = self.dataset.frame[name].to_numpy()
                self._prepared[name] = Downsampler(self.moments, values if self._rows is None else values[self._rows])
                if len(self._prepared) > _MOST_KEPT:
                    self._prepared.popitem(last=False)
            self._prepared.move_to_end(name)
            return self._prepared[name]

    def milliseconds(self, moments: Array) -> Array:
        """Return moments as axes count them."""
        return moments.astype("float64") * self._ms_per_unit

    def rows_in(self, span: Span) -> tuple[int, int]:
        """Return the first row of a span and the one behind its last."""
        ends = self.units(np.array([span.start, np.nextafter(span.end, np.inf)]))
        first, stop = np.searchsorted(self.moments, ends, side="left").tolist()
        return first, stop

    def units(self, milliseconds: Array) -> Array:
        """Return the first moment of the column's own unit that is not before each of these."""
        # A float of milliseconds is finer than any unit but nanoseconds, which it rounds to a few hundred.
        units = np.clip(np.ceil(milliseconds / self._ms_per_unit), -(2.0**63), 2.0**63 - 1024)
        return units.astype("int64")

    def window(self, names: Sequence[str], span: Span | None = None, n_points: int = N_POINTS) -> SeriesWindow:
        """Return what a picture of these columns shows.

        Parameters
        ----------
        names : sequence of str
            Columns of numbers.
        span : Span, optional
            What is looked at; None: all of it. The points reach a little further on both sides.
        n_points : int, default 4000
            For each series at most.
        """
        seen = self.whole if span is None else span
        around = seen.around(_MARGIN)
        first, stop = self.rows_in(around)
        first, stop = max(first - 1, 0), min(stop + 1, self.n_rows)  # a line comes from somewhere and goes on
        inside = self.rows_in(seen)
        columns = {name: self.column(name) for name in names}
        infinite = [
            f"{column.n_infinite:,} infinite value{'s' * (column.n_infinite > 1)} of {name} cannot be drawn."
            for name, column in columns.items()
            if column.n_infinite
        ]
        return SeriesWindow(
            title=self.title,
            series=tuple(
                self._series(name, column, column.picked(first, stop, n_points), _base(column, inside, (first, stop)))
                for name, column in columns.items()
            ),
            window=seen,
            whole=self.whole,
            has_times=self.has_times,
            n_rows=inside[1] - inside[0],
            notes=(*self.notes, *infinite),
        )

    def overview(self, names: Sequence[str]) -> SeriesWindow:
        """Return what a low picture of all rows shows; the same one while the columns are the same."""
        asked = tuple(names)
        with self._lock:
            kept = self._overview
        if kept is None or kept[0] != asked:
            kept = asked, self.window(asked, n_points=_N_OVERVIEW)
            with self._lock:
                self._overview = kept
        return kept[1]

    def _series(self, name: str, column: Downsampler, rows: Array, base: float) -> Series:
        least, greatest = column.extent
        return Series(
            name=name,
            unit=self.dataset.column(name).unit,
            x=self.milliseconds(self.moments[rows]),
            y=column.y[rows].astype("float64"),
            least=least,
            greatest=greatest,
            base=base,
        )

    def _dated(self, moments: Array, rows: Array | None) -> tuple[Array | None, Array, int, int]:
        """Return the rows that have a date (None: all), their moments, and how many have none or one beyond all."""
        chosen = moments if rows is None else moments[rows]
        is_missing = chosen == np.iinfo("int64").min
        is_beyond = np.abs(self.milliseconds(chosen)) > _LAST_MS
        is_beyond &= ~is_missing
        kept = ~(is_missing | is_beyond)
        counts = int(np.count_nonzero(is_missing)), int(np.count_nonzero(is_beyond))
        if not any(counts):
            return rows, chosen, 0, 0
        places = np.flatnonzero(kept)
        return places if rows is None else rows[places], chosen[places], *counts

    def _has_times(self) -> bool:
        units_per_day = round(_DAY_MS / self._ms_per_unit)
        return bool((self.moments[: 2**16] % units_per_day).any() or (self.moments % units_per_day).any())


def _base(column: Downsampler, *windows: tuple[int, int]) -> float:
    """Return what changes are counted from: of the first window that has a value; between two rows there is none."""
    return next((base for base in (column.base(*window) for window in windows) if not np.isnan(base)), np.nan)


def _rows_of(dataset: Dataset, group: str, part: str) -> Array:
    categories = dataset.frame[group].cat
    return np.flatnonzero(categories.codes.to_numpy() == categories.categories.get_loc(part))


def _widened(first: float, last: float, *, has_times: bool) -> Span:
    """Return the span of all rows with a little room on both sides, which it has also where there is one moment."""
    room = 0.01 * (last - first) or (60_000.0 if has_times else float(_DAY_MS))
    return Span(start=first - room, end=last + room)


def _notes(n_all: int, n_left_out: int, n_beyond: int, n_same: int, *, is_sorted: bool) -> tuple[str, ...]:
    notes = []
    if n_left_out:
        verb = "has no date and is" if n_left_out == 1 else "have no date and are"
        notes.append(f"{n_left_out:,} of {n_all:,} rows {verb} left out.")
    if n_beyond:
        verb = "has a date" if n_beyond == 1 else "have dates"
        notes.append(f"{n_beyond:,} of {n_all:,} rows {verb} that no axis reaches, beyond the year 275,000; left out.")
    if not is_sorted:
        notes.append("The rows are not in the order of their dates; they are drawn in it.")
    if n_same:
        verb = "has" if n_same == 1 else "have"
        notes.append(f"{n_same:,} row{'s' * (n_same > 1)} {verb} the date of another one, and one value is drawn above "
                     "the other.")  # fmt: skip
    return tuple(notes)


def splitting_column(dataset: Dataset, date: str) -> str | None:
    """Return the column of categories that tells series apart which have values of the same dates; None: no need.

    It is the one that leaves the fewest rows with the date of another row of their category, if that is less than a
    tenth of those without it.

    Examples
    --------
    >>> import pandas as pd
    >>> from pycore.analysis.columns import examined
    >>> days = pd.to_datetime(["2024-01-02", "2024-01-03"] * 2)
    >>> frame = pd.DataFrame({"day": days, "town": ["Bern", "Bern", "Rome", "Rome"], "rain": [3.0, 2.0, 1.0, 0.0]})
    >>> splitting_column(examined(frame, name="weather"), "day")
    'town'
    """
    names = dataset.names("category")[:_MOST_TRIED]
    if not names:
        return None
    moments = dataset.frame[date].to_numpy().view("int64")
    moments = moments[moments != np.iinfo("int64").min]
    order = np.argsort(moments, kind="stable")[:_MOST_COMPARED]
    n_same = _n_same(moments[order], np.zeros(len(order), dtype="int64"))
    if not n_same:
        return None
    kept = np.flatnonzero(dataset.frame[date].notna().to_numpy())[order]
    left = {name: _n_same(moments[order], dataset.frame[name].cat.codes.to_numpy()[kept]) for name in names}
    best = min(left, key=left.__getitem__)
    return best if 10 * left[best] < n_same else None


def _n_same(moments: Array, codes: Array) -> int:
    """Return how many rows have the moment and the code of another one."""
    order = np.lexsort((codes, moments))
    moments, codes = moments[order], codes[order]
    return int(np.count_nonzero((moments[1:] == moments[:-1]) & (codes[1:] == codes[:-1])))


def default_series(dataset: Dataset, timeline: Timeline) -> list[str]:
    """Return the columns to begin with: the closing price if there is one, else up to three that fit on one axis.

    Raises
    ------
    DatasetError
        No column holds numbers.
    """
    numbers = dataset.names("number")
    if not numbers:
        raise DatasetError(
            f"{dataset.name} has no column of numbers that could be drawn over time.", dataset=dataset.name
        )
    by_name = {name.casefold(): name for name in reversed(numbers)}
    close = next((by_name[name] for name in reversed(_PRICES) if name in by_name), None)
    if close is not None:
        return [close]
    measured = [name for name in numbers if not dataset.column(name).is_identifier] or numbers
    sizes = {name: _size(timeline.column(name)) for name in measured[:_MOST_TRIED]}
    first = next((name for name, size in sizes.items() if size > 0), measured[0])
    similar = [name for name in sizes if sizes[first] <= _SIMILAR * sizes[name] <= _SIMILAR**2 * sizes[first]]
    return [first, *(name for name in similar if name != first)][:3] if sizes.get(first) else [first]


def _size(column: Downsampler) -> float:
    """Return how far from zero a series comes; 0 where it has no value."""
    size = float(np.max(np.abs(column.extent)))
    return size if np.isfinite(size) else 0.0
