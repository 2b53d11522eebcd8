"""How a fault of the cache is written down: as one trial on a Redis, and a line to it, that all its trials share."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults.registry import Chance, Trial, fault
from suites.fault_proxy import FaultProxy
from suites.redis_process import BareRedis, bare_redis

__all__ = ["OnRedis", "RedisBench", "redis_fault"]


@dataclass(frozen=True)
class RedisBench:
    """What the trials of a fault share.

    Attributes
    ----------
    server : BareRedis
        Its port is a line that is well.
    proxy : FaultProxy
        A line to it that a trial may break.
    raw : redis.Redis
        A plain client, connected.
    """

    server: BareRedis
    proxy: FaultProxy
    raw: Any


OnRedis = Callable[[RedisBench, Chance], float]  # a trial, and the seconds that its user waited


def redis_fault(*arguments: str, trials: int, within_s: float) -> Callable[[OnRedis], OnRedis]:
    """Return a decorator that registers a trial; its name, in words, is that of the fault.

    Parameters
    ----------
    *arguments
        Of the redis-server.
    trials, within_s
        As for `faults.registry.fault`.
    """

    def register(on_redis: OnRedis) -> OnRedis:
        @contextmanager
        def bench(folder: Path) -> Iterator[Trial]:
            with (
                bare_redis(folder / "redis", *arguments) as server,
                FaultProxy(server.port) as proxy,
                server.client() as raw,
            ):
                raw.ping()
                yield functools.partial(on_redis, RedisBench(server, proxy, raw))

        fault("cache", trials=trials, within_s=within_s)(functools.wraps(on_redis)(bench))
        return on_redis

    return register
