"""Share splits are found in daily prices; dividends are not taken for them."""

from __future__ import annotations

import datetime as dt
import io

import pandas as pd
import pytest

from pycore.analysis.features import numeric_features
from pycore.analysis.splits import find_splits
from pycore.datasets import bundled
from pycore.exceptions import DatasetError


@pytest.fixture(scope="module")
def stocks() -> pd.DataFrame:
    with bundled.open_csv("stocks") as stream:
        return pd.read_csv(stream, parse_dates=["date"])


def prices(closes: list[float], adjusted: list[float]) -> pd.DataFrame:
    days = pd.date_range("2020-01-01", periods=len(closes))
    return pd.DataFrame({"date": days, "close": closes, "adj_close": adjusted})


@pytest.mark.parametrize(
    ("symbol", "expected"),
    [
        ("AAPL", [("2000-06-21", 2.0), ("2005-02-28", 2.0)]),
        ("MSFT", [("2003-02-18", 2.0)]),
        ("IBM", []),
        ("GOOG", []),
        ("FB", []),
    ],
)
def test_the_splits_of_the_bundled_shares_are_found(
    stocks: pd.DataFrame, symbol: str, expected: list[tuple[str, float]]
) -> None:
    splits = find_splits(stocks[stocks["symbol"] == symbol])

    assert [(split.date.isoformat(), split.ratio) for split in splits] == expected


def test_the_order_of_the_rows_does_not_matter(stocks: pd.DataFrame) -> None:
    apple = stocks[stocks["symbol"] == "AAPL"]

    assert find_splits(apple.iloc[::-1]) == find_splits(apple) == find_splits(apple.sample(frac=1, random_state=1))


@pytest.mark.parametrize("ratio", [1.25, 4 / 3, 1.5, 2.0, 3.0, 7.0, 20.0, 0.5, 0.1, 0.125])
def test_every_usual_ratio_is_found_on_its_day(ratio: float) -> None:
    frame = prices(
        [100.0, 100.0, 100.0 / ratio, 101.0 / ratio], [100.0 / ratio, 100.0 / ratio, 100 / ratio, 101 / ratio]
    )

    (split,) = find_splits(frame)

    assert split.date == dt.date(2020, 1, 3)
    assert split.ratio == pytest.approx(ratio)


def test_two_decimals_of_the_adjusted_close_are_enough() -> None:
    frame = prices([101.25, 55.63], [3.62, 3.97])

    assert [split.ratio for split in find_splits(frame)] == [2.0]


@pytest.mark.parametrize("dividend", [0.001, 0.01, 0.05, 0.1])
def test_a_dividend_is_no_split(dividend: float) -> None:
    frame = prices([100.0, 100.0 * (1 - dividend)], [100.0 * (1 - dividend), 100.0 * (1 - dividend)])

    assert find_splits(frame) == ()


def test_a_crash_is_no_split() -> None:
    assert find_splits(prices([100.0, 50.0], [100.0, 50.0])) == ()


def test_gaps_and_worthless_days_are_passed_over() -> None:
    frame = prices([100.0, float("nan"), 0.0, 50.0], [50.0, 50.0, 50.0, 50.0])

    assert [split.date for split in find_splits(frame)] == [dt.date(2020, 1, 4)]


def test_days_may_be_python_dates() -> None:
    frame = prices([100.0, 50.0], [50.0, 50.0])
    frame["date"] = frame["date"].dt.date

    assert [split.date for split in find_splits(frame)] == [dt.date(2020, 1, 2)]


@pytest.mark.parametrize("n_rows", [0, 1])
def test_a_frame_too_short_for_a_split_has_none(n_rows: int) -> None:
    assert find_splits(prices([1.0], [1.0]).head(n_rows)) == ()


def test_without_an_adjusted_close_there_is_nothing_to_find() -> None:
    assert find_splits(prices([100.0, 50.0], [50.0, 50.0]).drop(columns="adj_close")) == ()


def test_a_frame_that_is_no_prices_is_refused_by_column() -> None:
    with pytest.raises(DatasetError, match="no column date and no close"):
        find_splits(pd.DataFrame({"species": ["setosa"]}))


def test_several_shares_at_once_are_refused(stocks: pd.DataFrame) -> None:
    with pytest.raises(DatasetError, match="one symbol"):
        find_splits(stocks)


def test_features_are_the_numbers_without_target_and_ignored() -> None:
    frame = pd.read_csv(io.StringIO("id,age,sex,fare,survived\n1,29.0,female,7.2,1\n"))

    assert numeric_features(frame, target="survived", ignore=["id"]) == ["age", "fare"]
