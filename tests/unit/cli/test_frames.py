"""Frames as text: a table of everything for people; CSV, JSON and Parquet, exact, for programs."""

from __future__ import annotations

import datetime as dt
import decimal
import io
import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycore.cli._frames import csv_lines, json_document, parquet_bytes, table_lines
from pycore.exceptions import SerializationError


def as_csv(frame: pd.DataFrame) -> str:
    return "".join(csv_lines(frame))


def as_json(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads("".join(json_document(frame)))
    return rows


@given(st.lists(st.floats(allow_nan=False), min_size=1))
def test_each_float_reads_back_equal_from_csv(values: list[float]) -> None:
    text = as_csv(pd.DataFrame({"value": values}))

    assert values == [float(line) for line in text.splitlines()[1:]]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_each_float_reads_back_equal_from_json(values: list[float]) -> None:
    assert values == [row["value"] for row in as_json(pd.DataFrame({"value": values}))]


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_each_text_reads_back_equal_from_csv(values: list[str]) -> None:
    import csv

    rows = list(csv.reader(io.StringIO(as_csv(pd.DataFrame({"n": range(len(values)), "text": values})), newline="")))

    assert values == [row[1] for row in rows[1:]]


def test_unsigned_integers_keep_every_digit() -> None:
    frame = pd.DataFrame({"n": np.array([2**64 - 1], dtype="uint64")})

    assert as_csv(frame) == "n\n18446744073709551615\n"
    assert as_json(frame) == [{"n": 2**64 - 1}]


@pytest.mark.parametrize(
    ("column", "text"),
    [
        (pd.to_datetime(pd.Series(["2013-03-01", None])), ["2013-03-01", ""]),
        (pd.to_datetime(["2013-03-01 10:30", "2013-03-02 00:00"]), ["2013-03-01T10:30:00", "2013-03-02T00:00:00"]),
        (
            pd.Series(pd.to_datetime(["2013-03-01 00:00:00.000000001"])).astype("datetime64[ns]"),
            ["2013-03-01T00:00:00.000000001"],
        ),
        (pd.to_datetime(["2013-03-01 10:30+01:00"]), ["2013-03-01T10:30:00+01:00"]),
        (pd.to_timedelta(["1 day 02:03:04"]), ["P1DT2H3M4S"]),
        (pd.to_timedelta(["-12:30:00", "0s", None]), ["-PT12H30M0S", "PT0H0M0S", ""]),
        ([dt.timedelta(hours=-12, minutes=-30), dt.timedelta(days=-2)], ["-PT12H30M0S", "-P2DT0H0M0S"]),
        (np.array([0.1, 1 / 3, math.inf, math.nan], "float32"), ["0.1", "0.33333334", "inf", ""]),
        (pd.array([0.1, None], dtype="Float32"), ["0.1", ""]),
        (np.array([1 + 2j, -1.5j]), ["1+2j", "-0-1.5j"]),
        (np.array([0.1 + 2j], "complex64"), ["0.1+2j"]),
        (pd.Series([1 + 2j, None], dtype=object), ["1+2j", ""]),
        (pd.array([1, None], dtype="Int64"), ["1", ""]),
        (pd.array([True, None], dtype="boolean"), ["True", ""]),
        ([1.5, math.nan], ["1.5", ""]),
        ([math.inf, -math.inf], ["inf", "-inf"]),
        ([decimal.Decimal("1.10"), None], ["1.10", ""]),
        ([dt.date(2013, 3, 1), None], ["2013-03-01", ""]),
        ([dt.time(1, 2), dt.time(3)], ["01:02:00", "03:00:00"]),
        ([b"\x00\xff", b""], ["AP8=", ""]),
        (pd.Categorical(["b", "a", None]), ["b", "a", ""]),
        (pd.period_range("2013-03", periods=1, freq="M"), ["2013-03"]),
        ([[1, 2], {"a": None}], ['"[1, 2]"', '"{""a"": null}"']),
    ],
)
def test_each_type_has_its_one_form_in_csv(column: Any, text: list[str]) -> None:
    frame = pd.DataFrame({"row": range(len(column)), "value": column})

    assert text == [line.partition(",")[2] for line in as_csv(frame).splitlines()[1:]]


def test_a_missing_value_is_null_in_json() -> None:
    frame = pd.DataFrame({"a": [1.5, None], "b": ["x", None], "c": pd.to_datetime(pd.Series(["2013-03-01", None]))})

    assert as_json(frame)[1] == {"a": None, "b": None, "c": None}


def test_lists_and_objects_stay_themselves_in_json() -> None:
    assert as_json(pd.DataFrame({"value": [{"a": [1]}]})) == [{"value": {"a": [1]}}]


@pytest.mark.parametrize(("value", "word"), [(object(), "object"), ([object()], "list"), ({"a": math.nan}, "dict")])
def test_a_type_without_an_exact_form_is_refused_by_column_and_type(value: Any, word: str) -> None:
    frame = pd.DataFrame({"fine": [1], "odd": pd.Series([value], dtype=object)})

    with pytest.raises(SerializationError, match="'odd'") as caught:
        as_csv(frame)

    assert (caught.value.column, caught.value.type) == ("odd", word)


@given(st.lists(st.floats(width=32, allow_nan=False), min_size=1))
def test_each_float_of_32_bits_reads_back_equal_from_csv(values: list[float]) -> None:
    text = as_csv(pd.DataFrame({"value": np.array(values, "float32")}))

    assert values == [float(np.float32(line)) for line in text.splitlines()[1:]]


@given(st.lists(st.complex_numbers(allow_nan=False), min_size=1))
def test_each_complex_number_reads_back_equal_from_csv(values: list[complex]) -> None:
    text = as_csv(pd.DataFrame({"value": np.array(values)}))

    assert values == [complex(line) for line in text.splitlines()[1:]]


@given(st.lists(st.timedeltas(dt.timedelta(days=-90_000), dt.timedelta(days=90_000)), min_size=1))
def test_each_span_of_time_reads_back_equal_from_csv(values: list[dt.timedelta]) -> None:
    text = as_csv(pd.DataFrame({"value": pd.to_timedelta(values)}))

    assert values == [pd.Timedelta(line) for line in text.splitlines()[1:]]


def test_a_table_shows_complex_numbers_spans_before_zero_and_short_floats_as_they_were_meant() -> None:
    frame = pd.DataFrame(
        {"z": [1 + 2j], "late": pd.to_timedelta(["-12:30:00"]), "price": np.array([0.1], dtype="float32")}
    )

    assert table_lines(frame)[1].split() == ["1+2j", "-PT12H30M0S", "0.1"]


def test_a_complex_number_is_refused_in_json_and_csv_is_named() -> None:
    with pytest.raises(SerializationError, match="take --to csv") as caught:
        as_json(pd.DataFrame({"z": [1 + 2j]}))

    assert (caught.value.column, caught.value.type) == ("z", "complex128")


def test_an_infinite_number_is_refused_in_json() -> None:
    with pytest.raises(SerializationError, match="infinite"):
        as_json(pd.DataFrame({"value": [math.inf]}))


def test_two_columns_of_one_name_are_refused_in_json_and_kept_in_csv() -> None:
    frame = pd.DataFrame([[1, 2]], columns=["a", "a"])

    with pytest.raises(SerializationError, match="Two columns"):
        as_json(frame)
    assert as_csv(frame) == "a,a\n1,2\n"


def test_an_index_that_says_something_comes_first() -> None:
    frame = pd.DataFrame({"close": [98.5]}, index=pd.Index(["IBM"], name="symbol"))

    assert as_csv(frame) == "symbol,close\nIBM,98.5\n"


def test_labels_of_several_levels_are_joined() -> None:
    frame = pd.DataFrame([[1, 2]], columns=pd.MultiIndex.from_tuples([("close", "mean"), ("symbol", "")]))

    assert as_csv(frame) == "close / mean,symbol\n1,2\n"


def test_a_frame_without_rows_keeps_its_columns() -> None:
    frame = pd.DataFrame({"symbol": pd.Series(dtype="str"), "close": pd.Series(dtype="float64")})

    assert as_csv(frame) == "symbol,close\n"
    assert as_json(frame) == []
    assert table_lines(frame) == ["symbol  close"]


def test_parquet_reads_back_as_the_very_same_frame_whatever_its_attrs() -> None:
    frame = pd.DataFrame(
        {"close": [98.5, None], "day": pd.to_datetime(pd.Series(["2013-03-01", None])).astype("datetime64[s]")}
    )
    frame.attrs["pycore"] = object()

    back = pd.read_parquet(io.BytesIO(parquet_bytes(frame)))

    pd.testing.assert_frame_equal(frame, back.astype(frame.dtypes.to_dict()))


def test_what_parquet_does_not_have_is_refused() -> None:
    with pytest.raises(SerializationError, match="Parquet"):
        parquet_bytes(pd.DataFrame({"odd": [object()]}))


def test_a_table_shows_every_row_and_aligns_numbers() -> None:
    lines = table_lines(pd.DataFrame({"symbol": ["IBM", "F"], "close": [198.5, 7.25], "volume": [10, 2000]}))

    assert lines == ["symbol   close  volume", "IBM     198.50      10", "F         7.25    2000"]


def test_a_table_of_a_thousand_rows_leaves_out_none() -> None:
    assert len(table_lines(pd.DataFrame({"n": range(1000)}))) == 1001


def test_a_table_escapes_what_would_command_the_terminal() -> None:
    (_, line) = table_lines(pd.DataFrame({"text": ["\x1b[2Jgone\n"]}))

    assert line == r"\x1b[2Jgone\n"


def test_very_small_and_very_large_numbers_keep_their_exponent() -> None:
    assert table_lines(pd.DataFrame({"x": [1e-9, 2.5]}))[1:] == ["1e-09", "  2.5"]
