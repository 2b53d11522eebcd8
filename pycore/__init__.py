"""Sci-Pype's library: data sets from databases, through a legible cache in Redis, into notebooks.

>>> from pycore import MISS
>>> bool(MISS)
False
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycore._registry import lazy_exports

if TYPE_CHECKING:
    from pycore.cache.api import MISS
    from pycore.core import PyCore
    from pycore.notebook import load_ipython_extension, unload_ipython_extension

__all__ = ["MISS", "PyCore", "__version__", "load_ipython_extension", "unload_ipython_extension"]
__version__ = "0.1.0"

# Heavy libraries are imported when a name is first used: `import pycore` costs milliseconds.
__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "cache.api": ("MISS",),
        "core": ("PyCore",),
        "notebook": (
            "load_ipython_extension",
            "unload_ipython_extension",
        ),
    },
)
