"""What a MySQL server does on its own: idle connections end, tables change, locks are held, places run out."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pandas as pd
import pymysql
import pytest
from faults.registry import Chance, Trial, fault
from faults.stocks import stocks_fault
from sqlalchemy import text
from suites.fault_proxy import DOWN, UP
from suites.frames import assert_same
from suites.stocks_server import N_ROWS, SQL, StocksBench, refill, stocks_bench, timed

from pycore._wait import wait_for
from pycore.database import Database
from pycore.exceptions import PycoreError, QueryError, ServiceError, ServiceTimeoutError, ServiceUnavailableError

REST = "symbol, day, closed_at, close, volume, turnover, note"  # of the columns


def first_query_succeeds(database: Database) -> float:
    """Return the seconds that a first query takes, which must succeed."""
    return timed(lambda: database.extract("SELECT 1 AS one"))


@stocks_fault(trials=10, within_s=3.0)
def a_connection_is_idle_for_longer_than_the_server_waits(bench: StocksBench, chance: Chance) -> float:
    """Nobody notices: the first query afterwards succeeds."""
    with bench.server.setting("wait_timeout", 1), bench.open() as database:
        streams = [database.stream("SELECT id FROM t", rows=1) for _ in range(chance.randint(1, 4))]
        for stream in streams:
            next(stream)
        list(map(list, streams))
        del streams
        wait_for(lambda: bench.connections() == 0, 10, service="the end of idle connections")
        waited_s = first_query_succeeds(database)
        bench.closes(database)
    return waited_s


@stocks_fault(trials=25, within_s=3.0)
def every_connection_of_the_pool_is_dead(bench: StocksBench, chance: Chance) -> float:
    """Nobody notices: the first query succeeds, and so do those at the same moment."""
    with bench.open() as database:
        several_at_once(database, 4)
        chance.choice((bench.proxy.reset_all, lambda: kill_all(bench)))()
        waited_s = timed(lambda: several_at_once(database, 4))
        bench.closes(database)
    return waited_s


def several_at_once(database: Database, number: int) -> None:
    """Fail unless so many queries at the same moment succeed."""
    together = threading.Barrier(number)
    counts: list[int] = []

    def ask() -> None:
        together.wait()
        counts.append(len(database.extract("SELECT id FROM t WHERE id < 10")))

    threads = [threading.Thread(target=ask) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [10] * number


def kill_all(bench: StocksBench) -> None:
    bench.server.execute(*(f"KILL CONNECTION {thread}" for thread in bench.threads()))


@stocks_fault(trials=10, within_s=4.0)
def a_firewall_has_forgotten_a_connection(bench: StocksBench, _chance: Chance) -> float:
    """What is sent on it gets no answer, not even a reset: after the time limit for a connection, a new one is made."""
    with bench.open(connect_timeout_s=1.0) as database:
        first_query_succeeds(database)
        bench.proxy.become(action="swallow", way=UP, at=0)
        waited_s = first_query_succeeds(database)
        assert bench.proxy.happened == 1
        bench.recovers(database)
    return waited_s


@stocks_fault(trials=10, within_s=5.0)
def the_server_takes_no_more_connections(bench: StocksBench, chance: Chance) -> float:
    """It is told at once, and works when others have left."""
    with bench.server.setting("max_connections", 10), bench.open() as database:
        with ExitStack() as others:
            crowd(bench, others)
            waited_s = timed(lambda: refused(bench, database, chance))
        bench.recovers(database)
    return waited_s


def crowd(bench: StocksBench, others: ExitStack) -> None:
    """Connect until there is no place left."""
    with suppress(pymysql.err.OperationalError):
        while True:
            connection = pymysql.connect(
                port=bench.server.port,
                host="127.0.0.1",
                user=bench.server.user,
                password=bench.server.password.encode(),
            )
            others.callback(connection.close)


def refused(bench: StocksBench, database: Database, chance: Chance) -> None:
    with pytest.raises(ServiceUnavailableError, match="1040") as caught:
        database.extract(SQL)
    bench.check_told(caught.value)
    assert not bench.attempt(database, chance)


@stocks_fault(trials=20, within_s=8.0)
def a_table_is_dropped_or_altered_while_it_is_read(bench: StocksBench, chance: Chance) -> float:
    """The reader has its rows as they were when it began; who changes the table waits for that."""
    change = chance.choice(
        [
            "DROP TABLE stocks.t",
            "TRUNCATE stocks.t",
            "ALTER TABLE stocks.t DROP COLUMN note, ADD COLUMN close2 INT",
        ]
    )
    changing = threading.Thread(target=lambda: bench.server.execute(change))
    bench.proxy.become(action="call", at=chance.randrange(5_000, bench.n_bytes), call=changing.start)
    try:
        with bench.open() as database:
            waited_s = timed(lambda: reads_or_is_told(bench, database, chance))
            bench.closes(database)
    finally:
        if changing.ident is not None:
            changing.join()
        refill(bench.server)
    return waited_s


def reads_or_is_told(bench: StocksBench, database: Database, chance: Chance) -> None:
    """Fail unless all rows come as they were, or it is said that table or column are no longer there."""
    try:
        bench.attempt(database, chance)
    except QueryError as exc:
        bench.check_told(exc)


@stocks_fault(trials=30, within_s=12.0)
def a_table_changes_while_a_stream_is_broken_off(bench: StocksBench, chance: Chance) -> float:
    """A stream that cannot go on exactly behind its last row says so; no row comes twice, and none is missing."""
    place = chance.randrange(N_ROWS)
    change = chance.choice(
        [
            f"DELETE FROM stocks.t WHERE id = {place}",
            f"INSERT INTO stocks.t SELECT -id - 1, {REST} FROM stocks.t WHERE id = {place}",
            "ALTER TABLE stocks.t MODIFY close VARCHAR(100) NOT NULL",
            "ALTER TABLE stocks.t DROP COLUMN note",
        ]
    )

    def break_off() -> None:
        kill_all(bench)
        bench.server.execute(change)
        bench.proxy.reset_all()

    bench.proxy.become(action="call", at=chance.randrange(bench.n_bytes), call=break_off)
    try:
        with bench.open() as database:
            waited_s = timed(lambda: streams_one_table(bench, database))
            bench.closes(database)
    finally:
        refill(bench.server)
    return waited_s


def streams_one_table(bench: StocksBench, database: Database) -> None:
    """Fail unless a stream has every row of one state of the table, or says that it cannot have."""
    try:
        frame = pd.concat(list(database.stream(SQL, rows=200)), ignore_index=True)
    except PycoreError as exc:
        bench.check_told(exc)
        return
    assert frame["id"].is_monotonic_increasing
    assert frame["id"].is_unique
    kept = frame[frame["id"] >= 0].reset_index(drop=True)
    assert_same(bench.expected[bench.expected["id"].isin(kept["id"])].reset_index(drop=True), kept)
    if len(frame) != N_ROWS:  # what was deleted or added lies behind the rows that were read before
        now = database.extract(SQL)
        assert_same(now, frame)


@stocks_fault(trials=50, within_s=12.0)
def a_stream_is_broken_off_again_and_again(bench: StocksBench, chance: Chance) -> float:
    """It goes on behind its last row each time: every row comes, and none twice."""
    action = chance.choice(("reset", "cut"))
    at = chance.randrange(bench.n_bytes // 4, bench.n_bytes)
    bench.proxy.become(action=action, way=DOWN, at=at, times=chance.randint(1, 4))
    with bench.open() as database:
        frames: list[pd.DataFrame] = []
        waited_s = timed(lambda: frames.extend(database.stream(SQL, rows=200)))
        assert_same(bench.expected, pd.concat(frames, ignore_index=True))
        bench.recovers(database)
    return waited_s


@stocks_fault(trials=10, within_s=8.0)
def a_row_is_locked_by_another(bench: StocksBench, chance: Chance) -> float:
    """Who writes is told in time, nothing of it is written, and afterwards it works; who reads notices nothing."""
    place = chance.randrange(N_ROWS)
    other = bench.server.root()
    try:
        with bench.server.setting("innodb_lock_wait_timeout", 1), bench.open() as database:
            other.query("BEGIN")
            other.query(f"UPDATE stocks.t SET close = close WHERE id = {place}")
            waited_s = timed(lambda: writes(bench, database, place, told=True))
            assert_same(bench.expected, database.extract(SQL))
            other.query("ROLLBACK")
            writes(bench, database, place, told=False)
            bench.closes(database)
    finally:
        other.close()
        refill(bench.server)
    return waited_s


def writes(bench: StocksBench, database: Database, place: int, *, told: bool) -> None:
    """Write two rows, of which another one may hold the second."""
    try:
        with database.session() as session:
            session.execute(text("UPDATE t SET close = -1 WHERE id = :id"), {"id": (place + 1) % N_ROWS})
            session.execute(text("UPDATE t SET close = -1 WHERE id = :id"), {"id": place})
    except ServiceTimeoutError as exc:
        assert told
        bench.check_told(exc)
    else:
        assert not told
        assert (database.extract("SELECT close FROM t WHERE close = -1")["close"] == -1).sum() == 2


@fault("database", trials=25, within_s=12.0)
@contextmanager
def a_connection_is_reset_while_a_table_is_loaded(folder: Path) -> Iterator[Trial]:
    """Readers see the table as it was or as it is to be, never a part; loading once more brings what is to be."""
    new = pd.DataFrame({"id": range(2_000), "close": [number / 8 for number in range(2_000)]})
    csv = new.to_csv(index=False)
    with stocks_bench(folder) as bench:
        bench.proxy.become()
        with bench.open() as database:
            database.load_csv(io.StringIO(csv), "fresh")
            n_bytes = bench.proxy.passed(UP)
            bench.closes(database)

        def trial(chance: Chance) -> float:
            old = chance.random() < 0.5
            bench.server.execute("DROP TABLE IF EXISTS stocks.fresh", "DROP TABLE IF EXISTS stocks.pycore_loads")
            with bench.open() as database:
                if old:
                    database.load_csv(io.StringIO("id,close\n7,0.5\n"), "fresh")
                bench.proxy.become(action=chance.choice(("reset", "cut")), way=UP, at=chance.randrange(n_bytes))
                waited_s = timed(lambda: loads_or_is_told(bench, database, csv))
                bench.proxy.become()
                seen = [row[0] for row in bench.server.execute("SHOW TABLES IN stocks LIKE 'fresh'")]
                if seen:
                    found = database.extract("SELECT id, close FROM fresh ORDER BY id")
                    assert len(found) in ((1, len(new)) if old else (len(new),))
                else:
                    assert not old
                database.load_csv(io.StringIO(csv), "fresh", reload=True)
                assert_same(new, database.extract("SELECT id, close FROM fresh ORDER BY id"))
                bench.closes(database)
            return waited_s

        yield trial


def loads_or_is_told(bench: StocksBench, database: Database, csv: str) -> None:
    try:
        database.load_csv(io.StringIO(csv), "fresh", reload=True)
    except ServiceError as exc:
        bench.check_told(exc)
