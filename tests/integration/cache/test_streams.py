"""Frames that follow each other become one value, that does not have to fit into memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest
from suites.frames import assert_same

from pycore.cache import MISS, Cache
from pycore.exceptions import ServiceUnavailableError

Open = Callable[..., Cache]
FRAME = pd.DataFrame({"date": pd.to_datetime(["2013-03-01", "2013-03-04"]).astype("M8[s]"), "close": [202.91, 205.19]})
LARGE = pd.DataFrame({"number": np.arange(400_000), "price": np.arange(400_000) / 7})


def test_frames_that_follow_each_other_become_one(cache: Cache) -> None:
    parts = [LARGE.iloc[start : start + 100_000].reset_index(drop=True) for start in range(0, 400_000, 100_000)]

    assert cache.put_stream("stream", iter(parts)) == 1

    assert_same(LARGE, cache.get("stream"))
    streamed = list(cache.stream("stream"))
    assert len(streamed) > 3
    assert_same(LARGE, pd.concat(streamed))
    assert cache.stream("nothing") is MISS


def test_a_stream_of_frames_without_rows_keeps_the_types(cache: Cache) -> None:
    none = FRAME.iloc[:0]

    cache.put_stream("stream", [none, none])

    assert_same(none, cache.get("stream"))


def test_a_stream_that_fails_in_the_middle_leaves_nothing(cache: Cache, raw: Any) -> None:
    def frames() -> Any:
        yield LARGE
        raise OSError("the connection to the database broke")

    with pytest.raises(OSError, match="database"):
        cache.put_stream("stream", frames())

    assert cache.get("stream") is MISS
    assert raw.keys("*data*") == []


def test_a_stream_whose_source_is_away_says_so_and_blames_no_cache(
    cache: Cache, raw: Any, caplog: pytest.LogCaptureFixture
) -> None:
    away = ServiceUnavailableError("STOCKS does not answer.", service="STOCKS", address="mysql+pymysql://db/stocks")

    def frames() -> Iterator[pd.DataFrame]:
        yield LARGE
        raise away

    with pytest.raises(ServiceUnavailableError) as caught:
        cache.put_stream("key", frames())

    assert caught.value is away
    assert caplog.text == ""
    assert raw.keys("*") == []


def test_dates_of_frames_that_follow_each_other_claim_no_frequency(cache: Cache) -> None:
    first = pd.DataFrame({"close": [1.0, 2.0]}, index=pd.date_range("2020-01-01", periods=2))
    second = pd.DataFrame({"close": [3.0, 4.0]}, index=pd.date_range("2021-01-01", periods=2))

    cache.put_stream("stream", [first, second])

    assert_same(pd.concat([first, second]), cache.get("stream"))
