"""Clones of the tests' own; whatever a test does, nothing of them runs afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from suites.clone import REPOSITORY, Clone


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    """This clone, with ports, data and home of the test's own; not started."""
    clone = Clone(root=REPOSITORY, folder=tmp_path)
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
