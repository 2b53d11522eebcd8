"""The cache: Redis holds JSON that a person can read, and that gives back the very same value.

>>> from pycore.cache import MISS
>>> MISS
MISS
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycore._registry import lazy_exports

if TYPE_CHECKING:
    from pycore.cache.api import MISS, Fetched, Miss
    from pycore.cache.cache import Cache
    from pycore.cache.queue import Queue

__all__ = ["MISS", "Cache", "Fetched", "Miss", "Queue"]

# redis, pandas and pyarrow are imported when a value is first put or read, not here.
__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "api": (
            "MISS",
            "Fetched",
            "Miss",
        ),
        "cache": ("Cache",),
        "queue": ("Queue",),
    },
)
