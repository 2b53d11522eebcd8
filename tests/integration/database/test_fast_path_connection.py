"""Rows that come in binary form come on a connection like any other: limits, errors, encryption, interrupts."""

import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from suites.databases import in_a_fresh_interpreter, in_another_process
from suites.mariadb import MariaDB

from pycore._wait import wait_for
from pycore.exceptions import ConnectionLostError, QueryError


def test_rows_come_through_an_encrypted_connection(mysql_server: MariaDB) -> None:
    with mysql_server.open(ssl_required=True) as database:
        cipher = database.extract("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
        frame = database.extract(
            "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 299) "
            "SELECT a.i * 300 + b.i AS place, REPEAT('ä', b.i % 50) AS s FROM n AS a JOIN n AS b ORDER BY place"
        )
        killed = database.stream("SELECT REPEAT('x', 1000) AS s FROM information_schema.collations AS a", rows=1)
        assert len(next(killed)) == 1
        del killed
        assert database.extract("SELECT 1 AS one").iloc[0, 0] == 1

    assert str(cipher.iloc[0, 1]).startswith("TLS_")
    assert frame["place"].tolist() == list(range(90_000))
    assert frame["s"].str.len().tolist() == [place % 300 % 50 for place in range(90_000)]


def test_a_limit_cuts_at_its_row_and_the_connection_is_used_again(mariadb: MariaDB) -> None:
    with mariadb.open() as database:
        cut = database.extract("SELECT seq FROM seq_1_to_100000", limit=50_000)
        own = database.extract("SELECT seq FROM seq_1_to_100000 LIMIT 10", limit=3)
        whole = database.extract("SELECT seq FROM seq_1_to_100000", limit=100_000)
        ids = {database.extract("SELECT CONNECTION_ID() AS i").iloc[0, 0] for _ in range(3)}

    assert (len(cut), cut.attrs["pycore"]) == (50_000, {"truncated": True, "limit": 50_000})
    assert (len(own), own.attrs["pycore"]) == (3, {"truncated": True, "limit": 3})
    assert (len(whole), whole.attrs) == (100_000, {})
    assert len(ids) == 1


def test_no_statement_stays_prepared(mariadb: MariaDB) -> None:
    with mariadb.open() as database:
        for _ in range(5):
            database.extract("SELECT 1 AS a")
            database.plan("SELECT 1 AS a")
            list(database.stream("SELECT 1 AS a"))
            with pytest.raises(QueryError):
                database.extract("SELECT (SELECT 1 UNION SELECT 2) AS a")
        found = mariadb.execute("SHOW GLOBAL STATUS LIKE 'Prepared_stmt_count'")

    assert found[0][1] in ("0", "1")  # the last one, if the server has not come to it yet


def test_an_error_in_the_middle_of_the_rows_is_told_and_no_row_is_returned(mariadb: MariaDB) -> None:
    two_from = "(SELECT s.seq FROM seq_1_to_2 AS s WHERE s.seq <= 1 + (x.seq > 90000))"
    sql = f"SELECT seq, {two_from} AS a FROM seq_1_to_100000 AS x"
    with mariadb.open() as database:
        with pytest.raises(QueryError, match="1242"):
            database.extract(sql)

        assert database.extract("SELECT 1 AS a").iloc[0, 0] == 1


def test_a_connection_killed_between_rows_is_lost_and_not_the_end(mariadb: MariaDB) -> None:
    with mariadb.open() as database:
        stream = database.stream("SELECT seq, REPEAT('x', 1000) AS s FROM seq_1_to_200000", rows=10)
        next(stream)
        ((thread,),) = mariadb.execute(f"SELECT id FROM information_schema.processlist WHERE user = '{mariadb.user}'")
        mariadb.execute(f"KILL {thread}")

        with pytest.raises(ConnectionLostError):
            list(stream)


def test_threads_read_at_once(mariadb: MariaDB) -> None:
    sums: dict[int, int] = {}
    with mariadb.open(pool_size=4) as database:

        def read(n_rows: int) -> None:
            sums[n_rows] = int(database.extract(f"SELECT seq FROM seq_1_to_{n_rows}")["seq"].sum())

        threads = [threading.Thread(target=read, args=(n_rows,)) for n_rows in (10, 20_000, 30_000, 40_000)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

    assert sums == {n_rows: n_rows * (n_rows + 1) // 2 for n_rows in (10, 20_000, 30_000, 40_000)}


def test_an_interrupt_between_rows_reaches_the_reader_at_once_and_ends_the_query(
    mariadb: MariaDB, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text(mariadb.password)
    child = in_another_process(
        mariadb.application(password={"$secret": {"file": str(tmp_path / "password")}}),
        """
        print("begun", flush=True)
        try:
            database.extract("SELECT seq, REPEAT('x', 20000) AS s, SLEEP((seq > 300) * 50) AS z FROM seq_1_to_1000")
        except KeyboardInterrupt:
            print("stopped", database.extract("SELECT 1 AS one").loc[0, "one"])
        """,
    )
    sleeping = "SELECT COUNT(*) FROM information_schema.processlist WHERE state = 'User sleep'"
    wait_for(lambda: mariadb.execute(sleeping) == [(1,)], 60, service="MariaDB")
    started = time.monotonic()
    child.send_signal(signal.SIGINT)

    assert child.communicate(timeout=60) == ("begun\nstopped 1\n", "")
    assert time.monotonic() - started < 20  # the server would sleep for 50 s before it noticed
    wait_for(lambda: mariadb.execute(sleeping) == [(0,)], 5, service="MariaDB")


def test_moments_are_in_utc_whatever_the_server_thinks(any_mysql: MariaDB) -> None:
    any_mysql.execute("SET GLOBAL time_zone = '+05:30'")
    try:
        with any_mysql.open() as database:
            found = database.extract("SELECT FROM_UNIXTIME(0) AS a, NOW(6) AS now")
    finally:
        any_mysql.execute("SET GLOBAL time_zone = 'SYSTEM'")

    assert found["a"].tolist() == [pd.Timestamp(0)]
    assert abs(found["now"][0] - datetime.now(UTC).replace(tzinfo=None)) < timedelta(minutes=1)


def test_a_frame_takes_little_more_memory_while_it_is_read_than_afterwards(mariadb: MariaDB, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(mariadb.password)
    told, complaints = in_a_fresh_interpreter(
        mariadb.application(password={"$secret": {"file": str(tmp_path / "password")}}),
        """
        import resource

        def peak_bytes():
            return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

        sql = "SELECT seq, seq / 7e0 a, seq / 3e0 b, IF(seq % 5, seq, NULL) AS n, HEX(seq) AS s FROM seq_1_to_1000000"
        next(database.stream(sql))
        before = peak_bytes()
        streamed = sum(len(frame) for frame in database.stream(sql))
        by_stream = peak_bytes() - before
        frame = database.extract(sql)
        print(streamed, by_stream, peak_bytes() - before, frame.memory_usage(index=False, deep=True).sum())
        """,
    )

    assert complaints == ""
    streamed, by_stream, by_extract, frame_bytes = (int(number) for number in told.split())
    assert streamed == 1_000_000
    assert by_stream < 0.5 * frame_bytes
    assert by_extract < 2.2 * frame_bytes
