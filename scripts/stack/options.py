"""Secrets that a stack may have: a file of that name is enough, and only JupyterLab sees it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from stack import reference

__all__ = ["folder_of_secrets", "given"]

_COMPOSE = Path(__file__).resolve().parents[2] / "compose"


def folder_of_secrets(environ: Mapping[str, str]) -> Path:
    """Return the folder of the secrets, whether it is there or not."""
    named = environ.get("ENV_SECRETS_DIR")
    return Path(named).absolute() if named else _COMPOSE / reference.value("ENV_SECRETS_DIR", {})


def given(folder: Path) -> list[str]:
    """Return those that are there; ``compose/options`` has a Compose file for each."""
    return [secret.name for secret in reference.OPTIONAL_SECRETS if (folder / secret.name).is_file()]
