"""What JSON cannot carry exactly is refused by name before anything is written; nothing is ever altered."""

from __future__ import annotations

import datetime as dt
import enum
import warnings
import zoneinfo
from collections import OrderedDict
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from pycore.cache.codec import encode, encode_stream
from pycore.exceptions import SerializationError


class Colour(enum.StrEnum):
    RED = "red"


class Size(enum.IntEnum):
    SMALL = 1


class Day(dt.date):
    pass


BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
ODD_NAN = float(np.array([0x7FF8000000000123], "u8").view("f8")[0])
CELLS: dict[str, list[Any]] = {
    "sets": [{1}, {2}],
    "arrays": [np.zeros(2), np.zeros(3)],
    "list with a tuple": [[(1, 2)]],
    "list with NaN": [[float("nan")]],
    "lists and tuples": [[1], (2,)],
    "lists and dates": [[1], dt.date(2020, 1, 1)],
    "dict with a number as key": [{1: "a"}],
    "subclass of str": [Colour.RED],
    "subclass of int": [Size.SMALL],
    "subclass of dict": [OrderedDict(a=1)],
    "subclass of date": [Day(2020, 1, 1)],
    "numpy text": [np.str_("a")],
    "numpy date": [np.datetime64("2020-01-01")],
    "too wide": [2**64],
    "too wide in a list": [[2**64]],
    "too wide in a mix": [2**64, dt.date(2020, 1, 1)],
    "surrogate": ["\ud800"],
    "surrogate in a list": [["\ud800"]],
    "surrogate in a tuple": [("\ud800",)],
    "NaN of other bits": [ODD_NAN],
    "time with a zone": [dt.time(1, tzinfo=BERLIN)],
    "datetime with a zone": [dt.datetime(2020, 1, 1, tzinfo=BERLIN)],
    "datetime that comes twice": [dt.datetime(2020, 10, 25, 2, 30, tzinfo=BERLIN, fold=1)],
    "datetime with a named offset": [dt.datetime(2020, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1), "CET"))],
    "long double": [np.longdouble(1)],
    "objects": [object()],
    "class": [int],
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


@pytest.mark.filterwarnings("ignore:.*B:FutureWarning")
def test_a_frequency_that_pandas_gives_up_is_refused() -> None:
    frame = pd.DataFrame({"bad": pd.period_range("2020-01-01", periods=2, freq="B")})

    with pytest.raises(SerializationError, match=r"'bad'.*period\[B\]"):
        encode(frame, "KEY")


@pytest.mark.filterwarnings("ignore:.*B:FutureWarning")
def test_a_cell_of_a_frequency_that_pandas_gives_up_is_refused_without_a_warning() -> None:
    frame = pd.DataFrame({"bad": pd.Series([pd.Period("2020-01-01", freq="B"), "a"], dtype=object)})

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(SerializationError, match=r"'bad'.*Period"):
            encode(frame, "KEY")


def test_a_series_of_a_type_that_only_numpy_has_is_refused() -> None:
    with pytest.raises(SerializationError, match=r"'bad'.*S1"):
        encode(pd.Series(np.array([b"a"], "S1"), name="bad"), "KEY")


def arrow(cells: Any) -> Any:
    return pd.array(cells, dtype=pd.ArrowDtype(cells.type))


def broken_text() -> Any:
    buffers = [None, pa.py_buffer(np.array([0, 1], np.int32)), pa.py_buffer(b"\xff")]
    return pa.Array.from_buffers(pa.string(), 1, buffers)


VALUES: dict[str, Any] = {
    "long double": np.array([1], np.longdouble),
    "beyond the year 9999": np.array(["10000-01-01"], "M8[s]"),
    "before the year 1": np.array(["0000-12-31"], "M8[s]"),
    "period beyond the year 9999": pd.PeriodIndex([pd.Period(ordinal=8030, freq="Y")]),
    "period before the year 1": pd.PeriodIndex([pd.Period(ordinal=-1970, freq="Y")]),
    "week beyond the year 9999": pd.PeriodIndex([pd.Period(ordinal=10**6, freq="W")]),
    "zone without a name": pd.DatetimeIndex(["2020"]).tz_localize(dt.timezone(dt.timedelta(seconds=19815))),
    "sparse, fill value of another type": pd.arrays.SparseArray(np.array([1, 2]), fill_value=np.nan),
    "sparse sets": pd.arrays.SparseArray(np.array([{1}], object)),
    "interval beyond the year 9999": pd.arrays.IntervalArray.from_breaks(np.array(["2020", "10000"], "M8[s]")),
    "map": arrow(pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int8()))),
    "struct with a name twice": arrow(pa.StructArray.from_arrays([[1], [2]], names=["a", "a"])),
    "dictionary with a value twice": arrow(pa.DictionaryArray.from_arrays([0], ["a", "a"])),
    "dictionary of structs": arrow(pa.DictionaryArray.from_arrays([0], pa.array([{"a": 1}]))),
    "lists of no length": arrow(pa.array([[]], pa.list_(pa.int8(), 0))),
    "dictionary with a missing value": arrow(pa.DictionaryArray.from_arrays([0], ["a", None])),
    "time of day beyond a day": arrow(pa.array([86_400], pa.int32()).cast(pa.time32("s"))),
    "Arrow's lowest point in time": arrow(pa.array([-(2**63)], pa.timestamp("ns"))),
    "Arrow's date beyond the year 9999": arrow(pa.array([10**7], pa.int32()).cast(pa.date32())),
    "Arrow's text that is no UTF-8": arrow(broken_text()),
    "extension of Arrow": arrow(pa.array([b"0" * 16], pa.binary(16)).cast(pa.uuid())),
    "interval of Arrow": arrow(pa.array([(1, 2, 3)], pa.month_day_nano_interval())),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_column_that_is_not_carried_is_refused_with_its_name_and_type(name: str) -> None:
    values = VALUES[name]

    with pytest.raises(SerializationError, match="'bad'") as caught:
        encode(pd.DataFrame({"bad": values}), "KEY")

    assert (caught.value.key, caught.value.column) == ("KEY", "bad")
    assert caught.value.type


