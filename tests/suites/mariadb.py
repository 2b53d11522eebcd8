"""A real MariaDB or MySQL for tests: installed into a temporary folder, on a free port, gone afterwards."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pymysql
import pytest
from suites.debian_servers import Program
from suites.redis_server import free_port

from pycore._wait import wait_for
from pycore.config.models import DatabaseApplication
from pycore.config.secrets import Secret
from pycore.database import Database
from pycore.exceptions import PycoreError

INSTALL = "apt-get install -y mariadb-server-core mariadb-client-core"
USER = "reader"
DATABASE = "stocks"
START_S = 60.0
_SBIN = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin{os.pathsep}/sbin"


@dataclass
class MariaDB:
    """A server that a test may kill and start again on the same port with the same data."""

    folder: Path
    port: int
    host: str = "127.0.0.1"
    user: str = USER
    database: str = DATABASE
    password: str = field(default_factory=lambda: f"pässwörd-{secrets.token_hex(8)}", repr=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def socket(self) -> Path:
        return self.folder / "s"

    @property
    def address(self) -> str:
        return f"mysql+pymysql://{self.host}:{self.port}/{self.database}"

    def application(self, **changes: object) -> DatabaseApplication:
        """Return the application that a configuration would hold."""
        return DatabaseApplication.model_validate({"address": self.address, "user": self.user, **changes})

    def open(self, **changes: object) -> Database:
        """Return a database on this server; the caller closes it."""
        return Database("STOCKS", self.application(**changes), password=lambda: Secret(self.password))

    def root(self) -> pymysql.connections.Connection[pymysql.cursors.Cursor]:
        """Return a connection that may do everything; the caller closes it."""
        return pymysql.connect(
            unix_socket=str(self.socket), user="root", password="", autocommit=True, ssl_disabled=True
        )

    @property
    def environment(self) -> dict[str, str]:
        """That of its programs: a server that starts removes the temporary tables of any other in the same folder."""
        return {**os.environ, "TMPDIR": str(self.folder)}

    @property
    def command(self) -> list[str]:
        """What runs the server on its data."""
        return [_program("mariadbd", "mysqld"), "--no-defaults", *_as_root(), f"--datadir={self.folder / 'data'}"]

    def install(self) -> None:
        """Make the data of a server without databases, whose root has no password on the socket."""
        self._run(
            _program("mariadb-install-db"),
            "--no-defaults",
            *_as_root(),
            f"--datadir={self.folder / 'data'}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        )

    def _run(self, *command: str) -> None:
        """Run a program, and tell what it said if it fails."""
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=START_S, check=False, env=self.environment
        )
        if done.returncode:
            raise PycoreError(f"{command[0]} ended with {done.returncode}: {done.stdout[-1000:]}{done.stderr[-1000:]}")

    def execute(self, *statements: str) -> list[tuple[object, ...]]:
        """Run statements as root and return the rows of the last one."""
        connection = self.root()
        try:
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                return list(cursor.fetchall())
        finally:
            connection.close()

    @contextmanager
    def setting(self, name: str, value: int) -> Iterator[None]:
        """Give a global setting another value, for connections that are made within."""
        ((before,),) = self.execute(f"SELECT @@GLOBAL.{name}")
        self.execute(f"SET GLOBAL {name} = {value}")
        try:
            yield
        finally:
            self.execute(f"SET GLOBAL {name} = {before}")

    def start(self) -> None:
        """Start the server and return when it answers a query."""
        self.socket.unlink(missing_ok=True)
        command = [
            *self.command,
            f"--socket={self.socket}",
            f"--pid-file={self.folder / 'pid'}",
            f"--port={self.port}",
            f"--bind-address={self.host}",
            "--skip-log-bin",
            "--innodb-buffer-pool-size=64M",
            "--innodb-flush-log-at-trx-commit=2",
            "--innodb-flush-method=nosync",  # what a killed server wrote survives; only the machine must not fail
            "--skip-innodb-doublewrite",
            "--skip-name-resolve",
        ]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment
            )
        wait_for(
            self._answers, START_S, service="MariaDB", address=str(self.socket), retry_on=(pymysql.err.Error, OSError)
        )

    def _answers(self) -> bool:
        process = self._process
        if process is None or process.poll() is not None:
            raise PycoreError(f"mariadbd ended: {(self.folder / 'log').read_text(errors='replace')[-2000:]}")
        return self._listens() and bool(self.execute("SELECT 1"))

    def _listens(self) -> bool:
        """Whether the socket can be connected to; PyMySQL leaves its own open where it cannot."""
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.socket)) == 0

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> None:
        """End the server; SIGKILL leaves it no time to say goodbye."""
        if self._process is not None:
            self._process.send_signal(sign)
            self._process.wait(timeout=START_S)
            self._process = None


@dataclass
class MySQL(MariaDB):
    """Oracle's server, of a release of Debian that has it; its users have passwords of the kind caching_sha2_password.

    Parameters
    ----------
    program : Program
        Where it was unpacked: it knows the place of an installation only.
    """

    program: Program = field(kw_only=True)

    @property
    def command(self) -> list[str]:
        """What runs the server on its data."""
        return [
            str(self.program.path),
            "--no-defaults",
            *_as_root(),
            f"--basedir={self.program.root / 'usr'}",
            f"--plugin-dir={self.program.root / 'usr/lib/mysql/plugin'}",
            f"--lc-messages-dir={self.program.root / 'usr/share/mysql'}",
            f"--datadir={self.folder / 'data'}",
            "--mysqlx=0",
            "--innodb-redo-log-capacity=16M",
            "--secure-file-priv=NULL",
            "--performance-schema=OFF",
        ]

    def install(self) -> None:
        """Make the data of a server without databases, whose root has no password."""
        self._run(*self.command, "--initialize-insecure")


@contextmanager
def running_mariadb() -> Iterator[MariaDB]:
    """Install and start a server with an empty database and a user who may do everything in it."""
    with _folder() as folder:
        server = MariaDB(folder=folder, port=free_port())
        with _running(server):
            yield server


@contextmanager
def running_mysql(program: Program) -> Iterator[MySQL]:
    """Do the same with a MySQL."""
    with _folder() as folder:
        server = MySQL(folder=folder, port=free_port(), program=program)
        with _running(server):
            yield server


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="maria-", dir="/tmp"))  # short: a socket's path has at most 107 bytes
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(server: MariaDB) -> Iterator[None]:
    try:
        server.install()
        server.start()
        server.execute(
            f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4",
            f"CREATE USER {USER}@'%' IDENTIFIED BY '{server.password}'",
            f"GRANT ALL ON {DATABASE}.* TO {USER}@'%'",
        )
        yield
    finally:
        server.stop(signal.SIGKILL)


def require_mariadb() -> None:
    """Skip the test where there is no MariaDB; with CI=true its absence is a failure."""
    missing = [name for name in ("mariadbd", "mariadb-install-db") if shutil.which(name, path=_SBIN) is None]
    if missing:
        reason = f"{', '.join(missing)} is not installed: {INSTALL}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


def _program(*names: str) -> str:
    found = next((path for name in names if (path := shutil.which(name, path=_SBIN))), None)
    if found is None:
        raise FileNotFoundError(f"none of {', '.join(names)} is installed: {INSTALL}")
    return found


def _as_root() -> list[str]:
    return ["--user=root"] if os.geteuid() == 0 else []
