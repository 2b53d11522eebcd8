"""Queues: first in, first out, each message to one reader, waiting where waiting was asked for."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd
import pytest
from suites.fault_proxy import DOWN, FaultProxy
from suites.redis_process import BareRedis

from pycore._wait import wait_for
from pycore.cache import MISS, Cache
from pycore.exceptions import CacheError, SerializationError

Open = Callable[..., Cache]


def test_messages_come_out_in_the_order_they_went_in(cache: Cache, raw: Any) -> None:
    jobs = cache.queue("jobs")

    assert jobs.put({"a": 1}, None, "ä") == 3

    assert raw.lrange("pycore:{QUEUE:jobs}", 0, -1) == [b'{"a":1}', b"null", '"ä"'.encode()]
    assert len(jobs) == 3
    assert [jobs.get(), jobs.get_nowait(), jobs.get(1)] == [{"a": 1}, None, "ä"]
    assert jobs.get_nowait() is MISS
    assert jobs


def test_get_waits_for_a_message(cache: Cache, server: BareRedis, raw: Any) -> None:
    jobs = cache.queue("jobs")

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(jobs.get, 20)
        wait_for(lambda: raw.info("clients")["blocked_clients"] == 1, 10, service="the reader")
        jobs.put("here")

        assert waiting.result() == "here"


def test_get_gives_up_when_its_time_is_over(cache: Cache) -> None:
    began = time.monotonic()

    assert cache.queue("jobs").get(0.5) is MISS

    assert 0.4 < time.monotonic() - began < 2


def test_get_waits_longer_than_a_server_may_be_silent(server: BareRedis, open_cache: Open) -> None:
    jobs = open_cache(server, timeout_s=0.3).queue("jobs")
    began = time.monotonic()

    assert jobs.get(1.5) is MISS

    assert time.monotonic() - began > 1.4


def test_drain_takes_all(cache: Cache) -> None:
    jobs = cache.queue("jobs")
    jobs.put(*range(2500))

    assert jobs.drain() == list(range(2500))
    assert jobs.drain() == []
    assert len(jobs) == 0


def test_each_message_goes_to_one_reader(server: BareRedis, open_cache: Open) -> None:
    caches = [open_cache(server) for _ in range(4)]
    taken: Counter[int] = Counter()
    lock = threading.Lock()

    def take(cache: Cache) -> None:
        while (message := cache.queue("jobs").get(0.5)) is not MISS:
            with lock:
                taken[message] += 1

    caches[0].queue("jobs").put(*range(200))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(take, caches))

    assert taken == Counter(range(200))


def test_what_is_no_json_is_refused_before_anything_is_sent(cache: Cache) -> None:
    with pytest.raises(SerializationError):
        cache.queue("jobs").put(1, pd.DataFrame())

    assert len(cache.queue("jobs")) == 0


def test_a_message_of_another_program_that_is_no_json_is_kept_aside(cache: Cache, raw: Any) -> None:
    raw.rpush("pycore:{QUEUE:jobs}", b"(dp0\n", "2")

    with pytest.raises(CacheError, match="rejected"):
        cache.queue("jobs").get()

    assert raw.lrange("pycore:{QUEUE:jobs}:rejected", 0, -1) == [b"(dp0\n"]
    assert cache.queue("jobs").get() == 2


def test_queues_of_two_applications_and_keys_never_meet(server: BareRedis, open_cache: Open) -> None:
    first, second = open_cache(server), open_cache(server, "DATASRC")
    first.queue("jobs").put(1)
    second.queue("jobs").put(2)
    first.put("jobs", 3)

    assert first.clear() == 1
    assert (first.queue("jobs").get(), second.queue("jobs").get()) == (1, 2)


def test_the_shortest_wait_is_no_wait_for_ever(cache: Cache) -> None:
    began = time.monotonic()

    assert cache.queue("jobs").get(0.0004) is MISS

    assert time.monotonic() - began < 2


def test_drain_loses_no_message_for_one_that_is_no_json(
    cache: Cache, raw: Any, caplog: pytest.LogCaptureFixture
) -> None:
    raw.rpush("pycore:{QUEUE:jobs}", "1", b"(dp0\n", "3")

    assert cache.queue("jobs").drain() == [1, 3]

    assert "rejected" in caplog.text
    assert raw.lrange("pycore:{QUEUE:jobs}:rejected", 0, -1) == [b"(dp0\n"]


def test_a_connection_that_breaks_while_a_queue_is_drained_loses_nothing(
    server: BareRedis, open_cache: Open, raw: Any
) -> None:
    open_cache(server).queue("jobs").put(1, 2, 3)
    with FaultProxy(server.port) as proxy:
        jobs = open_cache(f"redis://127.0.0.1:{proxy.port}/0").queue("jobs")
        assert len(jobs) == 3
        proxy.become(action="reset", way=DOWN, at=0)

        assert jobs.drain() == [1, 2, 3]

    assert raw.keys("pycore:{QUEUE:jobs}*") == []
