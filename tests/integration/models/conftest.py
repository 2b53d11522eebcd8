"""A real redis-server for all tests of this folder, emptied before each; fits of the tests themselves take one core."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from suites.redis_process import BareRedis, bare_redis
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # has no types

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
def open_cache() -> Iterator[Callable[[BareRedis], Cache]]:
    """Makes caches that are closed afterwards."""
    opened: list[Cache] = []

    def open_one(server: BareRedis) -> Cache:
        opened.append(Cache("CACHE", RedisApplication(address=f"redis://127.0.0.1:{server.port}/0")))
        return opened[-1]

    yield open_one
    for cache in opened:
        cache.close()


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield
