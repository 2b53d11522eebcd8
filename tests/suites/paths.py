"""Both ways in which rows come from MySQL: prepared, and as text where the server prepares no more statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from suites.mariadb import MariaDB


@contextmanager
def exact_path(server: MariaDB) -> Iterator[None]:
    """Let the server refuse to prepare statements, as it does at its limit: all take the exact path."""
    ((count,),) = server.execute("SELECT @@GLOBAL.max_prepared_stmt_count")
    server.execute("SET GLOBAL max_prepared_stmt_count = 0")
    try:
        yield
    finally:
        server.execute(f"SET GLOBAL max_prepared_stmt_count = {count}")
