"""The connection to a MySQL server is killed, reset, cut, slow, silent or wrong while rows are read."""

from __future__ import annotations

import signal

from faults.registry import Chance
from faults.stocks import stocks_fault
from suites.fault_proxy import DOWN, UP
from suites.stocks_server import StocksBench


def killed(bench: StocksBench, chance: Chance, how: str, *, either_path: bool) -> float:
    """Kill what the user's connections do, or the connections themselves; return the seconds that the reader waited."""

    def kill() -> None:
        bench.server.execute(*(f"{how} {thread}" for thread in bench.threads()))

    database = bench.open()
    bench.proxy.become(action="call", at=chance.randrange(bench.n_bytes), call=kill)
    return bench.waits(database, chance, either_path=either_path)


@stocks_fault(trials=50, within_s=12.0)
def a_connection_is_killed_by_its_server(bench: StocksBench, chance: Chance) -> float:
    """All rows come, by a second reading if need be, or an error says what happened; then all is as before."""
    return killed(bench, chance, "KILL CONNECTION", either_path=True)


@stocks_fault(trials=30, within_s=12.0)
def a_query_is_killed(bench: StocksBench, chance: Chance) -> float:
    """What an administrator ends has not ended by itself: no rows are passed off as all of them."""
    return killed(bench, chance, "KILL QUERY", either_path=False)


@stocks_fault(trials=20, within_s=25.0)
def the_server_is_killed_and_started_again(bench: StocksBench, chance: Chance) -> float:
    """The reading goes on when the server is back, or an error says that it was lost."""

    def restart() -> None:
        bench.server.stop(signal.SIGKILL)
        bench.proxy.reset_all()
        bench.server.start()

    database = bench.open()
    bench.proxy.become(action="call", at=chance.randrange(bench.n_bytes), call=restart)
    return bench.waits(database, chance)


def broken_off(bench: StocksBench, chance: Chance) -> float:
    """Break the connection at any byte of any way, in any manner, and return the seconds that the reader waited."""
    database = bench.open()
    way = chance.choice((UP, DOWN, DOWN, DOWN))
    at = chance.randrange(bench.n_bytes if way == DOWN else 400)
    action = chance.choice(("reset", "reset", "cut", "half-close"))
    bench.proxy.become(action=action, way=way, at=at)
    return bench.waits(database, chance, either_path=True)


@stocks_fault(trials=200, within_s=12.0)
def a_connection_is_reset_at_any_byte(bench: StocksBench, chance: Chance) -> float:
    """All rows come, by a second reading if need be, or an error says what happened; then all is as before."""
    return broken_off(bench, chance)


@stocks_fault(trials=50, within_s=12.0, product="mysql-9")
def a_connection_with_tls_is_reset_at_any_byte(bench: StocksBench, chance: Chance) -> float:
    """The same, with a MySQL that encrypts: the first bytes are those of a handshake."""
    return broken_off(bench, chance)


@stocks_fault(trials=20, within_s=6.0)
def a_server_is_a_black_hole_before_a_query(bench: StocksBench, chance: Chance) -> float:
    """It is told within the time limit for a connection, for one that is open and for a new one."""
    database = bench.open(connect_timeout_s=1.0)
    if chance.random() < 0.5:
        assert database.ready()
    bench.proxy.become(silent=True)
    return bench.waits(database, chance, comes=False)


@stocks_fault(trials=5, within_s=20.0)
def a_server_falls_silent_in_a_result(bench: StocksBench, chance: Chance) -> float:
    """It is told within the time limit for the statement and ten seconds of grace."""
    database = bench.open(connect_timeout_s=1.0, statement_timeout_s=1.0)
    assert database.ready()
    bench.proxy.become(action="swallow", at=chance.randrange(bench.n_bytes // 2, bench.n_bytes))
    return bench.waits(database, chance)


@stocks_fault(trials=20, within_s=20.0)
def a_server_is_slow(bench: StocksBench, chance: Chance) -> float:
    """What is slow but comes is right."""
    database = bench.open()
    match chance.randrange(3):
        case 0:
            bench.proxy.become(latency_s=0.05, jitter_s=0.05)
        case 1:
            bench.proxy.become(bytes_per_s=bench.n_bytes / 2)
        case _:
            bench.proxy.become(slice_bytes=1_000)
    return bench.waits(database, chance, comes=True)


@stocks_fault(trials=5, within_s=20.0)
def a_server_is_slower_than_its_time_limit(bench: StocksBench, chance: Chance) -> float:
    """It is told within the limit and ten seconds of grace, and not only when all has come."""
    database = bench.open(statement_timeout_s=0.5)
    assert database.ready()
    bench.proxy.become(bytes_per_s=bench.n_bytes / 60)
    return bench.waits(database, chance, comes=False)
