"""Data sets by name: extracted from their source once, then had from the cache.

>>> from pycore.datasets import Catalog
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pycore.datasets.catalog import Catalog, FetchedDataset

__all__ = ["Catalog", "FetchedDataset"]

_PLACES = {"Catalog": "pycore.datasets.catalog", "FetchedDataset": "pycore.datasets.catalog"}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'pycore.datasets' has no attribute {name!r}")
    value = getattr(import_module(_PLACES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})
