"""Every kind of verb of a cache, once: what has to work on every kind of server and by every kind of address."""

from __future__ import annotations

import numpy as np
import pandas as pd
from suites.frames import assert_same

from pycore.cache import MISS, Cache

__all__ = ["LARGE", "works"]

LARGE = pd.DataFrame({"number": np.arange(400_000), "price": np.arange(400_000) / 7})


def works(cache: Cache) -> None:
    """Fail unless every kind of verb does what it says; the cache is empty at first, and afterwards."""
    assert cache.put("key", 1) == 1
    assert cache.put("key", LARGE, tags=["prices"]) == 2
    assert_same(LARGE, cache.get("key"))
    assert cache.get("key", version=1) == 1
    assert cache.rollback("key", 1) == 3
    assert [info.version for info in cache.versions("key")] == [3, 2, 1]
    assert cache.get_or_create("other", lambda: 5) == 5
    cache.queue("jobs").put("a", "b")
    assert cache.queue("jobs").get(1) == "a"
    assert cache.queue("jobs").drain() == ["b"]
    events = cache.watch("key", timeout_s=5)
    cache.put("key", 4)
    assert next(events).version == 4
    assert cache.keys() == ["key", "other"]
    cache.put("tagged", 1, tags=["prices"])
    cache.invalidate(tag="prices")
    assert cache.get("tagged") is MISS
    assert cache.ttl_s("key") is None
    assert cache.ping() > 0
    assert cache.server()["used_memory_bytes"] > 0
    assert cache.clear() == 3
    assert cache.keys() == []
