"""A cache goes on in the child of a fork, whatever the threads of its parent were doing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Any

import pytest
from suites import forks
from suites.redis_process import BareRedis
from suites.unmeasured import unmeasured

from pycore.cache import Cache


def test_children_of_a_program_whose_threads_are_at_work_use_the_cache(server: BareRedis) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", forks.__file__, str(server.port), "25"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=unmeasured(),
    )

    assert (done.stdout.strip(), done.stderr) == ("25", "")


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_child_that_ends_within_a_creator_does_not_give_back_its_parents_lease(cache: Cache, raw: Any) -> None:
    def create() -> int:
        pid = os.fork()
        if not pid:
            raise SystemExit
        assert os.waitpid(pid, 0)[1] == 0
        assert raw.exists("pycore:{key}:lease")
        return threading.get_ident()

    parent = os.getpid()
    try:
        assert cache.get_or_create("key", create) == threading.get_ident()
    except SystemExit:
        if os.getpid() != parent:
            os._exit(0)
        raise
    assert len(cache.versions("key")) == 1
