"""What tests of the cache have besides a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from suites.redis_process import BareRedis

from pycore.cache import Cache


@pytest.fixture
def raw(server: BareRedis) -> Iterator[Any]:
    """What another program sees."""
    with server.client() as client:
        yield client


@pytest.fixture
def cache(server: BareRedis, open_cache: Callable[..., Cache]) -> Cache:
    return open_cache(server)
