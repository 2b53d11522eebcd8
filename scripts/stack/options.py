"""Secrets that a stack may have: a file of that name is enough, and only JupyterLab sees it."""

from __future__ import annotations

from pathlib import Path

from stack import reference

__all__ = ["given"]


def given(folder: Path) -> list[str]:
    """Return those that are there; ``compose/options`` has a Compose file for each."""
    return [secret.name for secret in reference.OPTIONAL_SECRETS if (folder / secret.name).is_file()]
