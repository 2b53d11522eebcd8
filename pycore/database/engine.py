"""Connections: two pools per database, made on first use, safe across threads and forks."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final, cast

from sqlalchemy import Connection, Engine, Pool
from sqlalchemy.exc import DBAPIError

from pycore.database.errors import Origin, translated
from pycore.database.server import Limits, Server

__all__ = ["Pools"]


class Pools:
    """The connections to one server: those that read, and those that write.

    The reading ones are read-only as far as the server has such a thing. A forked child starts with empty pools and
    leaves its parent's connections alone. Fork while no other thread runs or ends: a lock of OpenSSL that one holds at
    that moment stays locked in the child.

    Parameters
    ----------
    server : Server
        Knows how to connect.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self._engines: dict[bool, Engine] = {}
        self._lock = threading.Lock()
        _LIVING.add(self)

    def engine(self, *, writes: bool) -> Engine:
        """Return the engine, made when it is first asked for."""
        with self._lock:
            if writes not in self._engines:
                self._engines[writes] = self.server.engine(writes=writes)
            return self._engines[writes]

    @property
    def origin(self) -> Origin:
        """Where the connections go."""
        return self.server.origin

    @contextmanager
    def reading(
        self, statement: str | None = None, *, limits: Limits | None = None, bound: bool = False
    ) -> Iterator[Connection]:
        """Lend a connection within a read-only transaction; errors become ours.

        Parameters
        ----------
        statement : str, optional
            For the errors.
        limits : Limits, optional
            What the statement may take.
        bound : bool, default False
            Whether values are bound to it.
        """
        with translated(self.origin, statement, bound=bound), self.engine(writes=False).connect() as connection:
            try:
                self.server.begin_reading(connection, limits or Limits())
                yield connection
            except GeneratorExit:  # a stream that is given up while its reader has the word
                raise
            except Exception as exc:
                if not connection.invalidated and _is_lost(connection, exc):
                    connection.invalidate(exc)
                raise
            except BaseException as exc:  # Ctrl-C, or the exit that a signal asks for: in the middle of an answer
                try:
                    self.server.cancel(connection)
                finally:
                    connection.invalidate(exc)
                raise
            finally:
                if not connection.invalidated:
                    self._end_reading(connection)

    def _end_reading(self, connection: Connection) -> None:
        """End the transaction; a connection that is lost by now has given all that was asked of it."""
        try:
            self.server.end_reading(connection)
        except DBAPIError as exc:
            if not exc.connection_invalidated:
                raise

    @contextmanager
    def writing(self, statement: str | None = None) -> Iterator[Connection]:
        """Lend a connection within a transaction, committed at the end unless there was an error."""
        with translated(self.origin, statement, bound=True), self.engine(writes=True).begin() as connection:
            yield connection

    @contextmanager
    def locked(self, table: str) -> Iterator[None]:
        """Keep every other loader of `table` waiting."""
        with translated(self.origin), self.server.lock(self.engine(writes=True), table):
            yield

    def close(self) -> None:
        """Close every connection; those in use close when they are given back. Later use connects anew."""
        with self._lock:
            engines, self._engines = list(self._engines.values()), {}
        for engine in engines:
            engine.dispose()
        self.server.close()

    def forget(self) -> None:
        """Leave all connections to the parent process: closing them here would close them there."""
        self._lock = threading.Lock()
        for engine in self._engines.values():
            _INHERITED.append(engine.pool)
            with suppress(Exception):
                engine.dispose(close=False)
        self._engines = {}


_LIVING: Final[weakref.WeakSet[Pools]] = weakref.WeakSet()
# Kept, never used: collecting a connection closes it, and the parent still talks through it.
_INHERITED: Final[list[Pool]] = []


def _is_lost(connection: Connection, exc: Exception) -> bool:
    """Whether a driver's error past SQLAlchemy's eyes means that the connection is of no more use."""
    dialect = connection.dialect
    errors: type[Exception] = dialect.loaded_dbapi.Error
    return isinstance(exc, errors) and dialect.is_disconnect(cast("Any", exc), connection.connection, None)


def _forget_all() -> None:
    for pools in list(_LIVING):
        pools.forget()


os.register_at_fork(after_in_child=_forget_all)
