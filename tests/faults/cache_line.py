"""The line to Redis breaks at any byte, swallows all, or is so slow that it comes to the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from faults.redis_bench import RedisBench, redis_fault
from faults.registry import Chance
from faults.stage import frame, is_frame, listened, opened, tidy
from suites.fault_proxy import DOWN, UP
from suites.redis_process import BareRedis

from pycore._wait import wait_for
from pycore.cache import MISS, Cache
from pycore.exceptions import ServiceError

OLD, NEW = 1000, 2000
SMALL, LARGE = 10, 150_000
AT_ONCE_S = 0.1
SLOW: tuple[dict[str, Any], ...] = (
    {"latency_s": 0.5, "jitter_s": 0.4},
    {"bytes_per_s": 10_000},
    {"slice_bytes": 1},
    {"bytes_per_s": 5_000_000, "latency_s": 0.05, "jitter_s": 0.05},
)


def get(cache: Cache, rows: int) -> None:
    """A read is tried again, and is right."""
    assert is_frame(cache.get("key"), OLD, rows)
    assert is_frame(cache.get("key", version=1), OLD, rows)


def put(cache: Cache, rows: int) -> None:
    """A write happens or does not; what it says is so."""
    version = cache.put("key", frame(NEW, rows))
    value = cache.get("key")
    assert is_frame(value, NEW, rows) or (version is None and is_frame(value, OLD, rows))


def create(cache: Cache, rows: int) -> None:
    """A creation gives the value, and is cached or not."""
    fetched = cache.fetch("key", lambda: frame(NEW, rows), refresh=True)
    assert is_frame(fetched.value, NEW, rows)
    value = cache.get("key")
    assert is_frame(value, NEW, rows) or (fetched.info is None and is_frame(value, OLD, rows))


def remove(cache: Cache, rows: int) -> None:
    """A deletion is tried again, and happens."""
    del rows
    cache.delete("key")
    assert cache.get("key") is MISS


def invalidate(cache: Cache, rows: int) -> None:
    """An invalidation is tried again, and happens."""
    cache.invalidate("key")
    assert cache.get("key") is MISS
    assert is_frame(cache.get("key", version=1), OLD, rows)


def tell(cache: Cache, rows: int) -> None:
    """Versions are told, tried again."""
    del rows
    assert [info.version for info in cache.versions("key")] == [1]


def queue(cache: Cache, rows: int) -> None:
    """Messages are put once or not at all, and draining loses none."""
    del rows
    jobs = cache.queue("jobs")
    try:
        jobs.put(1, 2, 3)
        put_it = True
    except ServiceError:
        put_it = False
    messages = jobs.drain()
    assert messages == [1, 2, 3] or (not put_it and messages == [])


VERBS: tuple[Callable[[Cache, int], None], ...] = (get, put, create, remove, invalidate, tell, queue)


def stage(server: BareRedis, rows: int) -> None:
    """Put the first version there, on a line that is well."""
    with server.client() as raw:
        raw.flushall()
    with opened(server.port) as cache:
        assert cache.put("key", frame(OLD, rows)) == 1


@redis_fault(trials=250, within_s=3.0)
def the_connection_to_redis_breaks_at_a_random_byte(bench: RedisBench, chance: Chance) -> float:
    """One broken connection is no reason for a wrong answer, nor for a read or a deletion to fail."""
    verb, rows = chance.choice(VERBS), chance.choice([SMALL, LARGE])
    stage(bench.server, rows)
    bench.proxy.become()
    with opened(bench.proxy.port) as cache:  # to see how many bytes it takes
        verb(cache, rows)
    way = chance.choice([UP, DOWN])
    at = chance.randrange(bench.proxy.passed(way) or 1)
    stage(bench.server, rows)
    bench.proxy.become(action=chance.choice(["reset", "cut", "half-close"]), way=way, at=at)
    began_s = time.monotonic()
    with listened(), opened(bench.proxy.port) as cache:
        verb(cache, rows)
        waited_s = time.monotonic() - began_s
        tidy(bench.server, "key")
    return waited_s


def read_or_miss(cache: Cache, rows: int) -> None:
    """A read is right or a miss."""
    value = cache.get("key")
    assert value is MISS or is_frame(value, OLD, rows)


def write_or_not(cache: Cache, rows: int) -> None:
    """A write gives a number or None."""
    version = cache.put("key", frame(OLD, rows))
    assert version is None or version > 1


def create_anyway(cache: Cache, rows: int) -> None:
    """A creation gives the value, cached or not."""
    assert is_frame(cache.get_or_create("other", lambda: frame(NEW, rows)), NEW, rows)


GOING_ON = (read_or_miss, write_or_not, create_anyway)


def recovers(cache: Cache, rows: int) -> None:
    """When the line is well again all is right, without anybody doing anything."""
    wait_for(lambda: is_frame(cache.get("key"), OLD, rows), 10, service="the cache")
    wait_for(lambda: cache.put("key", frame(NEW, SMALL)), 10, service="the cache")
    assert is_frame(cache.get("key"), NEW, SMALL)


@redis_fault(trials=25, within_s=3.0)
def redis_is_a_black_hole(bench: RedisBench, chance: Chance) -> float:
    """Wherever it falls silent, it costs its time limit once; then the answer is there at once."""
    verb, rows = chance.choice(GOING_ON), chance.choice([SMALL, LARGE])
    stage(bench.server, rows)
    bench.proxy.become()
    with opened(bench.proxy.port) as cache:
        verb(cache, rows)
    way = chance.choice([UP, DOWN])
    at = chance.randrange(bench.proxy.passed(way))
    stage(bench.server, rows)
    with listened() as said, opened(bench.proxy.port) as cache:
        action = chance.choice([None, "swallow", "stall"])
        bench.proxy.become(silent=action is None, action=action, way=way, at=at, times=None)
        waited_s = timed(verb, cache, rows)
        bench.proxy.become(silent=True)
        cache.get("key")  # it may have come so far
        assert min(timed(read_or_miss, cache, rows) for _ in range(3)) < AT_ONCE_S
        assert len([line for line in said if "Going on without the cache" in line]) == 1
        bench.proxy.become()
        recovers(cache, rows)
        tidy(bench.server, "key", "other")
    return waited_s


@redis_fault(trials=25, within_s=3.5)
def redis_is_slow(bench: RedisBench, chance: Chance) -> float:
    """It answers right or is done without, in bounded time, also where bytes come one by one."""
    verb, rows = chance.choice(GOING_ON), chance.choice([SMALL, LARGE])
    stage(bench.server, rows)
    with listened(), opened(bench.proxy.port) as cache:
        bench.proxy.become(**SLOW[chance.number % len(SLOW)])
        waited_s = timed(verb, cache, rows)
        bench.proxy.become()
        recovers(cache, rows)
        tidy(bench.server, "key", "other")
    return waited_s


def timed(verb: Callable[[Cache, int], None], cache: Cache, rows: int) -> float:
    """Return the seconds that a verb takes."""
    began_s = time.monotonic()
    verb(cache, rows)
    return time.monotonic() - began_s
