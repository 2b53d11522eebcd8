"""What the trials of the cache share: caches that are closed, values that tell their number, what holds after each."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
from suites.redis_process import BareRedis

from pycore.cache import Cache
from pycore.config.models import RedisApplication
from pycore.config.secrets import Secret

__all__ = ["CANARY", "frame", "is_frame", "listened", "opened", "tidy"]

LEASE_MS = 10_000
UPLOAD_S = 600
AFTERLIFE_S = 60
CANARY = "hunter2"  # in no message


@contextmanager
def opened(port: int, *, password: Callable[[], Secret | None] | None = None, **options: Any) -> Iterator[Cache]:
    """Yield a cache of the server behind a port; it is closed afterwards."""
    cache = Cache("CACHE", RedisApplication(address=f"redis://127.0.0.1:{port}/0", **options), password=password)
    try:
        yield cache
    finally:
        cache.close()


def frame(number: int, rows: int = 150_000) -> pd.DataFrame:
    """Return a frame that tells its number in every cell; 150,000 rows are about five chunks."""
    return pd.DataFrame({"number": np.arange(rows) + number, "price": np.arange(rows) / 7 + number})


def is_frame(value: Any, number: int, rows: int = 150_000) -> bool:
    """Return whether a value is the frame of this number, to the last bit."""
    return isinstance(value, pd.DataFrame) and value.equals(frame(number, rows))


def tidy(server: BareRedis, *keys: str) -> None:
    """Fail unless leases end soon, uploads that no version names end by themselves, and versions are in order."""
    with server.client() as raw:
        for key in keys:
            lease_ms = raw.pttl(f"pycore:{{{key}}}:lease")
            assert lease_ms == -2 or 0 <= lease_ms <= LEASE_MS, f"the lease of {key} ends in {lease_ms} ms"
            numbers = [version_of(document) for document in raw.lrange(key, 0, -1)]
            assert numbers == sorted(set(numbers), reverse=True), f"versions of {key}: {numbers}"
            metas = [json.loads(text) for text in raw.hvals(f"pycore:{{{key}}}:meta")]
            named = {meta.get("upload") for meta in metas}
            for upload in raw.keys(f"pycore:{{{key}}}:data:*"):
                ends_s = raw.ttl(upload)
                gone = ends_s == -2  # since the keys were listed
                ends = gone or 0 <= ends_s <= UPLOAD_S
                assert ends or upload.decode().rpartition(":")[2] in named, f"{upload!r}: {ends_s} s"


def version_of(document: bytes) -> int:
    """Return the version in the header of a document."""
    match = re.search(rb'"version":(\d+)', document.partition(b"\n")[0])
    assert match is not None, document[:200]
    return int(match[1])


@contextmanager
def listened() -> Iterator[list[str]]:
    """Collect what pycore says; fail if a secret is in it."""
    said: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    listener, logger = Listener(logging.WARNING), logging.getLogger("pycore")
    logger.addHandler(listener)
    try:
        yield said
    finally:
        logger.removeHandler(listener)
    assert CANARY not in "".join(said)
