"""What cannot be started says what is wrong and what to do, with an exit code, and leaves nothing running."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest
from suites.clone import Clone


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that another program listens on."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


def refused(clone: Clone, exit_code: int, *words: str, **changes: str) -> str:
    """Return what a start says that ends with `exit_code`, and look that it left nothing."""
    start = clone.call("start.sh", "--no-browser", *words, **changes)

    assert start.returncode == exit_code, start.stderr
    assert start.stdout == ""
    assert "Traceback" not in start.stderr
    assert clone.running() == []
    return start.stderr


@pytest.mark.parametrize("variable", ["ENV_REDIS_PORT", "ENV_JUPYTER_PORT"])
@pytest.mark.parametrize("words", [[], ["--detach"]], ids=["foreground", "background"])
def test_a_port_in_use(clone: Clone, taken_port: int, variable: str, words: list[str]) -> None:
    said = refused(clone, 4, *words, **{variable: str(taken_port)})

    assert f"Port {taken_port} on 127.0.0.1 is in use" in said
    assert f"{variable}={taken_port + 1}" in said


@pytest.mark.parametrize("variable", ["ENV_REDIS_PORT", "ENV_JUPYTER_PORT"])
def test_a_port_that_is_no_port(clone: Clone, variable: str) -> None:
    assert variable in refused(clone, 3, **{variable: "abc"})


def test_an_unknown_environment(clone: Clone) -> None:
    said = refused(clone, 2, ENV_DEPLOYMENT_TYPE="Lokal")

    assert "Did you mean 'Local'" in said


def test_a_broken_configuration(clone: Clone) -> None:
    shutil.copytree(clone.root / "configs", clone.folder / "configs")
    (clone.folder / "configs" / "jupyter.json").write_text('{"version": 1,')

    said = refused(clone, 3, ENV_CORE_CONFIG_FILE=str(clone.folder / "configs" / "jupyter.json"))

    assert "jupyter.json" in said


def test_stop_works_with_a_broken_configuration(clone: Clone) -> None:
    assert clone.call("stop.sh", ENV_CORE_CONFIG_FILE="/nowhere/jupyter.json").returncode == 0


def test_files_of_a_newer_redis(clone: Clone) -> None:
    folder = clone.data_dir / "redis"
    folder.mkdir(parents=True)
    (folder / "version.json").write_text(json.dumps({"product": "Redis", "version": [99, 1, 0]}))

    said = refused(clone, 4)

    assert "written by Redis 99.1" in said
    assert str(folder) in said


@pytest.mark.parametrize("size", ["20k", "40k", "300k"])
def test_a_data_folder_on_a_full_disk(clone: Clone, size: str) -> None:
    """It is full when Redis runs and is to be written down, and when the tables are loaded."""
    start = clone.call_on_a_full_disk(size, 'ENV_DATA_DIR="$DISK" exec "$CLONE/start.sh" --no-browser')

    assert start.returncode in {3, 4}
    assert "full" in start.stderr
    assert "Traceback" not in start.stderr
    assert clone.running() == []


def test_a_data_folder_that_is_a_file(clone: Clone) -> None:
    file = clone.folder / "file"
    file.touch()

    assert str(file) in refused(clone, 3, ENV_DATA_DIR=str(file))


def test_redis_sh_without_a_redis(clone: Clone) -> None:
    asked = clone.call("redis.sh", "PING")

    assert asked.returncode == 4
    assert "./start.sh" in asked.stderr
    assert len(asked.stderr.splitlines()) == 1


@pytest.mark.parametrize("script", ["start.sh", "stop.sh"])
def test_an_unknown_argument(clone: Clone, script: str) -> None:
    called = clone.call(script, "--frobnicate")

    assert called.returncode == 2
    assert "--frobnicate" in called.stderr


@pytest.mark.parametrize("script", ["start.sh", "stop.sh"])
def test_help_says_how_and_starts_nothing(clone: Clone, script: str) -> None:
    called = clone.call(script, "--help")

    assert called.returncode == 0
    assert f"usage: ./{script}" in called.stdout
    assert clone.running() == []
