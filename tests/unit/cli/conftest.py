from __future__ import annotations

from pathlib import Path

import pytest
from suites.command_line import Clone


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone.made_in(tmp_path / "clone of mine")


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A clone with a database of its own, loaded, and without Redis."""
    clone = Clone.made_in(tmp_path_factory.mktemp("cli") / "clone")
    outcome = clone("-e", "JustDB", "db", "load", "stocks", "iris", "--json")
    assert outcome.json == {"stocks": 12_154, "iris": 150}, outcome.stderr
    return clone
