"""Spans of time are numbers of seconds, or an error that says so, before anything is written or made."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from pycore.cache import Cache
from pycore.cache.publish import checked_ttl
from pycore.config.models import RedisApplication
from pycore.exceptions import CacheError

NO_SECONDS = ["1h", "60", True, dt.timedelta(hours=1), [60], float("nan"), 0, -1]


@pytest.fixture
def cache() -> Iterator[Cache]:
    with Cache("CACHE", RedisApplication(address="redis://127.0.0.1:1/0")) as opened:  # nobody listens there
        yield opened


@pytest.mark.parametrize("value", NO_SECONDS)
def test_a_time_to_live_that_is_no_number_of_seconds_is_refused(cache: Cache, value: Any) -> None:
    with pytest.raises(CacheError, match=r"\(ttl_s\) is a number of seconds .*ttl_s=3600"):
        cache.put("key", 1, ttl_s=value)


@pytest.mark.parametrize("name", ["stale_s", "max_age_s"])
@pytest.mark.parametrize("value", ["1h", True, dt.timedelta(hours=1), float("nan"), -1])
def test_an_age_that_is_no_number_of_seconds_is_refused_before_a_value_is_made(
    cache: Cache, name: str, value: Any
) -> None:
    made = []

    with pytest.raises(CacheError, match=f"{name} is a number of seconds"):
        cache.get_or_create("key", lambda: made.append(1), **{name: value})
    assert made == []


@pytest.mark.parametrize("value", [60, 60.0, np.int64(60), np.float32(60)])
def test_a_number_of_any_kind_is_a_time_to_live(value: Any) -> None:
    assert checked_ttl(value, None) == 60.0
