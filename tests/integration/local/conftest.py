"""Clones of the tests' own; whatever a test does, nothing of them runs afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from suites.clone import REPOSITORY, Clone

from pycore.config.models import DatabaseApplication
from pycore.database import Database
from pycore.datasets import bundled


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that holds the bundled tables."""
    file = tmp_path_factory.mktemp("tables") / "stocks.sqlite"
    with Database("STOCKS", DatabaseApplication(address=f"sqlite:///{file}")) as database:
        bundled.load(database)
    return file


@pytest.fixture
def clone(tmp_path: Path, tables: Path) -> Iterator[Clone]:
    """This clone, with ports, data and home of the test's own; not started, but its tables were loaded once."""
    clone = Clone(root=REPOSITORY, folder=tmp_path)
    clone.data_dir.mkdir()
    shutil.copy(tables, clone.data_dir)
    yield clone
    stopped = clone.call("stop.sh")
    assert stopped.returncode == 0, stopped.stderr
    clone.wait_until_nothing_runs()


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    """This clone, started in the background and ready; for tests that only look."""
    clone = Clone(root=REPOSITORY, folder=tmp_path_factory.mktemp("started"))
    start = clone.call("start.sh", "--detach", "--no-browser")
    (clone.folder / "out").write_text(start.stdout)
    (clone.folder / "err").write_text(start.stderr)
    try:
        assert start.returncode == 0, start.stderr
        yield clone
    finally:
        clone.call("stop.sh")
