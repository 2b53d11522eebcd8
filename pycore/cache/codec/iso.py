"""Points in time ↔ ISO 8601 text of one width, a column at a time, by arithmetic on whole arrays.

A cell, with its quotes and its comma, has as many bytes as the next one: so each part of it is an array with a stride.
Eight characters are one 64 bit word, and two digits become a number by a multiplication of the word. What does not
look as it must is left to Arrow's parser, which says what is wrong.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np

__all__ = ["FEW", "read_points", "write_points"]

Array = np.ndarray[Any, Any]

FEW: Final = 256
"""Cells below which Arrow is faster."""
DAY_S: Final = 86400
# Days that nanoseconds since 1970 can count, whole.
NANOSECOND_DAYS: Final = (2**63 - 1) // (DAY_S * 10**9)
# Days from 1 March of the year 0, after which each leap day ends a year, to 1970.
FROM_MARCH: Final = 719468


def _word(text: bytes) -> np.uint64:
    return np.uint64(int.from_bytes(text, "little"))


_ZEROS, _HIGH, _ABOVE_NINE = _word(b"0" * 8), _word(b"\x80" * 8), _word(b"\x76" * 8)
_PAIR, _PAIRS = np.uint64(1 + (10 << 8)), _word(b"\xff\x00" * 4)
_QUAD, _QUADS = np.uint64(1 + (100 << 16)), _word(b"\xff\xff\x00\x00" * 2)
_OCTET = np.uint64(1 + (10000 << 32))
_8, _16, _32, _BYTE = (np.uint64(n) for n in (8, 16, 32, 0xFF))
# Of a word with two digits of the year, two more, and the month, 16 * year + month: each is multiplied to its place.
_MONTH_PARTS = _word(b"\xff\0\xff\0\0\xff\0\0")
_MONTH_FACTOR, _MONTH_SHIFT = np.uint64((1600 << 46) + (16 << 30) + (1 << 6)), np.uint64(46)
_HYPHENS, _ABOVE_15 = _word(b"\0\0\0\0\xff\0\0\xff"), _word(b"\0\0\0\0\0\xf0\0\0")
_LENGTH = np.int32(31)
_LENGTH_BITS = 5


class Layout(NamedTuple):
    """What one cell looks like."""

    clock: bool
    digits: int
    zoned: bool

    @property
    def template(self) -> bytes:
        """A cell, its quotes and its comma."""
        time = b"T00:00:00" + (b"." + b"0" * self.digits if self.digits else b"") if self.clock else b""
        return b'"1970-01-01' + time + (b"Z" if self.zoned else b"") + b'",'


_LAYOUTS = {
    len(layout.template): layout
    for layout in (Layout(False, 0, False), *(Layout(True, n, zoned) for n in (0, 3, 6, 9) for zoned in (False, True)))
}
_FRACTION = len('"1970-01-01T00:00:00.')


@cache
def _texts(n_digits: int) -> Array:
    """Return the text of each number of so many digits, as one unsigned number each."""
    numbers = "".join(f"{number:0{n_digits}d}" for number in range(10**n_digits))
    return np.frombuffer(numbers.encode(), f"<u{n_digits}")


@cache
def _months() -> Array:
    """Return for 16 * year + month the days from 1970 to the one before it, times 32, and its length; 0 is no month."""
    months = np.arange("0001-01", "10000-02", dtype="M8[M]").astype("M8[D]").astype(np.int64)
    table = np.zeros((10_000, 16), np.int32)
    table[1:, 1:13] = (((months[:-1] - 1) << _LENGTH_BITS) + np.diff(months)).reshape(-1, 12)
    return table.reshape(-1)


@cache
def _days_of_month() -> Array:
    """Return the number of each text of two digits, as one number; 0 where it is none."""
    table = np.zeros(2**16, np.uint8)
    table[_texts(2)] = np.arange(100)
    return table


def write_points(ticks: Array, missing: Array, digits: int, *, clock: bool, zoned: bool) -> bytes:
    """Return points in time, counted in 10 ** -digits seconds since 1970, as a JSON array of texts.

    Parameters
    ----------
    ticks : ndarray of int64
        Within the years 1 to 9999.
    missing : ndarray of bool
        Which are null.
    digits : int
        0, 3, 6 or 9: as many are written.
    clock : bool
        Whether the time of day is written; else all are midnights.
    zoned : bool
        Whether a Z is written.

    Examples
    --------
    >>> write_points(np.array([0, 1362096000]), np.array([True, False]), 0, clock=True, zoned=True)
    b'[null,"2013-03-01T00:00:00Z"]'
    """
    template = Layout(clock, digits if clock else 0, zoned).template
    any_missing = bool(missing.any())
    seconds = np.where(missing, 0, ticks) if any_missing else ticks
    fraction = None
    if digits:
        seconds, fraction = np.divmod(seconds, 10**digits)
    days = seconds // DAY_S
    written = bytearray(b"[" + template * len(ticks))
    put = _Columns(written, len(template), len(ticks))
    for place, size, numbers in zip((1, 6, 9), (4, 2, 2), _civil(days), strict=True):
        put(place, size, numbers)
    if clock:
        second = (seconds - days * DAY_S).astype(np.int32)
        minute = second // 60
        hour = minute // 60
        for place, numbers in ((12, hour), (15, minute - 60 * hour), (18, second - 60 * minute)):
            put(place, 2, numbers)
        if fraction is not None:
            put.fraction(fraction.astype(np.int32), digits)
    if any_missing:
        null = template.replace(b"0", b"n")  # no text of ours has an n
        np.ndarray(len(ticks), f"V{len(template)}", written, offset=1)[missing] = np.void(null)
        return bytes(written[:-1]).replace(null[:-1], b"null") + b"]"
    written[-1:] = b"]"
    return bytes(written)


class _Columns:
    """Writes numbers of equal width into cells of equal width."""

    def __init__(self, written: bytearray, width: int, n_cells: int) -> None:
        self._written = written
        self._width = width
        self._n_cells = n_cells

    def __call__(self, place: int, n_digits: int, numbers: Array) -> None:
        """Write numbers of 1, 2 or 4 digits at a place of each cell."""
        column = np.ndarray(self._n_cells, f"<u{n_digits}", self._written, 1 + place, (self._width,))
        column[...] = _texts(n_digits).take(numbers)

    def fraction(self, parts: Array, digits: int) -> None:
        """Write the 3, 6 or 9 digits of the fraction, the last ones first."""
        stop = len('"1970-01-01T00:00:00.') + digits
        for size in {3: (2, 1), 6: (4, 2), 9: (4, 4, 1)}[digits]:
            rest = parts // 10**size
            stop -= size
            self(stop, size, parts - rest * 10**size)
            parts = rest


def _civil(days: Array) -> tuple[Array, Array, Array]:
    """Return year, month and day of days since 1970 (after Howard Hinnant's ``civil_from_days``)."""
    since = (days + FROM_MARCH).astype(np.int32)
    era = since // 146097
    day_of_era = since - era * 146097
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36524 - day_of_era // 146096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    from_march = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * from_march + 2) // 5 + 1
    after = from_march >= 10
    return year_of_era + era * 400 + after, from_march + 3 - 12 * after, day


def read_points(document: bytes, start: int, stop: int, digits: int, *, zoned: bool) -> Array | None:
    """Return the points in time of a line, counted in 10 ** -digits seconds since 1970, NaT where it has null.

    Returns
    -------
    ndarray of int64, or None
        None when the cells are not of one width, or one is no point in time that fits.

    Examples
    --------
    >>> line = b'[null,"2013-03-01T00:00:00Z"]'
    >>> read_points(line, 1, len(line) - 1, 0, zoned=True).tolist()
    [-9223372036854775808, 1362096000]
    >>> read_points(b'["2013-02-29"]', 1, 13, 0, zoned=False) is None
    True
    """
    first = document.find(b'"', start, stop)
    layout = _LAYOUTS.get(document.find(b'"', first + 1, stop) - first + 2)
    if first < 0 or layout is None or layout.zoned != zoned or layout.digits > digits:
        return None
    text = document[start:stop] + b","
    missing = None
    if b"n" in text:
        text = text.replace(b"null", layout.template[:-1].replace(b"1", b"n", 1))
        missing = np.frombuffer(text, np.uint8)[1 :: len(layout.template)] == ord("n")
        text = text.replace(b"n", b"1")
    ticks = _Cells(text, layout).ticks(digits)
    if ticks is not None and missing is not None:
        ticks[missing] = np.iinfo(np.int64).min
    return ticks


class _Cells:
    """Reads numbers of equal width from cells of equal width."""

    def __init__(self, text: bytes, layout: Layout) -> None:
        self._text = text
        self._layout = layout
        self._width = len(layout.template)
        self._n_cells, self._rest = divmod(len(text), self._width)

    def ticks(self, digits: int) -> Array | None:
        """Return points in time; None when one is none."""
        days = self._days() if self._framed() else None
        if days is None or (digits == 9 and (np.abs(days) >= NANOSECOND_DAYS).any()):
            return None
        seconds = self._seconds() if self._layout.clock else 0
        if seconds is None:
            return None
        ticks: Array = (days * DAY_S + seconds) * 10**digits
        if self._layout.digits:
            fraction = self._fraction()
            if fraction is None:
                return None
            ticks += fraction * 10 ** (digits - self._layout.digits)
        return ticks

    def _framed(self) -> bool:
        """Return whether quotes and commas, and the Z, stand where they must in every cell."""
        if self._rest:
            return False
        frame = [(0, b'"'), (self._width - 2, b'"'), (self._width - 1, b",")]
        frame += [(10 + 1, b"T")] if self._layout.clock else []
        frame += [(self._width - 3, b"Z")] if self._layout.zoned else []
        frame += [(20, b".")] if self._layout.digits else []
        return all((self._column(place, 1) == byte[0]).all() for place, byte in frame)

    def _column(self, place: int, size: int) -> Array:
        """Return the bytes of each cell from a place as one number."""
        return np.ndarray(self._n_cells, f"<u{size}", self._text, place, (self._width,)).copy()

    def _days(self) -> Array | None:
        """Return days since 1970."""
        digits = self._column(1, 8) ^ _word(b"0000-00-")
        pairs = _two_digits_apart(digits)
        if pairs is None or np.bitwise_or.reduce((digits & _HYPHENS) | (pairs & _ABOVE_15), initial=0):
            return None
        months = _months().take((((pairs & _MONTH_PARTS) * _MONTH_FACTOR) >> _MONTH_SHIFT).view(np.int64))
        day = _days_of_month().take(self._column(1 + len("YYYY-MM-"), 2))
        if ((day < 1) | (day > (months & _LENGTH))).any():
            return None
        days: Array = ((months >> _LENGTH_BITS) + day).astype(np.int64)
        return days

    def _seconds(self) -> Array | None:
        """Return the seconds since midnight."""
        words = self._column(12, 8)  # HH:MM:SS
        digits = (words & _word(b"\xff\xff")) | ((words >> _8) & _word(b"\0\0\xff\xff"))
        pairs = _two_digits(digits | ((words >> _16) & _word(b"\0" * 4 + b"\xff\xff")) | _word(b"\0" * 6 + b"00"))
        if pairs is None or ((words ^ _word(b"00:00:00")) & _word(b"\0\0\xff\0\0\xff")).any():
            return None
        hour, minute, second = (((pairs >> shift) & _BYTE).view(np.int64) for shift in (np.uint64(0), _16, _32))
        if (hour > 23).any() or (minute > 59).any() or (second > 59).any():
            return None
        return hour * 3600 + minute * 60 + second

    def _fraction(self) -> Array | None:
        """Return the fraction of a second, as a whole number of its digits."""
        n_digits = self._layout.digits
        words = self._column(_FRACTION - 8 + min(n_digits, 8), 8)
        n_kept = min(n_digits, 8)
        words = (words & ~_word(b"\xff" * (8 - n_kept))) | _word(b"0" * (8 - n_kept))
        pairs = _two_digits(words)
        if pairs is None:
            return None
        quads = ((pairs * _QUAD) >> _16) & _QUADS
        fraction: Array = ((quads * _OCTET) >> _32).view(np.int64)
        if n_digits == 9:
            last = self._column(_FRACTION + 8, 1).astype(np.int64) - ord("0")
            return None if ((last < 0) | (last > 9)).any() else fraction * 10 + last
        return fraction


def _two_digits(words: Array) -> Array | None:
    """Return the four numbers of two digits in each word of eight characters, 16 bits each; None if one is no digit."""
    pairs = _two_digits_apart(words ^ _ZEROS)
    return None if pairs is None else pairs & _PAIRS


def _two_digits_apart(digits: Array) -> Array | None:
    """Return in each byte its digit times ten and the next one, with the next byte's; None if one is no digit."""
    if int(np.bitwise_or.reduce((digits + _ABOVE_NINE) | digits, initial=0)) & int(_HIGH):
        return None
    pairs: Array = (digits * _PAIR) >> _8
    return pairs
