"""Sci-Pype's library: data sets from databases, through a legible cache in Redis, into notebooks.

>>> from pycore import MISS
>>> bool(MISS)
False
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing's, whose import takes longer than all of this: a Ctrl-C meanwhile shows a traceback
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pycore.cache.api import MISS
    from pycore.core import PyCore
    from pycore.notebook import load_ipython_extension, unload_ipython_extension

__all__ = ["MISS", "PyCore", "__version__", "load_ipython_extension", "unload_ipython_extension"]
__version__ = "0.1.0"


def _exports() -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return what gives the names above: heavy libraries are imported when a name is first used."""
    from pycore._registry import lazy_exports

    return lazy_exports(
        __name__,
        {
            "cache.api": ("MISS",),
            "core": ("PyCore",),
            "notebook": ("load_ipython_extension", "unload_ipython_extension"),
        },
    )


def __getattr__(name: str) -> Any:
    return _exports()[0](name)


def __dir__() -> list[str]:
    return _exports()[1]()
