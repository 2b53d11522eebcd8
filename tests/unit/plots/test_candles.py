"""Candles with their volume."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
from bokeh.models.annotations import Span

from pycore.plots import plot_candles
from pycore.results import Split


def test_candles_and_volume_move_together(rows: pd.DataFrame) -> None:
    drawn: Any = plot_candles(rows)

    candles, volume = drawn.children

    assert candles.x_range is volume.x_range
    assert volume.yaxis[0].axis_label == "shares (millions)"


def test_weekends_leave_no_holes(rows: pd.DataFrame) -> None:
    drawn: Any = plot_candles(rows)

    candles, _ = drawn.children

    source = candles.select_one({"name": "candles-source"})
    np.testing.assert_array_equal(np.arange(12.0), source.data["row"])


def test_a_day_that_closed_below_its_open_is_falling(rows: pd.DataFrame) -> None:
    drawn: Any = plot_candles(rows)

    source = drawn.select_one({"name": "candles-source"})

    falling = (rows["close"] < rows["open"]).to_numpy()[::-1]
    assert 0 < falling.sum() < len(falling)
    np.testing.assert_array_equal(falling, source.data["falling"])


def test_a_split_stands_at_the_row_of_its_day(rows: pd.DataFrame) -> None:
    drawn: Any = plot_candles(rows, splits=[Split(date=dt.date(2000, 10, 10), ratio=2.0)])

    candles, _ = drawn.children

    (span,) = candles.select(Span)
    assert span.location == 6
