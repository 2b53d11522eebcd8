"""A copy of the shipped configuration that a test may spoil."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pycore

SHIPPED = Path(pycore.__file__).parents[1] / "configs"


class Clone:
    """A folder with the shipped files in ``configs``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.configs = root / "configs"
        self.manifest = self.configs / "jupyter.json"
        shutil.copytree(SHIPPED, self.configs)

    def path(self, name: str) -> Path:
        return self.configs / name

    def read(self, name: str) -> Any:
        return json.loads(self.path(name).read_text(encoding="utf-8"))

    def write(self, name: str, document: Any) -> Path:
        """Replace a file by a document, or by a text as it is."""
        text = document if isinstance(document, str) else json.dumps(document, indent=2)
        self.path(name).write_text(text, encoding="utf-8")
        return self.path(name)

    def change(self, name: str, change: Callable[[Any], object]) -> None:
        """Replace a file by its document as `change` alters it in place."""
        document = self.read(name)
        change(document)
        self.write(name, document)


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path / "clone")
