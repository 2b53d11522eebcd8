"""Data sets by name: extracted from their source once, then had from the cache.

>>> from pycore.datasets import Catalog
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycore._registry import lazy_exports

if TYPE_CHECKING:
    from pycore.datasets.catalog import Catalog, FetchedDataset

__all__ = ["Catalog", "FetchedDataset"]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "catalog": (
            "Catalog",
            "FetchedDataset",
        ),
    },
)
