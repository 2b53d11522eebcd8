"""Sci-Pype's library: data sets from databases, through a legible cache in Redis, into notebooks.

>>> from pycore import MISS
>>> bool(MISS)
False
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pycore.cache.api import MISS
    from pycore.core import PyCore
    from pycore.notebook import load_ipython_extension, unload_ipython_extension

__all__ = ["MISS", "PyCore", "__version__", "load_ipython_extension", "unload_ipython_extension"]
__version__ = "0.1.0"

# Heavy libraries are imported when a name is first used: `import pycore` costs milliseconds.
_PLACES = {
    "MISS": "pycore.cache.api",
    "PyCore": "pycore.core",
    "load_ipython_extension": "pycore.notebook",
    "unload_ipython_extension": "pycore.notebook",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'pycore' has no attribute {name!r}")
    value = getattr(import_module(_PLACES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})
