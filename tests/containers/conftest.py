"""The container engine of this machine, and the images of the tree."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from suites.containers import built, docker

TEST_TIMEOUT_S = 1800  # the first test of an image builds it


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test here the time that a build takes."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(TEST_TIMEOUT_S))


def _lacking() -> str:
    """Return what a machine lacks for these tests; "" when it has all."""
    try:
        if docker("version", "--format", "{{.Server.Version}}", timeout_s=60).code != 0:
            return "no container engine answers: start it"
        return "" if docker("compose", "version").code == 0 else "docker has no compose: install its plugin"
    except FileNotFoundError:
        return "there is no container engine: install Docker with Compose"
    except subprocess.TimeoutExpired:
        return "the container engine does not answer: restart it"


@pytest.fixture(scope="session", autouse=True)
def engine() -> None:
    """Skip where there is no engine; with CI=true that is a failure."""
    if lacking := _lacking():
        pytest.skip(lacking)


@pytest.fixture(scope="session")
def redis_image(engine: None) -> str:
    del engine
    return built("redis-server")


@pytest.fixture(scope="session")
def stocksdb_image(engine: None) -> str:
    del engine
    return built("stocksdb")


@pytest.fixture(scope="session")
def jupyter_image(engine: None) -> str:
    del engine
    return built("jupyter")
