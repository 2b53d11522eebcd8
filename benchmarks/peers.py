"""Provides the libraries that are measured besides ours: from their own lock, beside the environment, not in it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from benchmarks import ROOT

__all__ = ["FOLDER", "provide", "show"]

LOCK = ROOT / "constraints-bench.txt"
FOLDER = Path(sys.prefix) / "share" / "pycore" / "benchmarks"
STAMP = FOLDER / "lock.sha256"
BUILT = "mysqlclient"  # from its source, which needs a compiler and the client library of MariaDB
DEBIAN = {"libmariadb-dev": "mariadb_config", "pkg-config": "pkg-config", "gcc": "cc"}


def show() -> None:
    """Let this program and those that it starts find what was provided, after all that the environment has."""
    if FOLDER.is_dir():
        sys.path.append(str(FOLDER))
        os.environ["PYTHONPATH"] = str(FOLDER)


def provide() -> list[str]:
    """Install the peers of the lock unless they are there, and return what could not be had, and why."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not (STAMP.is_file() and STAMP.read_text(encoding="ascii").startswith(digest)):
        shutil.rmtree(FOLDER, ignore_errors=True)
        print("Installing the peers", file=sys.stderr)
        reasons = _install()
        STAMP.write_text("\n".join([digest, *reasons]), encoding="utf-8")
    return STAMP.read_text(encoding="utf-8").splitlines()[1:]


def _install() -> list[str]:
    FOLDER.mkdir(parents=True)
    ready_made, built = _split(LOCK.read_text(encoding="utf-8"))
    reason = _pip(ready_made, "--only-binary=:all:")
    if reason:
        return [f"peers: {reason}"]
    _provide_debian()
    reason = _pip(built, "--no-build-isolation")
    return [f"{BUILT}: {reason}; on Debian: sudo apt-get install {' '.join(DEBIAN)}"] if reason else []


def _split(lock: str) -> tuple[str, str]:
    """Return the entries of a lock that are ready made, and those that have to be built."""
    entries = re.split(r"^(?=\w)", lock, flags=re.MULTILINE)
    built = [entry for entry in entries if entry.startswith(BUILT)]
    return "".join(entry for entry in entries if entry not in built), "".join(built)


def _pip(requirements: str, *options: str) -> str | None:
    """Install into the folder, each file checked against its digest; return what went wrong."""
    file = FOLDER / "requirements.txt"
    file.write_text(requirements, encoding="utf-8")
    uv = shutil.which("uv")
    if find_spec("pip") is None and uv is None:
        return "there is neither pip nor uv to install them"
    installer = [sys.executable, "-m", "pip"] if find_spec("pip") else [str(uv), "pip"]
    checked = ["--quiet", "--no-deps", "--require-hashes", "--target", str(FOLDER)]
    done = subprocess.run(
        [*installer, "install", *checked, *options, "-r", str(file)],
        env={**os.environ, "PYTHONPATH": str(FOLDER)},  # what builds is among what was installed before
        capture_output=True,
        text=True,
        check=False,
    )
    return _last_line(done.stderr) if done.returncode else None


def _last_line(said: str) -> str:
    """Return the line that says what failed, of all that an installer says."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if re.search(r"error:|not found|Exception", line, re.IGNORECASE)]
    return (errors or lines or ["it ended without a word"])[-1]


def _provide_debian() -> None:
    """Install what building needs, as root on Debian; elsewhere the reason will say how."""
    missing = [package for package, program in DEBIAN.items() if shutil.which(program) is None]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {', '.join(missing)}", file=sys.stderr)
        _apt("update")
        _apt("install", "--yes", "--no-install-recommends", *missing)


def _apt(*arguments: Sequence[str] | str) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "--quiet", *map(str, arguments)]
    subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL)
