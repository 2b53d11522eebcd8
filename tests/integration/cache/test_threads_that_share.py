"""Threads of one process share a creator, but nothing that was out of date when they asked, and no waiting for ever."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd
import pytest

from pycore._wait import wait_for
from pycore.cache import Cache
from pycore.exceptions import CacheError

OUTDATING: dict[str, Callable[[Cache], object]] = {
    "delete": lambda cache: cache.delete("key"),
    "invalidate": lambda cache: cache.invalidate("key"),
    "tag": lambda cache: cache.invalidate(tag="prices"),
}


@pytest.mark.parametrize("how", OUTDATING)
def test_who_asks_after_an_invalidation_gets_nothing_that_was_begun_before(cache: Cache, how: str) -> None:
    database = ["old"]
    began, over = threading.Event(), threading.Event()

    def create() -> pd.DataFrame:
        made = pd.DataFrame({"is": database})
        began.set()
        assert over.wait(20)
        return made

    def ask() -> Any:
        return cache.get_or_create("key", create, tags=["prices"])["is"][0]

    with ThreadPoolExecutor(2) as pool:
        early = pool.submit(ask)
        assert began.wait(10)
        database[0] = "new"
        OUTDATING[how](cache)
        gets = cache.counters["gets"]
        late = pool.submit(ask)
        wait_for(lambda: cache.counters["gets"] > gets, 10, service="the second")
        over.set()

        assert early.result() == "old"
        assert late.result() == "new"
    assert ask() == "new"


@pytest.mark.parametrize("options", [{}, {"refresh": True}, {"source": {"limit": 1}}, {"max_age_s": 1.0}])
def test_a_creator_that_asks_for_its_own_key_is_told_at_once(cache: Cache, options: dict[str, Any]) -> None:
    with pytest.raises(CacheError, match="very key"):
        cache.get_or_create("key", lambda: cache.get_or_create("key", lambda: 1, **options))

    assert cache.get_or_create("key", lambda: 2) == 2


def test_a_coroutine_that_asks_for_the_key_that_it_creates_is_told_at_once(cache: Cache) -> None:
    async def create() -> Any:
        return await cache.aget_or_create("key", lambda: 1)

    with pytest.raises(CacheError, match="very key"):
        asyncio.run(cache.aget_or_create("key", create))


def test_creators_that_wait_for_each_other_are_told_and_one_of_them_goes_on(cache: Cache) -> None:
    both = threading.Barrier(2)

    def first(key: str, other: str) -> Any:
        def create() -> Any:
            both.wait(10)
            return cache.get_or_create(other, lambda: f"{other} by {key}")

        return cache.get_or_create(key, create)

    def outcome(key: str, other: str) -> Any:
        try:
            return first(key, other)
        except CacheError as exc:
            return str(exc)

    began_s = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(outcome, ("a", "b"), ("b", "a")))

    assert time.monotonic() - began_s < 20
    assert sorted("very key" in each for each in outcomes) == [False, True]
    assert [each for each in outcomes if "very key" not in each] in (["b by a"], ["a by b"])


def test_a_creator_may_ask_for_its_own_key_while_something_stale_is_there(cache: Cache) -> None:
    cache.get_or_create("key", lambda: "old", ttl_s=0.001, stale_s=60)
    time.sleep(0.01)  # its time passes

    again = cache.get_or_create("key", lambda: cache.get_or_create("key", lambda: "x", stale_s=60) + "er", stale_s=60)

    assert again == "older"
