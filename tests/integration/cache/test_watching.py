"""Watching a key: each version once, in order, also those published while the connection was lost."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from suites.fault_proxy import DOWN, UP, FaultProxy
from suites.redis_process import BareRedis

from pycore._wait import wait_for
from pycore.cache import Cache

Open = Callable[..., Cache]


def test_versions_published_from_now_on_are_yielded(cache: Cache) -> None:
    cache.put("key", "before")

    events = cache.watch("key", timeout_s=5)
    cache.put("key", "a")
    cache.put("other", "x")
    cache.put("key", "b")

    assert [next(events).version, next(events).version] == [2, 3]


def test_a_watcher_that_waits_hears_at_once(cache: Cache, raw: Any) -> None:
    with ThreadPoolExecutor(1) as pool:
        events = cache.watch("key", timeout_s=20)
        waiting = pool.submit(next, events)
        wait_for(lambda: raw.pubsub_numsub("pycore:{key}:events")[0][1] == 1, 10, service="the watcher")
        cache.put("key", 1)

        assert waiting.result(timeout=10).version == 1


def test_it_ends_when_nothing_comes(cache: Cache) -> None:
    assert list(cache.watch("key", timeout_s=0.3)) == []


def test_what_was_published_while_the_connection_was_lost_is_not_lost(cache: Cache, raw: Any) -> None:
    with ThreadPoolExecutor(1) as pool:
        events = cache.watch("key", timeout_s=20)
        waiting = pool.submit(lambda: [next(events).version for _ in range(3)])
        wait_for(lambda: raw.pubsub_numsub("pycore:{key}:events")[0][1] == 1, 10, service="the watcher")
        for number in range(3):
            raw.client_kill_filter(_type="pubsub")
            cache.put("key", number)

        assert waiting.result(timeout=20) == [1, 2, 3]


def test_a_restart_of_the_server_is_survived(own_server: BareRedis, open_cache: Open) -> None:
    cache = open_cache(own_server)
    with ThreadPoolExecutor(1) as pool, own_server.client() as client:
        events = cache.watch("key", timeout_s=30)
        waiting = pool.submit(next, events)
        wait_for(lambda: client.pubsub_numsub("pycore:{key}:events")[0][1] == 1, 10, service="the watcher")
        own_server.kill()
        own_server.start()
        wait_for(lambda: cache.put("key", 1), 10, service="the cache")

        assert waiting.result(timeout=30).version == 1


def test_a_notebook_watches_without_holding_up_its_loop(cache: Cache) -> None:
    async def session() -> list[int]:
        versions: list[int] = []
        watching = asyncio.create_task(first(versions))
        while not watching.done():
            cache.put("key", 1)
            await asyncio.sleep(0.01)
        await watching
        return versions

    async def first(versions: list[int]) -> None:
        async for info in cache.awatch("key", timeout_s=10):
            versions.append(info.version)
            return

    assert asyncio.run(session())[0] >= 1


def test_a_server_that_lost_its_data_and_counts_anew_is_watched_on(cache: Cache, raw: Any) -> None:
    for number in range(5):
        cache.put("key", number)
    events = cache.watch("key", timeout_s=20)
    raw.flushall()

    cache.put("key", "first again")

    assert next(events).version == 1


def test_a_watcher_that_is_cancelled_leaves_no_thread_and_no_subscription(cache: Cache, raw: Any) -> None:
    async def session() -> None:
        watching = asyncio.create_task(all_of_them())
        await asyncio.to_thread(wait_for, subscribed, 10, service="the watcher")
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    async def all_of_them() -> None:
        async for _ in cache.awatch("key"):
            pass

    def subscribed() -> int:
        return int(raw.pubsub_numsub("pycore:{key}:events")[0][1])

    asyncio.run(session())

    wait_for(lambda: not subscribed(), 10, service="the end of the subscription")
    wait_for(
        lambda: not [thread for thread in threading.enumerate() if thread.name == "pycore-cache"],
        10,
        service="the end of the thread",
    )


def test_a_watcher_that_is_cancelled_while_the_server_is_away_leaves_no_thread(
    own_server: BareRedis, open_cache: Open
) -> None:
    cache = open_cache(own_server)

    async def first() -> None:
        await anext(cache.awatch("key"))

    async def session() -> None:
        watching = asyncio.create_task(first())
        with own_server.client() as client:
            await asyncio.to_thread(
                wait_for, lambda: client.pubsub_numsub("pycore:{key}:events")[0][1], 10, service="the watcher"
            )
        own_server.kill()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    asyncio.run(session())

    wait_for(
        lambda: not [thread for thread in threading.enumerate() if thread.name == "pycore-cache"],
        10,
        service="the end of the thread",
    )


def test_every_version_is_heard_once_over_a_line_that_breaks_at_any_byte(server: BareRedis, open_cache: Open) -> None:
    chance = random.Random(20260101)
    writer = open_cache(server, versions=50)
    with FaultProxy(server.port) as proxy, ThreadPoolExecutor(1) as pool:
        events = open_cache(f"redis://127.0.0.1:{proxy.port}/0").watch("key", timeout_s=20)
        waiting = pool.submit(lambda: [next(events).version for _ in range(20)])
        for number in range(20):
            action = chance.choice(["reset", "cut", "half-close"])
            proxy.become(action=action, way=chance.choice([UP, DOWN]), at=chance.randrange(200))
            writer.put("key", number)
        proxy.become()

        assert waiting.result(timeout=30) == list(range(1, 21))
