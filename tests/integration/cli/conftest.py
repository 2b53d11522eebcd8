from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from suites.command_line import Clone
from suites.redis_server import running_redis


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    """A clone whose Redis does not run."""
    return Clone.made_in(tmp_path / "clone")


@pytest.fixture(scope="module")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with running_redis(tmp_path_factory.mktemp("redis")) as port:
        yield port


@pytest.fixture(scope="module")
def running(redis_port: int, tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """A clone with a Redis that runs, and with the bundled tables in its database."""
    clone = Clone.made_in(tmp_path_factory.mktemp("cli") / "clone")
    applications = ("CACHE", "DATASRC", "DATADST", "MODELSRC", "MODELDST")
    address = f"redis://127.0.0.1:{redis_port}/0"
    clone.edit("local-redis.json", {"applications": {name: {"address": address} for name in applications}})
    assert clone("db", "load").exit_code == 0
    return clone
