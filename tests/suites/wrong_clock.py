"""A program whose clock is wrong from before its first import, and which uses the cache."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

TTL_S = 3600.0


def shift(shift_s: float) -> None:
    """Shift every clock of the day that Python has; nothing of pycore is imported yet."""
    import datetime as dt

    right = time.time, time.time_ns, dt.datetime

    class Shifted(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return right[2].now(tz) + dt.timedelta(seconds=shift_s)

        @classmethod
        def utcnow(cls) -> Any:
            return right[2].now(dt.UTC).replace(tzinfo=None) + dt.timedelta(seconds=shift_s)

    time.time = lambda: right[0]() + shift_s
    time.time_ns = lambda: right[1]() + int(shift_s * 1e9)
    dt.datetime = Shifted  # type: ignore[misc]


def main(port: str, shift_s: str) -> None:
    """Use the cache with a wrong clock, and tell what came of it."""
    shift(float(shift_s))
    import redis

    from pycore.cache import MISS, Cache
    from pycore.config.models import RedisApplication

    cache = Cache("CACHE", RedisApplication(address=f"redis://127.0.0.1:{port}/0"))
    began_s = time.monotonic()
    info = cache.info("key")
    assert info is not None
    with redis.Redis(port=int(port)) as raw:
        seconds, micros = raw.time()
        leases: list[int] = []

        def create() -> str:
            leases.append(raw.pttl("pycore:{theirs}:lease"))
            return "theirs"

        cache.get_or_create("theirs", create, ttl_s=TTL_S)
    cache.put("brief", 1, ttl_s=0.05)
    time.sleep(0.1)  # its life
    answer = {
        "clock": time.time(),
        "got": cache.get("key"),
        "version": info.version,
        "young": cache.get_or_create("key", lambda: "made anew", max_age_s=600),
        "expired": cache.get("brief") is MISS,
        "ttl_s": cache.ttl_s("key"),
        "age_s": seconds + micros / 1e6 - info.created_at.timestamp(),
        "lease_ms": leases[0],
        "took_s": time.monotonic() - began_s,
    }
    cache.close()
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    os._exit(0)  # what pandas thinks of such a clock at its end is not the point


if __name__ == "__main__":
    main(*sys.argv[1:])
