"""P7, warm: how long ``./start.sh --detach`` takes until JupyterLab answers.

Warm means that ``.venv`` is there and the data are loaded. The services use free ports and a data folder of their own,
so that a running clone is not touched. Beside it stands a bare JupyterLab, which has neither Redis nor data.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from suites.redis_server import free_port

from benchmarks import ROOT
from benchmarks.rendering import time_text
from benchmarks.results import Highlight, Part, Table, at_most
from benchmarks.stage import Stage
from benchmarks.timing import Subject, interleaved
from pycore._wait import wait_for

__all__ = ["measure"]

LIMIT_S = 60.0
OURS, BARE = "./start.sh --detach", "bare jupyter lab"


def measure(stage: Stage) -> Part:
    """Return the seconds until an address can be clicked."""
    folder = stage.folder / "start"
    folder.mkdir()
    environ = os.environ | {
        "ENV_DATA_DIR": str(folder),
        "ENV_JUPYTER_PORT": str(free_port()),
        "ENV_REDIS_PORT": str(free_port()),
    }
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH"):
        environ.pop(name, None)
    subjects = [
        Subject(name=OURS, run=lambda: _start_script(environ)),
        Subject(name=BARE, run=lambda: _bare_jupyterlab(folder)),
    ]
    try:
        times = interleaved(subjects, rounds=stage.times(stage.rounds), unit_s=1.0)
    finally:
        _stop(environ)
    return Part(
        name="P7",
        title="from a warm start to JupyterLab",
        tables=(Table(title="start", unit="s", rows=tuple(times.values())),),
        goals=(at_most(4, "s", OURS, times[OURS].median),),
        highlights=(
            Highlight(
                what=f"``{OURS}`` until JupyterLab answers",
                takes=time_text(times[OURS].median * 1000),
                beside=f"a bare ``jupyter lab``: {time_text(times[BARE].median * 1000)}",
            ),
        ),
    )


def _answers(port: int, token: str) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token={token}", timeout=5) as answer:
        return bool(answer.status == 200)


def _start_script(environ: dict[str, str]) -> float:
    """Return the seconds of one start; stopping is not counted."""
    started = time.perf_counter()
    done = subprocess.run(
        [ROOT / "start.sh", "--detach", "--no-browser"],
        env=environ,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    seconds = time.perf_counter() - started
    address = urlsplit(done.stdout.strip())
    if not _answers(address.port or 0, parse_qs(address.query)["token"][0]):
        raise RuntimeError(f"start.sh said that {address.netloc} is ready, and it does not answer")
    _stop(environ)
    return seconds


def _stop(environ: dict[str, str]) -> None:
    """Stop what start.sh has started, if it runs."""
    subprocess.run([ROOT / "stop.sh"], env=environ, check=True, stderr=subprocess.DEVNULL)


def _bare_jupyterlab(folder: Path) -> float:
    """Return the seconds until the API of a JupyterLab with its own defaults answers."""
    port, token = free_port(), "benchmark"
    command = [str(Path(sys.executable).parent / "jupyter"), "lab", "--no-browser", "--allow-root", f"--port={port}"]
    started = time.perf_counter()
    server = subprocess.Popen(
        [*command, f"--IdentityProvider.token={token}"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: _answers(port, token), LIMIT_S, service="jupyter lab", interval_s=0.02, retry_on=OSError)
        return time.perf_counter() - started
    finally:
        server.terminate()
        server.wait()
