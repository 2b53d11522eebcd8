"""Statistics are those of pandas, or the database's own, and say which of the two."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pycore.analysis.columns import examined
from pycore.analysis.profile import profiled
from pycore.exceptions import QueryError
from pycore.results.profile import Profile

NUMBERS = ["count", "mean", "std", "min", "25%", "50%", "75%", "max"]


def described(profile: Profile) -> pd.DataFrame:
    return profile.numbers.set_index("column")[NUMBERS].astype("float64").T


def row(frame: pd.DataFrame, name: str, *columns: str) -> list[object]:
    return [frame.at[name, column] for column in columns]


@pytest.mark.parametrize("n_rows", [1, 2, 3, 4, 5, 1000])
def test_numbers_are_those_of_describe(n_rows: int) -> None:
    chance = np.random.default_rng(4)
    frame = pd.DataFrame(
        {
            "normal": chance.normal(1e9, 1e-3, n_rows),
            "whole": chance.integers(-(2**60), 2**60, n_rows),
            "few": np.where(chance.random(n_rows) < 0.5, np.nan, chance.gamma(1, 1, n_rows)),
            "none": np.full(n_rows, np.nan),
            "nullable": pd.array([5 if row % 3 else None for row in range(n_rows)], dtype="Int64"),
        }
    )
    profile = profiled(examined(frame, name="numbers"))

    expected = frame.astype("float64").describe()
    pd.testing.assert_frame_equal(
        described(profile), expected, rtol=1e-12, atol=0, check_names=False, check_column_type=False
    )
    assert profile.numbers["missing"].tolist() == frame.isna().sum().tolist()
    assert not profile.is_of_database
    assert profile.notes == (f"Computed from the {n_rows:,} row{'s' if n_rows > 1 else ''} at hand.",)


def test_infinite_values_are_those_of_describe_and_warn_nobody() -> None:
    frame = pd.DataFrame({"a": [1.0, np.inf, 2.0, 3.0], "b": [-np.inf, np.inf, 0.0, 1.0], "c": [1e308, 1.7e308, 1, 2]})

    found = described(profiled(examined(frame, name="endless")))

    with np.errstate(all="ignore"):
        expected = frame.describe()
    pd.testing.assert_frame_equal(found, expected, check_names=False, check_column_type=False)


def test_other_columns_are_counted() -> None:
    frame = pd.DataFrame(
        {
            "class": pd.Categorical(["b", "a", "b", None, "a"], categories=["a", "b", "never"]),
            "day": pd.to_datetime(["2013-03-01", "2012-12-31", "NaT", "2013-03-01", "2013-01-01"]),
            "text": ["x" * 9, None, "y", "z", "y"],
            "object": [[1], {"k": 2}, [1], None, b"b"],
            "list": [[*range(9)], [*range(8)], [*range(7)], [*range(9)], None],
        }
    )

    others = profiled(examined(frame, name="mixed")).others.set_index("column")

    assert others["count"].to_dict() == {"class": 4, "day": 4, "text": 4, "object": 4, "list": 4}
    assert others["missing"].tolist() == [1, 1, 1, 1, 1]
    assert others["distinct"].to_dict() == {"class": 2, "day": 3, "text": 3, "object": 3, "list": 3}
    assert row(others, "day", "first", "last") == ["2012-12-31", "2013-03-01"]
    assert row(others, "class", "most common", "times") == ["a", 2]  # of two that are as common
    assert row(others, "text", "most common", "times") == ["y", 2]
    assert row(others, "object", "most common", "times") == ["[1]", 2]
    assert row(others, "list", "most common", "times") == [str([*range(9)]), 2]
    assert others["first"].drop("day").isna().all()
    assert others.loc[["day"], "most common"].isna().all()


def test_columns_without_values_and_frames_without_rows_are_profiled() -> None:
    frame = pd.DataFrame({"t": pd.Series([], dtype="datetime64[s]"), "s": pd.Series([], dtype="str"), "f": []})

    for rows in (frame, pd.DataFrame({"t": [pd.NaT], "s": pd.Categorical([None]), "f": [np.nan]})):
        profile = profiled(examined(rows, name="empty"))
        assert profile.numbers["count"].tolist() + profile.others["count"].tolist() in ([0, 0, 0], [0, 0])
        assert profile.numbers[NUMBERS[1:]].isna().all(axis=None)


def of_database() -> pd.DataFrame:
    numbers = {"count": [9, 9, 0], "missing": [1, 0, 10], "mean": [5.5, np.nan, np.nan], "std": [1.0, np.nan, np.nan]}
    quartiles = {key: [3.0, np.nan, np.nan] for key in ("min", "25%", "50%", "75%", "max")}
    index = pd.Index(["weight", "name", "none"], name="column")
    return pd.DataFrame({"type": ["DOUBLE", "VARCHAR(9)", "INT"], **numbers, **quartiles}, index=index)


def test_the_database_is_asked_where_it_is_there_and_it_is_said() -> None:
    frame = pd.DataFrame({"weight": [1.0, 2.0], "name": ["x", "y"], "none": [np.nan, np.nan], "added": [3, 4]})

    profile = profiled(examined(frame, name="cut", statistics=of_database))

    numbers = profile.numbers.set_index("column")
    assert row(numbers, "weight", "type", "count", "missing", "mean", "max") == ["DOUBLE", 9, 1, 5.5, 3.0]
    assert row(numbers, "none", "type", "count", "missing") == ["INT", 0, 10]
    assert row(numbers, "added", "count", "mean") == [2, 3.5]
    assert profile.others["distinct"].tolist() == [2]
    assert profile.is_of_database
    assert profile.notes == (
        "Numbers: computed by the database in SQL, from all rows of the table.",
        "The other columns: computed from the 2 rows at hand.",
    )


def test_a_database_that_does_not_answer_is_told_of_and_the_rows_are_used() -> None:
    def vanished() -> pd.DataFrame:
        raise QueryError("there is no table 'iris'", statement=None)

    profile = profiled(examined(pd.DataFrame({"a": [1.0, 3.0]}), name="iris", statistics=vanished))

    assert profile.numbers["mean"].tolist() == [2.0]
    assert not profile.is_of_database
    assert profile.notes == (
        "Computed from the 2 rows at hand, for the database has no statistics: there is no table 'iris'.",
    )
