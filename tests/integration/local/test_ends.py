"""However a start ends, nothing that it started is left, and nothing else is touched."""

from __future__ import annotations

import os
import signal
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest
import redis
from suites.clone import REPOSITORY, Clone

from pycore._wait import wait_for
from pycore.cache.embedded import EmbeddedRedis


def kill(clone: Clone, service: str) -> None:
    os.kill(clone.record()[service]["pid"], signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_start_in_the_foreground(clone: Clone, number: signal.Signals) -> None:
    start = clone.foreground("start.sh", "--no-browser")
    clone.wait_until_ready()

    start.send_signal(number)

    assert start.wait(timeout=20) == 0
    clone.wait_until_nothing_runs(timeout_s=1)
    assert not (clone.run_dir / "local.json").exists()


def test_a_signal_during_the_start_ends_it(clone: Clone) -> None:
    start = clone.foreground("start.sh", "--no-browser")
    wait_for(lambda: "jupyter" in clone.record(), 60, service="start.sh", retry_on=OSError)

    start.send_signal(signal.SIGTERM)

    assert start.wait(timeout=20) == 128 + signal.SIGTERM
    clone.wait_until_nothing_runs(timeout_s=1)


def test_stop_ends_a_start_in_the_background_and_keeps_what_is_stored(clone: Clone) -> None:
    assert clone.call("start.sh", "--detach", "--no-browser").returncode == 0
    assert clone.call("redis.sh", "SET", "kept", "yes").returncode == 0
    token = (clone.run_dir / "token").read_text()

    stop = clone.call("stop.sh", ENV_REDIS_PORT="", ENV_JUPYTER_PORT="")

    assert stop.returncode == 0
    assert clone.running() == []
    assert clone.call("redis.sh", "GET", "kept").returncode == 4
    assert clone.call("start.sh", "status").returncode == 4

    assert clone.call("start.sh", "--detach", "--no-browser").returncode == 0
    assert clone.call("redis.sh", "GET", "kept").stdout == "yes\n"
    assert (clone.run_dir / "token").read_text() == token


def test_stop_ends_the_kernels_too(clone: Clone) -> None:
    assert clone.call("start.sh", "--detach", "--no-browser").returncode == 0
    clone.start_kernel()

    assert clone.call("stop.sh").returncode == 0

    assert clone.running() == []


def test_stop_stops_nothing_of_another_start(clone: Clone, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = Clone(root=REPOSITORY, folder=tmp_path_factory.mktemp("other"))
    both = [each.foreground("start.sh", "--no-browser") for each in (clone, other)]
    addresses = [each.wait_until_ready() for each in (clone, other)]

    assert clone.call("stop.sh").returncode == 0

    with urllib.request.urlopen(addresses[1], timeout=10) as answer:
        assert answer.status == 200
    assert other.call("redis.sh", "PING").stdout == "PONG\n"
    assert other.call("stop.sh").returncode == 0
    assert [each.wait(timeout=5) for each in both] == [0, 0]
    other.wait_until_nothing_runs(timeout_s=1)


def test_stop_says_so_when_nothing_runs(clone: Clone) -> None:
    stop = clone.call("stop.sh")

    assert stop.returncode == 0
    assert "nothing" in stop.stderr


def test_a_killed_jupyter_ends_the_start(clone: Clone) -> None:
    start = clone.foreground("start.sh", "--no-browser")
    clone.wait_until_ready()
    clone.start_kernel()

    kill(clone, "jupyter")

    assert start.wait(timeout=20) == 4
    assert "JupyterLab ended" in clone.said()
    clone.wait_until_nothing_runs()


def test_a_killed_redis_comes_back_with_what_it_held(clone: Clone) -> None:
    start = clone.foreground("start.sh", "--no-browser")
    clone.wait_until_ready()
    with closing(redis.Redis(port=clone.redis_port)) as client:
        client.set("kept", "yes")

    kill(clone, "redis")

    wait_for(lambda: "started again" in clone.said(), 20, service="the restart")
    assert clone.call("redis.sh", "GET", "kept").stdout == "yes\n"
    assert clone.call("stop.sh").returncode == 0
    assert start.wait(timeout=5) == 0


def test_a_redis_that_dies_again_and_again_is_left_dead_and_told_of(clone: Clone) -> None:
    start = clone.foreground("start.sh", "--no-browser")
    clone.wait_until_ready()
    kill(clone, "redis")
    wait_for(lambda: "started again" in clone.said(), 20, service="the restart")

    kill(clone, "redis")

    wait_for(lambda: "does not come back" in clone.said(), 20, service="the message")
    assert start.poll() is None
    assert clone.call("stop.sh").returncode == 0
    assert start.wait(timeout=5) == 0


def test_a_start_in_the_background_that_is_killed_is_told(clone: Clone, tmp_path: Path) -> None:
    slow = tmp_path / "slow.sh"
    slow.write_text("#!/usr/bin/env bash\nsleep 600\n")
    slow.chmod(0o755)
    start = clone.foreground("start.sh", "--detach", "--no-browser", ENV_PRESTART_SCRIPT=str(slow))
    wait_for(lambda: "hook" in clone.record(), 60, service="the hook", retry_on=OSError)

    kill(clone, "supervisor")

    assert start.wait(timeout=20) == 128 + signal.SIGKILL
    assert clone.running(), "what it left is for stop.sh"


def test_what_a_killed_supervisor_left_is_stopped(clone: Clone) -> None:
    start = clone.foreground("start.sh", "--no-browser")
    clone.wait_until_ready()
    start.kill()
    start.wait(timeout=5)
    assert clone.running()

    assert clone.call("stop.sh").returncode == 0

    clone.wait_until_nothing_runs(timeout_s=1)


def test_a_start_clears_up_after_a_killed_supervisor(clone: Clone) -> None:
    start = clone.foreground("start.sh", "--no-browser")
    clone.wait_until_ready()
    left = clone.record()
    start.kill()
    start.wait(timeout=5)

    assert clone.call("start.sh", "--detach", "--no-browser").returncode == 0

    assert clone.record()["redis"]["pid"] != left["redis"]["pid"]
    assert len([command for command in clone.running() if "redis-server" in command]) == 1


def test_a_pid_that_was_given_to_another_program_is_left_alone(clone: Clone, tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path / "strange", clone.redis_port)
    pid = server.start()
    clone.run_dir.mkdir(parents=True)
    (clone.run_dir / "local.json").write_text(
        f'{{"redis": {{"pid": {pid}, "birth": "long ago", "host": "127.0.0.1", "port": 1}}}}'
    )
    try:
        assert clone.call("stop.sh").returncode == 0

        assert server.running() == pid
    finally:
        server.stop()


def test_a_redis_that_ran_before_is_used_and_left_running(clone: Clone) -> None:
    server = EmbeddedRedis(clone.data_dir / "redis", clone.redis_port)
    pid = server.start()
    try:
        start = clone.foreground("start.sh", "--no-browser")
        clone.wait_until_ready()
        assert clone.call("stop.sh").returncode == 0
        assert start.wait(timeout=5) == 0

        assert server.running() == pid
    finally:
        server.stop()
