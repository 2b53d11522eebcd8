"""A database by the name it has in the configuration: the door to everything in this package."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self, TextIO, get_args

import pandas as pd
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from pycore.config.models import DatabaseApplication
from pycore.config.secrets import Secret
from pycore.database import extract as _extract
from pycore.database import load, ready, statistics, tables
from pycore.database import stream as _stream
from pycore.database.counts import counted
from pycore.database.engine import Pools
from pycore.database.errors import translated
from pycore.database.plan import Plan, planned
from pycore.database.resume import once_more
from pycore.database.schema import TableInfo, TableSchema
from pycore.database.server import SERVERS, Limits, MaxBytes, ZeroDates
from pycore.database.statement import Statement, parse

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Database"]

logger = logging.getLogger(__name__)


class _Default:
    """The limit of the application, which None lifts."""

    def __repr__(self) -> str:
        return "<row_limit of the application>"


_ROW_LIMIT: Final = _Default()
_HALF: Final = "half of the free memory"


class Database:
    r"""One database application of the configuration; connects on first use.

    Parameters
    ----------
    name : str
        Its name in the configuration: ``"STOCKS"``.
    application : DatabaseApplication
        Address, user, limits.
    password : callable, optional
        Returns the password at the moment of a new connection, so that a changed secret is used without a restart.

    Examples
    --------
    >>> import io
    >>> from pycore.config.models import DatabaseApplication
    >>> with Database("STOCKS", DatabaseApplication(address="sqlite:///:memory:")) as database:
    ...     _ = database.load_csv(io.StringIO("symbol,close\nIBM,114.88\n"), "prices")
    ...     database.extract("SELECT close FROM prices WHERE symbol = :symbol", {"symbol": "IBM"})
        close
    0  114.88
    """

    def __init__(
        self, name: str, application: DatabaseApplication, *, password: Callable[[], Secret | None] | None = None
    ) -> None:
        self.name = name
        self.application = application
        backend = make_url(application.address).get_backend_name()
        secret = password

        def reveal() -> str | None:
            found = secret() if secret is not None else None
            return None if found is None else found.reveal()

        self._server = SERVERS[backend](name, application, reveal)
        self._pools = Pools(self._server)

    @property
    def address(self) -> str:
        """Where it is, without the password."""
        return self._server.origin.address

    @property
    def identity(self) -> dict[str, str]:
        """What tells this database from every other one: ``address`` of the server and name of the ``database``."""
        return dict(self._server.identity)

    def source(self, sql: str) -> dict[str, str]:
        """Return what tells the rows of `sql` from others, but for its parameters: application, place, and digest."""
        return {"application": self.name, **self.identity, "digest": sha256(sql.encode()).hexdigest()}

    def parameters(self, sql: str) -> list[str]:
        """Return the names that one reading statement takes as ``:name``, in their order."""
        return list(dict.fromkeys(parse(sql, self._server.family).parameters))

    def __repr__(self) -> str:
        return f"<Database {self.name} at {self.address}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections. Using the database again connects again; one in memory is then empty."""
        self._pools.close()

    def extract(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        limit: int | _Default | None = _ROW_LIMIT,
        max_bytes: MaxBytes = _HALF,
        zero_dates: ZeroDates | None = None,
    ) -> pd.DataFrame:
        """Return the rows of one reading statement, with exact types (see :mod:`pycore.database.types`).

        If the connection is lost in the middle, all is read once more, from the beginning.

        Parameters
        ----------
        sql : str
            One statement that reads: SELECT, WITH, VALUES, TABLE, SHOW, DESCRIBE or EXPLAIN. Parameters are written
            ``:name``; a ``:`` or ``%`` in a literal or a comment is left alone.
        parameters : mapping, optional
            A value for each name.
        limit : int or None
            Rows at most; default is the application's ``row_limit``, None lifts it. The statement is never rewritten:
            a result that was cut has ``attrs["pycore"] == {"truncated": True, "limit": limit}``, and a warning is
            logged.
        max_bytes : int or None
            Memory that the result may take; default is half of what is free on this machine (or in its container).
            A result that passes it is not returned, nor is one that the server foresees to; None lifts it.
        zero_dates : {"refuse", "NaT"}, optional
            What becomes of MySQL's ``0000-00-00``; default is the application's ``zero_dates``.

        Raises
        ------
        QueryError
            The statement does not read, its parameters do not fit, the server refuses it, or a value has no exact
            form in pandas; or `limit` or `max_bytes` is no such number.
        ResultTooLargeError
            The result takes more than `max_bytes`, or would.
        ServiceUnavailableError, ServiceTimeoutError, AuthenticationError
            The server does not answer, not in time, or refuses the credentials.
        """
        statement, values = self._prepared(sql, parameters)
        n_rows = self.application.row_limit if isinstance(limit, _Default) else limit
        if n_rows is not None:
            n_rows = counted(n_rows, "limit", "a number of rows (limit=1000) or None")
        if max_bytes is not None and not (isinstance(max_bytes, str) and max_bytes == _HALF):
            max_bytes = counted(max_bytes, "max_bytes", "a number of bytes (max_bytes=2**30) or None")
        limits = replace(self._limits(zero_dates), n_rows=n_rows, max_bytes=max_bytes)
        return once_more(self._pools, lambda left: _extract.extract(self._pools, statement, values, left), limits)

    def stream(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        rows: int = 50_000,
        zero_dates: ZeroDates | None = None,
    ) -> Iterator[pd.DataFrame]:
        """Return the rows of one reading statement in frames of `rows`, in bounded memory and without limit.

        A result without rows is one empty frame with its types. A stream that is given up early closes its
        connection. The statement is checked now, its rows are read when they are asked for; the time limit of the
        application counts only while the server is waited for.

        If the connection is lost in the middle, a statement that reads one table in the order of a unique key, and
        selects that key, goes on behind the last row; it then sees the table as it is at that moment, which is
        logged. Any other ends with an error: a stream that ends without one is whole.

        Parameters
        ----------
        sql, parameters
            As in :meth:`extract`.
        rows : int, default 50,000
            Rows of each frame but the last.
        zero_dates : {"refuse", "NaT"}, optional
            As in :meth:`extract`.

        Raises
        ------
        QueryError
            As in :meth:`extract`.
        ServiceUnavailableError
            The connection was lost, and the stream cannot go on; the text says how many rows were read.
        """
        rows = counted(rows, "rows", "the number of rows of a frame (rows=50_000)", least=1)
        statement, values = self._prepared(sql, parameters)
        return _stream.stream(self._pools, statement, values, rows, self._limits(zero_dates))

    def plan(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Plan:
        """Return how one reading statement would be read, and why; the statement is not run.

        Raises
        ------
        QueryError
            As in :meth:`extract`.

        Examples
        --------
        >>> from pycore.config.models import DatabaseApplication
        >>> with Database("STOCKS", DatabaseApplication(address="sqlite:///:memory:")) as database:
        ...     print(database.plan("SELECT 1 AS one"))
        Takes the exact path: SQLite computes each row in this process when it is asked for.
        column  type of the server  type in pandas
        one                         by its rows
        """
        statement, values = self._prepared(sql, parameters)
        return planned(self._pools, statement, values, self._limits(None))

    def _prepared(self, sql: str, parameters: Mapping[str, Any] | None) -> tuple[Statement, tuple[Any, ...]]:
        statement = parse(sql, self._server.family)
        return statement, statement.bind(parameters)

    def _limits(self, zero_dates: ZeroDates | None) -> Limits:
        chosen = self.application.zero_dates if zero_dates is None else zero_dates
        if chosen not in get_args(ZeroDates):
            raise ValueError(f"zero_dates is one of {', '.join(map(repr, get_args(ZeroDates)))}, not {chosen!r}")
        # A server that is started again needs longer than a connection to it.
        away_s = 2 * self.application.connect_timeout_s
        return Limits(timeout_s=self.application.statement_timeout_s, zero_dates=chosen, away_s=away_s)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Lend a SQLAlchemy session for writing; it commits at the end, and rolls back on any error."""
        with translated(self._server.origin, bound=True), Session(self._pools.engine(writes=True)) as session:
            yield session
            session.commit()

    def add(self, table: str, rows: Sequence[Mapping[str, Any]]) -> int:
        """Insert `rows` into `table` in one transaction and return their number.

        Every row has the same columns; those of the table that it leaves out take their default.

        Raises
        ------
        UnknownNameError
            There is no such table, or no such column in it.
        QueryError
            The rows have different columns, or the server refuses them; then none is inserted.
        """
        return tables.insert(self._pools, table, rows)

    def load_csv(
        self,
        path: Path | str | TextIO,
        table: str,
        *,
        schema: TableSchema | None = None,
        unique: Sequence[str] = (),
        progress: bool = False,
        reload: bool = False,
    ) -> int:
        """Load a CSV file into a table of its own and return the number of rows written, 0 if they were there already.

        The table is replaced as a whole: readers see the old rows or the new ones. The same content, schema and key
        are loaded once, by whichever process comes first.

        Parameters
        ----------
        path : path or open text file
            UTF-8, with a header; ``.gz`` is unpacked.
        table : str
            Made if it is not there.
        schema : TableSchema, optional
            Columns and their types; without it they follow from all values of the file.
        unique : sequence of str, optional
            Columns that are unique together.
        progress : bool, default False
            Show a bar on standard error once it takes longer than two seconds.
        reload : bool, default False
            Load it again also when it is there: somebody may have changed the rows since.

        Raises
        ------
        DatasetValidationError
            The file does not fit the schema; all failures by line and column. Nothing is changed.
        """
        source = load.Source.of(path, table, schema=schema, unique=unique)
        return load.load_csv(self._pools, source, progress=progress, reload=reload)

    def tables(self, *, count: bool = True) -> list[TableInfo]:
        """Return the tables and views, with their columns and, unless `count` is false, their counted rows."""
        return tables.described(self._pools, count=count)

    def rows(self, table: str, *, limit: int | _Default | None = _ROW_LIMIT) -> pd.DataFrame:
        """Return the rows of a table or view; `limit`, types and errors are those of :meth:`extract`.

        Raises
        ------
        UnknownNameError
            There is no such table.
        """
        return self.extract(tables.selection(self._pools, table), limit=limit)

    def summary(self, table: str) -> pd.DataFrame:
        """Return statistics of each column of `table`, computed by the server.

        One row per column: ``type`` (the server's word), ``count``, ``missing``, and for numbers ``mean``, ``std``
        (of a sample), ``min``, ``25%``, ``50%``, ``75%`` (linear interpolation), ``max``, as
        :meth:`pandas.DataFrame.describe` has them.

        Raises
        ------
        UnknownNameError
            There is no such table.
        """
        return statistics.summary(self._pools, table)

    def ready(self, table: str | None = None) -> bool:
        """Whether the database answers a query and, if `table` is named, holds it loaded to its end.

        Raises
        ------
        ServiceUnavailableError, ServiceTimeoutError, AuthenticationError
            It cannot be reached.
        """
        return ready.holds(self._pools, table)

    def wait_ready(
        self, table: str | Sequence[str] | None = None, timeout_s: float = 60, *, filling: bool = False
    ) -> None:
        """Return when :meth:`ready` is true, of every one of several tables.

        Parameters
        ----------
        table : str or sequence of str, optional
            What has to be loaded; none: the database has to answer, no more.
        timeout_s : float, default 60
            Seconds before giving up; a question that was asked by then may take its own ``connect_timeout_s`` longer.
        filling : bool, default False
            Wait for what the server refuses, too: one that is being filled for the first time makes its users last.

        Raises
        ------
        ServiceTimeoutError
            It was not within `timeout_s` seconds.
        AuthenticationError
            It refuses the credentials, which is waited for with `filling` only; what the configuration lacks never is.
        """
        tables = (table,) if isinstance(table, str) else table or ()
        ready.wait_until_held(self._pools, tables, timeout_s, filling=filling)
