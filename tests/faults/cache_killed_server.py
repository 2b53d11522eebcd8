"""Redis is killed in the middle of a write, at any byte of it, and started again."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faults.registry import Trial, fault
from faults.stage import frame, is_frame, listened, opened, tidy
from suites.fault_proxy import UP, FaultProxy
from suites.redis_process import BareRedis, bare_redis

from pycore._wait import wait_for
from pycore.cache import MISS


@fault("cache", trials=150, within_s=3.0)
@contextmanager
def redis_is_killed_in_the_middle_of_a_write(folder: Path) -> Iterator[Trial]:
    """All is gone with the server, which nobody takes for damage; the next write works."""
    with bare_redis(folder / "redis") as server, FaultProxy(server.port) as proxy:
        yield lambda chance: kill_and_look(server, proxy, chance, kept=False)


@fault("cache", trials=150, within_s=3.0)
@contextmanager
def redis_that_keeps_a_log_is_killed_in_the_middle_of_a_write(folder: Path) -> Iterator[Trial]:
    """What was acknowledged is there after the restart, whole; what was not is there whole or not at all."""
    # By default Redis answers before it writes its log, while it waits for the disk.
    arguments = ("--appendonly", "yes", "--appendfsync", "always")
    with bare_redis(folder / "redis", *arguments) as server, FaultProxy(server.port) as proxy:
        yield lambda chance: kill_and_look(server, proxy, chance, kept=True)


def kill_and_look(server: BareRedis, proxy: FaultProxy, chance: random.Random, *, kept: bool) -> float:
    start_empty(server)
    old, new = chance.randrange(10**6), chance.randrange(10**6)
    with listened() as said, opened(proxy.port) as cache:
        proxy.become()
        assert cache.put("key", frame(old)) == 1
        proxy.become(action="call", way=UP, at=chance.randrange(proxy.passed(UP)), call=server.kill)
        began_s = time.monotonic()
        version = cache.put("key", frame(new))
        waited_s = time.monotonic() - began_s
        if not proxy.happened:
            server.kill()
        assert said or version is not None, "nothing was said"

        proxy.become()
        server.start()
        wait_for(lambda: cache.put("other", 1), 10, service="the cache")

        value = cache.get("key")
        if kept:
            assert is_frame(value, new) or (version is None and is_frame(value, old))
        else:
            assert value is MISS
        assert cache.counters["quarantined"] == 0
        again = cache.put("key", frame(new + 1))
        assert again is not None
        assert again > (1 if kept else 0)
        assert is_frame(cache.get("key"), new + 1)
        tidy(server, "key")
    return waited_s


def start_empty(server: BareRedis) -> None:
    """Start a server anew, without anything of the trial before."""
    server.kill()
    shutil.rmtree(server.folder)
    server.start()
