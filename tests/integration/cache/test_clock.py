"""The moment of a publication is Redis' own, mostly without a question for it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from suites.redis_process import BareRedis

from pycore._wait import wait_for
from pycore.cache import Cache


def calls(raw: Any, command: str) -> int:
    """Return how often clients, and scripts, have called a command."""
    return int(raw.info("commandstats").get(f"cmdstat_{command}", {"calls": 0})["calls"])


def seconds_off(raw: Any, moment: dt.datetime) -> float:
    seconds, micros = raw.time()
    return float(abs(moment.timestamp() - seconds - micros / 1e6))


def test_a_small_value_is_one_command(cache: Cache, raw: Any) -> None:
    cache.put("prices", [1])
    before = calls(raw, "evalsha")
    times = calls(raw, "time")

    cache.put("prices", [2])

    assert calls(raw, "evalsha") == before + 1
    assert calls(raw, "time") == times + 1  # by the script, which compares
    info = cache.info("prices")
    assert info is not None
    assert seconds_off(raw, info.created_at) < 1


def test_a_clock_that_was_set_is_asked_again(cache: Cache, raw: Any) -> None:
    cache.put("prices", [1])
    cache._connected().store._clock.told(dt.datetime(2013, 3, 1, tzinfo=dt.UTC))  # as if it had been set since

    assert cache.put("prices", [2], ttl_s=60) == 2

    info = cache.info("prices")
    assert info is not None
    assert seconds_off(raw, info.created_at) < 1
    assert info.expires_at == info.created_at + dt.timedelta(seconds=60)
    assert cache.get("prices") == [2]
    assert 0 < (cache.ttl_s("prices") or 0) <= 60


def test_without_an_answer_that_told_the_time_it_is_asked_for(server: BareRedis, open_cache: Any, raw: Any) -> None:
    first = calls(raw, "time")

    open_cache(server).put("prices", [1])

    assert calls(raw, "time") == first + 1


def test_the_age_of_a_value_is_by_the_clock_of_redis(cache: Cache, raw: Any) -> None:
    assert cache.age_s("prices") is None
    cache.put("prices", [1])

    wait_for(lambda: (cache.age_s("prices") or 0) > 0.2, 10, service="a fifth of a second")

    info = cache.info("prices")
    assert info is not None
    assert seconds_off(raw, info.created_at) == pytest.approx(cache.age_s("prices"), abs=0.5)
    cache.put("prices", [2])
    assert (cache.age_s("prices") or 0) < seconds_off(raw, info.created_at)
