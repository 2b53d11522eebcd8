"""A real redis-server for local use, on the loopback, with its files in one folder."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

from pycore._pids import ProcessId, reap, spawn
from pycore._wait import wait_for
from pycore.exceptions import ServiceTimeoutError, ServiceUnavailableError

__all__ = [
    "MINIMUM_VERSION",
    "EmbeddedRedis",
    "ServerBinary",
    "find_server",
    "inspect",
    "last_line",
    "port_is_free",
    "private_folder",
    "running_port",
]

HOST = "127.0.0.1"
MINIMUM_VERSION = (6, 2)
_PID_FILE = "redis.pid.json"
_START_TIMEOUT_S = 60.0  # loading a large append-only file takes its time
_VERSION = re.compile(r"^(?P<product>\w+) server v=(?P<version>\d+\.\d+\.\d+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class ServerBinary:
    """A redis-server: where it is, what it is called, which version, and the redis-cli beside it."""

    path: Path
    product: str
    version: tuple[int, int, int]

    @property
    def client(self) -> Path | None:
        """The command-line client of the same installation, if there is one."""
        found = shutil.which(self.path.name.replace("-server", "-cli"), path=str(self.path.parent))
        return Path(found) if found else None

    def __str__(self) -> str:
        return f"{self.product} {'.'.join(map(str, self.version))} ({self.path})"


def private_folder() -> Path:
    """Return the folder for a server of this environment's own, used where the system has none."""
    return Path(sys.prefix) / "share" / "pycore" / "redis"


def find_server() -> ServerBinary | None:
    """Return the system's Redis if it is 6.2 or newer, else the one of this environment, else None."""
    places = (None, str(private_folder() / "bin"))
    for place in places:
        for name in ("redis-server", "valkey-server"):
            found = shutil.which(name, path=place)
            binary = inspect(Path(found)) if found else None
            if binary is not None and binary.version >= MINIMUM_VERSION:
                return binary
    return None


