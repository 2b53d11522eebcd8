"""How long a warm ``./start.sh --detach`` takes until JupyterLab answers: ``python benchmarks/start_time.py [rounds]``.

Warm means that ``.venv`` is there and the data are loaded. The services use free ports and a data folder of their own,
so that a running clone is not touched. Beside it stands a bare JupyterLab, which has neither Redis nor data.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from _timing import Subject, report

ROOT = Path(__file__).resolve().parents[1]
LIMIT_S = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int, token: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token={token}", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def start_script(environ: dict[str, str]) -> float:
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
    is_ready = answers(address.port or 0, parse_qs(address.query)["token"][0])
    subprocess.run([ROOT / "stop.sh"], env=environ, check=True, stderr=subprocess.DEVNULL)
    if not is_ready:
        raise RuntimeError(f"start.sh said that {address.netloc} is ready, and it does not answer")
    return seconds


def bare_jupyterlab(folder: Path) -> float:
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
        while not answers(port, token):
            if server.poll() is not None or time.perf_counter() - started > LIMIT_S:
                raise RuntimeError("a bare JupyterLab does not start")
            time.sleep(0.02)
        return time.perf_counter() - started
    finally:
        server.terminate()
        server.wait()


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as folder:
        environ = os.environ | {
            "ENV_DATA_DIR": folder,
            "ENV_JUPYTER_PORT": str(free_port()),
            "ENV_REDIS_PORT": str(free_port()),
        }
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        subjects = [
            Subject(name="bare jupyter lab", run=lambda: bare_jupyterlab(Path(folder))),
            Subject(name="./start.sh --detach", run=lambda: start_script(environ), limit_s=4.0),
        ]
        return report(subjects, rounds=rounds, unit_s=1.0, unit="s")


if __name__ == "__main__":
    raise SystemExit(main())
