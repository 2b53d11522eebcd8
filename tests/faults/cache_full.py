"""Redis has no memory left: it refuses what would need more, or throws away what it likes."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from faults.redis_bench import RedisBench, redis_fault
from faults.registry import Chance
from faults.stage import frame, is_frame, listened, opened, tidy
from suites.redis_process import BareRedis

from pycore.cache import MISS
from pycore.exceptions import ServiceUnavailableError

OLD, NEW = 1000, 2000
ROWS = 150_000


@redis_fault(trials=25, within_s=3.0)
def redis_is_full_and_refuses_to_write(bench: RedisBench, chance: Chance) -> float:
    """What is there is read, what is made reaches its caller, deleting makes room."""
    rows = chance.choice([10, ROWS])
    allow(bench.raw, 0, "noeviction")
    bench.raw.flushall()
    with listened() as said, opened(bench.server.port) as cache:
        assert cache.put("key", frame(OLD, rows)) == 1
        # Refused from the first byte on, or in the middle of an upload.
        allow(bench.raw, chance.choice([1, bench.raw.info("memory")["used_memory"] + 3 * 2**20]), "noeviction")
        began_s = time.monotonic()
        version = cache.put("key", frame(NEW, ROWS))
        fetched = cache.fetch("other", lambda: frame(NEW, ROWS))
        waited_s = time.monotonic() - began_s
        assert is_frame(fetched.value, NEW)
        assert version is None
        assert is_frame(cache.get("key"), OLD, rows)
        assert [line for line in said if "is full (maxmemory)" in line]
        tidy(bench.server, "key", "other")
        allow(bench.raw, 1, "noeviction")
        refuses(cache)
        assert cache.delete("key") is True
        assert cache.get("key") is MISS
        allow(bench.raw, 0, "noeviction")
        assert cache.put("key", frame(NEW, rows)) == 2
        assert is_frame(cache.get_or_create("other", lambda: frame(NEW, rows)), NEW, rows)
        tidy(bench.server, "key", "other")
    return waited_s


def allow(raw: Any, maxmemory_bytes: int, policy: str) -> None:
    raw.config_set("maxmemory-policy", policy)
    raw.config_set("maxmemory", maxmemory_bytes)


def refuses(cache: Any) -> None:
    """What must not be taken for done says so."""
    for verb, arguments in ((cache.queue("jobs").put, (1,)), (cache.rollback, ("key", 1))):
        try:
            verb(*arguments)
        except ServiceUnavailableError as exc:
            assert "full" in str(exc)  # noqa: PT017  # there is no pytest here
        else:
            raise AssertionError("a full server took it")


@redis_fault("--maxmemory-samples", "1", trials=25, within_s=3.0)
def redis_throws_away_what_was_not_used_lately(bench: RedisBench, chance: Chance) -> float:
    """A value is right or a miss, whichever of its keys is gone, and is made anew."""
    allow(bench.raw, 0, "noeviction")
    bench.raw.flushall()
    with opened(bench.server.port) as cache:
        for number in range(4):
            cache.put(f"key{number}", frame(number))
        used = bench.raw.info("memory")["used_memory"]
        policy = chance.choice(["allkeys-lru", "allkeys-random", "allkeys-lfu"])
        allow(bench.raw, int(used * chance.uniform(0.3, 0.9)), policy)
        began_s = time.monotonic()
        for number in range(4):
            value = cache.get(f"key{number}")
            assert value is MISS or is_frame(value, number)
            assert is_frame(cache.get_or_create(f"key{number}", partial(frame, number)), number)
        waited_s = (time.monotonic() - began_s) / 8
        assert cache.counters["quarantined"] == 0
        allow(bench.raw, 0, "noeviction")
        evict_chunks(bench.server, chance)
        for number in range(4):
            assert is_frame(cache.get_or_create(f"key{number}", partial(frame, number)), number)
            assert is_frame(cache.get(f"key{number}"), number)
    return waited_s


def evict_chunks(server: BareRedis, chance: Chance) -> None:
    """Remove one of the keys beside each value."""
    with server.client() as raw:
        for number in range(4):
            beside = sorted(raw.keys(f"pycore:{{key{number}}}:*"))
            if beside:
                raw.delete(chance.choice(beside))
