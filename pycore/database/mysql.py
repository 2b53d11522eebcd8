"""MySQL and MariaDB through PyMySQL.

Rows come in the binary protocol of a prepared statement, exact and fast, wherever the server prepares the statement.
Where it does not they come as text. Dates and times are then taken as the server writes them: PyMySQL's own conversion
hands a zero date over as text among dates.

The protocol has no checksum. The lengths and the numbers of its packets, and its end, are checked, so that a byte that
changes on its way costs no row; one that changes within a value is noticed only where the line is encrypted
(``ssl_required``, ``ssl_ca``).
"""

from __future__ import annotations

import hashlib
import logging
import math
import re
import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final, cast

import pymysql
from pymysql.constants import CLIENT, CR, FIELD_TYPE
from pymysql.converters import conversions
from pymysql.cursors import SSCursor
from pymysql.protocol import MysqlPacket
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

from pycore.config.models import DatabaseApplication
from pycore.database import mysql_catalog
from pycore.database.errors import Origin
from pycore.database.inflow import MISREAD, malformed
from pycore.database.mysql_types import column_of
from pycore.database.prepared import BinaryCursor, NotPreparedError, Prepared
from pycore.database.schema import ColumnDescription
from pycore.database.server import Description, Limits, Number, Password
from pycore.database.statement import Family, Statement
from pycore.database.tls import with_closed_sockets
from pycore.database.types import ResultColumn
from pycore.exceptions import ConfigValueError, PycoreError, QueryError, ServiceTimeoutError

__all__ = ["SETTINGS", "MysqlServer"]

logger = logging.getLogger(__name__)

_RECYCLE_S: Final = 3_600  # servers close what was idle for 8 hours, proxies often sooner
_GRACE_S: Final = 10.0  # what the server's own limit may be late by before the socket gives up
_LEAST_WAIT_S: Final = 0.01  # takes what is there
_LOCK_WAIT_S: Final = 60
# The same rules on every server; backslashes and quotes as the tokens of a statement were read.
_SQL_MODE: Final = "STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
SETTINGS: Final = f"SET SESSION time_zone = '+00:00', sql_mode = '{_SQL_MODE}', lock_wait_timeout = {_LOCK_WAIT_S}"
_OLD_PREFIX: Final = "pycore_old_"

_AS_WRITTEN: Final = (FIELD_TYPE.DATE, FIELD_TYPE.NEWDATE, FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP, FIELD_TYPE.TIME)
_READING_CONVERSIONS: Final[Any] = {
    **{kind: convert for kind, convert in conversions.items() if kind not in _AS_WRITTEN},
    FIELD_TYPE.BIT: lambda bits: int.from_bytes(bits, "big"),
}

_CATALOG = """
SELECT c.table_name, CASE t.table_type WHEN 'VIEW' THEN 'view' WHEN 'SYSTEM VIEW' THEN 'view' ELSE 'table' END,
       c.column_name, c.column_type, c.is_nullable
FROM information_schema.columns AS c
JOIN information_schema.tables AS t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
WHERE c.table_schema = DATABASE()
ORDER BY c.table_name, c.ordinal_position
"""
_NUMBER = re.compile(r"(tinyint(?!\(1\))|smallint|mediumint|int|bigint|decimal|float|double)\b")


