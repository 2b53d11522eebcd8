"""A result that comes more slowly than its time limit allows is given up in time, and not only when all has come."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from suites.fault_proxy import FaultProxy
from suites.mariadb import MariaDB

from pycore.exceptions import ServiceTimeoutError

LIMIT_S = 0.5
GRACE_S = 10.0  # what the server's own limit may be late by
BYTES_PER_S = 15_000  # a minute for all of them
SQL = """
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 900)
SELECT n, REPEAT('x', 1000) AS wide FROM r
"""


def seconds_until_given_up(server: MariaDB) -> float:
    """Return how long an extraction waits on a line that drips; its first query finds the line well again."""
    with (
        FaultProxy(server.port) as proxy,
        server.open(address=f"mysql+pymysql://127.0.0.1:{proxy.port}/stocks", statement_timeout_s=LIMIT_S) as database,
    ):
        assert len(database.extract(SQL)) == 900
        proxy.become(bytes_per_s=BYTES_PER_S)
        began_s = time.monotonic()
        with pytest.raises(ServiceTimeoutError):
            database.extract(SQL)
        waited_s = time.monotonic() - began_s
        proxy.become()
        assert len(database.extract(SQL)) == 900
    return waited_s


def test_a_server_slower_than_its_time_limit_is_given_up_within_the_limit_and_its_grace(
    mariadb_server: MariaDB, mysql_server: MariaDB
) -> None:
    with (
        mysql_server.setting("max_prepared_stmt_count", 0),  # it sends text then, and the other one binary rows
        ThreadPoolExecutor(2) as pool,  # both wait at the same time
    ):
        waits_s = list(pool.map(seconds_until_given_up, (mariadb_server, mysql_server)))

    assert max(waits_s) < LIMIT_S + GRACE_S + 4
    assert min(waits_s) > LIMIT_S
