"""Servers of several Debian releases, unpacked but not installed: `python tests/suites/debian_servers.py` fetches them.

Each comes with the libraries and the loader that it was built for, and so runs as a plain program on another release.
The packages come from where this machine's own apt gets its packages, signed as those are, and are fetched once.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

__all__ = ["SERVERS", "Program", "find", "provide", "require"]

FETCH = f"{sys.executable} {__file__}"
TIME_LIMIT_S = 300.0  # for one release; it takes ten seconds
_KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# What only the scripts of an installation need: taken as if it were there.
_NOT_NEEDED = ("adduser", "perl")
_APT = """
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::Etc {{ SourceList "{folder}/sources.list"; SourceParts "/dev/null"; Preferences "/dev/null"; PreferencesParts "/dev/null"; }};
Dir::State "{folder}"; Dir::State::Lists "{folder}/lists"; Dir::State::status "{folder}/status";
Dir::Cache "{folder}"; Dir::Cache::archives "{folder}/archives";
APT::Sandbox::User ""; APT::Install-Recommends "false"; APT::Get::Assume-Yes "true";
Acquire::Languages "none"; Acquire::Retries "2"; Acquire::http::Timeout "20"; Acquire::https::Timeout "20";
"""  # noqa: E501  # a line per subject


@dataclass(frozen=True)
class Source:
    """Where a server comes from.

    Attributes
    ----------
    suite : str
        The release of Debian.
    package : str
        Its package.
    file : str
        The program in it.
    name : str or None
        The name under which it runs: that of Redis and Valkey is one with their checker, and goes by it.
    """

    suite: str
    package: str
    file: str
    name: str | None = None


SERVERS = {
    "redis-7": Source("bookworm", "redis-tools", "usr/bin/redis-check-rdb", "redis-server"),
    "redis-8": Source("trixie", "redis-tools", "usr/bin/redis-check-rdb", "redis-server"),
    "valkey-8": Source("trixie", "valkey-tools", "usr/bin/valkey-check-rdb", "valkey-server"),
    "mysql-9": Source("sid", "mysql-server-core", "usr/sbin/mysqld"),
}


@dataclass(frozen=True)
class Program:
    """A server that can be run, and the folder that its packages were unpacked in."""

    path: Path
    root: Path


class NotProvidedError(Exception):
    """The servers cannot be had here, and why."""


def find(server: str) -> Program | None:
    """Return one of `SERVERS` if it has been fetched."""
    folder = _folder(SERVERS[server].suite)
    program = Program(folder / "bin" / server, folder / "root")
    return program if program.path.exists() else None


def require(server: str) -> Program:
    """Return one of `SERVERS`; skip the test where it has not been fetched, which with CI=true is a failure."""
    program = find(server)
    if program is None:
        reason = f"{server} has not been fetched: {FETCH}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return program


def _folder(suite: str) -> Path:
    """Return where a release is unpacked: another place when something else is wanted of it."""
    wanted = repr((_APT, [(name, source) for name, source in SERVERS.items() if source.suite == suite]))
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return caches / "sci-pype" / f"{suite}-{hashlib.sha256(wanted.encode()).hexdigest()[:8]}"


def provide(suite: str) -> None:
    """Fetch and unpack the servers of one release, unless they are there.

    Raises
    ------
    NotProvidedError
        They cannot be had here.
    """
    folder = _folder(suite)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(folder.with_suffix(".lock")):
        if folder.exists():
            return
        sys.stderr.write(f"Fetching servers of Debian {suite} into {folder}\n")
        with tempfile.TemporaryDirectory(prefix=f"{suite}-", dir=folder.parent) as scratch:
            unpacked = Path(scratch) / "unpacked"
            unpacked.mkdir()
            _fetch(suite, Path(scratch))
            for package in (Path(scratch) / "archives").glob("*.deb"):
                _run("dpkg-deb", "--extract", str(package), str(unpacked / "root"))
            for what in ("doc", "man", "locale"):
                shutil.rmtree(unpacked / "root/usr/share" / what, ignore_errors=True)
            _write_starters(suite, unpacked, folder)
            unpacked.rename(folder)


def _fetch(suite: str, folder: Path) -> None:
    """Download the packages of a release and what they depend on, with an apt that knows nothing of this machine."""
    (folder / "archives/partial").mkdir(parents=True)
    (folder / "lists/partial").mkdir(parents=True)
    signed_by = f"[signed-by={_KEYS}] " if _KEYS.exists() else ""
    (folder / "sources.list").write_text(f"deb {signed_by}{_archive()} {suite} main\n")
    architecture = _run("dpkg", "--print-architecture").strip()
    (folder / "status").write_text("".join(_as_installed(package, architecture) for package in _NOT_NEEDED))
    (folder / "apt.conf").write_text(_APT.format(folder=folder))
    packages = sorted({source.package for source in SERVERS.values() if source.suite == suite})
    _run("apt-get", "-c", str(folder / "apt.conf"), "update")
    _run("apt-get", "-c", str(folder / "apt.conf"), "install", "--download-only", *packages)


def _archive() -> str:
    """Return where this machine's own release comes from."""
    release = platform.freedesktop_os_release()
    if release.get("ID") != "debian":
        raise NotProvidedError("they are packages of Debian, which this machine does not run")
    form = "$(CREATED_BY) $(RELEASE) $(COMPONENT) $(REPO_URI)"
    for line in _run("apt-get", "indextargets", "--no-release-info", "--format", form).splitlines():
        kind, suite, component, address = line.split(" ", 3)
        if (kind, suite, component) == ("Packages", release.get("VERSION_CODENAME"), "main"):
            return address
    raise NotProvidedError("the sources of apt name no archive of this release")


