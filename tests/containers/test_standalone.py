"""``./start.sh standalone`` and ``./start.sh dev``: one container with all in it, and the stack on these sources."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from suites.containers import ROOT, docker
from suites.stack import Stack, published

from pycore._wait import wait_for


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a user, with a module of his."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "mine.py").write_text("ANSWER = 42\n")
    folder.chmod(0o777)
    return folder


@pytest.fixture(scope="module")
def standalone(engine: None, project: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    del engine
    stack = Stack.of("standalone", tmp_path_factory.mktemp("standalone"), ENV_HOST_PROJECT_DIR=str(project))
    try:
        stack.start("--build")
        yield stack
    finally:
        stack.remove()


def test_one_container_has_all_in_it(standalone: Stack) -> None:
    address = standalone.start()

    assert httpx.get(address, follow_redirects=True).status_code == 200
    examined = standalone.shell("pycore", "doctor", "--json")
    assert json.loads(examined.out)["ok"], examined.out
    standalone.query()
    seen = standalone.script("redis.sh", "LRANGE", "LATEST_IBM_DAILY_STICKS", "0", "0")
    assert json.loads(seen.out)["key"] == "LATEST_IBM_DAILY_STICKS"


def test_it_is_confined(standalone: Stack) -> None:
    inspected = standalone.container("jupyter").inspected()

    assert inspected["HostConfig"]["ReadonlyRootfs"]
    assert inspected["HostConfig"]["CapDrop"] == ["ALL"]
    assert min(inspected["HostConfig"][name] for name in ("Memory", "NanoCpus", "PidsLimit")) > 0
    assert published(standalone.container("jupyter")) == ["127.0.0.1"]


def test_notebooks_and_own_code_are_in_the_folder_that_was_named(standalone: Stack, project: Path) -> None:
    assert (project / "extract-and-cache.ipynb").is_file()

    notebook = new_notebook(cells=[new_code_cell("import mine\nassert mine.ANSWER == 42")])
    (project / "deeper").mkdir(mode=0o777)
    (project / "deeper").chmod(0o777)
    (project / "deeper" / "own.ipynb").write_text(nbformat.writes(notebook))

    ran = standalone.shell("pycore", "run", "/opt/project/deeper/own.ipynb")

    assert ran.code == 0, ran.err


def test_it_ends_at_once_and_says_that_it_did(standalone: Stack) -> None:
    name = standalone.container("jupyter").name
    begun_s = time.monotonic()

    assert docker("stop", name).code == 0

    assert time.monotonic() - begun_s < 5
    assert standalone.container("jupyter").inspected()["State"]["ExitCode"] == 0
    assert docker("start", name).code == 0
    standalone.wait_healthy("jupyter")
    standalone.query()


def test_the_development_stack_runs_the_sources_of_the_clone(
    engine: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    del engine
    notebooks = tmp_path_factory.mktemp("notebooks")
    notebooks.chmod(0o777)
    stack = Stack.of("dev", tmp_path_factory.mktemp("dev"), ENV_HOST_PROJECT_DIR=str(notebooks))
    try:
        stack.start("--build")

        where = stack.shell("python", "-c", "import pycore; print(pycore.__file__)")
        assert where.out.strip() == "/opt/work/pycore/__init__.py"
        mounts = {mount["Destination"]: mount for mount in stack.container("jupyter").inspected()["Mounts"]}
        assert mounts["/opt/work/pycore"]["Source"] == str(ROOT / "pycore")
        assert not mounts["/opt/work/pycore"]["RW"]
        assert mounts["/opt/project"]["Source"] == str(notebooks)
        said = stack.shell("ipython", "--profile-dir", "/tmp/profile", "-c", "%load_ext autoreload\n%autoreload")
        assert "already loaded" in said.out + said.err
        stack.query()
    finally:
        stack.remove()


def test_what_cannot_be_is_said(tmp_path: Path) -> None:
    stack = Stack.of("standalone", tmp_path)

    assert stack.script("start.sh", "standalone", "--profile", "admin").code == 2
    assert stack.script("start.sh", "full-stack", "--profile", "none").code == 2
    assert stack.script("ssh.sh", "elsewhere").code == 2
    missing = stack.script("start.sh", "standalone", ENV_HOST_PROJECT_DIR=str(tmp_path / "none"))
    assert missing.code == 3
    own = stack.script("start.sh", "standalone", ENV_PRESTART_SCRIPT=str(tmp_path / "mine.sh"))
    assert own.code == 3
    assert "compose/hooks" in own.err
    assert "ENV_HOST_PROJECT_DIR" in missing.err
    assert stack.script("stop.sh", "standalone", "--purge", "--yes").code == 0


@pytest.mark.parametrize("stage", ["pre-start", "post-start"])
def test_a_hook_that_fails_stops_the_start_and_says_what_it_said(
    engine: None, tmp_path_factory: pytest.TempPathFactory, stage: str
) -> None:
    del engine
    hooks = tmp_path_factory.mktemp("hooks")
    folder = hooks / f"{stage}.d"
    folder.mkdir()
    script = folder / "10-fail.sh"
    script.write_text(
        "#!/usr/bin/env bash\nset -euo pipefail\nsleep 3\necho the disk of today is missing >&2\nexit 7\n"
    )
    for each in (hooks, folder, script):
        each.chmod(0o755)
    stack = Stack.of("standalone", tmp_path_factory.mktemp("failing"), ENV_HOST_HOOKS_DIR=str(hooks))
    try:
        failed = stack.script("start.sh", "standalone", ENV_STACK_TIMEOUT_S="30")

        assert failed.code == 4
        assert "10-fail.sh" in failed.err
        assert "exit code 7" in failed.err
        assert "the disk of today is missing" in failed.err
        assert stack.container("jupyter").inspected()["State"]["Status"] == "exited", "or it would be tried for ever"
    finally:
        stack.remove()


def test_a_start_without_time_leaves_nothing_running(
    standalone: Stack, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Compose returns 0 now and then while the container is starting."""
    del standalone  # the image is built
    stack = Stack.of("standalone", tmp_path_factory.mktemp("hurried"), ENV_STACK_TIMEOUT_S="1")
    try:
        failed = stack.script("start.sh", "standalone")

        assert failed.code == 4
        assert failed.out == ""
        assert "start.sh: the stack is not ready: " in failed.err
        assert stack.container("jupyter").inspected()["State"]["Status"] == "exited"
        assert "Stopped        standalone;" in stack.script("stop.sh").err
    finally:
        stack.remove()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_start_that_is_ended_leaves_nothing_running(
    standalone: Stack, tmp_path_factory: pytest.TempPathFactory, number: signal.Signals
) -> None:
    del standalone  # the image is built
    stack = Stack.of("standalone", tmp_path_factory.mktemp("ended"))
    try:
        with subprocess.Popen(
            [ROOT / "start.sh", "standalone"],
            env=stack.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as begun:  # fmt: skip
            wait_for(lambda: is_starting(stack), 60.0, service="jupyter", interval_s=0.05)
            begun.send_signal(number)
            out, err = begun.communicate(timeout=60)

        assert begun.returncode == 128 + number, err
        assert out == ""
        assert err.splitlines()[-1] == f"start.sh: ended by {number.name}; what was started was stopped"
        assert stack.container("jupyter").inspected()["State"]["Status"] == "exited"
    finally:
        stack.remove()


def is_starting(stack: Stack) -> bool:
    """Whether the container of JupyterLab runs, and is not ready."""
    found = stack.find("jupyter")
    return found is not None and found.health() == "starting"


def test_purge_removes_also_what_a_folder_took_the_place_of(
    engine: None, tmp_path_factory: pytest.TempPathFactory, project: Path
) -> None:
    del engine
    stack = Stack.of("standalone", tmp_path_factory.mktemp("both"))
    try:
        stack.start()
        stack.script("stop.sh", "standalone")
        assert len(stack.volumes()) == 2

        removed = stack.script("stop.sh", "standalone", "--purge", "--yes", ENV_HOST_PROJECT_DIR=str(project))

        assert removed.code == 0, removed.err
        assert stack.volumes() == []
    finally:
        stack.remove()


def test_its_redis_takes_a_quarter_of_what_the_container_may_have(
    engine: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    del engine
    stack = Stack.of("standalone", tmp_path_factory.mktemp("small"), ENV_JUPYTER_MEMORY="1g")
    try:
        stack.start()

        said = stack.script("redis.sh", "CONFIG", "GET", "maxmemory").out.split()

        assert said == ["maxmemory", str(2**28)]
    finally:
        stack.remove()
