"""``pycore wait``, ``pycore redis wait``, ``pycore db wait`` and the scripts of wait-for-its: servers that are late."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from suites.command_line import REPOSITORY, Clone
from suites.redis_process import BareRedis, bare_redis, black_hole
from suites.redis_server import free_port

from pycore._pids import descendants
from pycore._wait import wait_for, wait_for_port

SCRIPTS = ("wait-for-it.sh", "wait-for-database.sh", "wait-for-redis.sh")
PASSWORD = "of-the-cache"


@pytest.fixture
def late(tmp_path: Path) -> Iterator[BareRedis]:
    """A Redis that was not started yet, and has a password."""
    arguments = ("--bind", "127.0.0.1", "--save", "", "--requirepass", PASSWORD)
    server = BareRedis(tmp_path / "redis", free_port(), arguments)
    yield server
    if server.process is not None:
        server.kill()


def pointed_at(clone: Clone, port: int) -> Clone:
    application = {"address": f"redis://127.0.0.1:{port}/0", "password": {"$secret": {"env": "ENV_REDIS_PASSWORD"}}}
    clone.edit("local-redis.json", {"applications": {"CACHE": application}})
    return clone


def test_a_redis_that_comes_late_is_waited_for(clone: Clone, late: BareRedis) -> None:
    timer = threading.Timer(0.5, late.launch)
    timer.start()

    outcome = pointed_at(clone, late.port)("redis", "wait", "--json", ENV_REDIS_PASSWORD=PASSWORD)

    timer.join()
    assert outcome.exit_code == 0, outcome.stderr
    assert outcome.json["ready"] is True
    assert outcome.json["application"] == "CACHE"
    assert outcome.json["seconds"] > 0


def test_a_redis_that_never_comes_fails_with_the_last_reason(clone: Clone) -> None:
    outcome = pointed_at(clone, free_port())("redis", "wait", "--timeout", "0.2", ENV_REDIS_PASSWORD=PASSWORD)

    assert outcome.exit_code == 4
    assert "not ready within 0.2 s" in outcome.stderr
    assert "does not answer" in outcome.stderr
    assert outcome.stdout == ""


def test_a_redis_that_accepts_and_says_nothing_takes_no_longer_than_it_may(clone: Clone) -> None:
    with black_hole() as port:
        began_s = time.monotonic()
        outcome = pointed_at(clone, port)("redis", "wait", "--timeout", "0.5", ENV_REDIS_PASSWORD=PASSWORD)

    assert outcome.exit_code == 4
    assert time.monotonic() - began_s < 5


def test_a_wrong_password_of_a_redis_is_told_at_once(clone: Clone, late: BareRedis) -> None:
    late.start()
    began_s = time.monotonic()

    outcome = pointed_at(clone, late.port)("redis", "wait", "--timeout", "60", ENV_REDIS_PASSWORD="hunter2")

    assert outcome.exit_code == 4
    assert "refuses the credentials" in outcome.stderr
    assert "hunter2" not in outcome.stderr
    assert time.monotonic() - began_s < 20


def test_a_redis_that_still_loads_is_not_ready_yet(clone: Clone, tmp_path: Path) -> None:
    folder = tmp_path / "redis"
    with bare_redis(folder, "--rdbcompression", "no") as server, server.client() as client:
        for number in range(400):
            client.set(f"key{number}", "x" * 100_000)
        client.save()
    # Two seconds; it answers whoever asks after every two megabytes.
    server = BareRedis(folder, free_port(), ("--bind", "127.0.0.1", "--key-load-delay", "5000"))
    server.launch()
    clone.edit("local-redis.json", {"applications": {"CACHE": {"address": f"redis://127.0.0.1:{server.port}/0"}}})
    try:
        wait_for_port("127.0.0.1", server.port, 20)
        early = clone("redis", "wait", "--timeout", "0.5")
        in_time = clone("redis", "wait", "--timeout", "30")
    finally:
        server.kill()

    assert early.exit_code == 4
    assert "still loading" in early.stderr
    assert in_time.exit_code == 0


@pytest.mark.parametrize("words", [("redis", "wait", "CACH"), ("db", "wait", "STOKS")])
def test_a_name_that_nothing_has_is_told_at_once(clone: Clone, words: tuple[str, ...]) -> None:
    outcome = clone(*words)

    assert outcome.exit_code == 2
    assert "Did you mean" in outcome.stderr


def test_a_database_that_is_loaded_late_is_waited_for(clone: Clone) -> None:
    early = clone("db", "wait", "--timeout", "0.2")
    clone("db", "load", "iris")
    half = clone("db", "wait", "--timeout", "0.2")
    loader = subprocess.Popen(
        [sys.executable, "-m", "pycore.cli", "db", "load"],
        env={**os.environ, **clone.environ()},
        stdout=subprocess.DEVNULL,
    )

    outcome = clone("db", "wait", "--json")

    assert loader.wait(timeout=60) == 0
    assert early.exit_code == half.exit_code == 4
    assert "there is no such file" in early.stderr
    assert "are not loaded to the end" in half.stderr
    assert "iris" not in half.stderr.partition("it answers, but")[2]
    assert outcome.exit_code == 0
    assert {"iris", "stocks"} <= set(outcome.json["tables"])


def test_a_secret_of_a_database_that_is_not_there_is_told_at_once(clone: Clone) -> None:
    absent = {"$secret": {"file": "/nowhere/password"}}
    application = {"address": f"mysql+pymysql://127.0.0.1:{free_port()}/stocks", "user": "reader", "password": absent}
    clone.edit("db.json", {"applications": {"STOCKS": application}})

    outcome = clone("-e", "Live", "db", "wait")

    assert outcome.exit_code == 3
    assert "/nowhere/password" in outcome.stderr


@pytest.mark.parametrize("address", ["localhost", "localhost:0", "localhost:http", ":80", "a..b:80", "a b:80"])
def test_what_is_no_address_is_refused(clone: Clone, address: str) -> None:
    outcome = clone("wait", address)

    assert outcome.exit_code == 2
    assert "write HOST:PORT" in outcome.stderr


def test_a_port_is_waited_for(clone: Clone) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        said = clone("wait", f"127.0.0.1:{port}")
        members = clone("wait", f"127.0.0.1:{port}", "--json").json

    assert (said.exit_code, said.stdout) == (0, "")
    assert f"127.0.0.1:{port} is ready" in said.stderr
    assert (members["host"], members["port"], members["ready"]) == ("127.0.0.1", port, True)


def script(clone: Clone, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Call a script of wait-for-its, which finds the pycore of these tests in PATH."""
    return subprocess.run(
        [REPOSITORY / "wait-for-its" / words[0], *words[1:]],
        env=script_environ(clone, **environ),
        cwd=clone.root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def script_environ(clone: Clone, **environ: str) -> dict[str, str]:
    programs = clone.root / "bin"
    programs.mkdir(exist_ok=True)
    program = programs / "pycore"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pycore.cli "$@"\n')
    program.chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": str(REPOSITORY), **clone.environ(**environ)}


def test_a_script_becomes_its_command_when_a_port_accepts(clone: Clone) -> None:
    port = free_port()
    opened: list[socket.socket] = []
    timer = threading.Timer(0.5, lambda: opened.append(socket.create_server(("127.0.0.1", port))))
    timer.start()

    done = script(clone, "wait-for-it.sh", f"127.0.0.1:{port}", "-q", "--", "printf", "%s|", "a b", "*")

    timer.join()
    opened[0].close()
    assert (done.returncode, done.stdout, done.stderr) == (0, "a b|*|", "")


def test_the_command_keeps_its_exit_code_and_its_input(clone: Clone) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        failing = script(clone, "wait-for-it.sh", address, "--", "sh", "-c", "exit 42")
        none = script(clone, "wait-for-it.sh", address)
        told = subprocess.run(
            [REPOSITORY / "wait-for-its" / "wait-for-it.sh", address, "--", "cat"],
            input=b"for the command",
            env=script_environ(clone),
            capture_output=True,
            timeout=60,
            check=True,
        )

    assert failing.returncode == 42
    assert f"{address} is ready" in failing.stderr
    assert (none.returncode, none.stdout) == (0, "")
    assert told.stdout == b"for the command"


def test_a_script_for_redis_and_one_for_the_database_ask_what_pycore_asks(
    clone: Clone, late: BareRedis, tmp_path: Path
) -> None:
    pointed_at(clone, late.port)
    timer = threading.Timer(0.5, late.launch)
    timer.start()
    redis = script(clone, "wait-for-redis.sh", "CACHE", "--", "echo", "go", ENV_REDIS_PASSWORD=PASSWORD)
    timer.join()
    wrong = script(clone, "wait-for-redis.sh", "-q", "--", "echo", "go", ENV_REDIS_PASSWORD="hunter2")
    early = script(clone, "wait-for-database.sh", "-t", "0.2", "--", "echo", "go")
    clone("db", "load")
    loaded = script(clone, "wait-for-database.sh", "STOCKS", "-q", "--", "echo", "go")

    assert (redis.returncode, redis.stdout) == (0, "go\n"), redis.stderr
    assert (wrong.returncode, wrong.stdout) == (4, "")
    assert "refuses the credentials" in wrong.stderr
    assert (early.returncode, early.stdout) == (4, "")
    assert "there is no such file" in early.stderr
    assert (loaded.returncode, loaded.stdout, loaded.stderr) == (0, "go\n", "")


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_time_out_fails_with_the_reason_and_the_command_is_not_run(clone: Clone, name: str, tmp_path: Path) -> None:
    pointed_at(clone, free_port())
    words = [f"127.0.0.1:{free_port()}"] if name == "wait-for-it.sh" else []

    done = script(clone, name, *words, "-t", "0.2", "-q", "--", "touch", str(tmp_path / "ran"), ENV_REDIS_PASSWORD="x")

    assert done.returncode == 4
    assert "not ready within 0.2 s: " in done.stderr
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("words", [["-x"], ["-t"], ["a:1", "b:1"], ["a:1", "-t", "soon"]], ids=" ".join)
def test_a_wrong_call_is_a_usage_error(clone: Clone, name: str, words: list[str]) -> None:
    assert script(clone, name, *words).returncode == 2


@pytest.mark.parametrize("name", SCRIPTS)
def test_help_is_printed(clone: Clone, name: str) -> None:
    done = script(clone, name, "--help")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: {name} ")


@pytest.mark.parametrize("name", SCRIPTS)
def test_without_a_pycore_nothing_is_run(clone: Clone, name: str, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere" / "wait-for-its" / name
    shutil.copytree(REPOSITORY / "wait-for-its", copy.parent)

    done = subprocess.run(
        [copy, "a:1", "--", "touch", tmp_path / "ran"],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 3
    assert f"{name}: there is no pycore in PATH" in done.stderr
    assert not (tmp_path / "ran").exists()


def test_a_signal_ends_a_script_and_its_waiting(clone: Clone) -> None:
    waiting = subprocess.Popen(
        [REPOSITORY / "wait-for-its" / "wait-for-it.sh", f"127.0.0.1:{free_port()}", "--", "echo", "go"],
        env=script_environ(clone),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    wait_for(lambda: descendants(waiting.pid), 20, service="the waiting")  # the script hears signals before it begins
    waiting.send_signal(signal.SIGTERM)

    out, _ = waiting.communicate(timeout=20)  # its pipes are closed only when the waiting has ended, too

    assert waiting.returncode == 143
    assert out == b""
