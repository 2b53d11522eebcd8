"""A byte of what a MySQL server sends is another one when it arrives.

Its protocol has no checksum: only TLS tells a wrong byte within a value. Without it what holds the rows together is
checked, lengths, numbers and the end, and a result has every row or is an error.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from faults.registry import Trial, fault
from suites.stocks_server import N_ROWS, SQL, StocksBench, stocks_bench, timed

from pycore.database import Database
from pycore.exceptions import PycoreError


@fault("database", trials=50, within_s=15.0)
@contextmanager
def a_byte_is_wrong_on_an_encrypted_line(folder: Path) -> Iterator[Trial]:
    """No wrong row is ever seen: all come, by a second reading if need be, or an error says why not."""
    with stocks_bench(folder, "mysql-9") as bench:

        def trial(chance: random.Random) -> float:
            with bench.open(statement_timeout_s=2.0, ssl_required=True) as database:
                bench.proxy.become(action="corrupt", at=chance.randrange(bench.n_bytes))
                waited_s = timed(lambda: bench.attempt(database, chance))
                bench.recovers(database)
            return waited_s

        yield trial


@fault("database", trials=50, within_s=15.0)
@contextmanager
def a_byte_is_wrong_on_a_plain_line(folder: Path) -> Iterator[Trial]:
    """A result has as many rows as there are, or is an error of ours; afterwards all is as before."""
    with stocks_bench(folder) as bench:

        def trial(chance: random.Random) -> float:
            with bench.either_path(chance), bench.open(statement_timeout_s=2.0) as database:
                sql, n_rows = chance.choice(
                    [(SQL, N_ROWS), ("SELECT id, close FROM t ORDER BY id", N_ROWS), ("SHOW COLUMNS FROM t", 8)]
                )
                bench.proxy.become()
                database.extract(sql)
                n_bytes = bench.proxy.bytes["down"]
                database.extract(sql)
                n_bytes = bench.proxy.bytes["down"] - n_bytes
                bench.proxy.become(action="corrupt", at=chance.randrange(n_bytes))
                waited_s = timed(lambda: whole_or_told(bench, database, sql, n_rows))
                bench.recovers(database)
            return waited_s

        yield trial


def whole_or_told(bench: StocksBench, database: Database, sql: str, n_rows: int) -> None:
    """Fail unless a result has all its rows, or an error of ours says why not."""
    try:
        frame = database.extract(sql)
    except PycoreError as exc:
        bench.check_told(exc)
    else:
        assert len(frame) == n_rows
