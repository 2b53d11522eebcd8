"""Checks of this machine and this installation: Python, packages, the front end, disk and ports."""

from __future__ import annotations

import base64
import errno
import hashlib
import json
import os
import shutil
import socket
import sys
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from pycore.cli._findings import failed, passed, skipped
from pycore.cli._render import size
from pycore.results import CheckResult

if TYPE_CHECKING:
    from packaging.requirements import Requirement

__all__ = ["assets", "disk", "kernel", "packages", "port", "python"]

INSTALL_AGAIN = "./start.sh installs what is missing; from scratch: remove .venv and run ./start.sh"
_CONFIGURATION, _SERVICE = 3, 4
_SHOWN = 5


def python(found: tuple[int, ...] = sys.version_info[:3], *, minimum: tuple[int, ...] = (3, 11)) -> CheckResult:
    """Check that this interpreter is new enough."""
    version = ".".join(map(str, found))
    if found >= minimum:
        return passed("Python", f"{version} ({sys.executable})")
    wanted = ".".join(map(str, minimum))
    cure = f"install Python {wanted} or newer, remove .venv and run ./start.sh"
    return failed("Python", f"{version} is older than {wanted}", cure=cure, exit_code=_CONFIGURATION)


def packages(lock: Path | None) -> CheckResult:
    """Check that what is installed is what the lock says; without a lock, what pycore itself requires."""
    locked = lock is not None and lock.is_file()
    required = list(_locked(lock) if locked and lock is not None else _required())
    wrong = [f"{one.name} {_installed(one.name) or 'is missing'}" for one in required if not _satisfied(one)]
    if not required:
        return skipped("packages", "there is no lock, and pycore is not installed as a package")
    source = f"the lock {lock}" if locked else "pycore's requirements"
    if not wrong:
        return passed("packages", f"{len(required)} are as {source} says")
    more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
    detail = f"{len(wrong)} of {len(required)} are not as {source} says: {', '.join(wrong[:_SHOWN])}{more}"
    return failed("packages", detail, cure=INSTALL_AGAIN, exit_code=_CONFIGURATION)


def _locked(lock: Path) -> Iterator[Requirement]:
    for line in lock.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", " ", "-")):
            yield from _applying(line.rstrip("\\ "))


def _required() -> Iterator[Requirement]:
    try:
        lines = metadata.requires("pycore") or []
    except metadata.PackageNotFoundError:
        return
    for line in lines:
        yield from _applying(line)


def _applying(line: str) -> Iterator[Requirement]:
    """Yield the requirement if it is one for this Python and this system."""
    from packaging.requirements import Requirement

    requirement = Requirement(line)
    if requirement.marker is None or requirement.marker.evaluate():
        yield requirement


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _satisfied(requirement: Requirement) -> bool:
    version = _installed(requirement.name)
    return version is not None and requirement.specifier.contains(version, prereleases=True)


def assets(name: str, distribution: metadata.Distribution, part: str) -> CheckResult:
    """Check that the front end of a package, its files below `part`, is whole and of the package's own version.

    The Python half and the JavaScript half of a widget come in one package; a copy that another version left behind,
    or half an installation, shows as a wrong size or digest here and as an empty output in the notebook.
    """
    files = [file for file in distribution.files or () if part in file.as_posix()]
    if not files:
        return skipped(name, f"{distribution.name} {distribution.version} does not say which files are its own")
    wrong = [file.name for file in files if not _whole(file)]
    if not wrong:
        return passed(name, f"{distribution.name} {distribution.version}, {len(files)} files")
    more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
    detail = (
        f"{len(wrong)} of {len(files)} files of {distribution.name} {distribution.version} are missing or of another "
        f"version: {', '.join(wrong[:_SHOWN])}{more}"
    )
    cure = f"remove .venv and run ./start.sh, or install {distribution.name}=={distribution.version} again by force"
    return failed(name, detail, cure=cure, exit_code=_CONFIGURATION)


def _whole(file: metadata.PackagePath) -> bool:
    path = Path(str(file.locate()))
    if not path.is_file():
        return False
    if file.size is not None and path.stat().st_size != file.size:
        return False
    if file.hash is None or file.name != "package.json":  # reading every file would take seconds
        return True
    digest = hashlib.new(file.hash.mode, path.read_bytes()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii") == file.hash.value


def kernel(prefix: Path, name: str) -> CheckResult:
    """Check that Jupyter has our kernel, and that its interpreter is there."""
    file = prefix / "share" / "jupyter" / "kernels" / name / "kernel.json"
    label = "Jupyter kernel"
    try:
        interpreter = Path(json.loads(file.read_text(encoding="utf-8"))["argv"][0])
    except FileNotFoundError:
        return failed(label, f"{file} is missing", cure="./start.sh writes it", exit_code=_CONFIGURATION)
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        cure = f"remove {file} and run ./start.sh"
        return failed(label, f"{file} describes no kernel", cure=cure, exit_code=_CONFIGURATION)
    if not os.access(interpreter, os.X_OK):
        detail = f"its interpreter {interpreter} is not there"
        return failed(label, detail, cure=f"remove {file} and run ./start.sh", exit_code=_CONFIGURATION)
    return passed(label, f"{name} with {interpreter}")


def disk(folder: Path, *, minimum_bytes: int = 500 * 2**20) -> CheckResult:
    """Check that `folder`, or where it will be made, can be written to and has room."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    free = shutil.disk_usage(there).free
    if not os.access(there, os.W_OK | os.X_OK):
        cure = f"give yourself the right to write there, or set ENV_DATA_DIR (chown -R {os.getuid()} {there})"
        return failed("disk", f"{there} cannot be written to", cure=cure, exit_code=_SERVICE)
    if free < minimum_bytes:
        detail = f"{size(free)} free at {there}; less than {size(minimum_bytes)}"
        cure = f"free some room (old files in {folder / 'output'}?), or set ENV_DATA_DIR to another disk"
        return failed("disk", detail, cure=cure, exit_code=_SERVICE)
    return passed("disk", f"{size(free)} free at {there}")


def port(service: str, number: int, *, ours: bool, variable: str) -> CheckResult:
    """Check that `service` has its port, or could have it.

    Parameters
    ----------
    service : str
        What listens there.
    number : int
        On 127.0.0.1.
    ours : bool
        Whether our own service is known to run there.
    variable : str
        The environment variable that chooses another port.
    """
    name = f"port {number}"
    if ours:
        return passed(name, f"{service} has it")
    reason = _refusal(number)
    if reason is None:
        return passed(name, f"free for {service}")
    return failed(
        name,
        f"{service} cannot have it: {reason}",
        cure=f"stop that program, or choose another port: {variable}={number + 1} ./start.sh",
        exit_code=_SERVICE,
    )


def _refusal(number: int) -> str | None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError as exc:
            return "another program listens there" if exc.errno == errno.EADDRINUSE else str(exc.strerror)
    return None


def front_ends() -> Sequence[tuple[str, str, str]]:
    """Return what of the front end is examined: a name, the package, where its files are."""
    return (
        ("JupyterLab", "jupyterlab", "share/jupyter/lab/"),
        ("BokehJS", "bokeh", "bokeh/server/static/js/"),
        ("Bokeh in Jupyter", "jupyter_bokeh", "share/jupyter/labextensions/"),
        ("widgets in Jupyter", "jupyterlab_widgets", "share/jupyter/labextensions/"),
    )
