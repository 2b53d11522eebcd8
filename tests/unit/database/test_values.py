from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pycore.database.values import bindable
from pycore.exceptions import QueryError


class Derived:
    """Values whose class is derived from Python's own, and which would say something else of themselves."""

    class Text(str):
        __slots__ = ()

        def __str__(self) -> str:
            return "'; DROP TABLE stocks; --"

    class Word(StrEnum):
        IBM = "IBM"

    class Number(IntEnum):
        SEVEN = 7

    class Real(float):
        pass

    class Raw(bytes):
        pass

    class Price(Decimal):
        pass

    class Day(date):
        pass

    class Moment(datetime):
        pass

    class Clock(time):
        pass

    class Span(timedelta):
        pass


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Derived.Text("IBM"), "IBM"),
        (Derived.Word.IBM, "IBM"),
        (Derived.Number.SEVEN, 7),
        (Derived.Real(0.5), 0.5),
        (Derived.Raw(b"a"), b"a"),
        (Derived.Price("1.10"), Decimal("1.10")),
        (Derived.Day(2013, 3, 1), date(2013, 3, 1)),
        (Derived.Moment(2013, 3, 1, 10, 0, 0, 5), datetime(2013, 3, 1, 10, 0, 0, 5)),  # noqa: DTZ001
        (Derived.Clock(14, 5), time(14, 5)),
        (Derived.Span(hours=-1), timedelta(hours=-1)),
        (None, None),
        (True, True),
        (2**63 - 1, 2**63 - 1),
        (1.5, 1.5),
        ("'; DROP TABLE stocks; --", "'; DROP TABLE stocks; --"),
        (b"\x00\xff", b"\x00\xff"),
        (Decimal("1.10"), Decimal("1.10")),
        (date(2013, 3, 1), date(2013, 3, 1)),
        (timedelta(hours=-1), timedelta(hours=-1)),
        (np.int64(7), 7),
        (np.float64(0.5), 0.5),
        (np.bool_(1), True),
        (pd.NA, None),
        (pd.NaT, None),
        (pd.Timestamp("2013-03-01 10:00"), datetime(2013, 3, 1, 10)),  # noqa: DTZ001
        (pd.Timedelta("1h"), timedelta(hours=1)),
    ],
)
def test_a_value_becomes_pythons_own(value: Any, expected: Any) -> None:
    bound = bindable(value, "a", "mysql")

    assert bound == expected
    assert type(bound) is type(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, 1),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.10"), "0.10"),
        (date(2013, 3, 1), "2013-03-01"),
        (datetime(2013, 3, 1, 14, 5), "2013-03-01 14:05:00"),  # noqa: DTZ001
        (time(14, 5), "14:05:00"),
    ],
)
def test_sqlite_gets_text_for_what_it_has_no_type_for(value: Any, expected: Any) -> None:
    assert bindable(value, "a", "sqlite") == expected


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ([1, 2], "it is a list, and a cell is one value"),
        ({"a": 1}, "it is a dict, and a cell is one value"),
        (pd.Series([1]), "it is a Series, and a cell is one value"),
        (object(), "an object is not"),
        (1j, "a complex is not"),
        (float("nan"), "not a finite number"),
        (float("-inf"), "not a finite number"),
        (Decimal("NaN"), "not a finite number"),
        (2**64, "beyond 64 bits"),
        (-(2**63) - 1, "beyond 64 bits"),
        ("\ud800", "surrogate"),
        (datetime(2013, 3, 1, tzinfo=UTC), "time zone"),
        (pd.Timestamp(1, unit="ns"), "finer than a microsecond"),
        (np.array([1]), "it is an ndarray, and a cell is one value"),
        (np.datetime64("2013-03-01"), r"a datetime64 is not .*pandas\.Timestamp\(…\)"),
    ],
)
def test_what_no_database_takes_is_refused_by_name(value: Any, why: str) -> None:
    with pytest.raises(QueryError, match=f"'symbol'.*{why}"):
        bindable(value, "symbol", "mysql")


@pytest.mark.parametrize("value", [["IBM", "MSFT"], ("IBM",), np.array(["IBM"]), pd.Series(["IBM"])])
def test_many_values_for_one_parameter_are_told_how_to_be_written(value: Any) -> None:
    with pytest.raises(QueryError, match=r"Write IN \(:symbol_1, :symbol_2\)") as caught:
        bindable(value, "symbol", "mysql", "SELECT * FROM stocks WHERE symbol IN (:symbol)")
    assert "microsecond" not in str(caught.value)


@pytest.mark.parametrize("value", [2**63, timedelta(1)])
def test_what_sqlite_has_no_room_for_is_refused(value: Any) -> None:
    with pytest.raises(QueryError, match="'a'"):
        bindable(value, "a", "sqlite")