def _as_installed(package: str, architecture: str) -> str:
    """Return what dpkg would know of a package that is there in any version."""
    lines = {
        "Package": package,
        "Status": "install ok installed",
        "Maintainer": "nobody",
        "Architecture": architecture,
        "Multi-Arch": "allowed",
        "Version": "99",
        "Description": package,
    }
    return "".join(f"{name}: {value}\n" for name, value in lines.items()) + "\n"


def _write_starters(suite: str, unpacked: Path, folder: Path) -> None:
    """Write a program per server that runs it with its own loader; `folder` is where all will be at last."""
    root = unpacked / "root"
    libraries = [path for place in ("lib", "usr/lib") for path in (root / place).glob("*-linux-gnu*")]
    loader = next(path for place in libraries for path in place.glob("ld-linux*.so.*") if not path.is_symlink())
    (unpacked / "bin").mkdir()

    def at_last(path: Path) -> str:
        return f"'{folder / path.relative_to(unpacked)}'"

    for name, source in SERVERS.items():
        if source.suite == suite:
            starter = unpacked / "bin" / name
            options = f"--library-path {':'.join(map(at_last, libraries))}"
            if source.name is not None:
                options += f" --argv0 {source.name}"
            starter.write_text(f'#!/bin/sh\nexec {at_last(loader)} {options} {at_last(root / source.file)} "$@"\n')
            starter.chmod(0o755)


def _run(*command: str) -> str:
    """Return what a program says.

    Raises
    ------
    NotProvidedError
        It fails, is not there, or takes too long.
    """
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise NotProvidedError(f"{command[0]}: {exc}") from exc
    if done.returncode:
        raise NotProvidedError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}".strip())
    return done.stdout


@contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Provide every release; say what cannot be had, and return 1 then."""
    suites = sorted({source.suite for source in SERVERS.values()})
    failed = 0
    with ThreadPoolExecutor(len(suites)) as pool:
        for suite, future in [(suite, pool.submit(provide, suite)) for suite in suites]:
            try:
                future.result()
            except NotProvidedError as exc:
                names = ", ".join(name for name, source in SERVERS.items() if source.suite == suite)
                sys.stderr.write(f"{names} cannot be had here: {exc}\n")
                failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
