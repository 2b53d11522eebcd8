"""Lines and candles of a window, changed in place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from bokeh.models import ColumnDataSource, CustomJSTransform, DatetimeTicker, Range1d, RangeTool
from bokeh.models.renderers import GlyphRenderer

from pycore.plots.candle_window import CandlePlot
from pycore.plots.series import MOST_SERIES, SeriesPlot
from pycore.plots.theme import theme_of
from pycore.results.series import Calendar, Candles, Series, SeriesWindow, Span

LIGHT = theme_of("light")
DAY_MS = 86_400_000.0
WHOLE = Span(start=-1e10, end=1e12)


def series(name: str = "a", unit: str = "", y: Any = (1.0, 2.0, 4.0), **values: float) -> Series:
    points = np.array(y, dtype="float64")
    known = points[np.isfinite(points)]
    of_all = {"least": known.min(), "greatest": known.max(), "base": known[known != 0][0]} | values
    return Series(name=name, unit=unit, x=np.arange(len(points)) * 1e9, y=points, **of_all)


def window(*shown: Series, span: Span = WHOLE, n_rows: int = 3, **options: Any) -> SeriesWindow:
    known: dict[str, Any] = {"title": "rows", "whole": WHOLE, "has_times": False} | options
    return SeriesWindow(series=shown or (series(),), window=span, n_rows=n_rows, **known)


def drawn(*shown: Series, **options: Any) -> Any:
    return SeriesPlot(window(*shown, **options), window(*shown), LIGHT)


def columns(plot: Any, name: str) -> Any:
    found = plot.layout.select_one({"name": name})
    assert isinstance(found, ColumnDataSource)
    return found.data


def visible(plot: Any) -> list[str]:
    return [each.name for each in plot.figure.renderers if each.visible and each.name != "time-lines-hover"]


class TestSeries:
    def test_each_series_has_a_source_of_arrays(self) -> None:
        plot = drawn(series("a"), series("b", y=[5.0, np.nan]))

        np.testing.assert_array_equal([5.0, np.nan], columns(plot, "time-line-1-source")["y"])
        for place in range(MOST_SERIES):
            for column in columns(plot, f"time-line-{place}-source").values():
                assert column.dtype == "float64"

    def test_no_two_series_look_the_same(self) -> None:
        plot = drawn(*[series(f"s{place}") for place in range(MOST_SERIES)])

        lines = [plot.figure.select_one({"name": f"time-lines-{place}"}) for place in range(MOST_SERIES)]
        looks = {(line.glyph.line_color, str(line.glyph.line_dash)) for line in lines}
        assert len(looks) == MOST_SERIES

    def test_only_series_that_are_there_are_drawn_and_named(self) -> None:
        plot = drawn(series("a"), series("b", "kg"))

        assert visible(plot) == ["time-lines-0", "time-lines-0-dots", "time-lines-1", "time-lines-1-dots"]
        (legend,) = plot.figure.legend
        assert [item.label.value for item in legend.items] == ["a", "b (kg)"]

    def test_series_whose_names_differ_only_in_what_is_left_out_are_numbered(self) -> None:
        plot = drawn(
            series("the very same beginning 1 and the same end"), series("the very same beginning 2 and the same end")
        )

        first, second = (item.label.value for item in plot.figure.legend[0].items)
        assert first != second

    @pytest.mark.parametrize(("places", "active"), [((1.0, 1.5), 0), ((1.0, 1e6), 1)])
    def test_what_would_be_a_flat_line_is_drawn_from_0_to_1(self, places: tuple[float, float], active: int) -> None:
        plot = drawn(*[series(f"s{size}", y=[0.0, size]) for size in places])

        assert plot.layout.select_one({"name": "time-scale"}).active == active

    def test_scales_put_every_series_from_0_to_1_and_count_changes_from_its_first_value(self) -> None:
        y = np.array([4.0, 2.0, 8.0])
        plot = drawn(series("a", y=y), series("b", y=-y))

        scales = columns(plot, "time-scales-source")
        slope, offset = (np.reshape(scales[name], (2, 3)) for name in ("slope", "offset"))
        np.testing.assert_allclose(y * slope[0, 0] + offset[0, 0], y)
        np.testing.assert_allclose(y * slope[0, 1] + offset[0, 1], (y - 2) / 6)
        np.testing.assert_allclose(y * slope[0, 2] + offset[0, 2], [0, -50, 100])
        np.testing.assert_allclose(-y * slope[1, 2] + offset[1, 2], [0, 50, -100])

    def test_a_constant_series_lies_in_the_middle(self) -> None:
        scales = columns(drawn(series(y=[3.0, 3.0])), "time-scales-source")

        assert 3.0 * scales["slope"][1] + scales["offset"][1] == 0.5

    def test_the_lines_of_both_figures_are_scaled_alike(self) -> None:
        plot = drawn()

        scale = {
            line.glyph.y["transform"].id if isinstance(line.glyph.y, dict) else line.glyph.y.transform.id
            for line in plot.layout.select({"type": GlyphRenderer})
            if line.name in {"time-lines-0", "time-overview-0", "time-lines-0-dots"}
        }
        assert len(scale) == 1
        assert scale <= {each.id for each in plot.layout.select({"type": CustomJSTransform})}

    @pytest.mark.parametrize(
        ("shown", "label"),
        [
            ([series("weight", "lb")], "weight (lb)"),
            ([series("a", "lb"), series("b", "lb")], "value (lb)"),
            ([series("a", "lb"), series("b", "mpg")], "value"),
        ],
    )
    def test_the_axis_has_the_unit(self, shown: list[Series], label: str) -> None:
        assert drawn(*shown).figure.yaxis[0].axis_label == label

    def test_another_window_changes_the_points_and_nothing_else(self) -> None:
        plot = drawn(series("a"))
        models = {model.id for model in plot.layout.references()}
        overview = columns(plot, "time-overview-0-source")

        plot.show(window(series("a", y=[9.0, 8.0])))

        np.testing.assert_array_equal([9.0, 8.0], columns(plot, "time-line-0-source")["y"])
        assert columns(plot, "time-overview-0-source") is overview
        assert {model.id for model in plot.layout.references()} == models

    def test_other_series_take_the_place_of_those_before(self) -> None:
        plot = drawn(series("a"), series("b"))
        other = window(series("c", "m", y=[7.0]), title="others")

        plot.begin(other, other)

        assert plot.figure.title.text == "others"
        assert visible(plot) == ["time-lines-0", "time-lines-0-dots"]
        assert [label for label, _ in plot.figure.hover[0].tooltips] == ["date", "c (m)"]
        assert len(columns(plot, "time-line-1-source")["x"]) == 0
        np.testing.assert_array_equal([7.0], columns(plot, "time-overview-0-source")["y"])

    def test_changes_are_counted_from_another_value_when_the_window_moves(self) -> None:
        plot = drawn(series("a", y=[4.0, 2.0, 8.0]))
        before = columns(plot, "time-scales-source")

        plot.show(window(series("a", y=[4.0, 2.0, 8.0])))
        assert columns(plot, "time-scales-source") is before, "nothing is sent where nothing changed"
        plot.show(window(series("a", y=[2.0, 8.0], least=2.0, greatest=8.0)))

        scales = columns(plot, "time-scales-source")
        np.testing.assert_allclose(np.array([2.0, 8.0]) * scales["slope"][2] + scales["offset"][2], [0, 300])
        np.testing.assert_array_equal(before["slope"][:2], scales["slope"][:2])
        assert columns(plot, "time-words-source")["label"][2] == "change since the first value in view (%)"

    def test_series_that_lie_elsewhere_are_scaled_anew(self) -> None:
        plot = drawn(series("a", y=[1.0, 3.0], base=1.0))
        other = window(series("b", y=[11.0, 13.0], base=1.0))

        plot.begin(other, other)

        scales = columns(plot, "time-scales-source")
        assert 11.0 * scales["slope"][1] + scales["offset"][1] == 0

    def test_it_is_said_that_not_every_row_has_a_point(self) -> None:
        plot = drawn(n_rows=1_234_567)
        said = plot.figure.select_one({"name": "time-lines-note"})

        assert said.text == "About 1,200,000 rows are in view; each line is drawn by the 3 points that show its shape."
        plot.show(window())
        assert said.text == ""

    def test_the_box_in_the_overview_moves_the_range_of_the_lines(self) -> None:
        plot = drawn()

        (tool,) = plot.overview.select({"type": RangeTool})
        assert tool.x_range is plot.figure.x_range is plot.link.x_range

    def test_names_of_strangers_are_no_formulas(self) -> None:
        plot = drawn(series("$$x$$ <b>"), title="$$t$$")

        assert "$$" not in plot.figure.legend[0].items[0].label.value
        assert "$$" not in plot.figure.title.text


class TestLink:
    def test_steps_of_a_hand_are_not_sent_each(self) -> None:
        plot = drawn()

        assert not plot.link.x_range.syncable
        assert not plot.figure.y_range.syncable

    def test_an_answer_says_what_is_drawn_and_for_whom(self) -> None:
        plot = drawn()
        part, whole = Span(start=5.0, end=9.0), Span(start=0.0, end=10.0)

        plot.link.answered(part, whole, "page", setter=None)

        said = {name: list(values) for name, values in plot.link.answer.data.items()}
        assert said == {"start": [5.0], "end": [9.0], "first": [0.0], "last": [10.0], "view": ["page"]}
        x_range = plot.link.x_range
        assert isinstance(x_range, Range1d)
        assert (x_range.start, x_range.end, x_range.reset_start, x_range.reset_end) == (5.0, 9.0, 0.0, 10.0)


class TestCandles:
    @pytest.fixture
    def candles(self) -> Candles:
        x = np.arange(3) * 1e9
        return Candles(
            title="IBM", period="week", x=x, begin=x - 1e8, width=np.full(3, 7e8),
            open=np.array([1.0, 3.0, 2.0]), high=np.array([4.0, 5.0, 6.0]),
            low=np.array([0.5, 1.5, 1.0]), close=np.array([2.0, 2.0, 2.0]),
            volume=np.array([10.0, 20.0, np.nan]), unit="USD", volume_unit="shares",
            window=WHOLE, whole=WHOLE, has_times=False,
        )  # fmt: skip

    def test_candles_and_volume_are_drawn_from_one_source(self, candles: Candles) -> None:
        plot: Any = CandlePlot(candles, window(), LIGHT)

        found = columns(plot, "time-candles-source")
        np.testing.assert_array_equal(candles.high, found["high"])
        np.testing.assert_array_equal([0, 1, 0], found["falling"])
        np.testing.assert_array_equal([7e8] * 3, found["width"])
        assert plot.volume.x_range is plot.figure.x_range
        assert plot.figure.yaxis[0].axis_label == "price (USD)"
        assert plot.volume.yaxis[0].axis_label == "volume (shares)"

    def test_where_only_days_of_trading_have_room_the_page_counts_them_and_the_kernel_has_time(
        self, candles: Candles
    ) -> None:
        calendar = Calendar(np.array([1.0, 2.0, 5.0, 6.0]) * DAY_MS)
        whole = Span(start=0.0, end=7.0 * DAY_MS)
        plot: Any = CandlePlot(
            replace(candles, calendar=calendar, window=whole, whole=whole), window(span=whole, whole=whole), LIGHT
        )

        assert (plot.link.x_range.start, plot.link.x_range.end) == (-1.0, 4.0)
        assert (plot.overview.x_range.start, plot.overview.x_range.end) == (-1.0, 4.0)
        np.testing.assert_array_equal(calendar.days, columns(plot, "time-calendar-source")["day"])
        assert plot.overview.xaxis[0].axis_label == "days of trading"
        plot.link.asked.data = {"start": [1.0], "end": [2.5], "view": ["page"]}
        assert plot.link.question() == (Span(start=2.0 * DAY_MS, end=5.5 * DAY_MS), "page")
        plot.link.answered(Span(start=2.0 * DAY_MS, end=5.5 * DAY_MS), whole, "page", setter=None)
        assert [*plot.link.answer.data["start"], *plot.link.answer.data["end"]] == [1.0, 2.5]

    def test_prices_of_hours_after_those_of_days_have_time_again(self, candles: Candles) -> None:
        calendar = Calendar(np.array([1.0, 2.0]) * DAY_MS)
        plot: Any = CandlePlot(replace(candles, calendar=calendar), window(), LIGHT)

        plot.begin(candles, window())

        assert (plot.overview.x_range.start, plot.overview.x_range.end) == (WHOLE.start, WHOLE.end)
        assert plot.overview.xaxis[0].axis_label == ""
        assert {type(each.xaxis[0].ticker) for each in (plot.figure, plot.volume, plot.overview)} == {DatetimeTicker}
        assert plot.layout.select_one({"name": "time-calendar-source"}) is None

    def test_the_period_is_said(self, candles: Candles) -> None:
        plot: Any = CandlePlot(candles, window(), LIGHT)

        assert plot.figure.select_one({"name": "time-candles-note"}).text == "One candle per week."
        assert plot.figure.hover[0].tooltips[0] == ("week from", "@begin{%F}")

    def test_without_volume_there_is_no_empty_figure(self, candles: Candles) -> None:
        plot: Any = CandlePlot(replace(candles, volume=None, period="row", has_times=True), window(), LIGHT)

        assert not plot.volume.visible
        assert plot.figure.xaxis[0].visible
        assert plot.figure.hover[0].tooltips[0] == ("date", "@begin{%F %T}")
        assert plot.figure.select_one({"name": "time-candles-note"}).text == ""
