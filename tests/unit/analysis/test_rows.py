"""A filter means what a person types, and an order is the one that a person expects."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pycore.analysis.rows import OPERATORS, Filter, Operator, matching, ordered
from pycore.exceptions import DatasetError


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "number": [1.5, -2.0, np.nan, np.inf, 15.0],
            "whole": [3, 2**62, -1, 0, 3],
            "class": pd.Categorical(["setosa", None, "Setosa", "a.c", "abc"]),
            "text": pd.Series(["x", "", None, "50 %", "(x"], dtype="str"),
            "date": np.array(
                ["2013-03-01", "2013-03-01T14:30", "NaT", "2012-12-31T23:59:59", "2014-01-01"], dtype="datetime64[ns]"
            ),
            "object": [b"ab", [1, 2], None, {"k": 1}, 1.5],
        }
    )


@pytest.mark.parametrize(
    ("column", "operator", "text", "rows"),
    [
        ("number", "=", "1.5", [0]),
        ("number", "=", " 15 ", [4]),
        ("number", "=", "inf", [3]),
        ("number", "≠", "1.5", [1, 3, 4]),
        ("number", "<", "1.5", [1]),
        ("number", "≤", "1.5", [0, 1]),
        ("number", ">", "1.5", [3, 4]),
        ("number", "≥", "1.5", [0, 3, 4]),
        ("number", "<", "1e400", [0, 1, 4]),
        ("number", "is missing", "", [2]),
        ("number", "is not missing", "what is typed does not count", [0, 1, 3, 4]),
        ("number", "contains", "5", [0, 4]),
        ("number", "contains", "15.0", [4]),
        ("number", "contains", "five", []),
        ("whole", "=", str(2**62), [1]),
        ("whole", "=", str(2**62 + 1), []),
        ("whole", ">", "2.5", [0, 1, 4]),
        ("whole", "<", str(10**30), [0, 1, 2, 3, 4]),
        ("class", "=", "setosa", [0]),
        ("class", "=", " setosa ", [0]),
        ("class", "≠", "setosa", [2, 3, 4]),
        ("class", "contains", "SETO", [0, 2]),
        ("class", "contains", "a.c", [3]),
        ("class", "is missing", "", [1]),
        ("text", "=", "x", [0]),
        ("text", "≠", "x", [1, 3, 4]),
        ("text", "contains", "(", [4]),
        ("text", "contains", "%", [3]),
        ("text", "is missing", "", [2]),
        ("date", "=", "2013", [0, 1]),
        ("date", "=", "2013-03-01", [0, 1]),
        ("date", "=", "2013-03-01 14:30", [1]),
        ("date", "=", "2013-03-01T14:30:00", [1]),
        ("date", "≠", "2013-03", [3, 4]),
        ("date", "<", "2013", [3]),
        ("date", "≤", "2013", [0, 1, 3]),
        ("date", ">", "2013-03-01", [4]),
        ("date", "≥", "2013-03-01", [0, 1, 4]),
        ("date", "contains", "-12-", [3]),
        ("object", "contains", "ab", [0]),
        ("object", "=", "[1, 2]", [1]),
        (None, "contains", "setosa", [0, 2]),
        (None, "contains", "1.5", [0, 4]),
        (None, "contains", "2014-01", [4]),
        (None, "is missing", "", [1, 2]),
        (None, "contains", "   ", [0, 1, 2, 3, 4]),
    ],
)
def test_rows_that_fulfil_a_condition(
    frame: pd.DataFrame, column: str | None, operator: Operator, text: str, rows: list[int]
) -> None:
    assert matching(frame, Filter(column=column, operator=operator, text=text)).tolist() == rows


@pytest.mark.parametrize(
    ("column", "operator", "text", "said"),
    [
        ("number", "<", "abc", "'abc' is no number, and 'number' holds numbers: write one such as"),
        ("number", "=", "1,5", "'1,5' is no number"),
        ("number", "=", "nan", "'nan' is no number"),
        ("date", "=", "yesterday", "'yesterday' is no date"),
        ("date", ">", "2013-13", "'2013-13' is no date"),
        ("date", ">", "01.03.2013", "'01.03.2013' is no date, and 'date' holds dates: write one such as"),
        ("class", "<", "b", "< compares numbers and dates, and 'class' holds texts: choose =, ≠ or contains"),
        ("text", "≥", "b", "≥ compares numbers and dates"),
    ],
)
def test_what_cannot_be_compared_is_said(
    frame: pd.DataFrame, column: str, operator: Operator, text: str, said: str
) -> None:
    with pytest.raises(DatasetError) as caught:
        matching(frame, Filter(column=column, operator=operator, text=text))

    assert said in str(caught.value)


def test_a_float_of_32_bits_is_found_by_what_is_shown_of_it() -> None:
    frame = pd.DataFrame({"a": np.array([0.1, 0.2], dtype="float32")})

    assert matching(frame, Filter(column="a", operator="=", text="0.1")).tolist() == [0]
    assert matching(frame, Filter(column="a", operator="<", text="1e300")).tolist() == [0, 1]


def test_dates_before_and_behind_what_nanoseconds_hold_are_compared() -> None:
    frame = pd.DataFrame({"a": np.array(["0800-12-25", "9999-01-01"], dtype="datetime64[s]")})

    assert matching(frame, Filter(column="a", operator="<", text="1000")).tolist() == [0]
    assert matching(frame, Filter(column="a", operator="=", text="9999")).tolist() == [1]


@pytest.mark.parametrize("operator", OPERATORS)
def test_no_row_fulfils_nothing(frame: pd.DataFrame, operator: Operator) -> None:
    assert matching(frame.head(0), Filter(column="number", operator=operator, text="1")).tolist() == []


@pytest.mark.parametrize(
    ("column", "up", "down"),
    [
        ("number", [1, 0, 4, 3, 2], [3, 4, 0, 1, 2]),
        ("whole", [2, 3, 0, 4, 1], [1, 0, 4, 3, 2]),
        ("class", [3, 4, 0, 2, 1], [2, 0, 4, 3, 1]),
        ("date", [3, 0, 1, 4, 2], [4, 1, 0, 3, 2]),
    ],
)
def test_rows_are_ordered_stably_and_what_is_missing_is_last(
    frame: pd.DataFrame, column: str, up: list[int], down: list[int]
) -> None:
    frame["class"] = frame["class"].cat.reorder_categories(["a.c", "abc", "setosa", "Setosa"])

    assert ordered(frame, np.arange(5), column).tolist() == up
    assert ordered(frame, np.arange(5), column, descending=True).tolist() == down


def test_texts_that_are_numbers_go_by_number_and_others_by_letter() -> None:
    frame = pd.DataFrame({"numbers": ["10", "9", "-1.5", None], "letters": ["b", "A", "10", "9"]})

    assert ordered(frame, np.arange(4), "numbers").tolist() == [2, 1, 0, 3]
    assert ordered(frame, np.arange(4), "letters").tolist() == [2, 3, 1, 0]


def test_only_the_rows_that_are_asked_for_are_ordered(frame: pd.DataFrame) -> None:
    assert ordered(frame, np.array([0, 3, 4]), "number", descending=True).tolist() == [3, 4, 0]


def test_objects_that_cannot_be_compared_are_ordered_by_their_text(frame: pd.DataFrame) -> None:
    assert ordered(frame, np.arange(5), "object").tolist() == [4, 1, 0, 3, 2]
