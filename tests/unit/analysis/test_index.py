"""An index that says something becomes columns; one that only counts the rows does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pycore.analysis.columns import examined
from pycore.apps.explore import Explorer

DAYS = pd.date_range("2020-01-02", periods=30)


def rows(index: pd.Index | None = None) -> pd.DataFrame:
    return pd.DataFrame({"close": np.linspace(1, 2, 30) ** 2, "open": np.linspace(2, 1, 30)}, index=index)


@pytest.mark.parametrize(
    "index",
    [
        None,
        pd.RangeIndex(30, 60),
        pd.Index([7] * 30),
        pd.Index(np.arange(30)[::-1]),
        pd.Index([f"row {n}" for n in range(30)]),
    ],
    ids=["none", "range", "repeated", "filtered", "texts"],
)
def test_an_index_that_only_marks_the_rows_does_not_matter(index: pd.Index | None) -> None:
    dataset = examined(rows(index), name="odd")

    assert dataset.names() == ["close", "open"]
    assert isinstance(dataset.frame.index, pd.RangeIndex)
    assert dataset.frame["close"].notna().all()


@pytest.mark.parametrize(
    ("index", "name", "kind"),
    [
        (DAYS, "index", "date"),
        (DAYS.rename("day"), "day", "date"),
        (DAYS.tz_localize("Europe/Berlin"), "index", "date"),
        (DAYS.to_period("D"), "index", "date"),
        (pd.RangeIndex(30, name="iris_id"), "iris_id", "number"),
        (pd.Index(list("ab") * 15, name=("of", 2)), "of / 2", "category"),
    ],
    ids=["dates", "named dates", "zone", "periods", "named range", "named texts"],
)
def test_an_index_with_a_name_or_of_dates_is_the_first_column(index: pd.Index, name: str, kind: str) -> None:
    frame = rows(index)

    dataset = examined(frame, name="odd")

    assert dataset.names() == list(dataset.frame.columns) == [name, "close", "open"]
    assert dataset.column(name).kind == kind
    assert dataset.column(name).dtype == str(index.dtype)
    assert list(dataset.frame["close"]) == list(frame["close"])
    assert frame.columns.tolist() == ["close", "open"]


def test_every_level_of_an_index_is_a_column() -> None:
    index = pd.MultiIndex.from_arrays([DAYS, list("ab") * 15], names=["day", None])

    dataset = examined(rows(index), name="odd", target="level_1")

    assert [(column.name, column.kind) for column in dataset.columns[:2]] == [("day", "date"), ("level_1", "category")]
    assert (dataset.target, dataset.task) == ("level_1", "classification")


def test_of_two_that_are_called_the_same_the_index_gets_the_number() -> None:
    frame = rows(DAYS.rename("close"))

    dataset = examined(frame, name="odd", target="close")

    assert dataset.names() == ["close (2)", "close", "open"]
    assert dataset.column("close (2)").kind == "date"
    assert (dataset.target, dataset.task) == ("close", "regression")


def test_prices_by_day_have_a_tab_for_time() -> None:
    assert "Time" in Explorer(examined(rows(DAYS), name="prices")).tabs
    assert "Time" in Explorer(examined(rows()["close"].set_axis(DAYS).to_frame(), name="one")).tabs


def test_an_index_of_nothing_is_a_column_of_nothing() -> None:
    dataset = examined(pd.DataFrame({"x": []}, index=pd.DatetimeIndex([])), name="odd")

    assert dataset.frame.shape == (0, 2)
    assert dataset.column("index").kind == "date"