class _Connection(pymysql.connections.Connection):
    """A connection that waits briefly for greetings and pings, and long for statements.

    Behind an answer that no server writes nobody knows what comes, so the connection is given up.
    """

    def connect(self, sock: Any = None) -> None:
        """Connect; PyMySQL itself leaves a local socket open where nobody listens."""
        if sock is None and self.unix_socket:
            sock = _local_socket(str(self.unix_socket), self.connect_timeout)
            self._secure = True
        with self._well_formed():
            super().connect(sock)

    _patience_s: float | None = None
    _latest_s = math.inf

    def wait_at_most(self, seconds: float | None) -> None:
        """Let each read from the server take so long, and all of them together as long as they may."""
        self._patience_s, self._latest_s = seconds, math.inf

    def end_within(self, seconds: float) -> None:
        """Let all reads together take so long: each byte of an answer that drips would be waited for anew."""
        self._latest_s = time.monotonic() + seconds

    @property
    def _read_timeout(self) -> float | None:
        """What PyMySQL lets the socket wait, in whole seconds of what is left, as a new limit costs a system call."""
        if self._latest_s == math.inf:
            return self._patience_s
        left_s = max(math.ceil(self._latest_s - time.monotonic()), _LEAST_WAIT_S)
        return left_s if self._patience_s is None else min(left_s, self._patience_s)

    @_read_timeout.setter
    def _read_timeout(self, seconds: float | None) -> None:
        self._patience_s = seconds

    def _read_packet(self, packet_type: Any = MysqlPacket) -> Any:
        try:  # once for each row of text
            return cast("Any", super())._read_packet(packet_type)
        except MISREAD as exc:
            raise malformed(self) from exc

    def _read_query_result(self, unbuffered: bool = False) -> Any:  # noqa: FBT001, FBT002  # as PyMySQL has it
        with self._well_formed():
            return cast("Any", super())._read_query_result(unbuffered)

    def _read_ok_packet(self) -> Any:
        with self._well_formed():
            return cast("Any", super())._read_ok_packet()

    @contextmanager
    def _well_formed(self) -> Iterator[None]:
        try:
            yield
        except MISREAD as exc:
            raise malformed(self) from exc

    def _create_ssl_ctx(self, sslp: Any) -> ssl.SSLContext:
        """Return how to encrypt; PyMySQL's own reads all authorities of the system (30 ms) and then trusts anybody."""
        return sslp if isinstance(sslp, ssl.SSLContext) else _unverified()


def _local_socket(path: str, timeout_s: float | None) -> socket.socket:
    local = socket.socket(socket.AF_UNIX)
    try:
        local.settimeout(timeout_s)
        local.connect(path)
    except BaseException as exc:
        local.close()
        if isinstance(exc, OSError):
            text = f"Can't connect to local MySQL server through socket ({exc})"
            raise pymysql.err.OperationalError(CR.CR_CONNECTION_ERROR, text) from exc
        raise
    return local


class _TextCursor(SSCursor):
    """Rows as text."""

    def fetchmany(self, size: int | None = None) -> tuple[Any, ...]:
        """Return the next rows."""
        connection = self.connection
        try:
            return cast("tuple[Any, ...]", super().fetchmany(size))
        except MISREAD as exc:
            raise malformed(connection) from exc


