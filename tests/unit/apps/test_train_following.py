"""What a thread tells arrives in the event loop: not too often, and the last of it always."""

from __future__ import annotations

import asyncio
import threading

from pycore.apps.train.following import Follower

TIMEOUT_S = 20


class Shown:
    """A picture of a number that a thread counts up."""

    def __init__(self, ticks: int = 0) -> None:
        self.number = 0
        self.seen: list[int] = []
        self.threads: set[int] = set()
        self._ticks = ticks
        self._changed = asyncio.Event()

    def __call__(self) -> bool:
        self.seen.append(self.number)
        self.threads.add(threading.get_ident())
        self._ticks -= 1
        self._changed.set()
        return self._ticks >= 0

    async def wait(self, *numbers: int) -> None:
        """Wait until the last that was shown are these."""
        async with asyncio.timeout(TIMEOUT_S):
            while self.seen[-len(numbers) :] != list(numbers):
                self._changed.clear()
                await self._changed.wait()


def test_of_many_changes_few_are_shown_and_the_last_is() -> None:
    shown = Shown()
    follower = Follower(shown, pause_s=0.05)

    def count() -> None:
        for _ in range(10_000):
            shown.number += 1
            follower.told()

    async def follow() -> None:
        follower.begin()
        await asyncio.to_thread(count)
        await shown.wait(10_000)

    asyncio.run(follow())
    assert len(shown.seen) < 1_000
    assert shown.threads == {threading.get_ident()}


def test_a_change_while_another_is_shown_is_shown_too() -> None:
    shown = Shown()

    async def follow() -> None:
        def show() -> bool:
            if not shown.seen:  # somebody changes it and tells before this call is over
                shown.seen.append(0)
                shown.number = 1
                follower.told()
                return False
            return shown()

        follower = Follower(show, pause_s=0.01)
        follower.begin()
        await shown.wait(1)

    asyncio.run(follow())


def test_the_clock_ticks_while_it_is_asked_to() -> None:
    shown = Shown(ticks=1)
    follower = Follower(shown, pause_s=0.01, tick_s=0.01)

    async def follow() -> None:
        follower.begin()
        await shown.wait(0, 0)

    asyncio.run(follow())


def test_without_a_loop_nothing_is_shown() -> None:
    shown = Shown()
    follower = Follower(shown)

    follower.begin()
    follower.told()

    assert shown.seen == []


def test_a_loop_that_is_closed_is_no_fault() -> None:
    shown = Shown()
    follower = Follower(shown, pause_s=0)

    async def follow() -> None:
        follower.begin()
        await shown.wait(0)

    asyncio.run(follow())
    follower.told()
    follower.told()

    assert shown.seen == [0]
