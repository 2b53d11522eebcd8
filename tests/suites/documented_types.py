"""The tables of docs/types-of-databases.rst: what a column is declared as, and its two types in pandas."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["documented_types"]

PAGE = Path(__file__).parents[2] / "docs" / "types-of-databases.rst"
_ROW = re.compile(r"^   \* - (``.+(?:\n       ``.+)*)\n     - (.+)\n     - (.+)$", re.MULTILINE)


def documented_types(server: str) -> list[tuple[str, str, str]]:
    """Return (declared, type where there is no NULL, type where there may be) from the section of `server`."""
    page = PAGE.read_text(encoding="utf-8")
    section = re.search(rf"^{server}\n-+\n(.*?)(?=^[^\n]+\n-+\n|\Z)", page, re.MULTILINE | re.DOTALL)
    assert section is not None, f"{PAGE.name} says nothing of {server}"
    return [
        (declared, found[2], found[3])
        for found in _ROW.finditer(section[1])
        for declared in re.findall(r"``(.+?)``", found[1])
    ]
