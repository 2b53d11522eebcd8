"""What the images are made of, as one word: images are known by their version, which other sources may have, too.

The image jupyter has it as a label; those that are built beside it come from the same sources.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from stack.engine import ROOT

__all__ = ["LABEL", "identity"]

LABEL = "sci-pype.sources"
_PARTS = ("configs", "containerfiles", "notebooks", "pycore", "scripts", "wait-for-its")
_FILES = ("constraints.txt", "pyproject.toml")
_MADE = {"__pycache__", ".ipynb_checkpoints"}
_FETCHED = {".whl", ".deb", ".crt"}  # they differ from machine to machine, and say the same


def identity() -> str:
    """Return a digest of the names, modes and contents of all files that images are built from."""
    digest = hashlib.sha256()
    for file in sorted(_files()):
        mode = file.stat().st_mode & 0o111
        digest.update(f"{file.relative_to(ROOT)}\0{bool(mode)}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _files() -> Iterator[Path]:
    yield from (ROOT / name for name in _FILES)
    for part in _PARTS:
        for folder, folders, names in os.walk(ROOT / part):
            folders[:] = [name for name in folders if name not in _MADE]
            yield from (Path(folder) / name for name in names if Path(name).suffix not in _FETCHED)
