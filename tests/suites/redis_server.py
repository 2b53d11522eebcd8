"""A real redis-server for tests: on a free port, gone afterwards."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pycore.cache.embedded import EmbeddedRedis

__all__ = ["free_port", "running_redis"]


def free_port() -> int:
    """Return a port of the loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running_redis(folder: Path, *, maxmemory_bytes: int = 256 * 2**20) -> Iterator[int]:
    """Yield the port of a redis-server of the test's own, with its files in `folder`/redis."""
    server = EmbeddedRedis(folder / "redis", free_port(), maxmemory_bytes=maxmemory_bytes)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()
