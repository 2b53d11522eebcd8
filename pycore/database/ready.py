"""Ready: the database answers a query, and holds the data that it should."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from pycore._wait import wait_for
from pycore.database.engine import Pools
from pycore.exceptions import AuthenticationError, PycoreError, QueryError, ServiceError, ServiceUnavailableError

__all__ = ["SENTINEL_TABLE", "Loaded", "holds", "loaded", "wait_until_held"]

SENTINEL_TABLE = "pycore_loaded"

# What a server may refuse while it is filled for the first time: users, and what they are granted, come last.
_REFUSED_MEANWHILE: tuple[type[PycoreError], ...] = (ServiceError, AuthenticationError, QueryError)


@dataclass(frozen=True)
class Loaded:
    """The sentinel row of a table: written last by the loader."""

    table: str
    n_rows: int
    digest: str
    loaded_at: str

    @property
    def finished(self) -> bool:
        """Whether the loader came to its end; without a digest it is replacing the table, or died while it did."""
        return self.digest != ""


def loaded(connection: Connection, names: set[str]) -> dict[str, Loaded]:
    """Return the sentinel rows by table; none if nothing was ever loaded.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        Within a transaction.
    names : set of str
        Tables that there are: a sentinel row of one that is gone does not count.
    """
    if SENTINEL_TABLE not in names:
        return {}
    rows = connection.exec_driver_sql(f"SELECT table_name, n_rows, digest, loaded_at FROM {SENTINEL_TABLE}")  # noqa: S608
    return {row[0]: Loaded(row[0], int(row[1]), row[2], row[3]) for row in rows if row[0] in names}


def holds(pools: Pools, table: str | None) -> bool:
    """Whether the database answers a query and, if `table` is named, holds it loaded to its end."""
    with pools.reading() as connection:
        connection.exec_driver_sql("SELECT 1").close()
        if table is None:
            return True
        names = {row[0] for row in pools.server.catalog(connection)}
        found = loaded(connection, names).get(table)
        return found is not None and found.finished


def wait_until_held(pools: Pools, tables: Sequence[str], timeout_s: float, *, filling: bool) -> None:
    """Return when the database answers and holds every one of `tables`; `filling`: what it refuses is waited for, too.

    Raises
    ------
    ServiceTimeoutError
        It was not so within `timeout_s` seconds; the text has the last reason.
    """
    origin = pools.origin

    def held() -> bool:
        absent = [table for table in tables or (None,) if not holds(pools, table)]
        if absent:
            names = ", ".join(filter(None, absent))
            raise ServiceUnavailableError(
                f"it answers, but {names} {'is' if len(absent) == 1 else 'are'} not loaded to the end",
                service=origin.service,
                address=origin.address,
            )
        return True

    wait_for(
        held,
        timeout_s,
        service=origin.service,
        address=origin.address,
        interval_s=0.25 if filling else 0.05,  # a server keeps count of whom it refused
        retry_on=_REFUSED_MEANWHILE if filling else ServiceError,
    )
