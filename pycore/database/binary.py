"""Rows of MySQL's binary protocol to arrays, a column at a time and all rows of it at once.

A row is a zero, a bit for each column that is NULL, and the values one behind the other: numbers as the machine has
them, times by their parts, everything else as text or bytes behind their length. Every value is exactly what the
server computed. A row that does not end where its packet ends was not understood, and nothing of it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pymysql.constants import FIELD_TYPE

from pycore.database.arrays import ZERO_DATE_HINT, Array, unfit, unfit_null
from pycore.database.packets import Octets, Places
from pycore.database.types import Kind, ResultColumn

__all__ = ["BinaryColumn", "MalformedRowError", "decoded"]

Mask = npt.NDArray[np.bool_]

_MARK_BYTES: Final = 1  # the zero that a row begins with
_BITS_BEFORE: Final = 2  # of the bitmap of NULLs, reserved
_NAT: Final = np.iinfo(np.int64).min
_DAY_US: Final = 86_400_000_000
_MOST_TIME_S: Final = 839 * 3_600
_INTEGERS: Final[Mapping[int, tuple[str, str]]] = {  # signed, unsigned
    FIELD_TYPE.TINY: ("<i1", "<u1"),
    FIELD_TYPE.SHORT: ("<i2", "<u2"),
    FIELD_TYPE.YEAR: ("<u2", "<u2"),
    FIELD_TYPE.INT24: ("<i4", "<u4"),
    FIELD_TYPE.LONG: ("<i4", "<u4"),
    FIELD_TYPE.LONGLONG: ("<i8", "<u8"),
}
_FLOATS: Final[Mapping[int, str]] = {FIELD_TYPE.FLOAT: "<f4", FIELD_TYPE.DOUBLE: "<f8"}
_LONGER: Final = ((252, 2), (253, 3), (254, 8))  # mark before a longer length, and its bytes
_MAX_SHORT: Final = 250


class MalformedRowError(Exception):
    """A row is not what the server announced."""


@dataclass(frozen=True)
class BinaryColumn:
    """A column of a binary result: what it becomes, and the type and sign that say how it is written."""

    column: ResultColumn
    code: int
    unsigned: bool

    @property
    def number(self) -> str | None:
        """The machine's form of its values; None if they are no numbers."""
        return _INTEGERS[self.code][self.unsigned] if self.code in _INTEGERS else _FLOATS.get(self.code)


class _Rows:
    """Rows in one buffer, and in each of them the place that has been read to."""

    def __init__(self, octets: Octets, begins: Places, ends: Places, n_columns: int) -> None:
        n_bytes = (n_columns + _BITS_BEFORE + 7) // 8
        self.octets = octets
        self.ends = ends
        self.at = begins + _MARK_BYTES + n_bytes
        bitmap = [octets[begins + _MARK_BYTES + place] for place in range(n_bytes)]
        self._bits = [(byte, int(np.bitwise_or.reduce(byte))) for byte in bitmap]

    def nulls(self, place: int) -> Mask | None:
        """Return in which rows the column at `place` is NULL; None if in none."""
        byte, bit = divmod(place + _BITS_BEFORE, 8)
        bits, in_any_row = self._bits[byte]
        return bits & np.uint8(1 << bit) != 0 if in_any_row >> bit & 1 else None

    def skip(self, lengths: Any, nulls: Mask | None) -> None:
        """Go on by so many bytes, where there is a value."""
        self.at += lengths if nulls is None else np.where(nulls, 0, lengths)
        if (self.at > self.ends).any():
            raise MalformedRowError

    def window(self, kind: Any, offset: int = 0) -> Any:
        """Return what stands `offset` bytes on, read as `kind`; nonsense where the value is shorter or NULL."""
        width = np.dtype(kind).itemsize
        return np.ndarray((len(self.octets) - width + 1,), kind, self.octets, 0, (1,))[self.at + offset]


