"""How long ``./start.sh full-stack`` takes until the first query is answered, from images that are built.

``python -m benchmarks.full_stack`` needs a container engine, and is no part of ``make bench``, which needs none. Cold
is a first start, from nothing but the images; warm is a start of what was stopped. Its stack has a name and ports of
its own.
"""

from __future__ import annotations

import argparse
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

from benchmarks import ROOT

COLD_GOAL_S = 60.0
WARM_GOAL_S = 20.0
PORTS = ("ENV_JUPYTER_PORT", "ENV_REDIS_PORT")
QUERY = ("./ssh.sh", "jupyter", "--", "pycore", "dataset", "get", "ibm_daily", "--refresh", "--to", "csv")


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and return the number of goals that were missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.full_stack", description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="warm starts (default: 10)")
    parser.add_argument("--cold-rounds", type=int, default=3, help="first starts (default: 3)")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        environ = _environ(folder)
        _run(environ, sys.executable, "scripts/stack", "build", "full-stack")
        try:
            cold = [_cold(environ) for _ in range(asked.cold_rounds)]
            warm = [_warm(environ) for _ in range(asked.rounds)]
        finally:
            _run(environ, "./stop.sh", "full-stack", "--purge", "--yes")
    missed = _told("cold", cold, COLD_GOAL_S) + _told("warm", warm, WARM_GOAL_S)
    n_failed = sum(not answered for _, answered in cold + warm)
    print(f"first queries that failed: {n_failed} of {len(cold) + len(warm)}")
    return missed + n_failed


def _environ(folder: str) -> dict[str, str]:
    own = {"ENV_STACK_NAME": f"sci-pype-bench-{secrets.token_hex(3)}", "ENV_SECRETS_DIR": folder}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ENV_")}
    return kept | own | {name: str(_free_port()) for name in PORTS}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _cold(environ: dict[str, str]) -> tuple[float, bool]:
    _run(environ, "./stop.sh", "full-stack", "--purge", "--yes")
    return _until_answered(environ)


def _warm(environ: dict[str, str]) -> tuple[float, bool]:
    _run(environ, "./stop.sh", "full-stack")
    return _until_answered(environ)


def _until_answered(environ: dict[str, str]) -> tuple[float, bool]:
    """Return the seconds from the command to the rows of the first query, and whether they came."""
    begun_s = time.monotonic()
    _run(environ, "./start.sh", "full-stack")
    answered = _run(environ, *QUERY, is_tried=True)
    return time.monotonic() - begun_s, answered


def _run(environ: dict[str, str], *command: str, is_tried: bool = False) -> bool:
    ended = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    if ended.returncode != 0 and not is_tried:
        raise SystemExit(f"{' '.join(command)} ended with {ended.returncode}: {ended.stderr[-2000:]}")
    return ended.returncode == 0 and bool(ended.stdout or not is_tried)


def _told(name: str, found: Sequence[tuple[float, bool]], goal_s: float) -> int:
    """Print a figure and return whether its goal is missed."""
    seconds = [each for each, _ in found]
    median_s = statistics.median(seconds)
    spread = f"{min(seconds):.1f} to {max(seconds):.1f}"
    mark = "met" if median_s <= goal_s else "MISSED"
    print(f"{name}: median {median_s:.1f} s of {len(seconds)}, {spread}; goal {goal_s:.0f} s: {mark}")
    return int(median_s > goal_s)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
