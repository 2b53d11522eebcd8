"""An engine that every test of the scripts may ask anything."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from suites.redis_server import free_port
from unit.shell.engine import CLIENT, PORTS, Engine


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """An engine on which every start is a success, with ports that are free."""
    client = tmp_path / "docker"
    client.write_text(f'#!/bin/sh\nexec {sys.executable} -SE {CLIENT} "$@"\n')
    client.chmod(0o755)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "wishes.json").write_text("{}")
    (tmp_path / "containers.json").write_text("{}")
    return Engine(tmp_path, {name: str(free_port()) for name in PORTS})
