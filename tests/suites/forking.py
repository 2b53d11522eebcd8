"""Processes that begin with everything imported: forked from one that has no threads, which each worker keeps."""

from __future__ import annotations

import multiprocessing
from pkgutil import iter_modules

from pycore.cache import codec

__all__ = ["FORKING"]

FORKING = multiprocessing.get_context("forkserver")
# What takes long to import, before the first of them is forked; those of the codec are imported on first use.
FORKING.set_forkserver_preload(
    ["pandas", "pyarrow.compute", "pycore.cache.region", "pycore.cache.redis", "pycore.cache.publish"]
    + [f"pycore.cache.codec.{module.name}" for module in iter_modules(codec.__path__)]
    + ["pycore.database.mysql", "pycore.database.sqlite", "sqlalchemy.dialects.mysql", "sqlalchemy.dialects.sqlite"]
)
