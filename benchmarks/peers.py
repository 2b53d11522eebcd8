"""Provides the libraries that are measured besides ours: from their own lock, beside the environment, not in it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from benchmarks import ROOT

__all__ = ["FOLDER", "provide", "show"]

LOCK = ROOT / "constraints-bench.txt"
FOLDER = Path(sys.prefix) / "share" / "pycore" / "benchmarks"
STAMP = FOLDER / "lock.sha256"
BUILT = "mysqlclient"  # from its source, which needs a compiler and the client library of MariaDB
# Packages of Debian, and a program of each.
SERVERS = {"mariadb-server-core": "mariadbd", "mariadb-client-core": "mariadb", "chromium": "chromium"}
BUILDING = {"libmariadb-dev": "mariadb_config", "pkg-config": "pkg-config", "gcc": "cc"}


def show() -> None:
    """Let this program and those that it starts find what was provided, after all that the environment has."""
    if FOLDER.is_dir():
        sys.path.append(str(FOLDER))
        os.environ["PYTHONPATH"] = str(FOLDER)


def provide() -> list[str]:
    """Install what is missing to measure everything, and return what could not be had, and why."""
    _provide_debian(SERVERS)
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if STAMP.is_file() and STAMP.read_text(encoding="ascii") == digest:
        return []
    shutil.rmtree(FOLDER, ignore_errors=True)
    print("Installing the peers", file=sys.stderr)
    reasons = _install()
    if not reasons:
        STAMP.write_text(digest, encoding="ascii")  # else it is tried again
    return reasons


def _install() -> list[str]:
    FOLDER.mkdir(parents=True)
    ready_made, built = _split(LOCK.read_text(encoding="utf-8"))
    reason = _pip(ready_made, "--only-binary=:all:")
    if reason is not None:
        return [f"the peers: {reason}"]
    _provide_debian(BUILDING)
    reason = _pip(built, "--no-build-isolation")
    return [f"{BUILT}: {reason}; on Debian: sudo apt-get install {' '.join(BUILDING)}"] if reason is not None else []


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


def _provide_debian(packages: Mapping[str, str]) -> None:
    """Install the packages whose programs are missing, as root on Debian; elsewhere what fails will say so."""
    path = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin{os.pathsep}/sbin"
    missing = [package for package, program in packages.items() if shutil.which(program, path=path) is None]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {', '.join(missing)} with apt-get", file=sys.stderr)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *missing]):
            command = ["apt-get", "--quiet", *arguments]
            subprocess.run(command, check=False, env=environment, stdout=subprocess.DEVNULL)