@pytest.mark.parametrize("name", VALUES)
def test_an_index_that_is_not_carried_is_refused(name: str) -> None:
    index = pd.Index(VALUES[name], dtype=VALUES[name].dtype)

    with pytest.raises(SerializationError, match="index"):
        encode(pd.DataFrame({"a": [1]}, index=index), "KEY")


@pytest.mark.parametrize(
    "index",
    [
        pd.Index([object(), object()], dtype=object),
        pd.DatetimeIndex(["2020-01-01", "2020-03-01"], freq=pd.DateOffset(months=2)),
        pd.Index([1, 2], name=frozenset()),
        pd.MultiIndex.from_arrays([[1, 2], [int, str]]),
    ],
    ids=["objects", "frequency without a text", "name", "level"],
)
def test_an_index_of_two_that_is_not_carried_is_refused(index: pd.Index) -> None:
    with pytest.raises(SerializationError, match="index") as caught:
        encode(pd.DataFrame({"a": [1, 2]}, index=index), "KEY")

    assert caught.value.type


@pytest.mark.parametrize(
    "level",
    [
        arrow(pa.array([1], pa.decimal32(5, 2))),
        arrow(pa.array([{"a": 1}])),
        arrow(pa.array(["a"]).dictionary_encode()),
        pd.arrays.SparseArray([1]),
    ],
    ids=lambda level: str(level.dtype),
)
def test_a_level_of_which_pandas_makes_none_again_is_refused(level: Any) -> None:
    index = pd.MultiIndex(levels=[pd.Index(level), ["x"]], codes=[[0], [0]])

    for frame in (pd.DataFrame({"a": [1]}, index=index), pd.DataFrame([[1]], columns=index)):
        with pytest.raises(SerializationError, match=r"level|label|Column 0"):
            encode(frame, "KEY")


def test_a_name_that_python_has_no_value_for_is_refused() -> None:
    columns = pd.Index(arrow(pa.array([2**62], pa.duration("s"))))

    for index in (columns, pd.MultiIndex(levels=[columns, ["x"]], codes=[[0], [0]])):
        with pytest.raises(SerializationError, match="column index") as caught:
            encode(pd.DataFrame([[1]], columns=index), "KEY")
        assert caught.value.type == str(index.dtype)


def test_a_name_that_is_not_carried_is_refused() -> None:
    with pytest.raises(SerializationError, match="Column 0") as caught:
        encode(pd.DataFrame([[1]], columns=pd.Index([frozenset()], dtype=object)), "KEY")

    assert (caught.value.key, caught.value.column, caught.value.type) == ("KEY", "0", "frozenset")


@pytest.mark.parametrize("attrs", [{"a": (1, 2)}, {1: "a"}, {"a": float("nan")}, {"a": np.float64(1)}])
def test_attrs_that_are_no_json_are_refused(attrs: dict[Any, Any]) -> None:
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = attrs

    with pytest.raises(SerializationError, match="attrs"):
        encode(frame, "KEY")


def test_a_lone_surrogate_is_refused_wherever_it_stands() -> None:
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = {"a": ["\ud800"]}

    with pytest.raises(SerializationError, match="attrs"):
        encode(frame, "KEY")
    with pytest.raises(SerializationError, match="source"):
        encode({}, "KEY", source={"a": "\ud800"})


def test_what_becomes_of_a_value_after_it_was_given_does_not_matter() -> None:
    source: dict[str, Any] = {"a": [1]}
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = {"a": [1]}

    encoding = encode(frame, "KEY", source=source)
    source["a"].append({1})
    frame.attrs["a"].append({1})
    frame.loc[0, "a"] = 2
    draft = encoding.head(None)

    assert (draft.members["source"], draft.members["attrs"]) == ({"a": [1]}, {"a": [1]})
    assert draft.body.endswith(b'"a":[1]\n}}')


def test_more_than_a_frame_is_refused() -> None:
    class Prices(pd.DataFrame):
        pass

    with pytest.raises(SerializationError, match="Prices"):
        encode(Prices({"a": [1]}), "KEY")


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
        [[2**64]],
        {"a": [float("inf")]},
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
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_that_would_not_come_back_equal_is_refused(value: Any) -> None:
    with pytest.raises(SerializationError) as caught:
        encode(value, "KEY")

    assert caught.value.key == "KEY"
    assert caught.value.type


def test_no_cell_is_in_the_message() -> None:
    frame = pd.DataFrame({"bad": pd.Series(["hunter2", {1}], dtype=object)})

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