def decoded(octets: Octets, begins: Places, ends: Places, columns: Sequence[BinaryColumn]) -> list[Array]:
    r"""Return an array for each of `columns`, of the type that it has in pandas.

    Parameters
    ----------
    octets : array of uint8
        With at least :data:`~pycore.database.packets.PADDING` bytes behind the last row.
    begins, ends : array of int64
        Where each row lies.
    columns : sequence of BinaryColumn
        All of them, in order.

    Raises
    ------
    MalformedRowError
        A row is not what `columns` announce.
    QueryError
        A value has no exact form in pandas; the column is named.

    Examples
    --------
    >>> column = BinaryColumn(ResultColumn("volume", "integer", True, "SHORT"), FIELD_TYPE.SHORT, unsigned=False)
    >>> row, null = b"\0\0\xff\xff", b"\0\x04"
    >>> octets = np.frombuffer(row + null + bytes(16), np.uint8)
    >>> decoded(octets, np.array([0, 4]), np.array([4, 6]), [column])
    [<IntegerArray>
    [-1, <NA>]
    Length: 2, dtype: Int64]
    """
    try:
        rows = _Rows(octets, begins, ends, len(columns))
        if (octets[begins] != 0).any() or (rows.at > ends).any():
            raise MalformedRowError
        arrays = _arrays(rows, columns)
    except (ArithmeticError, IndexError, ValueError) as exc:  # beyond the buffer, no UTF-8, no number
        raise MalformedRowError from exc
    if not np.array_equal(rows.at, ends):
        raise MalformedRowError
    return arrays


def _arrays(rows: _Rows, columns: Sequence[BinaryColumn]) -> list[Array]:
    arrays: list[Array] = []
    while len(arrays) < len(columns):
        n_side_by_side = _n_side_by_side(rows, columns, len(arrays))
        if n_side_by_side > 1:
            arrays += _side_by_side(rows, columns[len(arrays) : len(arrays) + n_side_by_side])
        else:
            arrays.append(_column(rows, len(arrays), columns[len(arrays)]))
    return arrays


def _n_side_by_side(rows: _Rows, columns: Sequence[BinaryColumn], start: int) -> int:
    """Return how many columns from `start` on are numbers, none of them NULL: they stand alike in all rows."""
    for place in range(start, len(columns)):
        if columns[place].number is None or rows.nulls(place) is not None:
            return place - start
    return len(columns) - start


def _side_by_side(rows: _Rows, columns: Sequence[BinaryColumn]) -> list[Array]:
    """Return numbers that are fetched together."""
    record = np.dtype([(str(place), column.number) for place, column in enumerate(columns)])
    records = rows.window(record)
    rows.skip(record.itemsize, None)
    return [_numbers(one.column, records[str(place)].copy(), None) for place, one in enumerate(columns)]


def _column(rows: _Rows, place: int, binary: BinaryColumn) -> Array:
    column, nulls = binary.column, rows.nulls(place)
    if binary.number is not None:
        values = rows.window(binary.number)
        rows.skip(values.dtype.itemsize, nulls)
        return _numbers(column, values, nulls)
    if binary.code == FIELD_TYPE.BIT:
        return _whole_numbers(column, _bits(rows, nulls), nulls)
    return _READERS[column.kind](rows, column, nulls)


def _numbers(column: ResultColumn, values: Any, nulls: Mask | None) -> Array:
    if values.dtype.kind != "f":
        return _whole_numbers(column, values, nulls)
    if nulls is not None:
        values[nulls] = np.nan
    return values


def _whole_numbers(column: ResultColumn, values: Any, nulls: Mask | None) -> Array:
    """Return integers or booleans, with a mask where the column may be NULL."""
    if nulls is not None:
        if not column.nullable:
            raise unfit_null(column)
        values[nulls] = 0
    if column.kind == "boolean":
        if (values > 1).any() or (values < 0).any():
            raise unfit(column, "has a value that is neither 0 nor 1; CAST it to an integer to see it")
        values = values.astype(np.bool_)
    else:
        values = values.astype(np.uint64 if column.kind == "unsigned" else np.int64, copy=False)
    if not column.nullable:
        return values
    mask = np.zeros(len(values), np.bool_) if nulls is None else nulls
    return (pd.arrays.BooleanArray if column.kind == "boolean" else pd.arrays.IntegerArray)(values, mask)


