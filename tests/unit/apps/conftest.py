"""The IPython of a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from suites.ipython_shell import ipython_shell


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[InteractiveShell]:
    with ipython_shell(tmp_path) as shell:
        yield shell
