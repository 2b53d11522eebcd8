"""Rows of the binary protocol: every value exact, and what is not as announced is never read."""

import struct
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymysql.constants import FIELD_TYPE

from pycore.database.binary import BinaryColumn, MalformedRowError, decoded
from pycore.database.packets import PADDING
from pycore.database.types import Kind, ResultColumn
from pycore.exceptions import QueryError

FORMS: list[tuple[int, Kind, bool]] = [
    (FIELD_TYPE.TINY, "boolean", False),
    (FIELD_TYPE.SHORT, "integer", True),
    (FIELD_TYPE.LONG, "integer", False),
    (FIELD_TYPE.LONGLONG, "unsigned", True),
    (FIELD_TYPE.FLOAT, "single", False),
    (FIELD_TYPE.DOUBLE, "double", False),
    (FIELD_TYPE.NEWDECIMAL, "decimal", False),
    (FIELD_TYPE.DATE, "date", False),
    (FIELD_TYPE.DATETIME, "datetime", False),
    (FIELD_TYPE.TIMESTAMP, "instant", False),
    (FIELD_TYPE.TIME, "time", False),
    (FIELD_TYPE.BIT, "unsigned", True),
    (FIELD_TYPE.VAR_STRING, "text", False),
    (FIELD_TYPE.BLOB, "bytes", False),
    (FIELD_TYPE.NULL, "any", False),
]


def column(code: int, kind: Kind, *, unsigned: bool = False, nullable: bool = True, zero: bool = False) -> BinaryColumn:
    return BinaryColumn(ResultColumn("c", kind, nullable, "TYPE", zero_is_missing=zero), code, unsigned)


def read(rows: list[bytes], *columns: BinaryColumn) -> list[Any]:
    lengths = np.array([len(row) for row in rows])
    octets = np.frombuffer(b"".join(rows) + bytes(PADDING), np.uint8)
    ends = np.cumsum(lengths)
    return decoded(octets, ends - lengths, ends, columns)


@settings(max_examples=300, deadline=None)
@given(
    forms=st.lists(st.sampled_from(FORMS), min_size=1, max_size=9),
    rows=st.lists(st.binary(max_size=60), min_size=1, max_size=5),
)
def test_bytes_that_no_server_sends_are_refused_and_nothing_worse(
    forms: list[tuple[int, Kind, bool]], rows: list[bytes]
) -> None:
    columns = [column(code, kind, unsigned=unsigned) for code, kind, unsigned in forms]
    try:
        arrays = read([b"\0" + row for row in rows], *columns)
    except (MalformedRowError, QueryError):
        return
    assert [len(array) for array in arrays] == [len(rows)] * len(forms)


@pytest.mark.parametrize("change", ["shorter", "longer", "no row"])
def test_a_row_of_another_length_is_malformed(change: str) -> None:
    row = b"\0\0" + struct.pack("<q", 5)
    wrong = {"shorter": row[:-1], "longer": row + b"\0", "no row": b"\x01" + row[1:]}[change]

    with pytest.raises(MalformedRowError):
        read([row, wrong, row], column(FIELD_TYPE.LONGLONG, "integer"))


