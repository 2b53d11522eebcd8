"""The frames are the same each time, and what differs from them is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from benchmarks.frames import awkward, differences, mixed, prices, verdict, wide
from benchmarks.ways import WAYS, Way


def test_fewer_prices_are_the_first_ones_of_more() -> None:
    pd.testing.assert_frame_equal(prices(100), prices(5_000).head(100), check_exact=True)


def test_prices_are_in_cents_and_dates_are_days() -> None:
    frame = prices(5_000)

    assert (frame["close"] == frame["close"].round(2)).all()
    assert ((frame["low"] <= frame["close"]) & (frame["close"] <= frame["high"])).all()
    assert not frame.duplicated(["ticker", "date"]).any()
    assert frame["date"].dtype == "datetime64[s]"


def test_a_frame_does_not_differ_from_itself() -> None:
    for frame in (prices(100), wide(100), mixed(100), awkward()):
        assert differences(frame, frame.copy()) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"open": [1.0, float("nan"), -0.0]}, "exact"),
        ({"open": [1.0, float("nan"), 0.0]}, "values differ: open"),
        ({"open": np.array([1.0, float("nan"), -0.0], dtype="float32")}, "types differ: open"),
        ({"n": [1.0, 2.0, 3.0]}, "types differ: n"),
        ({"day": ["2013-03-01", None, "2013-03-04"]}, "types differ: day"),
        ({"day": ["2013-03-01", None, "yesterday"]}, "values differ: day"),
        ({"n": [1, 2, 4], "day": ["2013-03-01", None, None]}, "values differ: n, day"),
    ],
)
def test_values_that_differ_are_told_from_types_that_differ(changed: dict[str, Any], said: str) -> None:
    days = pd.array(["2013-03-01", None, "2013-03-04"], dtype="datetime64[s]")
    frame = pd.DataFrame({"open": [1.0, float("nan"), -0.0], "n": [1, 2, 3], "day": days})

    assert verdict(differences(frame, frame.assign(**changed))) == said


def test_another_shape_another_index_and_no_frame_at_all_differ() -> None:
    frame = prices(60)

    assert differences(frame, frame.head(50)) == ["shape: (50, 8), expected (60, 8)"]
    assert differences(frame, frame.set_index("volume", drop=False).rename_axis(None)) == ["index"]
    assert differences(frame, None) == ["no frame but NoneType"]
    assert verdict(["index"]) == "values differ: index"


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_every_way_gives_the_prices_back_by_value(way: Way) -> None:
    frame = prices(60)

    assert not verdict(differences(frame, way.decode(way.encode(frame)))).startswith("values")
