"""The tab of time: set its controls, and look at what is drawn."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from suites.explored import cards, plots, sources, texts

from pycore.analysis.columns import examined
from pycore.apps.explore.findings import Findings
from pycore.apps.explore.time import TimeTab
from pycore.plots.theme import theme_of

SHARES = {"IBM": 400, "FB": 200}


@pytest.fixture(scope="module")
def prices() -> pd.DataFrame:
    frames = []
    for symbol, n_days in SHARES.items():
        close = np.linspace(100.0, 200.0, n_days)
        frame = pd.DataFrame({"symbol": symbol, "date": pd.bdate_range("2001-01-01", periods=n_days)})
        frames.append(frame.assign(open=close - 1, high=close + 2, low=close - 2, close=close, volume=10**6))
    return pd.concat(frames)


def opened(frame: pd.DataFrame, **options: Any) -> TimeTab:
    tab = TimeTab(Findings(examined(frame, name="rows", **options)), theme_of("light"))
    tab.settle()
    return tab


@pytest.fixture(scope="module")
def opened_once(prices: pd.DataFrame) -> TimeTab:
    return opened(prices)


@pytest.fixture
def tab(opened_once: TimeTab) -> Iterator[TimeTab]:
    """The tab of prices as it was opened, which takes longer than all that a test does with it."""
    yield opened_once
    opened_once.picture.value, opened_once.period.value = "lines", ""
    opened_once.group.value, opened_once.part.value, opened_once.series.value = "symbol", "IBM", ("close",)
    opened_once.moves[-1].click()
    assert opened_once.moves[-1].description == "All"
    assert said(opened_once)["start"] == said(opened_once)["first"]


def line(tab: TimeTab, place: int = 0) -> dict[str, Any]:
    columns: Any = sources(tab.widget)[f"time-line-{place}-source"].data
    return dict(columns)


def note(tab: TimeTab, name: str = "time-candles") -> str:
    plot: Any = plots(tab.widget)[name]
    return str(plot.select_one({"name": f"{name}-note"}).text)


def ask(tab: TimeTab, start: str, end: str, view: str = "page") -> None:
    """Do what a page does when its range changes."""
    ends = [float(np.datetime64(each, "ms").astype("int64")) for each in (start, end)]
    sources(tab.widget)["time-lines-asked"].data = {"start": ends[:1], "end": ends[1:], "view": [view]}


def said(tab: TimeTab) -> dict[str, Any]:
    answer: Any = sources(tab.widget)["time-lines-answer"].data
    return {name: values[0] for name, values in answer.items()}


class TestApplies:
    def test_to_data_with_a_date(self, prices: pd.DataFrame) -> None:
        assert TimeTab.applies(examined(prices, name="rows"))

    def test_not_without_one(self, prices: pd.DataFrame) -> None:
        assert not TimeTab.applies(examined(prices.drop(columns="date"), name="rows"))


class TestFirst:
    def test_the_close_of_the_share_with_the_most_rows_is_drawn(self, tab: TimeTab, prices: pd.DataFrame) -> None:
        assert cards(tab.widget) == []
        assert (tab.group.value, tab.part.value, tab.series.value) == ("symbol", "IBM", ("close",))
        np.testing.assert_array_equal(prices.loc[prices["symbol"] == "IBM", "close"], line(tab)["y"])

    def test_rows_of_one_series_need_no_category(self) -> None:
        frame = pd.DataFrame({"day": pd.date_range("2024-01-01", periods=50), "kind": list("ab") * 25, "v": 1.5})

        tab = opened(frame)

        assert tab.group.value == ""
        assert len(line(tab)["x"]) == 50

    def test_what_is_left_out_is_said_below(self) -> None:
        tab = opened(pd.DataFrame({"day": pd.to_datetime(pd.Series(["2024-01-02", None])), "<b>": [1.5, 2.5]}))

        assert "1 of 2 rows has no date and is left out." in texts(tab.widget)

    @pytest.mark.parametrize(
        ("frame", "sentence"),
        [
            (
                pd.DataFrame({"day": pd.to_datetime(pd.Series([None, None])), "v": [1.0, 2.0]}),
                "No row of rows has a date",
            ),
            (pd.DataFrame({"day": pd.to_datetime([]), "v": []}), "No row of rows has a date"),
            (pd.DataFrame({"day": pd.to_datetime(["2024-01-01"]), "t": ["x"]}), "no column of numbers"),
        ],
    )
    def test_what_cannot_be_drawn_is_a_card_that_says_why(self, frame: pd.DataFrame, sentence: str) -> None:
        (card,) = cards(opened(frame.astype({"day": "datetime64[s]"})).widget)

        assert sentence in card

    @pytest.mark.parametrize(
        "dates",
        [
            ["2024-05-05"],
            ["2024-05-05"] * 3,
            ["2024-05-05T12:00:01.5"] * 2,
            ["-4000-01-01", "1600-01-01", "9999-01-01"],
        ],
    )
    def test_dates_of_any_kind_are_drawn(self, dates: list[str]) -> None:
        unit = "ms" if "T" in dates[0] else "s"
        tab = opened(pd.DataFrame({"day": np.array(dates, dtype=f"datetime64[{unit}]"), "v": 2.5}))

        assert cards(tab.widget) == []
        np.testing.assert_array_equal(np.array(dates, "datetime64[ms]").astype("float64"), line(tab)["x"])


class TestControls:
    def test_another_share(self, tab: TimeTab, prices: pd.DataFrame) -> None:
        tab.look_at("2001-02-01", "2001-03-01")

        tab.part.value = "FB"

        np.testing.assert_array_equal(prices.loc[prices["symbol"] == "FB", "close"], line(tab)["y"])
        assert said(tab)["start"] == said(tab)["first"], "other rows are seen from the first to the last"

    def test_another_column_of_categories_and_none(self, prices: pd.DataFrame) -> None:
        tab = opened(prices.assign(side=np.where(np.arange(len(prices)) % 3, "buy", "sell")))

        tab.group.value = "side"
        assert tab.part.value == "buy"
        tab.group.value = ""

        assert len(line(tab)["x"]) == len(prices)
        assert "have the date of another one" in texts(tab.widget)

    def test_more_series(self, tab: TimeTab, prices: pd.DataFrame) -> None:
        tab.series.value = ("open", "volume")

        np.testing.assert_array_equal(prices.loc[prices["symbol"] == "IBM", "open"], line(tab)["y"])
        assert len(line(tab, 1)["x"]) == SHARES["IBM"]

    def test_no_series_is_a_card_and_the_next_choice_a_picture(self, tab: TimeTab, prices: pd.DataFrame) -> None:
        tab.series.value = ()
        assert "choose at least one" in cards(tab.widget)[0]
        tab.series.value = ("low",)

        assert cards(tab.widget) == []
        np.testing.assert_array_equal(prices.loc[prices["symbol"] == "IBM", "low"], line(tab)["y"])

    def test_of_more_than_eight_series_the_first_are_drawn_and_it_is_said(self) -> None:
        names = [f"v{place}" for place in range(12)]
        tab = opened(pd.DataFrame({"day": pd.date_range("2024-01-01", periods=9), **dict.fromkeys(names, 1.5)}))

        tab.series.value = tuple(names)

        assert "The first 8 of 12 chosen series are drawn." in texts(tab.widget)

    def test_another_date(self, prices: pd.DataFrame) -> None:
        tab = opened(prices.assign(paid=prices["date"] + pd.Timedelta(days=30)))
        before = line(tab)["x"]

        tab.date.value = "paid"

        np.testing.assert_array_equal(before + 30 * 86_400_000, line(tab)["x"])


class TestWindow:
    def test_a_page_gets_what_fits_the_window_that_it_asks_for(self) -> None:
        n_rows = 300_000
        days = pd.date_range("2024-01-01", periods=n_rows, freq="s")
        tab = opened(pd.DataFrame({"t": days, "v": np.random.default_rng(1).random(n_rows)}))
        overview = sources(tab.widget)["time-overview-0-source"].data

        ask(tab, "2024-01-02T00:00", "2024-01-02T00:10")

        seen = line(tab)["x"].astype("datetime64[ms]")
        assert 600 < len(seen) < 1_000
        assert np.diff(seen).max() == np.timedelta64(1, "s"), "every row is there"
        assert seen[0] < np.datetime64("2024-01-02T00:00") < np.datetime64("2024-01-02T00:10") < seen[-1]
        assert said(tab)["view"] == "page"
        assert sources(tab.widget)["time-overview-0-source"].data is overview

    def test_a_page_that_asks_is_not_moved_and_the_kernel_knows_its_range(self, tab: TimeTab) -> None:
        sent: list[Any] = []
        x_range: Any = plots(tab.widget)["time-lines"].x_range
        document = x_range.document
        document.on_change(lambda event: sent.append((event.model, event.setter)))

        ask(tab, "2001-02-01", "2001-03-01")

        assert x_range.start == np.datetime64("2001-02-01", "ms").astype("int64")
        assert all(setter is not None for model, setter in sent if model is x_range)

    def test_buttons_move_the_window_within_the_rows(self, tab: TimeTab) -> None:
        button = {each.description: each for each in tab.moves}
        first, last = said(tab)["first"], said(tab)["last"]

        button["Closer"].click()
        assert said(tab)["end"] - said(tab)["start"] == pytest.approx((last - first) / 2)
        button["Earlier"].click()
        assert said(tab)["start"] == first
        button["Later"].click()
        button["Later"].click()
        button["Later"].click()
        assert said(tab)["end"] == last
        button["Wider"].click()
        assert (said(tab)["start"], said(tab)["end"]) == (first, last)
        assert said(tab)["view"] == "", "every page moves there"

    def test_a_flood_of_questions_ends_with_the_last_window(self, tab: TimeTab) -> None:
        async def flood() -> None:
            for day in range(1, 29):
                ask(tab, f"2001-02-{day:02}", f"2001-03-{day:02}")
            await tab.lines.panel.settled()

        asyncio.run(flood())

        assert said(tab)["start"] == np.datetime64("2001-02-28", "ms").astype("int64")
        seen = line(tab)["x"].astype("datetime64[ms]")
        assert np.datetime64("2001-02-28") in seen
        assert seen[-1] < np.datetime64("2001-05-01")


class TestCandles:
    def test_prices_have_candles(self, tab: TimeTab, prices: pd.DataFrame) -> None:
        tab.picture.value = "candles"

        columns = sources(tab.widget)["time-candles-source"].data
        np.testing.assert_array_equal(prices.loc[prices["symbol"] == "IBM", "high"], columns["high"])
        assert note(tab) == ""

    def test_a_period_can_be_chosen(self, tab: TimeTab, prices: pd.DataFrame) -> None:
        tab.picture.value = "candles"

        tab.period.value = "month"

        expected = prices[prices["symbol"] == "IBM"].set_index("date")["close"].resample("ME").last()
        np.testing.assert_array_equal(expected, sources(tab.widget)["time-candles-source"].data["close"])
        assert note(tab) == "One candle per month."

    def test_the_window_stays_between_the_pictures(self, tab: TimeTab) -> None:
        tab.look_at("2001-02-01", "2001-03-01")

        tab.picture.value = "candles"

        x_range: Any = plots(tab.widget)["time-candles"].x_range
        places = sources(tab.widget)["time-calendar-source"].data["day"]
        assert places[int(x_range.start)] == said(tab)["start"], "its axis counts the days of trading"

    def test_candles_that_are_chosen_before_the_tab_is_opened_are_drawn_at_once(self, prices: pd.DataFrame) -> None:
        tab = TimeTab(Findings(examined(prices, name="rows")), theme_of("light"))
        tab.picture.value = "candles"

        tab.settle()

        assert len(sources(tab.widget)["time-candles-source"].data["x"]) == SHARES["IBM"]

    def test_without_prices_there_is_no_choice(self, tab: TimeTab, prices: pd.DataFrame) -> None:
        without = TimeTab(Findings(examined(prices.drop(columns="low"), name="rows")), theme_of("light"))

        assert without.picture.layout.display == "none"
        assert tab.picture.layout.display != "none"
