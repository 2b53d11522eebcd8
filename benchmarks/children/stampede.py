"""Answers how many creators a key had that many processes asked for at once, try by try.

The processes are forked once, with everything imported, and kept alive; a barrier lets them go together.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from typing import Any

import redis

from benchmarks.children import answer, question
from benchmarks.frames import prices
from pycore.cache import Cache
from pycore.config.models import RedisApplication

__all__ = ["main"]

Ask = Callable[[str, Callable[[], Any]], Any]
LIMIT_S = 60.0
COUNTED = "made:"  # a counter for each key


def _pycore(port: int) -> Ask:
    return Cache("CACHE", RedisApplication(address=f"redis://127.0.0.1:{port}/0")).get_or_create


def _dogpile(port: int, *, distributed_lock: bool) -> Ask:
    from dogpile.cache import make_region

    region = make_region().configure(
        "dogpile.cache.redis",
        arguments={"host": "127.0.0.1", "port": port, "distributed_lock": distributed_lock, "lock_timeout": 30,
                   "thread_local_lock": False},
    )  # fmt: skip
    get_or_create: Ask = region.get_or_create
    return get_or_create


WAYS: dict[str, Callable[[int], Ask]] = {
    "pycore": _pycore,
    "dogpile.cache": lambda port: _dogpile(port, distributed_lock=False),
    "dogpile.cache, distributed_lock": lambda port: _dogpile(port, distributed_lock=True),
}


def main() -> None:
    """Ask as often, and with as many processes, as the question says."""
    asked = question()
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that the others end with this one
    prices(50)  # pandas is there before they part
    context = multiprocessing.get_context("fork")
    barrier, seconds = context.Barrier(asked["processes"] + 1), context.SimpleQueue()
    workers = [
        context.Process(target=_worker, args=(asked, barrier, seconds), daemon=True) for _ in range(asked["processes"])
    ]
    for worker in workers:
        worker.start()
    barrier.wait(LIMIT_S)  # all are connected
    creators, slowest = [], []
    with redis.Redis(port=asked["port"]) as client:
        for number in range(asked["tries"]):
            barrier.wait(LIMIT_S)
            slowest.append(max(seconds.get() for _ in workers))
            creators.append(int(client.get(f"{COUNTED}{asked['way']}:{number}") or 0))
    for worker in workers:
        worker.join(LIMIT_S)
    answer({"creators": creators, "seconds": slowest})


def _worker(asked: dict[str, Any], barrier: Barrier, seconds: Any) -> None:
    ask = WAYS[asked["way"]](asked["port"])
    client = redis.Redis(port=asked["port"])
    ask(f"STAMPEDE:{asked['way']}:warm", lambda: prices(50))
    client.ping()
    barrier.wait(LIMIT_S)
    for number in range(asked["tries"]):
        counter = f"{COUNTED}{asked['way']}:{number}"

        def create(counter: str = counter) -> Any:
            client.incr(counter)
            time.sleep(asked["work_s"])  # the work
            return prices(50)

        barrier.wait(LIMIT_S)
        started = time.perf_counter()
        frame = ask(f"STAMPEDE:{asked['way']}:{number}", create)
        took = time.perf_counter() - started
        if len(frame) != 50:
            raise RuntimeError("what came back is not what was made")
        seconds.put(took)


if __name__ == "__main__":
    main()