def _spans(rows: _Rows, nulls: Mask | None) -> tuple[Places, Places]:
    """Return where each text begins and how long it is."""
    lengths = rows.octets[rows.at].astype(np.int64)
    if nulls is not None:
        lengths[nulls] = 0
    rows.skip(1, nulls)
    if len(lengths) and lengths.max() > _MAX_SHORT:
        marks = lengths.copy()
        for mark, width in _LONGER:
            marked = marks == mark
            longer = rows.window("<u8") if width == 8 else rows.window("<u4") & ((1 << 8 * width) - 1)
            lengths[marked] = np.minimum(longer[marked], np.uint64(len(rows.octets))).astype(np.int64)
            rows.skip(np.where(marked, width, 0), nulls)
        if np.isin(marks, (251, 255)).any():
            raise MalformedRowError
    begins = rows.at.copy()
    rows.skip(lengths, nulls)
    return begins, lengths


def _texts_at(rows: _Rows, nulls: Mask | None) -> Any:
    """Return what stands behind its length, as Arrow's binary: every other string between the ends is one."""
    begins, lengths = _spans(rows, nulls)
    n_rows = len(begins)
    offsets = np.empty(2 * n_rows + 1, np.int64)
    offsets[0:-1:2] = begins
    offsets[1::2] = begins + lengths
    offsets[-1] = offsets[-2] if n_rows else 0
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(rows.octets)]
    between = pa.LargeBinaryArray.from_buffers(pa.large_binary(), 2 * n_rows, buffers)
    return between.take(pa.array(np.arange(0, 2 * n_rows, 2), mask=nulls))


def _bits(rows: _Rows, nulls: Mask | None) -> Any:
    """Return the numbers that stand with their highest byte first."""
    begins, lengths = _spans(rows, nulls)
    numbers = np.zeros(len(begins), np.uint64)
    n_bytes = int(lengths.max(initial=0))
    if n_bytes > numbers.itemsize:
        raise MalformedRowError
    for place in range(n_bytes):
        there = place < lengths
        numbers[there] = numbers[there] << np.uint64(8) | rows.octets[begins[there] + place]
    return numbers


def _text(rows: _Rows, column: ResultColumn, nulls: Mask | None) -> Array:
    try:
        texts = _texts_at(rows, nulls).cast(pa.large_string())
    except pa.ArrowInvalid:
        raise unfit(column, "has text that is not UTF-8; CAST it to BINARY to see its bytes") from None
    return pd.array(texts, dtype=pd.StringDtype(na_value=np.nan))


def _octets(rows: _Rows, _column: ResultColumn, nulls: Mask | None) -> Array:
    return _texts_at(rows, nulls).to_numpy(zero_copy_only=False)


def _decimals(rows: _Rows, _column: ResultColumn, nulls: Mask | None) -> Array:
    values = np.empty(len(rows.at), dtype=object)
    try:
        texts = _texts_at(rows, nulls).cast(pa.large_string()).to_numpy(zero_copy_only=False)
        values[:] = [None if text is None else Decimal(text) for text in texts]
    except (pa.ArrowInvalid, InvalidOperation) as exc:
        raise MalformedRowError from exc
    return values


def _nothing(rows: _Rows, column: ResultColumn, nulls: Mask | None) -> Array:
    if len(rows.at) and (nulls is None or not nulls.all()):
        raise unfit(column, "has a value although it has no type; CAST it to one")
    return np.full(len(rows.at), None, dtype=object)


def _sizes(rows: _Rows, nulls: Mask | None, allowed: tuple[int, ...]) -> Any:
    """Return how many bytes of a date or time follow: trailing zeros are not written."""
    sizes = rows.octets[rows.at]
    if nulls is not None:
        sizes[nulls] = 0
    if not set(np.flatnonzero(np.bincount(sizes)).tolist()) <= set(allowed):
        raise MalformedRowError
    return sizes


def _part(rows: _Rows, kind: str, offset: int, written: Mask) -> Any:
    """Return a part of a date or time as int64, zero where it was not written."""
    return rows.window(kind, offset).astype(np.int64) * written


def _seconds(hours: Any, minutes: Any, seconds: Any) -> Any:
    if (hours > 23).any() or (minutes > 59).any() or (seconds > 59).any():
        raise MalformedRowError
    return hours * 3_600 + minutes * 60 + seconds


def _fraction(rows: _Rows, offset: int, written: Mask) -> Any:
    """Return microseconds, less than a second."""
    microseconds = _part(rows, "<u4", offset, written)
    if (microseconds > 999_999).any():
        raise MalformedRowError
    return microseconds


