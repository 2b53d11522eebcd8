"""An engine for containers, started where the machine has the means and none answers, and the images of the tree."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from suites.containers import ROOT, built, docker

STARTER = Path(os.environ.get("ENV_CONTAINER_ENGINE") or ROOT.parent / "shared" / "tools" / "container-engine.sh")
BASES = ("python", "mysql", "redis", "nginx", "phpmyadmin")
START_TIMEOUT_S = 600
TEST_TIMEOUT_S = 1800  # the first test of an image builds it


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test here the time that a build takes."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(TEST_TIMEOUT_S))


def _engine_answers() -> bool:
    try:
        return docker("version", "--format", "{{.Server.Version}}", timeout_s=20).code == 0
    except (FileNotFoundError, subprocess.TimeoutExpired):
        return False


def _start_engine() -> None:
    # What a run of the tests leaves running it ends: the engine is not one of its programs.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SCI_PYPE_TEST")}
    subprocess.run(
        [STARTER, "up", *BASES],
        check=True,
        env=environment,
        cwd="/",
        timeout=START_TIMEOUT_S,
        stdout=subprocess.DEVNULL,
    )


@pytest.fixture(scope="session", autouse=True)
def engine() -> None:
    """Skip where there is no engine; with CI=true that is a failure."""
    if not _engine_answers() and os.access(STARTER, os.X_OK):
        _start_engine()
    if not _engine_answers():
        pytest.skip(
            "no container engine answers: install Docker and start it, or name a script by ENV_CONTAINER_ENGINE"
        )


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
