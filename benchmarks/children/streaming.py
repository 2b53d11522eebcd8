"""Answers how much memory a stream from the database into the cache takes, and how long."""

from __future__ import annotations

import gc
import time

from benchmarks.children import answer, memory_bytes, question, reset_peak
from benchmarks.tables import Source
from pycore.cache import Cache
from pycore.config.models import RedisApplication


def main() -> None:
    """Stream as asked: once a little, so that everything is imported and connected, then all of it."""
    asked = question()
    with (
        Source(**asked["source"]).open() as database,
        Cache("CACHE", RedisApplication(address=asked["address"])) as cache,
    ):
        cache.put_stream("WARM", database.stream(asked["warm"]))
        gc.collect()
        reset_peak()
        before = memory_bytes("VmRSS")
        started = time.perf_counter()
        version = cache.put_stream("STREAMED", database.stream(asked["sql"]))
        seconds = time.perf_counter() - started
        peak = memory_bytes("VmHWM") - before
        info = cache.info("STREAMED")
    answer({"peak_bytes": peak, "seconds": seconds, "version": version, "n_rows": info.n_rows if info else 0})


if __name__ == "__main__":
    main()
