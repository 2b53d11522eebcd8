"""``%sql`` and ``%%sql``: one reading statement against a database of the environment, its rows as a data frame."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import needs_local_scope, no_var_expand
from IPython.display import display

from pycore.notebook.syntax import FLAGS, VALUED, Query, parse

if TYPE_CHECKING:
    import pandas as pd
    from IPython.core.interactiveshell import InteractiveShell

    from pycore.cache import Cache
    from pycore.cache.api import Fetched
    from pycore.core import PyCore
    from pycore.database import Database

__all__ = ["Note", "SqlMagic"]

_NAMES = ("%sql", "%%sql")


class Note:
    """A line of text below a cell: where rows came from.

    Examples
    --------
    >>> Note("50 rows from STOCKS in 0.01 s")
    50 rows from STOCKS in 0.01 s
    """

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return f'<div style="color: var(--jp-ui-font-color2, #616161)">{escape(self._text)}</div>'


class SqlMagic:
    """The two magics in one IPython.

    Parameters
    ----------
    shell : InteractiveShell
        Its variables are what ``:name`` means.
    core : callable
        Returns the core of the moment; None where there is none.
    """

    def __init__(self, shell: InteractiveShell, core: Callable[[], PyCore | None]) -> None:
        self._shell = shell
        self._core = core
        magics: Any = shell.magics_manager  # its types want a method of the shell
        magics.register_function(self.sql, "line_cell", "sql")
        for name in _NAMES:
            shell.set_hook("complete_command", self._complete, str_key=name)

    def end(self) -> None:
        """Take the magics out of the shell again."""
        for kind in ("line", "cell"):
            del self._shell.magics_manager.magics[kind]["sql"]
        completers: Any = self._shell.strdispatchers["complete_command"]
        for name in _NAMES:
            completers.strs.pop(name, None)

    @no_var_expand  # braces and $ are the statement's own: a value gets into it by :name alone
    @needs_local_scope
    def sql(self, line: str, cell: str | None = None, local_ns: Mapping[str, Any] | None = None) -> pd.DataFrame | None:
        r"""Ask a database and show the rows as a data frame.

        ::

            %sql  [DATABASE] [OPTIONS] STATEMENT

            %%sql [DATABASE] [OPTIONS]
            STATEMENT

        ``%sql --help`` shows this. DATABASE may be left out where there is only one. The result has exact types, and
        is `_` besides.

        Options come before the statement::

            NAME <<          call the result NAME; --out NAME is the same
            --cache KEY      take it from the cache where the same statement with the same
                             parameters was kept under KEY, else ask and keep it there;
                             KEY may be APPLICATION:KEY for another one than CACHE
            --ttl SECONDS    keep it so long; inf is for ever
            --refresh        ask now, and keep the answer
            --limit N        at most N rows; a result that was cut says so
            --no-limit       every row, beyond the limit of the configuration

        A parameter is written :name and takes the value of the notebook's variable `name`: text, a number, a date and
        so on, or a scalar of NumPy or pandas. Nothing else gets into the statement, {name} and $name stay as they are.
        With --cache, the values stand in the header of the document in Redis.

        SQLite keeps dates as text: for a column of dates bind a date, as in ``day = moment.date()``, for a Timestamp
        is a date with a time.

        Examples::

            %sql SELECT count(*) FROM stocks

            symbol, start = "IBM", datetime.date(2013, 1, 1)
            %%sql prices << --cache ibm-2013
            SELECT date, close FROM stocks WHERE symbol = :symbol AND date >= :start
        """
        if line.strip() in ("--help", "-h"):
            self._shell.run_line_magic("pinfo", "%sql")
            return None
        core = self._core()
        if core is None:
            raise UsageError("No environment is open: %pycore Local opens that one, or says what keeps it from it.")
        query = parse(line, cell, list(core.databases))
        frame, notes = _Answer(core, query, {**self._shell.user_ns, **(local_ns or {})}).get()
        for text in notes:
            display(Note(text))
        if query.variable is not None:
            self._shell.push({query.variable: frame})
        return frame

    def _complete(self, _: object, event: Any) -> list[str]:
        """Return what may stand where the user pressed Tab: databases and options."""
        core = self._core()
        databases = list(core.databases) if core is not None else []
        if event.line.rsplit(maxsplit=1)[-1].startswith("-"):
            return [f"--{name}" for name in (*VALUED, *FLAGS)]
        words = event.line.split()[1:]
        return databases if not set(words) & set(databases) else []


class _Answer:
    """One query on its way to its rows."""

    def __init__(self, core: PyCore, query: Query, variables: Mapping[str, Any]) -> None:
        from pycore.notebook.binding import bound

        self._core = core
        self._query = query
        self._database: Database = core.databases[query.database or _only(list(core.databases), core.environment)]
        names = self._database.parameters(query.statement)
        self._values = bound(names, variables, query.statement)

    def get(self) -> tuple[pd.DataFrame, list[str]]:
        """Return the rows, and what is to be said of them."""
        began_s = time.monotonic()
        cache, key = self._place()
        if cache is None:
            frame, whence = self._extract(), ""
        else:
            fetched = self._fetch(cache, key)
            frame, whence = fetched.value, _whence(fetched, f"{cache.name}:{key}")
            if fetched.hit:
                return frame, [f"{_counted(frame)} {whence}", *self._cautions(frame, cache)]
        took = f"{_counted(frame)} from {self._database.name} in {time.monotonic() - began_s:.2f} s{whence}"
        return frame, [took, *self._cautions(frame, cache)]

    def _place(self) -> tuple[Cache | None, str]:
        """Return the cache and the key that were named; no cache where none was, or where the environment has none."""
        if self._query.key is None or not self._core.caches:
            return None, ""
        return self._core.locate(self._query.key)

    def _fetch(self, cache: Cache, key: str) -> Fetched:
        from pycore.notebook.binding import identities

        source = {
            **self._database.source(self._query.statement),
            "parameters": identities(self._values),
            "limit": self._limit(),
        }
        return cache.fetch(key, self._extract, ttl_s=self._query.ttl_s, source=source, refresh=self._query.refresh)

    def _extract(self) -> pd.DataFrame:
        with _without_log_of_cuts():
            return self._database.extract(self._query.statement, self._values, limit=self._limit())

    def _limit(self) -> int | None:
        if self._query.unlimited:
            return None
        return self._query.limit if self._query.limit is not None else self._database.application.row_limit

    def _cautions(self, frame: pd.DataFrame, cache: Cache | None) -> list[str]:
        """Return what a reader could otherwise take for something else."""
        found = []
        if frame.attrs.get("pycore", {}).get("truncated"):
            found.append(f"Cut at {_counted(frame)}: there are more. --limit N or --no-limit returns them.")
        if self._query.key is not None and cache is None:
            found.append(f"Not kept: the environment {self._core.environment} has no cache.")
        if self._database.address.startswith("sqlite"):
            found.extend(
                f":{name} is a date with a time, {value:%H:%M:%S}, which SQLite compares as text: for a column of dates"
                f" bind {name}.date()."
                for name, value in self._values.items()
                if isinstance(value, dt.datetime) and value.time() == dt.time(0)
            )
        return found


@contextmanager
def _without_log_of_cuts() -> Iterator[None]:
    """Keep what `extract` logs of a cut from the log: the note below the cell says it, with the options of ``%sql``."""
    log, thread = logging.getLogger("pycore.database.extract"), threading.get_ident()

    def elsewhere(record: logging.LogRecord) -> bool:
        return record.thread != thread

    log.addFilter(elsewhere)
    try:
        yield
    finally:
        log.removeFilter(elsewhere)


def _only(names: list[str], environment: str) -> str:
    """Return the one name; where there is another number of them, say how to go on."""
    if len(names) == 1:
        return names[0]
    if not names:
        raise UsageError(f"The environment {environment} has no database: %pycore NAME changes to another environment.")
    raise UsageError(f"Which database? Name one of {', '.join(sorted(names))}: %sql {min(names)} SELECT …")


def _counted(frame: pd.DataFrame) -> str:
    return f"{len(frame):,} {'row' if len(frame) == 1 else 'rows'}"


def _whence(fetched: Fetched, place: str) -> str:
    """Return where a hit comes from, or where else a new answer is from now on."""
    info = fetched.info
    if not fetched.hit:
        return f"; kept as {place}, version {info.version}" if info is not None else f"; not kept as {place}"
    if info is None:
        return f"from another cell that asked at the same time; not kept as {place}"
    age_s = max(0.0, (dt.datetime.now(dt.UTC) - info.created_at).total_seconds())
    age = f"{age_s:.0f} s" if age_s < 120 else str(dt.timedelta(seconds=int(age_s)))
    return f"from the cache, {age} old ({place}, version {info.version})"
