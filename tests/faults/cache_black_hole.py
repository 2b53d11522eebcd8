"""Redis accepts and says nothing, or speaks so slowly that it comes to the same."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faults.registry import Trial, fault
from suites.fault_proxy import FaultProxy
from suites.redis_process import bare_redis

from pycore._wait import wait_for
from pycore.cache import MISS, Cache
from pycore.config.models import RedisApplication


@fault("cache", trials=25, within_s=3.0)
@contextmanager
def redis_is_a_black_hole(folder: Path) -> Iterator[Trial]:
    """Reads miss and writes do nothing within the time limit, then at once; afterwards all is as before."""
    with bare_redis(folder / "redis") as server, FaultProxy(server.port) as proxy:

        def trial(chance: random.Random) -> float:
            cache = Cache("CACHE", RedisApplication(address=f"redis://127.0.0.1:{proxy.port}/0"))
            assert cache.put("key", 1) is not None
            proxy.become(silent=True)
            began_s = time.monotonic()
            assert cache.get_or_create("other", chance.random) is not None
            waited_s = time.monotonic() - began_s
            assert cache.get("key") is MISS
            proxy.become()
            wait_for(lambda: cache.get("key") == 1, 10, service="the cache")
            cache.close()
            return waited_s

        yield trial
