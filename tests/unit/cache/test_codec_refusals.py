"""What JSON cannot carry exactly is refused by name before anything is written; nothing is ever altered."""

from __future__ import annotations

import datetime as dt
import enum
from collections import OrderedDict
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pycore.cache.codec import encode, encode_stream
from pycore.exceptions import SerializationError


class Colour(enum.StrEnum):
    RED = "red"


CELLS: dict[str, Any] = {
    "lists": [[1], [2]],
    "dicts": [{"a": 1}, {}],
    "sets": [{1}, {2}],
    "mixed": [1, "a"],
    "bool and int": [True, 1],
    "subclass of str": [Colour.RED],
    "numpy text": [np.str_("a")],
    "datetimes": [dt.datetime(2020, 1, 1, tzinfo=dt.UTC)],
    "floats": [1.5, 2.5],
    "too wide": [2**64],
    "mixed missing": ["a", None, np.nan],
    "surrogate": ["\ud800"],
    "time with zone": [dt.time(1, tzinfo=dt.UTC)],
    "objects": [object()],
}


@pytest.mark.parametrize("name", CELLS)
def test_a_column_of_objects_is_refused_with_its_name_and_type(name: str) -> None:
    frame = pd.DataFrame({"good": range(len(CELLS[name])), "bad": pd.Series(CELLS[name], dtype=object)})

    with pytest.raises(SerializationError) as caught:
        encode(frame, "KEY")

    assert caught.value.column == "bad"
    assert caught.value.key == "KEY"
    assert caught.value.type
    assert "'bad'" in str(caught.value)


@pytest.mark.parametrize(
    "values",
    [
        pd.period_range("2020", periods=2, freq="M"),
        pd.interval_range(0, 2),
        pd.arrays.SparseArray([0, 1]),
        np.array([1j, 2j]),
        np.array([1, 2], ">i4"),
        pd.array([1, 2], dtype="int64[pyarrow]"),
        np.array(["10000-01-01"], "M8[s]"),
    ],
    ids=lambda values: str(values.dtype),
)
def test_a_type_that_is_not_carried_is_refused(values: Any) -> None:
    with pytest.raises(SerializationError, match="'bad'"):
        encode(pd.DataFrame({"bad": values}), "KEY")


@pytest.mark.parametrize(
    "index",
    [
        pd.period_range("2020", periods=2, freq="M"),
        pd.Index([object(), object()], dtype=object),
        pd.MultiIndex(levels=[[1, 2], ["a", "b"]], codes=[[0, -1], [0, 1]]),
        pd.DatetimeIndex(["2020-01-01", "2020-03-01"], freq=pd.DateOffset(months=2)),
    ],
    ids=["period", "objects", "level with missing", "frequency without a text"],
)
def test_an_index_that_is_not_carried_is_refused(index: pd.Index) -> None:
    with pytest.raises(SerializationError, match="index"):
        encode(pd.DataFrame({"a": [1, 2]}, index=index), "KEY")


def test_a_name_that_is_not_carried_is_refused() -> None:
    with pytest.raises(SerializationError, match="Column 0"):
        encode(pd.DataFrame([[1]], columns=pd.Index([frozenset()], dtype=object)), "KEY")


@pytest.mark.parametrize("attrs", [{"a": (1, 2)}, {1: "a"}, {"a": float("nan")}, {"a": np.float64(1)}])
def test_attrs_that_are_no_json_are_refused(attrs: dict[Any, Any]) -> None:
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = attrs

    with pytest.raises(SerializationError, match="attrs"):
        encode(frame, "KEY")


def test_more_than_a_frame_is_refused() -> None:
    class Prices(pd.DataFrame):
        pass

    with pytest.raises(SerializationError, match="Prices"):
        encode(Prices({"a": [1]}), "KEY")


DEEP: list[Any] = []
for _ in range(10_000):
    DEEP = [DEEP]
CIRCLE: list[Any] = []
CIRCLE.append(CIRCLE)


@pytest.mark.parametrize(
    "value",
    [
        (1, 2),
        {1},
        b"bytes",
        float("nan"),
        float("-inf"),
        2**64,
        -(2**63) - 1,
        {1: "a"},
        {"a": {None: 1}},
        np.float64(1.5),
        np.int64(1),
        dt.date(2020, 1, 1),
        Colour.RED,
        OrderedDict(a=1),
        "\ud800",
        {"\ud800": 1},
        object(),
        DEEP,
        CIRCLE,
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_that_would_not_come_back_equal_is_refused(value: Any) -> None:
    with pytest.raises(SerializationError) as caught:
        encode(value, "KEY")

    assert caught.value.key == "KEY"


def test_a_text_beyond_the_limit_is_refused_with_both_sizes() -> None:
    with pytest.raises(SerializationError, match=r"536870913 bytes.*536870912 are allowed"):
        encode("x" * (2**29 + 1), "KEY")


def test_no_cell_is_in_the_message() -> None:
    frame = pd.DataFrame({"bad": pd.Series(["hunter2", 1], dtype=object)})

    with pytest.raises(SerializationError) as caught:
        encode(frame, "KEY")

    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "second",
    [pd.DataFrame({"a": [1.5]}), pd.DataFrame({"b": [1]}), pd.DataFrame({"a": [1], "b": [1]})],
    ids=["type", "name", "number"],
)
def test_frames_of_a_stream_must_agree(second: pd.DataFrame) -> None:
    encoding = encode_stream([pd.DataFrame({"a": [1]}), second], "KEY")

    with pytest.raises(SerializationError, match=r"stream"):
        list(encoding.chunks())


def test_a_stream_without_a_frame_is_refused() -> None:
    with pytest.raises(SerializationError, match="stream"):
        list(encode_stream([], "KEY").chunks())
