"""Creating on an event loop: it is not held up, and who gives up leaves nothing behind."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from suites.redis_process import BareRedis

from pycore._wait import wait_for
from pycore.cache import Cache

Open = Callable[..., Cache]


def test_a_notebook_awaits_without_holding_up_its_loop(cache: Cache) -> None:
    async def session() -> tuple[list[object], int]:
        ticks = 0

        async def create() -> int:
            await asyncio.sleep(0.2)
            return 1

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.01)

        ticking = asyncio.create_task(tick())
        values = await asyncio.gather(*(cache.aget_or_create("key", create) for _ in range(20)))
        ticking.cancel()
        return list(values), ticks

    values, ticks = asyncio.run(session())

    assert values == [1] * 20
    assert ticks > 5


def test_who_gives_up_awaiting_leaves_a_creator_that_ends_in_silence(cache: Cache) -> None:
    over = threading.Event()

    def create() -> int:
        assert over.wait(20)
        return 1

    async def session() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(cache.aget_or_create("key", create), 0.1)

    asyncio.run(session())
    over.set()  # an error in the thread would fail this test

    assert cache.wait_for("key", 10) == 1
    wait_for(
        lambda: not [thread for thread in threading.enumerate() if thread.name == "pycore-cache"],
        10,
        service="the end of the thread",
    )


def test_a_coroutine_that_creates_is_cancelled_with_its_caller_and_frees_the_key(cache: Cache, raw: Any) -> None:
    working, cancelled = threading.Event(), threading.Event()

    async def create() -> int:
        working.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return 1

    async def session() -> None:
        asking = asyncio.create_task(cache.aget_or_create("key", create))
        assert await asyncio.to_thread(working.wait, 10)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await asyncio.to_thread(wait_for, lambda: not raw.exists("pycore:{key}:lease"), 3, service="the end of it")

    asyncio.run(session())

    assert cancelled.is_set()
    wait_for(no_thread_is_left, 10, service="the end of the thread")
    assert cache.get_or_create("key", lambda: 2) == 2


def test_who_gives_up_awaiting_another_creator_leaves_no_thread_and_creates_nothing(
    server: BareRedis, open_cache: Open
) -> None:
    cache, other = open_cache(server), open_cache(server)
    over, working = threading.Event(), threading.Event()

    def create() -> int:
        working.set()
        assert over.wait(20)
        return 1

    async def session(waiting: Cache) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(waiting.aget_or_create("key", lambda: pytest.fail("nobody wants it")), 0.2)

    with ThreadPoolExecutor(1) as pool:
        creating = pool.submit(cache.get_or_create, "key", create)
        assert working.wait(10)
        for waiting in (cache, other):  # for a thread of its own process, and for another process
            asyncio.run(session(waiting))
        wait_for(no_thread_is_left, 3, service="the end of the thread")
        over.set()
        assert creating.result() == 1


def no_thread_is_left() -> bool:
    return not [thread for thread in threading.enumerate() if thread.name == "pycore-cache"]
