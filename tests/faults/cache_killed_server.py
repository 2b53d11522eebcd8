"""Redis is killed in the middle of a write, at any byte of it, and started again."""

from __future__ import annotations

import shutil
import time

from faults.redis_bench import RedisBench, redis_fault
from faults.registry import Chance
from faults.stage import frame, is_frame, listened, opened, tidy
from suites.fault_proxy import UP
from suites.redis_process import BareRedis

from pycore._wait import wait_for
from pycore.cache import MISS


@redis_fault(trials=150, within_s=3.0)
def redis_is_killed_in_the_middle_of_a_write(bench: RedisBench, chance: Chance) -> float:
    """All is gone with the server, which nobody takes for damage; the next write works."""
    return kill_and_look(bench, chance, kept=False)


# By default Redis answers before it writes its log, while it waits for the disk.
@redis_fault("--appendonly", "yes", "--appendfsync", "always", trials=150, within_s=3.0)
def redis_that_keeps_a_log_is_killed_in_the_middle_of_a_write(bench: RedisBench, chance: Chance) -> float:
    """What was acknowledged is there after the restart, whole; what was not is there whole or not at all."""
    return kill_and_look(bench, chance, kept=True)


def kill_and_look(bench: RedisBench, chance: Chance, *, kept: bool) -> float:
    server, proxy = bench.server, bench.proxy
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
