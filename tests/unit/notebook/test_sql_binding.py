"""Variables become parameters exactly, or not at all."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycore.exceptions import QueryError
from pycore.notebook.binding import bound, identities


class Side(str, enum.Enum):  # noqa: UP042  # its text is not its name, unlike that of StrEnum
    BUY = "buy"


class Level(enum.IntEnum):
    HIGH = 3


DAY, MOMENT = dt.date(2013, 3, 1), dt.datetime(2013, 3, 1, 12, 30, 0, 5)  # noqa: DTZ001  # databases have such
ALIKE: list[tuple[Any, Any]] = [
    *(("IBM", "IBM"), (Side.BUY, "buy"), (np.str_("IBM"), "IBM"), ("", "")),
    *((5, 5), (np.int8(-5), -5), (np.uint64(2**64 - 1), 2**64 - 1), (Level.HIGH, 3)),
    *((2.5, 2.5), (np.float32(0.1), float(np.float32(0.1))), (np.float64(0.1), 0.1), (np.longdouble(0.5), 0.5)),
    *((True, True), (np.True_, True), (None, None), (pd.NA, None), (pd.NaT, None), (np.datetime64("NaT"), None)),
    *((b"\x00", b"\x00"), (np.bytes_(b"x"), b"x"), (Decimal("1.50"), Decimal("1.50"))),
    *((DAY, DAY), (MOMENT, MOMENT), (pd.Timestamp(MOMENT), MOMENT), (dt.time(1, 2), dt.time(1, 2))),
    *((np.datetime64("2013-03-01"), DAY), (np.datetime64("2013-03"), DAY), (np.datetime64(MOMENT, "ns"), MOMENT)),
    (pd.Timestamp(MOMENT, tz="UTC"), MOMENT.replace(tzinfo=dt.UTC)),
    (pd.Timedelta("1s"), dt.timedelta(seconds=1)),
    (np.timedelta64(1, "D"), dt.timedelta(days=1)),
]


@pytest.mark.parametrize(("value", "plain"), ALIKE)
def test_a_value_becomes_the_plain_one_that_it_is(value: Any, plain: Any) -> None:
    made = bound(["x"], {"x": value}, "SELECT :x")["x"]

    assert made == plain
    assert type(made) is type(plain)


@pytest.mark.parametrize(
    "value",
    [[1], (1,), {1}, {"a": 1}, range(3), np.array([1]), pd.Series([1]), pd.DataFrame({"a": [1]}), pd.Index([1])],
    ids=lambda value: type(value).__name__,
)
def test_many_values_are_refused_with_a_way_out(value: Any) -> None:
    with pytest.raises(QueryError, match=rf":symbols is a {type(value).__name__}.* IN \(:symbols_1, :symbols_2\)"):
        bound(["symbols"], {"symbols": value}, "SELECT :symbols")


@pytest.mark.parametrize(
    "value",
    [
        pd.Timestamp("2013-03-01 00:00:00.000000001"),
        pd.Timedelta(1, "ns"),
        np.datetime64(1, "ns"),
        np.datetime64("20000-01-01"),
        np.timedelta64(1, "ps"),
        np.longdouble(1) / 3,
        np.complex128(1),
        1j,
        print,
        pd.Period("2013-03"),
        "\ud800",
    ],
)
def test_what_has_no_exact_form_is_refused_by_name(value: Any) -> None:
    with pytest.raises(QueryError, match=":x is "):
        bound(["x"], {"x": value}, "SELECT :x")


def test_an_error_never_says_the_value() -> None:
    with pytest.raises(QueryError) as raised:
        bound(["x"], {"x": ["hunter2"]}, "SELECT :x")

    assert "hunter2" not in str(raised.value)


def test_every_missing_variable_is_named() -> None:
    with pytest.raises(QueryError, match=r":a, :c.* define a, c before it"):
        bound(["a", "b", "c"], {"b": 1}, "SELECT :a, :b, :c")


PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=300), st.binary(max_size=200),
    st.decimals(allow_nan=False), st.dates(), st.datetimes(), st.times(), st.timedeltas(),
)  # fmt: skip


@given(PLAIN, PLAIN)
def test_two_values_never_pass_for_each_other(one: Any, other: Any) -> None:
    same = type(one) is type(other) and repr(one) == repr(other)

    assert (identities({"x": one}) == identities({"x": other})) == same


def test_values_that_python_takes_for_equal_are_told_apart() -> None:
    values = [
        1,
        1.0,
        True,
        Decimal(1),
        "1",
        0.0,
        -0.0,
        0,
        False,
        "",
        b"",
        None,
        "None",
        dt.date(2013, 3, 1),
        "2013-03-01",
    ]

    assert len({identities({"x": value})["x"] for value in values}) == len(values)
