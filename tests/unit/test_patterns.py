"""Regular expressions mean the same on every Python that Sci-Pype takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "pycore").rglob("*.py"), *(ROOT / "scripts").rglob("*.py")])
# Behind a closing bracket: Python 3.11.0 to 3.11.4 lose their place in such a group (gh-106052).
POSSESSIVE_GROUP = re.compile(r"\)(?:[*+?]|\{\d*,?\d*\})\+")


@pytest.mark.parametrize("pattern", [r"(?:a|b)*+", r"(a)++", r"(?:a)?+", r"(?:a){2,3}+"])
def test_a_possessive_group_is_recognised(pattern: str) -> None:
    assert POSSESSIVE_GROUP.search(pattern)


def test_no_group_is_possessive() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in FILES
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if POSSESSIVE_GROUP.search(line)
    ]

    assert len(FILES) > 100
    assert found == []
