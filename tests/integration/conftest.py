"""A real redis-server for whoever asks, emptied before each test, and caches on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from suites.redis_process import BareRedis, bare_redis

from pycore.cache import Cache
from pycore.config.models import RedisApplication


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BareRedis]:
    with bare_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def server(shared_server: BareRedis) -> BareRedis:
    with shared_server.client() as client:
        client.flushall()
    return shared_server


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[BareRedis]:
    """A server of the test's own, to be killed."""
    with bare_redis(tmp_path / "redis") as server:
        yield server


@pytest.fixture
def open_cache() -> Iterator[Callable[..., Cache]]:
    """Makes caches that are closed afterwards."""
    opened: list[Cache] = []

    def open_one(server: BareRedis | str, name: str = "CACHE", *, password: Any = None, **options: Any) -> Cache:
        address = server if isinstance(server, str) else f"redis://127.0.0.1:{server.port}/0"
        opened.append(Cache(name, RedisApplication(address=address, **options), password=password))
        return opened[-1]

    yield open_one
    for cache in opened:
        cache.close()