@cache
def _calendar() -> tuple[Any, Any]:
    """Return for ``year * 16 + month`` the day before its first one, and the number of its days."""
    months = np.arange("0000-01", "10000-01", dtype="datetime64[M]")
    firsts = np.append(months, np.datetime64("10000-01", "M")).astype("datetime64[D]").astype(np.int64)
    before, days = np.zeros((10_000, 16), np.int64), np.zeros((10_000, 16), np.int64)
    before[:, 1:13] = firsts[:-1].reshape(-1, 12) - 1
    days[:, 1:13] = np.diff(firsts).reshape(-1, 12)
    return before.ravel(), days.ravel()


def _days(rows: _Rows, column: ResultColumn, nulls: Mask | None, sizes: Any) -> Any:
    """Return days since 1970, nonsense where NULL or, if it counts as missing, the zero date."""
    parts = rows.window("<u4", 1) * (sizes != 0)
    months, day = (parts & 0xFFFF) * 16 + (parts >> 16 & 0xF), (parts >> 24).astype(np.int64)
    before, n_days = _calendar()
    real = (sizes == 0) & column.zero_is_missing
    real |= (day >= 1) & (day <= n_days.take(months, mode="clip")) & (parts & 0xFFFF < 10_000) & (parts & 0xF00000 == 0)
    if nulls is not None:
        real |= nulls
    if not real.all():
        unreal = parts[~real][0]
        zero = not (unreal & 0xFFFF and unreal & 0xFF0000 and unreal >> 24)
        raise unfit(column, f"has a day that no calendar has{ZERO_DATE_HINT if zero else ''}")
    return before.take(months, mode="clip") + day


def _dates(rows: _Rows, column: ResultColumn, nulls: Mask | None) -> Array:
    sizes = _sizes(rows, nulls, (0, 4))
    seconds = _days(rows, column, nulls, sizes) * 86_400
    rows.skip(1 + sizes.astype(np.int64), nulls)
    return _with_nat(seconds, nulls, sizes).view("datetime64[s]")


def _datetimes(rows: _Rows, column: ResultColumn, nulls: Mask | None) -> Array:
    sizes = _sizes(rows, nulls, (0, 4, 7, 11))
    microseconds = _days(rows, column, nulls, sizes) * _DAY_US
    if (sizes > 4).any():
        clock = _part(rows, "<u4", 5, sizes > 4)
        seconds = _seconds(clock & 0xFF, clock >> 8 & 0xFF, clock >> 16 & 0xFF)
        microseconds += seconds * 1_000_000
    if (sizes > 7).any():
        microseconds += _fraction(rows, 8, sizes > 7)
    rows.skip(1 + sizes.astype(np.int64), nulls)
    return _with_nat(microseconds, nulls, sizes).view("datetime64[us]")


def _with_nat(values: Any, nulls: Mask | None, sizes: Any) -> Any:
    """Put NaT where there is no value, and where it is the zero date, which was taken for missing or refused before."""
    values[sizes == 0] = _NAT
    if nulls is not None:
        values[nulls] = _NAT
    return values


def _instants(rows: _Rows, column: ResultColumn, nulls: Mask | None) -> Array:
    return pd.DatetimeIndex(_datetimes(rows, column, nulls)).tz_localize("UTC").array


def _times(rows: _Rows, _column: ResultColumn, nulls: Mask | None) -> Array:
    sizes = _sizes(rows, nulls, (0, 8, 12))
    written = sizes > 0
    clock = _part(rows, "<u4", 5, written)
    seconds = _part(rows, "<u4", 2, written) * 86_400
    seconds += _seconds(clock >> 8 & 0xFF, clock >> 16 & 0xFF, clock >> 24)
    if (seconds >= _MOST_TIME_S).any():
        raise MalformedRowError
    microseconds = seconds * 1_000_000 + _fraction(rows, 9, sizes > 8)
    microseconds *= 1 - 2 * (_part(rows, "<u1", 1, written) != 0)
    rows.skip(1 + sizes.astype(np.int64), nulls)
    if nulls is not None:
        microseconds[nulls] = _NAT
    return microseconds.view("timedelta64[us]")


_READERS: Final[Mapping[Kind, Callable[[_Rows, ResultColumn, Mask | None], Array]]] = {
    "date": _dates,
    "datetime": _datetimes,
    "instant": _instants,
    "time": _times,
    "decimal": _decimals,
    "text": _text,
    "bytes": _octets,
    "any": _nothing,
}