@lru_cache(maxsize=8)
def inspect(path: Path) -> ServerBinary | None:
    """Return what the server at `path` says of itself; None if it is no Redis or cannot run here."""
    try:
        said = subprocess.run(  # noqa: S603  # the caller names the server
            [path, "--version"], capture_output=True, text=True, check=False, timeout=10
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = _VERSION.search(said)
    if match is None:
        return None
    major, minor, patch = map(int, match["version"].split("."))
    return ServerBinary(path=path, product=match["product"].capitalize(), version=(major, minor, patch))


def port_is_free(port: int) -> bool:
    """Return whether a server could listen on `port` of the loopback now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def running_port(folder: Path) -> int | None:
    """Return the port of the server that keeps its files in `folder`, None if none runs."""
    return _recorded(folder)[1]


class EmbeddedRedis:
    """A redis-server on the loopback that keeps everything it is told in `folder` (an append-only file).

    Parameters
    ----------
    folder : Path
        Where its files stand; made if it is missing. One server at a time.
    port : int
        On 127.0.0.1.
    server : Path, optional
        The redis-server to run; by default the one that :func:`find_server` finds.
    maxmemory_bytes : int, optional
        Keys with a time to live are evicted beyond it; by default a quarter of the machine's memory.
    password : str, optional
        What clients must say; by default nothing, the loopback being this machine's own.
    """

    def __init__(
        self,
        folder: Path,
        port: int,
        *,
        server: Path | None = None,
        maxmemory_bytes: int | None = None,
        password: str | None = None,
    ) -> None:
        self.folder = folder
        self.port = port
        self.maxmemory_bytes = maxmemory_bytes if maxmemory_bytes is not None else _quarter_of_memory_bytes()
        self._server = server
        self._password = password

    @property
    def address(self) -> str:
        """Where it listens, as ``host:port``."""
        return f"{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """The file that the server writes its messages to."""
        return self.folder / "redis.log"

    def start(self, *, going_on: Callable[[], None] = lambda: None) -> int:
        """Start the server, unless it runs already, and return its pid once it answers.

        Parameters
        ----------
        going_on : callable
            Asked while the server loads its files; what it raises ends the start and the server.

        Raises
        ------
        ServiceUnavailableError
            There is no server, its port is in use, its files are of a newer version, or it ended at once.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with _locked(self.folder):
            return self._found() or self._start(going_on)

    def _found(self) -> int | None:
        """Return the pid of the server that already runs, if it listens where this one should."""
        pid, port = self.running(), running_port(self.folder)
        if pid is not None and port != self.port:
            raise self._unavailable(f"The Redis of {self.folder} already runs, on port {port}; stop it first")
        return pid

    def _start(self, going_on: Callable[[], None]) -> int:
        binary = self._binary()
        _refuse_newer_files(self.folder, binary)
        self._refuse_port_in_use()
        # Before it runs: from its first second on the files may be of its version.
        _write(self.folder / "version.json", {"product": binary.product, "version": binary.version})
        child = spawn([str(binary.path), str(self._write_configuration())], self.log)
        try:
            _write(self._pid_file, {**asdict(child), "port": self.port})
            self._wait_until_it_answers(child, going_on)
        except BaseException:
            child.end()
            self._pid_file.unlink(missing_ok=True)
            raise
        return child.pid

    def stop(self) -> None:
        """Stop the server of this folder, if it runs; its files stay."""
        child, _ = _recorded(self.folder)
        if child is not None:
            child.end(grace_s=30.0)  # it writes its file to disk first
            self._pid_file.unlink(missing_ok=True)

    def running(self) -> int | None:
        """Return the pid of the server of this folder, None if none runs."""
        child, _ = _recorded(self.folder)
        return child.pid if child is not None else None

    @property
    def _pid_file(self) -> Path:
        return self.folder / _PID_FILE

    def _binary(self) -> ServerBinary:
        binary = find_server() if self._server is None else inspect(self._server)
        if binary is None or binary.version < MINIMUM_VERSION:
            wanted = self._server or "redis-server on the PATH"
            raise self._unavailable(f"There is no Redis of version 6.2 or newer ({wanted}); install one, see README")
        return binary

    def _refuse_port_in_use(self) -> None:
        if not port_is_free(self.port):
            raise self._unavailable(
                f"Port {self.port} on {HOST} is in use by another program, so Redis cannot listen there; "
                f"choose another, for example ENV_REDIS_PORT={self.port + 1}, or stop that program"
            )

    def _write_configuration(self) -> Path:
        """Write redis.conf, for the owner's eyes only: a command line is seen by everybody."""
        settings = {
            "port": self.port, "bind": HOST, "protected-mode": "yes", "daemonize": "no", "dir": self.folder.resolve(),
            "appendonly": "yes", "appendfsync": "everysec", "save": "",
            "maxmemory": self.maxmemory_bytes, "maxmemory-policy": "volatile-lru",
        }  # fmt: skip
        if self._password is not None:
            settings["requirepass"] = self._password
        file = self.folder / "redis.conf"
        file.touch(mode=0o600)
        file.chmod(0o600)
        file.write_text("".join(f"{name} {_quoted(value)}\n" for name, value in settings.items()), encoding="utf-8")
        return file

    def _wait_until_it_answers(self, child: ProcessId, going_on: Callable[[], None]) -> None:
        def answers() -> bool:
            going_on()
            reap(child.pid)
            if not child.alive():
                raise self._unavailable(f"Redis ended at once: {last_line(self.log)} (see {self.log})")
            return _server_pid(self.port, self._password) == child.pid

        try:
            wait_for(
                answers, _START_TIMEOUT_S, service="Redis", address=self.address, interval_s=0.01, retry_on=OSError
            )
        except ServiceTimeoutError as exc:
            raise self._unavailable(f"{exc} See {self.log}.") from exc

    def _unavailable(self, text: str) -> ServiceUnavailableError:
        return ServiceUnavailableError(text, service="redis", address=self.address)


def _refuse_newer_files(folder: Path, binary: ServerBinary) -> None:
    """Raise if an older server would come up, silently empty, on the files of a newer one."""
    product, version = _written_by(folder) or (binary.product, (0, 0))
    if product == binary.product and version <= binary.version[:2]:
        return
    writer = f"{product} {version[0]}.{version[1]}"
    raise ServiceUnavailableError(
        f"The files in {folder} were written by {writer}; {binary} cannot read them. "
        f"Put {writer} or newer on the PATH, or move the folder away to begin with an empty cache",
        service="redis",
        address=str(folder),
    )


def _written_by(folder: Path) -> tuple[str, tuple[int, ...]] | None:
    recorded = folder / "version.json"
    if recorded.exists():
        content = json.loads(recorded.read_text(encoding="utf-8"))
        return str(content["product"]), tuple(content["version"][:2])
    # A folder of somebody else's server: only Redis 7 and newer keep several append-only files.
    return ("Redis", (7, 0)) if (folder / "appendonlydir").exists() else None


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one starter at a time into `folder`; the system drops the lock of one that dies."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(path: Path, content: Mapping[str, object]) -> None:
    """Write `content` as JSON, whole or not at all."""
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(json.dumps(content), encoding="utf-8")
    draft.replace(path)


def _recorded(folder: Path) -> tuple[ProcessId | None, int | None]:
    """Return the server of `folder` and its port, as far as one was started and still runs."""
    try:
        recorded = json.loads((folder / _PID_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None, None
    child = ProcessId(pid=recorded["pid"], birth=recorded["birth"])
    reap(child.pid)
    return (child, recorded["port"]) if child.alive() else (None, None)


def _server_pid(port: int, password: str | None) -> int | None:
    """Return the pid of the Redis that answers on `port`: a PING could be answered by somebody else's."""
    login = f"AUTH {_quoted(password)}\r\n" if password is not None else ""
    with socket.create_connection((HOST, port), timeout=1.0) as connection:
        connection.sendall(f"{login}INFO server\r\nPING\r\nQUIT\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    match = re.search(rb"^process_id:(\d+)\r?$", answer, re.MULTILINE)
    # While it loads its files it tells about itself, but does not answer yet.
    return int(match[1]) if match and b"+PONG" in answer else None


def _quoted(value: object) -> str:
    """Return `value` as Redis reads it, in its files and in its inline commands."""
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _quarter_of_memory_bytes(root: Path = Path("/")) -> int:
    """Return a quarter of what the machine has, or of what its container may have."""
    bounds = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for name in ("sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with suppress(OSError, ValueError):  # no such group; "max" where there is no limit
            bounds.append(int((root / name).read_text(encoding="ascii")))
    return min(bounds) // 4


def last_line(log: Path) -> str:
    """Return what a server said last, for the message about its end."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "it wrote nothing")
