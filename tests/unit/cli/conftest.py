from __future__ import annotations

from pathlib import Path

import pytest
from suites.command_line import Clone


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone.made_in(tmp_path / "clone of mine")
