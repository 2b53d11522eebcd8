"""Sci-Pype started as a user starts it, for tests: with ports, data and notebooks of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from suites.redis_server import free_port

from pycore._wait import wait_for

__all__ = ["CLONE", "NOTEBOOKS", "Lab", "running_lab"]

CLONE = Path(__file__).parents[2]
NOTEBOOKS = sorted(path.name for path in (CLONE / "notebooks").glob("*.ipynb"))

# What ENV_START_SCRIPT is for: the command line of Jupyter, changed. Tests work on copies of the notebooks, because
# JupyterLab saves them, and need the page's application object, because menus cannot be waited for.
START_SCRIPT = """#!/usr/bin/env bash
set -euo pipefail
arguments=()
for argument in "$@"; do
  case "$argument" in
    --ServerApp.root_dir=*) argument="--ServerApp.root_dir=$TEST_NOTEBOOKS" ;;
  esac
  arguments+=("$argument")
done
exec "${arguments[@]}" --LabApp.expose_app_in_browser=True
"""


@dataclass(frozen=True, kw_only=True)
class Lab:
    """A running Sci-Pype.

    Attributes
    ----------
    url, token : str
        JupyterLab's address without a path, and what it asks for.
    notebooks : Path
        The copies that it shows.
    environ : dict of str to str
        What a program needs in its environment to work on the same data.
    """

    url: str
    token: str
    notebooks: Path
    environ: dict[str, str]

    def write(self, name: str, cells: Sequence[str]) -> str:
        """Write a notebook of code cells and return its path for a :class:`NotebookPage`."""
        notebook = new_notebook(cells=[new_code_cell(source) for source in cells])
        notebook.metadata["kernelspec"] = {
            "name": "sci-pype",
            "display_name": "Sci-Pype (pycore)",
            "language": "python",
        }
        nbformat.write(notebook, self.notebooks / name)
        return name


@contextmanager
def running_lab(folder: Path) -> Iterator[Lab]:
    """Yield Sci-Pype in its mode local, with everything that it writes in `folder`; stop it afterwards."""
    for name in ("configs", "notebooks"):
        shutil.copytree(CLONE / name, folder / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    _cut_off(folder / "configs" / "datasets.json")
    script = folder / "start-jupyter.sh"
    script.write_text(START_SCRIPT)
    script.chmod(0o755)
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("ENV_", "JUPYTER"))},
        "ENV_CORE_CONFIG_FILE": str(folder / "configs" / "jupyter.json"),
        "ENV_REDIS_PORT": str(free_port()),
        "ENV_JUPYTER_PORT": str(free_port()),
        "ENV_START_SCRIPT": str(script),
        "TEST_NOTEBOOKS": str(folder / "notebooks"),
    }
    out, err = folder / "start.out", folder / "start.err"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        started = subprocess.Popen(
            [sys.executable, "-m", "pycore.local", "start", "--no-browser"],
            cwd=CLONE,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
        )
        try:
            address = wait_for(
                lambda: _address(started, out, err), 60, service="pycore.local start", retry_on=ConnectionError
            )
            yield _lab(address, folder, environ)
        finally:
            started.send_signal(signal.SIGTERM)
            started.wait(timeout=30)


def _cut_off(datasets: Path) -> None:
    """Let prices be asked for where nobody answers: with a network, a test is to see what it sees without one."""
    content = json.loads(datasets.read_text("utf-8"))
    content["prices"] |= {"address": f"http://127.0.0.1:{free_port()}/{{symbol}}.csv", "attempts": 1}
    datasets.write_text(json.dumps(content), "utf-8")


def _address(started: subprocess.Popen[bytes], out: Path, err: Path) -> str:
    """Return the printed address; "" while there is none."""
    if started.poll() is not None:
        raise AssertionError(f"start ended with {started.returncode}:\n{err.read_text()}")
    return out.read_text().strip()


def _lab(address: str, folder: Path, environ: dict[str, str]) -> Lab:
    parts = urlsplit(address)
    (token,) = parse_qs(parts.query)["token"]
    return Lab(
        url=f"{parts.scheme}://{parts.netloc}",
        token=token,
        notebooks=folder / "notebooks",
        environ=environ,
    )