class MysqlServer:
    """One database on a MySQL or MariaDB server."""

    family: Family = "mysql"
    mark = "%s"
    table_options = " ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"

    def __init__(self, name: str, application: DatabaseApplication, password: Password) -> None:
        url = make_url(application.address)
        unknown = sorted(set(url.query) - {"unix_socket"})
        if url.password is not None or unknown:
            what = "a password" if url.password is not None else f"the unknown option {unknown[0]!r}"
            raise ConfigValueError(
                f'The address of database {name!r} has {what} in it; a password is given by "password": '
                '{"$secret": …}, and the only option is unix_socket.'
            )
        self._url = url
        self._application = application
        self._password = password
        user = application.user or url.username
        self._user = user or "root"
        place = f"{url.host or 'localhost'}:{url.port or 3306}"
        local = url.query.get("unix_socket")
        self._socket = str(local) if local else None
        at = f"{user}@" if user else ""
        self.origin = Origin(name, f"mysql+pymysql://{at}{self._socket or place}/{url.database or ''}", self.family)
        self.identity = {"address": f"mysql+pymysql://{self._socket or place}", "database": url.database or ""}

    def engine(self, *, writes: bool) -> Engine:
        """Return a new engine; its connections are pinged before use and none grows old."""
        engine = create_engine(
            "mysql+pymysql://",
            creator=lambda: self._connect(writes=writes),
            pool_size=self._application.pool_size,
            max_overflow=self._application.pool_size,
            pool_timeout=self._greeting_s(),
            pool_pre_ping=True,
            pool_recycle=_RECYCLE_S,
            pool_use_lifo=True,
            hide_parameters=True,
        )
        patience = None if writes else self._patience_s()
        event.listen(engine, "checkout", lambda raw, _record, _proxy: raw.wait_at_most(patience))
        event.listen(engine, "checkin", lambda raw, _record: raw and raw.wait_at_most(self._greeting_s()))
        return engine

    def _greeting_s(self) -> float:
        return self._application.connect_timeout_s

    def _patience_s(self) -> float | None:
        limit = self._application.statement_timeout_s
        return None if limit is None else limit + _GRACE_S

    def _connect(self, *, writes: bool) -> _Connection:
        password = self._password()
        return _Connection(
            host=self._url.host or "localhost",
            port=self._url.port or 3306,
            unix_socket=self._socket,
            user=self._user,
            password=(password or "").encode("utf-8"),  # PyMySQL itself would write it as Latin 1
            database=self._url.database,
            charset="utf8mb4",
            connect_timeout=self._greeting_s(),
            read_timeout=self._greeting_s(),
            client_flag=CLIENT.FOUND_ROWS,
            conv=None if writes else _READING_CONVERSIONS,
            init_command=SETTINGS,
            ssl=self._tls(),
        )

    def _tls(self) -> ssl.SSLContext | None:
        """Return how to encrypt: None leaves it to the server, without a check of who it is."""
        authority = self._application.ssl_ca
        if not authority:
            return _unverified() if self._application.ssl_required else None
        try:
            context = ssl.create_default_context(cafile=authority)
        except OSError as exc:
            raise ConfigValueError(
                f'"ssl_ca" of database {self.origin.service!r} names no certificate authority: {authority}'
            ) from exc
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # the certificates that MySQL makes itself fail it
        return with_closed_sockets(context)

    def begin_reading(self, connection: Connection, limits: Limits) -> None:
        """Begin a read-only transaction, in UTC, with the limits that the server itself can keep."""
        rows = "DEFAULT" if limits.n_rows is None else str(limits.n_rows)
        seconds = 0 if limits.pauses else limits.timeout_s or 0  # the server would count the pauses
        time_limit = (
            f"max_statement_time = {seconds:f}"
            if getattr(connection.dialect, "is_mariadb", False)
            else f"max_execution_time = {round(seconds * 1000)}"
        )
        connection.exec_driver_sql(
            f"SET SESSION time_zone = '+00:00', sql_mode = '{_SQL_MODE}', sql_select_limit = {rows}, {time_limit}, "
            "group_concat_max_len = 16777216, net_write_timeout = 600"
        )
        connection.exec_driver_sql("START TRANSACTION READ ONLY")
        if seconds:
            _raw(connection).end_within(seconds + _GRACE_S)

    def end_reading(self, connection: Connection) -> None:
        """End the transaction; the settings are set anew for the next statement."""
        _raw(connection).wait_at_most(self._patience_s())
        connection.rollback()

    def execute(
        self, connection: Connection, statement: Statement, values: tuple[Any, ...]
    ) -> tuple[BinaryCursor | SSCursor, list[ResultColumn]]:
        """Run `statement`, prepared if the server does that, with a cursor that leaves the rows on its side."""
        raw = _raw(connection)
        cursor: BinaryCursor | SSCursor
        try:
            cursor = Prepared(raw, _with_values(raw, statement, values)).run()
            fields = cursor.fields
        except NotPreparedError as why:
            logger.debug("%s: a statement is read as text: %s", self.origin.service, why)
            cursor = raw.cursor(_TextCursor)
            cursor.execute(statement.for_driver(), values)
            # The description of DB-API knows neither sign nor character set; the packets behind it do.
            fields = cast("Any", cursor)._result.fields
        binary = isinstance(cursor, BinaryCursor)
        try:
            return cursor, [column_of(field, statement, binary=binary) for field in fields]
        except QueryError:
            self.abandon(connection, cursor)
            raise

    def describe(self, connection: Connection, statement: Statement, values: tuple[Any, ...]) -> Description:
        """Return the columns by what the server says when it prepares the statement, which it does not run."""
        raw = _raw(connection)
        try:
            prepared = Prepared(raw, _with_values(raw, statement, values))
        except NotPreparedError as why:
            return Description("exact", (f"{why}; its rows come as text",), None)
        prepared.close()
        columns = [column_of(field, statement, binary=True) for field in prepared.fields]
        return Description("fast", ("the server prepares it, and sends its rows in binary form",), columns)

    def allow(self, connection: Connection, seconds: float) -> None:
        """Wait no longer for the next bytes."""
        _raw(connection).wait_at_most(seconds)

    def foreseen_rows(self, connection: Connection, statement: Statement, values: tuple[Any, ...]) -> int | None:
        """Return how many rows the optimizer expects, asked on a connection of its own: this one is busy."""
        del connection
        return mysql_catalog.foreseen_rows(lambda: self._connect(writes=False), statement, values)

    def unique_keys(self, connection: Connection, table: str) -> Sequence[tuple[str, ...]]:
        """Return the unique keys by which rows can be told apart and ordered."""
        return mysql_catalog.unique_keys(connection, table)

    def abandon(self, connection: Connection, cursor: Any) -> None:
        """Close the connection: PyMySQL's cursor would first read all rows that are left."""
        if isinstance(cursor, SSCursor):
            result = cast("Any", cursor)._result
            if result is not None:
                result.unbuffered_active = False
                result.connection = None
            cursor.connection = cast("Any", None)
        connection.invalidate()

    def cancel(self, connection: Connection) -> None:
        """Kill the query by its thread: the server would go on computing rows for nobody."""
        if connection.invalidated:
            return
        # It has ended by itself, or is away, or its password is: the connection is given up in any case.
        with suppress(pymysql.err.Error, PycoreError):
            other = self._connect(writes=True)
            try:
                other.query(f"KILL {cast('Any', _raw(connection)).thread_id():d}")
            finally:
                other.close()

    def catalog(self, connection: Connection) -> Sequence[tuple[str, str, str, str, bool]]:
        """Return (table, kind, column, type, nullable) of every column."""
        return [(row[0], row[1], row[2], row[3], row[4] == "YES") for row in connection.exec_driver_sql(_CATALOG)]

    @contextmanager
    def lock(self, engine: Engine, table: str) -> Iterator[None]:
        """Hold a named lock on a connection of its own: changing a table commits whatever goes on elsewhere."""
        name = "pycore_" + hashlib.sha256(f"{self._url.database}.{table}".encode()).hexdigest()[:48]
        with engine.connect() as connection:
            got = connection.exec_driver_sql("SELECT GET_LOCK(%s, %s)", (name, _LOCK_WAIT_S)).scalar_one()
            if got != 1:
                raise ServiceTimeoutError(
                    f"Another process has been loading table {table!r} of {self.origin.service} for {_LOCK_WAIT_S} s; "
                    "try again when it is done.",
                    service=self.origin.service,
                    address=self.origin.address,
                )
            try:
                yield
            except BaseException:
                connection.invalidate()  # the lock goes with the connection, and the first error stays the first
                raise
            connection.exec_driver_sql("DO RELEASE_LOCK(%s)", (name,))

    def swap(self, connection: Connection, staging: str, table: str, *, replaces: bool) -> None:
        """Rename both tables in one statement, then drop the old one."""
        quoted = connection.dialect.identifier_preparer.quote_identifier
        old = quoted(_OLD_PREFIX + table)
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {old}")
        away = f"{quoted(table)} TO {old}, " if replaces else ""
        connection.exec_driver_sql(f"RENAME TABLE {away}{quoted(staging)} TO {quoted(table)}")
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {old}")

    def fitted(self, column: ColumnDescription, values: Sequence[Any]) -> Sequence[Any]:
        """Return `values` as they are: the server checks them, in strict mode."""
        del column
        return values

    def number(self, word: str, quoted: str) -> Number | None:
        """Return how to compute with a column: as a double, since an average of integers is cut to four digits."""
        return Number(f"({quoted} + 0e0)") if _NUMBER.match(word.lower()) else None

    def close(self) -> None:
        """Do nothing: all connections are in a pool."""


def _unverified() -> ssl.SSLContext:
    """Return how to encrypt without asking who the server is."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return with_closed_sockets(context)


def _raw(connection: Connection) -> _Connection:
    return cast("_Connection", connection.connection.dbapi_connection)


def _with_values(raw: _Connection, statement: Statement, values: tuple[Any, ...]) -> str:
    """Return the text with its values in it, as PyMySQL writes them by the mode of the session."""
    return raw.cursor().mogrify(statement.for_driver(), values)
