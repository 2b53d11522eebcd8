"""Sci-Pype, started as a user starts it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from suites.jupyter import Lab, running_lab


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The environment Local: a real redis-server, SQLite with its tables, copies of the notebooks."""
    with running_lab(tmp_path_factory.mktemp("local")) as lab:
        yield lab
