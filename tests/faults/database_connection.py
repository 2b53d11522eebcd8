"""The connection to a MySQL server is killed, reset, cut, slow, silent or wrong while rows are read."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from faults.registry import Trial, fault
from suites.fault_proxy import DOWN, UP
from suites.stocks_server import StocksBench, stocks_bench, timed

from pycore.database import Database


def killed(bench: StocksBench, how: str) -> None:
    """Kill what the user's connections do, or the connections themselves."""
    bench.server.execute(*(f"{how} {thread}" for thread in bench.threads()))


@fault("database", trials=50, within_s=12.0)
@contextmanager
def a_connection_is_killed_by_its_server(folder: Path) -> Iterator[Trial]:
    """All rows come, by a second reading if need be, or an error says what happened; then all is as before."""
    with stocks_bench(folder) as bench:

        def trial(chance: random.Random) -> float:
            database = bench.open()
            at = chance.randrange(bench.n_bytes)
            bench.proxy.become(action="call", at=at, call=lambda: killed(bench, "KILL CONNECTION"))
            with bench.either_path(chance):
                waited_s = timed(lambda: bench.attempt(database, chance))
            bench.recovers(database)
            return waited_s

        yield trial


@fault("database", trials=30, within_s=12.0)
@contextmanager
def a_query_is_killed(folder: Path) -> Iterator[Trial]:
    """What an administrator ends has not ended by itself: no rows are passed off as all of them."""
    with stocks_bench(folder) as bench:

        def trial(chance: random.Random) -> float:
            database = bench.open()
            at = chance.randrange(bench.n_bytes)
            bench.proxy.become(action="call", at=at, call=lambda: killed(bench, "KILL QUERY"))
            waited_s = timed(lambda: bench.attempt(database, chance))
            bench.recovers(database)
            return waited_s

        yield trial


@fault("database", trials=20, within_s=25.0)
@contextmanager
def the_server_is_killed_and_started_again(folder: Path) -> Iterator[Trial]:
    """The reading goes on when the server is back, or an error says that it was lost."""
    with stocks_bench(folder) as bench:

        def restart() -> None:
            bench.server.stop(signal.SIGKILL)
            bench.proxy.reset_all()
            bench.server.start()

        def trial(chance: random.Random) -> float:
            database = bench.open()
            bench.proxy.become(action="call", at=chance.randrange(bench.n_bytes), call=restart)
            waited_s = timed(lambda: bench.attempt(database, chance))
            bench.recovers(database)
            return waited_s

        yield trial


def broken_off(bench: StocksBench, chance: random.Random) -> float:
    """Break the connection at any byte of any way, in any manner, and return the seconds that the reader waited."""
    database = bench.open()
    way = chance.choice((UP, DOWN, DOWN, DOWN))
    at = chance.randrange(bench.n_bytes if way == DOWN else 400)
    action = chance.choice(("reset", "reset", "cut", "half-close"))
    bench.proxy.become(action=action, way=way, at=at)
    with bench.either_path(chance):
        waited_s = timed(lambda: bench.attempt(database, chance))
    bench.recovers(database)
    return waited_s


@fault("database", trials=200, within_s=12.0)
@contextmanager
def a_connection_is_reset_at_any_byte(folder: Path) -> Iterator[Trial]:
    """All rows come, by a second reading if need be, or an error says what happened; then all is as before."""
    with stocks_bench(folder) as bench:
        yield lambda chance: broken_off(bench, chance)


@fault("database", trials=50, within_s=12.0)
@contextmanager
def a_connection_with_tls_is_reset_at_any_byte(folder: Path) -> Iterator[Trial]:
    """The same, with a MySQL that encrypts: the first bytes are those of a handshake."""
    with stocks_bench(folder, "mysql-9") as bench:
        yield lambda chance: broken_off(bench, chance)


@fault("database", trials=20, within_s=6.0)
@contextmanager
def a_server_is_a_black_hole_before_a_query(folder: Path) -> Iterator[Trial]:
    """It is told within the time limit for a connection, for one that is open and for a new one."""
    with stocks_bench(folder) as bench:

        def trial(chance: random.Random) -> float:
            database = bench.open(connect_timeout_s=1.0)
            if chance.random() < 0.5:
                assert database.ready()
            bench.proxy.become(silent=True)
            began_s = time.monotonic()
            assert not bench.attempt(database, chance)
            waited_s = time.monotonic() - began_s
            bench.recovers(database)
            return waited_s

        yield trial


@fault("database", trials=5, within_s=20.0)
@contextmanager
def a_server_falls_silent_in_a_result(folder: Path) -> Iterator[Trial]:
    """It is told within the time limit for the statement and ten seconds of grace."""
    with stocks_bench(folder) as bench:

        def trial(chance: random.Random) -> float:
            database = bench.open(connect_timeout_s=1.0, statement_timeout_s=1.0)
            assert database.ready()
            bench.proxy.become(action="swallow", at=chance.randrange(bench.n_bytes // 2, bench.n_bytes))
            waited_s = timed(lambda: bench.attempt(database, chance))
            bench.recovers(database)
            return waited_s

        yield trial


@fault("database", trials=20, within_s=20.0)
@contextmanager
def a_server_is_slow(folder: Path) -> Iterator[Trial]:
    """What is slow but comes is right."""
    with stocks_bench(folder) as bench:

        def trial(chance: random.Random) -> float:
            slow: list[dict[str, Any]] = [
                {"latency_s": 0.05, "jitter_s": 0.05},
                {"bytes_per_s": bench.n_bytes / 2},
                {"slice_bytes": 1_000},
            ]
            with bench.open() as database:
                bench.proxy.become(**chance.choice(slow))
                began_s = time.monotonic()
                assert bench.attempt(database, chance)
                waited_s = time.monotonic() - began_s
                bench.recovers(database)
            return waited_s

        yield trial


@fault("database", trials=5, within_s=20.0)
@contextmanager
def a_server_is_slower_than_its_time_limit(folder: Path) -> Iterator[Trial]:
    """It is told within the limit and ten seconds of grace, and not only when all has come."""
    with stocks_bench(folder) as bench:

        def trial(chance: random.Random) -> float:
            with bench.open(statement_timeout_s=0.5) as database:
                assert database.ready()
                bench.proxy.become(bytes_per_s=bench.n_bytes / 60)
                waited_s = timed(lambda: told(bench, database, chance))
                bench.recovers(database)
            return waited_s

        yield trial


def told(bench: StocksBench, database: Database, chance: random.Random) -> None:
    assert not bench.attempt(database, chance)
