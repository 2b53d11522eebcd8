"""Secrets that a stack may have: a file of that name is enough, and only JupyterLab sees it."""

from __future__ import annotations

from pathlib import Path

__all__ = ["NAMES", "given"]

NAMES = ("jupyter_password", "jupyter_pem", "slack_token", "outside_redis_password")


def given(folder: Path) -> list[str]:
    """Return those that are there; ``compose/options`` has a Compose file for each."""
    return [name for name in NAMES if (folder / name).is_file()]
