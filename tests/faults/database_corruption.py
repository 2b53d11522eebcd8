"""A byte of what a MySQL server sends is another one when it arrives.

Its protocol has no checksum: only TLS tells a wrong byte within a value. Without it what holds the rows together is
checked, lengths, numbers and the end, and a result has every row or is an error.
"""

from __future__ import annotations

from faults.registry import Chance
from faults.stocks import stocks_fault
from suites.stocks_server import N_ROWS, SQL, StocksBench, timed

from pycore.database import Database
from pycore.exceptions import PycoreError


@stocks_fault(trials=50, within_s=15.0, product="mysql-9")
def a_byte_is_wrong_on_an_encrypted_line(bench: StocksBench, chance: Chance) -> float:
    """No wrong row is ever seen: all come, by a second reading if need be, or an error says why not."""
    with bench.open(statement_timeout_s=2.0, ssl_required=True) as database:
        bench.proxy.become(action="corrupt", at=chance.randrange(bench.n_bytes))
        waited_s = timed(lambda: bench.attempt(database, chance))
        bench.recovers(database)
    return waited_s


@stocks_fault(trials=50, within_s=15.0)
def a_byte_is_wrong_on_a_plain_line(bench: StocksBench, chance: Chance) -> float:
    """A result has as many rows as there are, or is an error of ours; afterwards all is as before."""
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


def whole_or_told(bench: StocksBench, database: Database, sql: str, n_rows: int) -> None:
    """Fail unless a result has all its rows, or an error of ours says why not."""
    try:
        frame = database.extract(sql)
    except PycoreError as exc:
        bench.check_told(exc)
    else:
        assert len(frame) == n_rows
