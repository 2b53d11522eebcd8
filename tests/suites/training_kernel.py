"""A process that trains, as a kernel does, to be killed or left: ``python -m suites.training_kernel PORT WHAT``."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["training_kernel"]


@contextmanager
def training_kernel(port: int, what: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Yield a process that trains a model whose first fits do `what`, and the name of its run.

    Its run is kept in the Redis at `port`. It waits for the end of its standard input, and then ends as a program does.
    """
    tests = Path(__file__).parents[1]
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "suites.training_kernel", str(port), what],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{tests}{os.pathsep}{tests.parent}"},
    ) as program:
        assert program.stdout is not None
        try:
            yield program, program.stdout.readline().strip()
        finally:
            program.kill()


def main(port: int, what: str) -> None:
    """Train until standard input ends."""
    from suites.searched import plan_of
    from suites.trial_estimators import trial

    from pycore._wait import wait_for
    from pycore.cache import Cache
    from pycore.config.models import RedisApplication
    from pycore.models.runs import Runs

    runs = Runs(Cache("CACHE", RedisApplication(address=f"redis://127.0.0.1:{port}/0")))
    with trial(what, only=1) as model:
        training = runs.start(plan_of("iris", model), source="iris")
    wait_for(lambda: training.run.n_done >= 10, 120, service="the first fits")
    sys.stdout.write(f"{training.run.id}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
