"""Dates that are held as text stay text, and a sentence says how they become dates."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pycore.analysis.columns import examined
from pycore.apps.explore.opening import opened
from pycore.results.subject import Subject

DAYS = [f"2020-01-{day:02}" for day in range(1, 29)]
NOTE = "day holds texts that look like dates: pandas.to_datetime makes them dates."


def notes(values: Any) -> tuple[str, ...]:
    return examined(pd.DataFrame({"day": values}), name="odd").notes


@pytest.mark.parametrize(
    "values",
    [
        DAYS,
        [*DAYS, None],
        ["2020-01-02", "2020-01-03"] * 20,
        [f"{day}T12:30:00" for day in DAYS],
        [f"{day} 12:30" for day in DAYS],
        [f"{day}T12:30:00.125Z" for day in DAYS],
        [f"{day}T12:30:00+02:00" for day in DAYS],
        pd.Categorical(DAYS),
        pd.Series(DAYS, dtype=object),
        DAYS * 5_000,
    ],
)
def test_dates_in_text_are_told(values: Any) -> None:
    dataset = examined(pd.DataFrame({"day": values}), name="odd")

    assert dataset.notes == (NOTE,)
    assert dataset.column("day").kind in {"text", "category"}
    assert pd.to_datetime(dataset.frame["day"].astype("object")).dt.year.dropna().eq(2020).all()


@pytest.mark.parametrize(
    "values",
    [
        [*DAYS, "none"],
        ["2020-13-01", "2020-02-30"] * 10,
        ["2020-01-021"] * 10,
        ["20200102", "20200103"] * 10,
        ["01.02.2020", "02.02.2020"] * 10,
        ["2020-01-02 a", "2020-01-03 b"] * 10,
        [None, None],
        [],
        [["2020-01-02"], ["2020-01-03"]],
        [20200102, 20200103],
        pd.to_datetime(DAYS),
    ],
)
def test_what_is_no_date_or_is_one_already_is_not(values: Any) -> None:
    assert notes(values) == ()


def test_several_columns_are_told_in_one_sentence() -> None:
    frame = pd.DataFrame({"from": DAYS, "to": DAYS, "x": range(28)})

    dataset = examined(frame, name="odd")

    assert dataset.notes == ("from, to hold texts that look like dates: pandas.to_datetime makes them dates.",)


def test_a_data_set_that_is_opened_again_says_it_once() -> None:
    frame = pd.DataFrame({"day": DAYS, "x": range(28)})
    dataset = opened(frame, lambda: Subject(name="days", frame=frame)).dataset

    again = opened(dataset, lambda: Subject(name="days", frame=frame), target="x").dataset

    assert again.target == "x"
    assert again.notes == dataset.notes == (NOTE,)
