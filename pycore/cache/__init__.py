"""The cache: Redis holds JSON that a person can read, and that gives back the very same value.

>>> from pycore.cache import MISS
>>> MISS
MISS
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pycore.cache.api import MISS, Fetched, Miss
    from pycore.cache.cache import Cache
    from pycore.cache.queue import Queue

__all__ = ["MISS", "Cache", "Fetched", "Miss", "Queue"]

# redis, pandas and pyarrow are imported when a value is first put or read, not here.
_PLACES = {
    "MISS": "pycore.cache.api",
    "Cache": "pycore.cache.cache",
    "Fetched": "pycore.cache.api",
    "Miss": "pycore.cache.api",
    "Queue": "pycore.cache.queue",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'pycore.cache' has no attribute {name!r}")
    value = getattr(import_module(_PLACES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})
