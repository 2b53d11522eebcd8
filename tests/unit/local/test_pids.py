"""Programs that were started, told apart from others that got their pid."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from pycore._pids import ProcessId, descendants
from pycore._wait import wait_for
from pycore.exceptions import ServiceTimeoutError

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
PARENT = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); print('ready', flush=True); time.sleep(60)"  # noqa: E501


@pytest.fixture
def child(request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """A child that has said that it is ready."""
    with subprocess.Popen([sys.executable, "-c", request.param], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        child.stdout.readline()
        yield child
        child.kill()


@pytest.mark.parametrize("child", [DEAF], indirect=True)
def test_what_does_not_listen_is_made_to_end(child: subprocess.Popen[str]) -> None:
    ProcessId.of(child.pid).end(grace_s=0.1)

    assert not ProcessId.of(child.pid).alive()


@pytest.mark.parametrize("child", [DEAF], indirect=True)
def test_waiting_for_the_end_has_an_end(child: subprocess.Popen[str]) -> None:
    with pytest.raises(ServiceTimeoutError, match=f"the end of process {child.pid}"):
        ProcessId.of(child.pid).wait(0.05)


@pytest.mark.parametrize("child", [DEAF], indirect=True)
def test_one_that_ended_and_was_not_collected_is_not_alive(child: subprocess.Popen[str]) -> None:
    identity = ProcessId.of(child.pid)
    os.kill(child.pid, signal.SIGKILL)

    wait_for(lambda: not identity.alive(), 5, service="the end")


@pytest.mark.parametrize("child", [DEAF], indirect=True)
def test_another_program_under_the_same_pid_gets_no_signal(child: subprocess.Popen[str]) -> None:
    ProcessId(pid=child.pid, birth="another time").send(signal.SIGKILL)

    assert child.poll() is None


@pytest.mark.parametrize("child", [PARENT], indirect=True)
def test_children_of_children_are_found(child: subprocess.Popen[str]) -> None:
    (below,) = descendants(child.pid)

    assert below in descendants(os.getpid())
    below.end()


def test_nothing_is_not_alive() -> None:
    assert not ProcessId.of(0).alive()
    assert not ProcessId.of(2**22 + 1).alive()
