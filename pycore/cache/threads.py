"""Between an event loop and the threads that wait for Redis."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import suppress
from typing import Any, TypeVar

__all__ = ["each", "from_thread", "in_thread"]

T = TypeVar("T")


def from_thread(creator: Callable[[], Any] | Callable[[], Awaitable[Any]]) -> Callable[[], Any]:
    """Return `creator` as a function for a thread; what it awaits runs on the loop that is running now."""
    loop = asyncio.get_running_loop()

    def create() -> Any:
        made = creator()
        return asyncio.run_coroutine_threadsafe(_awaited(made), loop).result() if inspect.isawaitable(made) else made

    return create


async def in_thread(work: Callable[[], T]) -> T:
    """Return what `work` returns in a thread of its own: the loop's pool is small, and a creator may need it."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(set_it: Callable[[Any], None], outcome: Any) -> None:
        if not future.done():  # its caller may have been cancelled
            set_it(outcome)

    def report(set_it: Callable[[Any], None], outcome: Any) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody awaits any more
            loop.call_soon_threadsafe(settle, set_it, outcome)

    def run() -> None:
        try:
            outcome = work()
        except BaseException as exc:  # noqa: BLE001  # handed to whoever awaits
            report(future.set_exception, exc)
        else:
            report(future.set_result, outcome)

    threading.Thread(target=run, name="pycore-cache", daemon=True).start()
    return await future


async def each(open_events: Callable[[threading.Event], Generator[T]]) -> AsyncIterator[T]:
    """Yield what a generator yields in threads; it is handed the event that is set when nobody listens any more."""
    over = threading.Event()
    events = await in_thread(lambda: open_events(over))
    try:
        while (event := await in_thread(lambda: next(events, None))) is not None:
            yield event
    finally:
        over.set()
        with suppress(ValueError):  # a thread is in the middle of it, and ends it soon
            events.close()


async def _awaited(made: Awaitable[T]) -> T:
    return await made
