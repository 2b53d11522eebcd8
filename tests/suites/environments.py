"""An environment of a test's own: a manifest with the databases and caches that it names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["write_environment"]


def write_environment(
    folder: Path, *, databases: Mapping[str, Mapping[str, Any]], redis: Mapping[str, Mapping[str, Any]]
) -> dict[str, str]:
    """Write a manifest whose one environment is ``Own``, and return the variables that choose it."""
    files: dict[str, dict[str, Any]] = {
        "jupyter.json": {
            "default_environment": "Own",
            "environments": {"Own": {"redis": "redis.json", "databases": "db.json"}},
        },
        "db.json": {"applications": databases},
        "redis.json": {"applications": redis},
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(json.dumps({"version": 1, **content}), encoding="utf-8")
    return {"ENV_CORE_CONFIG_FILE": str(folder / "jupyter.json"), "ENV_DEPLOYMENT_TYPE": "Own"}
