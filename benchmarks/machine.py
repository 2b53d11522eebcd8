"""On what a run took place: the processor, its load, and the versions of what was measured."""

from __future__ import annotations

import datetime as dt
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

__all__ = ["described", "load_average"]

PACKAGES = (
    "pandas", "pyarrow", "numpy", "orjson", "redis", "hiredis", "SQLAlchemy", "PyMySQL", "connectorx", "mysqlclient",
    "dogpile.cache", "joblib", "jupyterlab",
)  # fmt: skip


def described() -> dict[str, Any]:
    """Return what this machine is, and the versions of the packages; those that are not there are None."""
    return {
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "processor": _processor(),
        "processors": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in PACKAGES},
    }


def load_average() -> list[float]:
    """Return how many programs wanted to run at once in the last 1, 5 and 15 minutes."""
    return [round(number, 2) for number in os.getloadavg()]


def _processor() -> str:
    cpus = Path("/proc/cpuinfo")
    lines = cpus.read_text(encoding="utf-8").splitlines() if cpus.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
