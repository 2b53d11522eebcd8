"""A real redis-server for tests: on a free port, gone afterwards."""

from __future__ import annotations

import os
import secrets
import socket
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pycore.cache.embedded import EmbeddedRedis

__all__ = ["free_port", "running_redis"]

_GIVEN: deque[int] = deque(maxlen=100)  # of a thousand that a worker has


def free_port() -> int:
    """Return a port of the loopback that nothing listens on now, and that nobody else will ask for.

    Each worker of a parallel run has its own, and so has each part that runs beside another. All are below those that a
    system gives to connections that go out, and leave room for the bus of a cluster, which is 10,000 above its server.
    Who asks for several gets different ones, though nothing listens on the first yet.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = int(os.environ.get("SCI_PYPE_TEST_FIRST_PORT", "10000"))
    while True:
        port = first + worker * 1_000 + secrets.randbelow(1_000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in _GIVEN:
            _GIVEN.append(port)
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
