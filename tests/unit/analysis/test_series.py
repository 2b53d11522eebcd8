"""Rows in the order of their dates, windows of them, and candles; compared with what pandas says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pycore.analysis.candles import PERIODS, CandleRows, price_columns
from pycore.analysis.columns import examined
from pycore.analysis.series import Timeline, default_series, splitting_column
from pycore.exceptions import DatasetError
from pycore.results.dataset import Dataset
from pycore.results.series import Calendar, Span

DAY_MS = 86_400_000


def milliseconds(text: str) -> float:
    return float(np.datetime64(text, "ms").astype("int64"))


def span(start: str, end: str) -> Span:
    return Span(start=milliseconds(start), end=milliseconds(end))


def timeline(dates: Any, values: Any = None) -> Timeline:
    values = np.arange(float(len(dates))) if values is None else values
    return Timeline(examined(pd.DataFrame({"day": dates, "value": values}), name="rows"), "day")


@pytest.fixture
def prices() -> pd.DataFrame:
    """Three years of two shares, in no order."""
    days = pd.bdate_range("2001-01-01", "2003-12-31")
    chance = np.random.default_rng(1)
    frames = []
    for symbol, price in (("IBM", 100.0), ("FB", 40.0)):
        close = price + np.cumsum(chance.standard_normal(len(days)))
        open_ = close + chance.standard_normal(len(days))
        frames.append(
            pd.DataFrame(
                {
                    "symbol": symbol,
                    "date": days,
                    "Open": open_,
                    "High": np.maximum(open_, close) + 1,
                    "Low": np.minimum(open_, close) - 1,
                    "Close": close,
                    "Volume": chance.integers(1, 10**6, len(days)),
                }
            )
        )
    return pd.concat([frames[0], frames[1].iloc[:300]]).sample(frac=1, random_state=1)


@pytest.fixture
def dataset(prices: pd.DataFrame) -> Dataset:
    return examined(prices, name="stocks")


class TestTimeline:
    def test_rows_are_drawn_in_the_order_of_their_dates_and_it_is_said(self) -> None:
        rows = timeline(pd.to_datetime(["2024-01-03", "2024-01-01", "2024-01-02"]))

        shown = rows.window(["value"]).series[0]

        np.testing.assert_array_equal([1.0, 2.0, 0.0], shown.y)
        assert (np.diff(shown.x) == DAY_MS).all()
        assert rows.notes == ("The rows are not in the order of their dates; they are drawn in it.",)

    def test_rows_in_order_need_no_words(self) -> None:
        assert timeline(pd.date_range("2024-01-01", periods=5)).notes == ()

    def test_rows_without_a_date_are_left_out_and_counted(self) -> None:
        rows = timeline(pd.to_datetime(pd.Series(["2024-01-01", None, "2024-01-02", None])))

        np.testing.assert_array_equal([0.0, 2.0], rows.window(["value"]).series[0].y)
        assert rows.notes == ("2 of 4 rows have no date and are left out.",)

    def test_rows_of_the_same_date_are_all_drawn_and_counted(self) -> None:
        rows = timeline(pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-02", "2024-01-02"]))

        assert len(rows.window(["value"]).series[0].x) == 4
        assert rows.notes == ("2 rows have the date of another one, and one value is drawn above the other.",)

    def test_no_row_with_a_date_is_an_error_that_says_so(self) -> None:
        with pytest.raises(DatasetError, match="No row of rows has a date in 'day'"):
            timeline(pd.to_datetime(pd.Series([None, None])))

    @pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
    def test_moments_of_every_unit_stand_where_they_belong(self, unit: str) -> None:
        dates = np.array(["2024-03-01T12:30:05", "2024-03-02"], dtype=f"datetime64[{unit}]")

        rows = timeline(dates)

        expected = [milliseconds("2024-03-01T12:30:05"), milliseconds("2024-03-02")]
        np.testing.assert_array_equal(expected, rows.window(["value"]).series[0].x)
        assert rows.has_times

    def test_years_that_nanoseconds_cannot_hold(self) -> None:
        dates = pd.Series(np.array(["-0044-03-15", "1066-10-14", "2999-12-31"], dtype="datetime64[s]"))

        rows = timeline(dates)

        expected = dates.to_numpy().astype("datetime64[ms]").astype("float64")
        np.testing.assert_array_equal(expected, rows.window(["value"]).series[0].x)
        assert not rows.has_times
        assert rows.notes == ()

    def test_dates_that_no_page_shows_are_left_out_and_counted(self) -> None:
        rows = timeline(pd.Series(np.array(["2024-01-01", "300000-01-01"], dtype="datetime64[s]")))

        assert rows.n_rows == 1
        assert "beyond the year 275,000" in rows.notes[0]

    @pytest.mark.parametrize("dates", [["2024-05-05"], ["2024-05-05"] * 3, ["2024-05-05T10:00:01"] * 3])
    def test_one_moment_alone_has_room_on_both_sides(self, dates: list[str]) -> None:
        rows = timeline(pd.to_datetime(dates))

        assert rows.whole.start < milliseconds(dates[0]) < rows.whole.end
        assert len(rows.window(["value"]).series[0].x) == len(dates)

    def test_the_rows_of_one_category(self, prices: pd.DataFrame, dataset: Dataset) -> None:
        rows = Timeline(dataset, "date", group="symbol", part="FB")

        expected = prices[prices["symbol"] == "FB"].sort_values("date")
        np.testing.assert_array_equal(expected["Close"], rows.column("Close").y)
        assert rows.title == "stocks: FB"
        assert len(rows.notes) == 1


class TestWindow:
    def test_a_window_holds_its_rows_and_those_that_lines_come_from(self) -> None:
        rows = timeline(pd.date_range("2024-01-01", periods=100))

        shown = rows.window(["value"], span("2024-02-01", "2024-02-09"))

        values = shown.series[0].y
        assert {31.0, 39.0} <= set(values.tolist())
        assert values[0] < 31
        assert values[-1] > 39
        assert len(values) < 20
        assert shown.n_rows == 9

    def test_a_window_between_two_rows_has_both(self) -> None:
        rows = timeline(pd.to_datetime(["2024-01-01", "2024-12-31"]))

        shown = rows.window(["value"], span("2024-05-01", "2024-06-01"))

        np.testing.assert_array_equal([0.0, 1.0], shown.series[0].y)
        assert shown.n_rows == 0

    def test_a_long_series_has_few_points_in_every_window(self) -> None:
        rows = timeline(
            pd.date_range("2024-01-01", periods=500_000, freq="s"), np.random.default_rng(1).random(500_000)
        )

        for window in (None, span("2024-01-02", "2024-01-03"), span("2024-01-02T10:00", "2024-01-02T10:30")):
            shown = rows.window(["value"], window, n_points=1_000)
            assert 900 < len(shown.series[0].x) <= 1_000

    def test_infinite_values_are_gaps_and_counted(self) -> None:
        rows = timeline(pd.date_range("2024-01-01", periods=3), [1.0, np.inf, 3.0])

        shown = rows.window(["value"])

        np.testing.assert_array_equal([1.0, np.nan, 3.0], shown.series[0].y)
        assert shown.notes == ("1 infinite value of value cannot be drawn.",)

    def test_extremes_are_of_all_rows_and_changes_are_counted_from_what_is_seen(self) -> None:
        rows = timeline(pd.date_range("2024-01-01", periods=5), [0.0, np.nan, -2.0, 8.0, 3.0])

        whole = rows.window(["value"]).series[0]
        part = rows.window(["value"], span("2024-01-04", "2024-01-06")).series[0]

        assert (whole.least, whole.greatest, whole.base) == (-2.0, 8.0, -2.0)
        assert (part.least, part.greatest, part.base) == (-2.0, 8.0, 8.0)

    def test_between_two_rows_changes_are_counted_from_the_one_before(self) -> None:
        rows = timeline(pd.to_datetime(["2024-01-01", "2024-12-31"]), [5.0, 6.0])

        assert rows.window(["value"], span("2024-05-01", "2024-06-01")).series[0].base == 5.0

    def test_the_overview_is_of_all_rows_and_made_once_for_the_same_columns(self) -> None:
        n_rows = 50_000
        days = pd.date_range("2024-01-01", periods=n_rows, freq="s")
        rows = Timeline(examined(pd.DataFrame({"day": days, "a": range(n_rows), "b": 1.5}), name="rows"), "day")

        overview = rows.overview(["a"])

        assert (overview.series[0].y[0], overview.series[0].y[-1]) == (0, n_rows - 1)
        assert len(overview.series[0].x) <= 1_000
        assert rows.overview(["a"]) is overview
        assert [each.name for each in rows.overview(["a", "b"]).series] == ["a", "b"]

    def test_nothing_outside_of_the_rows_is_no_error(self) -> None:
        rows = timeline(pd.date_range("2024-01-01", periods=5))

        assert rows.window(["value"], span("1900-01-01", "1901-01-01")).n_rows == 0


class TestBeginning:
    def test_the_category_that_tells_series_apart_is_found(self, dataset: Dataset) -> None:
        assert splitting_column(dataset, "date") == "symbol"

    def test_dates_that_are_there_once_need_no_category(self, prices: pd.DataFrame) -> None:
        one = examined(prices[prices["symbol"] == "IBM"].assign(kind="a"), name="ibm")

        assert splitting_column(one, "date") is None

    def test_a_category_that_tells_nothing_apart_is_not_taken(self, prices: pd.DataFrame) -> None:
        weekday = prices["date"].dt.day_name()

        assert (
            splitting_column(examined(prices.drop(columns="symbol").assign(weekday=weekday), name="x"), "date") is None
        )

    def test_of_prices_the_close_is_drawn(self, dataset: Dataset) -> None:
        rows = Timeline(dataset, "date", group="symbol", part="IBM")

        assert default_series(dataset, rows) == ["Close"]

    def test_what_fits_on_one_axis_is_drawn_together(self) -> None:
        days = pd.date_range("2024-01-01", periods=30)
        frame = pd.DataFrame(
            {"day": days, "id": range(30), "a": 1.5, "far": 1e6, "b": -20.5, "none": np.nan, "c": 0.4, "d": 3.25}
        )
        dataset = examined(frame, name="x")

        assert default_series(dataset, Timeline(dataset, "day")) == ["a", "b", "c"]

    def test_no_numbers_are_an_error_that_says_so(self) -> None:
        dataset = examined(pd.DataFrame({"day": pd.date_range("2024-01-01", periods=3), "t": list("abc")}), name="x")

        with pytest.raises(DatasetError, match="no column of numbers"):
            default_series(dataset, Timeline(dataset, "day"))


class TestCandles:
    @pytest.fixture
    def rows(self, dataset: Dataset) -> CandleRows:
        columns = price_columns(dataset)
        assert columns is not None
        return CandleRows(Timeline(dataset, "date", group="symbol", part="IBM"), columns)

    @pytest.mark.parametrize(
        ("period", "rule"), [("week", "W-SUN"), ("month", "ME"), ("quarter", "QE"), ("year", "YE")]
    )
    def test_each_period_is_what_pandas_makes_of_it(
        self, prices: pd.DataFrame, rows: CandleRows, period: str, rule: str
    ) -> None:
        found = rows.window(period=period)

        by_day = prices[prices["symbol"] == "IBM"].set_index("date").sort_index()
        expected = by_day.resample(rule).agg(
            {"Open": "first", "High": "max", "Low": "min", "Close": "last", "Volume": "sum"}
        )
        assert found.period == period
        assert found.volume is not None
        for name in ("Open", "High", "Low", "Close"):
            np.testing.assert_array_equal(expected[name], getattr(found, name.lower()))
        np.testing.assert_array_equal(expected["Volume"], found.volume)

    def test_few_days_are_each_a_candle(self, prices: pd.DataFrame, rows: CandleRows) -> None:
        found = rows.window(span("2002-03-01", "2002-05-31"))

        assert found.period == "row"
        days = pd.to_datetime(found.begin, unit="ms")
        expected = prices[prices["symbol"] == "IBM"].set_index("date").loc[days, "Close"]
        np.testing.assert_array_equal(expected, found.close)
        assert days.min() <= pd.Timestamp("2002-03-01")
        assert days.max() >= pd.Timestamp("2002-05-31")

    def test_days_of_trading_stand_side_by_side(self, prices: pd.DataFrame, rows: CandleRows) -> None:
        days, weeks = rows.window(span("2002-03-01", "2002-05-31")), rows.window(period="week")

        np.testing.assert_allclose(np.diff(days.x), 1)
        np.testing.assert_allclose(days.width, 0.7)
        by_day = prices[prices["symbol"] == "IBM"].set_index("date").sort_index()["Close"]
        n_days = by_day.resample("W-SUN").size().to_numpy()
        np.testing.assert_allclose(weeks.width, 0.7 * n_days)
        np.testing.assert_allclose(weeks.x + n_days / 2, np.cumsum(n_days) - 0.5)

    @pytest.mark.parametrize(
        "dates",
        [
            pd.date_range("2024-01-01T09:00", periods=50, freq="h"),
            pd.date_range("2024-01-01", periods=50, freq="MS"),
            pd.date_range("1800-01-01", periods=60_000, unit="s"),
        ],
    )
    def test_hours_months_and_very_many_days_have_time_as_their_axis(self, dates: pd.DatetimeIndex) -> None:
        frame = pd.DataFrame({"day": dates, **dict.fromkeys(("open", "high", "low", "close"), 1.5)})
        dataset = examined(frame, name="x")
        columns = price_columns(dataset)
        assert columns is not None

        found = CandleRows(Timeline(dataset, "day"), columns).window()

        assert found.calendar is None
        assert (found.width > 1e6).all()

    def test_many_days_are_gathered_by_the_shortest_period_that_fits(self, rows: CandleRows) -> None:
        assert rows.window().period == "week"

    def test_a_candle_stays_the_same_while_the_window_moves_over_it(self, rows: CandleRows) -> None:
        whole, part = rows.window(period="month"), rows.window(span("2002-03-10", "2002-05-05"), "month")

        places = np.flatnonzero(np.isin(whole.begin, part.begin))
        assert len(places) == len(part.begin)
        np.testing.assert_array_equal(whole.high[places], part.high)
        np.testing.assert_array_equal(whole.open[places], part.open)

    def test_a_period_that_would_be_too_narrow_gives_way_to_a_longer_one(self, rows: CandleRows) -> None:
        found = rows.window(period="minute")

        assert found.period == "day"
        assert found.notes[-1] == "One candle per minute would be too narrow to be seen; there is one per day."

    @pytest.mark.parametrize("period", PERIODS)
    def test_every_period_covers_all_rows(self, rows: CandleRows, period: str) -> None:
        found = rows.window(period=period)

        assert found.volume is not None
        assert found.volume.sum() == rows.timeline.column("Volume").y.sum()
        assert (found.low <= np.minimum(found.open, found.close)).all()

    def test_rows_that_lack_a_price_are_left_out_and_counted(self, prices: pd.DataFrame) -> None:
        one = prices[prices["symbol"] == "IBM"].sort_values("date").head(20).reset_index(drop=True)
        one.loc[3, "Open"] = np.nan
        one.loc[4, "High"] = np.inf
        dataset = examined(one, name="ibm")
        columns = price_columns(dataset)
        assert columns is not None

        found = CandleRows(Timeline(dataset, "date"), columns).window()

        assert len(found.x) == 18
        assert "2 rows lack one of the four prices and are left out." in found.notes

    def test_no_row_with_all_prices_is_an_error_that_says_so(self, prices: pd.DataFrame) -> None:
        dataset = examined(prices.assign(Low=np.nan), name="ibm")
        columns = price_columns(dataset)
        assert columns is not None

        with pytest.raises(DatasetError, match="no candles"):
            CandleRows(Timeline(dataset, "date"), columns)

    def test_minutes_are_gathered_within_the_day(self) -> None:
        times = pd.date_range("2024-01-01T09:00", periods=3_000, freq="min")
        close = np.arange(3_000.0)
        frame = pd.DataFrame({"t": times, "open": close, "high": close + 1, "low": close - 1, "close": close})
        dataset = examined(frame, name="x")
        columns = price_columns(dataset)
        assert columns is not None

        found = CandleRows(Timeline(dataset, "t"), columns).window()

        expected = frame.set_index("t")["high"].resample("15min").max()
        assert found.period == "15 minutes"
        assert found.volume is None
        np.testing.assert_array_equal(expected, found.high)

    def test_without_all_four_columns_there_are_no_candles(self, prices: pd.DataFrame) -> None:
        assert price_columns(examined(prices.drop(columns="Low"), name="x")) is None


@pytest.mark.parametrize("dates", [["2024-01-05"], ["2024-01-05", "2024-01-08", "2024-01-09"]])
def test_moments_and_their_places_in_a_calendar_tell_each_other(dates: list[str]) -> None:
    calendar = Calendar(np.array(dates, "datetime64[ms]").astype("float64"))
    seen = span("2024-01-01", "2024-01-20T12:00")

    np.testing.assert_array_equal(np.arange(len(dates)), calendar.places(calendar.days))
    assert calendar.span_of_places(seen).start == -4
    assert calendar.span_of_moments(calendar.span_of_places(seen)) == seen
    between = np.linspace(seen.start, seen.end, 500)
    np.testing.assert_allclose(calendar.moments(calendar.places(between)), between, rtol=0, atol=1)
    assert (np.diff(calendar.places(between)) > 0).all()


def test_a_span_moves_into_another_without_changing_its_width() -> None:
    whole = Span(start=0, end=10)

    assert Span(start=-5, end=-1).inside(whole) == Span(start=0, end=4)
    assert Span(start=9, end=12).inside(whole) == Span(start=7, end=10)
    assert Span(start=-5, end=15).inside(whole) == whole
