"""Between an event loop and the threads that wait for Redis."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

__all__ = ["Call", "each", "in_thread"]

T = TypeVar("T")


class Call:
    """What is called in a thread for a caller on an event loop, who may give it up.

    Parameters
    ----------
    creator : callable
        A function, or a coroutine function, which runs on the loop that is running now.

    Attributes
    ----------
    over : Event
        Set when the caller has given up.
    """

    def __init__(self, creator: Callable[[], Any] | Callable[[], Awaitable[Any]]) -> None:
        self.over = threading.Event()
        self._creator = creator
        self._loop = asyncio.get_running_loop()
        self._creating: Future[Any] | None = None

    def create(self) -> Any:
        """Return what the creator makes; for the thread."""
        made = self._creator()
        if not inspect.isawaitable(made):
            return made
        self._creating = asyncio.run_coroutine_threadsafe(_awaited(made), self._loop)
        if self.over.is_set():  # the caller gave up at this very moment
            self._creating.cancel()
        return self._creating.result()

    async def run(self, work: Callable[[], T]) -> T:
        """Return what `work` returns in a thread; if that is cancelled, so is a coroutine of the creator."""
        try:
            return await in_thread(work)
        except asyncio.CancelledError:
            self.over.set()
            if self._creating is not None:
                self._creating.cancel()
            raise


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

    context = contextvars.copy_context()  # a creator that is asked within another knows of it
    threading.Thread(target=context.run, args=(run,), name="pycore-cache", daemon=True).start()
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