@pytest.mark.parametrize("n_columns", [1, 5, 6, 7, 13, 14, 15, 30])
@pytest.mark.parametrize("null", [0, 4, 5, 6, 12, 13, 14, 29])
def test_a_null_is_in_its_own_column(n_columns: int, null: int) -> None:
    if null >= n_columns:
        null = n_columns - 1
    bitmap = (1 << (null + 2)).to_bytes((n_columns + 9) // 8, "little")
    row = b"\0" + bitmap + b"".join(struct.pack("<h", place) for place in range(n_columns) if place != null)

    arrays = read([row, row], *[column(FIELD_TYPE.SHORT, "integer")] * n_columns)

    expected = [pd.NA if place == null else place for place in range(n_columns)]
    assert [array[1] is pd.NA or int(array[1]) for array in arrays] == [one is pd.NA or one for one in expected]


@pytest.mark.parametrize("n_bytes", [0, 1, 250, 251, 252, 255, 256, 65_535, 65_536, 70_000])
def test_text_of_every_length_is_whole(n_bytes: int) -> None:
    text = b"x" * n_bytes
    marks = [(250, b"", 1), (65_535, b"\xfc", 2), (2**24 - 1, b"\xfd", 3)]
    head = next(mark + n_bytes.to_bytes(width, "little") for most, mark, width in marks if n_bytes <= most)

    (array,) = read([b"\0\0" + head + text, b"\0\x04", b"\0\0\x02ab"], column(FIELD_TYPE.BLOB, "bytes"))

    assert array.tolist() == [text, None, b"ab"]


@pytest.mark.parametrize("head", [b"\xfb", b"\xff", b"\xfe" + b"\xff" * 8, b"\xfd\xff\xff\xff", b"\xfc\x05\x00"])
def test_text_that_is_longer_than_its_row_is_malformed(head: bytes) -> None:
    with pytest.raises(MalformedRowError):
        read([b"\0\0" + head + b"abc"], column(FIELD_TYPE.VAR_STRING, "text"))


def test_text_that_is_not_utf8_is_refused_by_name() -> None:
    with pytest.raises(QueryError, match=r"Column 'c' .*UTF-8"):
        read([b"\0\0\x02\xc3\x28"], column(FIELD_TYPE.VAR_STRING, "text"))


@given(st.dates(), st.times())
def test_every_moment_of_the_calendar_is_exact(day: Any, clock: Any) -> None:
    date = struct.pack("<HBB", day.year, day.month, day.day)
    time = struct.pack("<BBBI", clock.hour, clock.minute, clock.second, clock.microsecond)
    rows = [b"\0\0\x04" + date, b"\0\0\x07" + date + time[:3], b"\0\0\x0b" + date + time]

    (found,) = read(rows, column(FIELD_TYPE.DATETIME, "datetime"))

    midnight = np.datetime64(day.isoformat(), "us")
    seconds = np.timedelta64((clock.hour * 60 + clock.minute) * 60 + clock.second, "s")
    expected = [midnight, midnight + seconds, midnight + seconds + np.timedelta64(clock.microsecond, "us")]
    assert found.tolist() == [moment.item() for moment in expected]


@pytest.mark.parametrize(("year", "month", "day"), [(2013, 2, 29), (2013, 13, 1), (2013, 0, 1), (2013, 4, 31)])
def test_a_day_that_no_calendar_has_is_refused_by_name(year: int, month: int, day: int) -> None:
    with pytest.raises(QueryError, match=r"Column 'c' .*a day that no calendar has"):
        read([b"\0\0\x04" + struct.pack("<HBB", year, month, day)], column(FIELD_TYPE.DATE, "date"))


def test_the_zero_date_is_refused_unless_it_counts_as_missing() -> None:
    rows = [b"\0\0\0", b"\0\0\x04" + struct.pack("<HBB", 2013, 3, 1), b"\0\x04"]
    with pytest.raises(QueryError, match="zero date"):
        read(rows, column(FIELD_TYPE.DATE, "date"))

    (found,) = read(rows, column(FIELD_TYPE.DATE, "date", zero=True))

    assert np.isnat(found).tolist() == [True, False, True]


def test_a_null_that_was_announced_as_none_is_refused_by_name() -> None:
    with pytest.raises(QueryError, match=r"Column 'c' .*announced as NOT NULL"):
        read([b"\0\x04"], column(FIELD_TYPE.LONG, "integer", nullable=False))


def test_a_row_that_ends_before_its_bitmap_is_malformed() -> None:
    row = b"\0\0" + struct.pack("<h", 5)

    with pytest.raises(MalformedRowError):
        read([row], *[column(FIELD_TYPE.SHORT, "integer")] * 4_000)


def test_a_number_of_more_bits_than_there_are_is_malformed() -> None:
    with pytest.raises(MalformedRowError):
        read([b"\0\0\x09" + bytes(8) + b"\x01"], column(FIELD_TYPE.BIT, "unsigned", unsigned=True))


@pytest.mark.parametrize(
    ("hour", "minute", "second", "microsecond"), [(24, 0, 0, 0), (0, 60, 0, 0), (0, 0, 60, 0), (0, 0, 0, 1_000_000)]
)
def test_an_hour_that_no_clock_has_is_malformed(hour: int, minute: int, second: int, microsecond: int) -> None:
    clock = struct.pack("<BBBI", hour, minute, second, microsecond)
    with pytest.raises(MalformedRowError):
        read([b"\0\0\x0b" + struct.pack("<HBB", 2013, 3, 1) + clock], column(FIELD_TYPE.DATETIME, "datetime"))
    with pytest.raises(MalformedRowError):
        read([b"\0\0\x0c\0" + struct.pack("<I", 1) + clock], column(FIELD_TYPE.TIME, "time"))


@pytest.mark.parametrize("sign", [1, -1])
def test_a_time_reaches_to_838_hours_and_no_further(sign: int) -> None:
    def row(hours: int) -> bytes:
        return b"\0\0\x08" + struct.pack("<BIBBB", sign < 0, *divmod(hours, 24), 59, 59)

    (found,) = read([row(838)], column(FIELD_TYPE.TIME, "time"))
    with pytest.raises(MalformedRowError):
        read([row(839)], column(FIELD_TYPE.TIME, "time"))

    assert found[0] == sign * np.timedelta64(838 * 3_600 + 3_599, "s")
