"""Programs end with all that they started, also when nobody wants to wait for it."""

from __future__ import annotations

import _thread
import os
import sys
import threading
import time
from pathlib import Path

import pytest

from pycore import _children
from pycore._pids import ProcessId, descendants
from pycore._wait import wait_for

DEAF = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print("ready", flush=True)
time.sleep(60)
"""


def test_a_second_interrupt_ends_at_once_what_takes_its_time(tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = _children.spawn([sys.executable, "-c", DEAF], os.environ, log, variable="the test")
    wait_for(lambda: "ready" in log.read_text(), 20, service="the child")
    started = [ProcessId.of(child.pid), *descendants(child.pid)]
    impatient = threading.Timer(0.5, _thread.interrupt_main)
    impatient.start()
    began_s = time.monotonic()

    with pytest.raises(KeyboardInterrupt):
        _children.end(child)

    child.wait(timeout=5)
    wait_for(lambda: not any(one.alive() for one in started), 5, service="the end")
    assert len(started) == 2
    assert time.monotonic() - began_s < 10


def test_a_program_runs_where_it_is_told_to(tmp_path: Path) -> None:
    child = _children.spawn(["/bin/pwd"], os.environ, tmp_path / "log", variable="the test", directory=tmp_path)

    assert _children.wait(child, lambda: None) == 0
    assert (tmp_path / "log").read_text().strip() == str(tmp_path)


def test_what_has_lost_its_parent_is_ended_too(tmp_path: Path) -> None:
    log = tmp_path / "log"
    script = "(sleep 300 & echo $!) ; sleep 300"
    child = _children.spawn(["/bin/sh", "-c", script], os.environ, log, variable="the test")
    wait_for(lambda: log.read_text().strip(), 20, service="the grandchild")
    orphan = ProcessId.of(int(log.read_text()))

    _children.end(child)

    assert not orphan.alive()
