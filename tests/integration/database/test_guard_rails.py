"""What keeps a read within bounds: memory, statements that only read, connections that are not mixed up."""

import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import text
from suites.databases import ON_ONE_SERVER, in_another_process
from suites.fault_proxy import FaultProxy
from suites.mariadb import MariaDB
from suites.redis_process import BareRedis, bare_redis

from pycore._wait import wait_for
from pycore.cache import MISS, Cache
from pycore.config.models import DatabaseApplication, RedisApplication
from pycore.database import Database
from pycore.exceptions import ConnectionLostError, QueryError, ResultTooLargeError, ServiceTimeoutError

N_ROWS = 200_000
DIGITS = "(SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)"  # noqa: E501
NUMBERS = f"""
INSERT INTO numbers
SELECT a.d + 10 * b.d + 100 * c.d + 1000 * d.d + 10000 * e.d + 100000 * f.d, 'a name of some length'
FROM {DIGITS} AS a, {DIGITS} AS b, {DIGITS} AS c, {DIGITS} AS d, {DIGITS} AS e, (SELECT 0 AS d UNION SELECT 1) AS f
"""


@pytest.fixture
def numbers(database: Database) -> Database:
    with database.session() as session:
        session.execute(text("CREATE TABLE numbers (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(40))"))
        session.execute(text(NUMBERS))
    if not database.address.startswith("sqlite"):
        with database.session() as session:  # the statistics, which the server would bring up to date by and by
            # By chance twenty pages may be half empty, and tell of half as many rows.
            session.execute(text("ALTER TABLE numbers STATS_SAMPLE_PAGES=1000"))
            session.execute(text("ANALYZE TABLE numbers"))
    return database


def test_a_result_that_is_too_large_is_refused_with_both_numbers(numbers: Database) -> None:
    with pytest.raises(ResultTooLargeError, match="takes more than") as caught:
        numbers.extract("SELECT * FROM numbers", max_bytes=100_000)

    assert 100_000 < caught.value.size_bytes < 5_000_000  # it was noticed early
    assert caught.value.allowed_bytes == 100_000
    assert len(numbers.extract("SELECT * FROM numbers", max_bytes=None)) == N_ROWS
    assert len(numbers.extract("SELECT * FROM numbers")) == N_ROWS


def test_a_result_that_will_be_too_large_is_foreseen(numbers: Database) -> None:
    whole = numbers.extract("SELECT * FROM numbers").memory_usage(index=False, deep=True).sum()

    with pytest.raises(ResultTooLargeError, match="would take about") as caught:
        numbers.extract("SELECT * FROM numbers", max_bytes=int(whole * 0.5))

    assert caught.value.size_bytes == pytest.approx(whole, rel=0.4)


def test_a_wide_row_is_noticed_before_many_of_them_are_read(database: Database) -> None:
    wide = "hex(zeroblob(1000000))" if database.address.startswith("sqlite") else "REPEAT('x', 2000000)"
    counting = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 900)"

    with pytest.raises(ResultTooLargeError) as caught:
        database.extract(f"{counting} SELECT n, {wide} AS w FROM r", max_bytes=30_000_000)

    assert caught.value.size_bytes < 80_000_000


def test_a_bound_below_zero_is_refused(database: Database) -> None:
    with pytest.raises(QueryError, match="not -1"):
        database.extract("SELECT 1 AS one", max_bytes=-1)


@pytest.mark.parametrize("declared", ["DATE", "DATETIME", "DATETIME(6)", "TIMESTAMP NULL"])
def test_a_zero_date_is_missing_where_that_is_asked_for(any_mysql: MariaDB, declared: str) -> None:
    any_mysql.execute(
        "SET SESSION sql_mode = ''",
        f"CREATE TABLE stocks.t (place INT PRIMARY KEY, c {declared}, d DATE)",
        "INSERT INTO stocks.t VALUES (1, '0000-00-00', '2013-03-01'), (2, '2013-03-01', '2013-03-01'), "
        "(3, NULL, '2013-03-01')",
    )
    sql = "SELECT c, d FROM t ORDER BY place"
    with any_mysql.open() as database:
        with pytest.raises(QueryError, match=r"Column 'c' .* zero date"):
            database.extract(sql)
        frame = database.extract(sql, zero_dates="NaT")
        (streamed,) = database.stream(sql, zero_dates="NaT")
        with pytest.raises(ValueError, match="'refuse', 'NaT', not 'nat'"):
            database.extract(sql, zero_dates="nat")  # type: ignore[arg-type]  # on purpose
    with any_mysql.open(zero_dates="NaT") as database:
        configured = database.extract(sql)
        with pytest.raises(QueryError, match="zero date"):
            database.extract(sql, zero_dates="refuse")

    assert frame["c"].isna().tolist() == [True, False, True]
    assert frame["d"].tolist() == [pd.Timestamp("2013-03-01")] * 3
    assert frame["c"].dt.tz_localize(None).iloc[1] == pd.Timestamp("2013-03-01")
    for other in (streamed, configured):
        pd.testing.assert_frame_equal(other, frame, check_exact=True)


def test_a_date_without_a_day_is_no_zero_date(any_mysql: MariaDB) -> None:
    any_mysql.execute(
        "SET SESSION sql_mode = ''", "CREATE TABLE stocks.t (c DATE)", "INSERT INTO stocks.t VALUES ('2013-03-00')"
    )
    with any_mysql.open() as database, pytest.raises(QueryError, match="Column 'c'"):
        database.extract("SELECT c FROM t", zero_dates="NaT")


def test_the_server_sees_one_statement_and_nothing_of_what_is_refused(any_mysql: MariaDB) -> None:
    any_mysql.execute(
        "CREATE TABLE stocks.canary (a INT)",
        "SET GLOBAL log_bin_trust_function_creators = 1",
        "CREATE FUNCTION stocks.sings() RETURNS INT MODIFIES SQL DATA BEGIN INSERT INTO canary VALUES (1); "
        "RETURN 1; END",
        "SET GLOBAL log_output = 'TABLE'",
        "TRUNCATE mysql.general_log",
        "SET GLOBAL general_log = 1",
    )
    values = ["'; DROP TABLE canary; --", "\\'; DROP TABLE canary; -- ", "/*! DROP TABLE canary */", "%s %(a)s :a ?"]
    refused = [
        "SELECT 1; DROP TABLE canary",
        "SELECT 1 /*! UNION SELECT 2 */",
        "SELECT 1.5INTO OUTFILE '/tmp/pycore-canary'",
        "SELECT a FROM canary FOR UPDATE",
        "SELECT @a := 1",
        "SELECT GET_LOCK('a', 1)",
    ]
    try:
        with any_mysql.open(pool_size=1) as database:
            for value in values:
                assert database.extract("SELECT :a AS a, ':a' AS b", {"a": value}).iloc[0].tolist() == [value, ":a"]
            for sql in refused:
                with pytest.raises(QueryError):
                    database.extract(sql)
            with pytest.raises(QueryError, match="READ ONLY"):
                database.extract("SELECT sings() AS a")
    finally:
        any_mysql.execute("SET GLOBAL general_log = 0")
    log = [
        str(row[0])
        for row in any_mysql.execute(
            "SELECT CONVERT(argument USING utf8mb4) FROM mysql.general_log "
            f"WHERE user_host LIKE '{any_mysql.user}%' AND command_type IN ('Query', 'Execute') ORDER BY event_time"
        )
    ]

    assert [text for text in log if "canary" in text and not text.startswith("SELECT '")] == []
    assert sum(text.startswith("SELECT '") for text in log) == len(values)
    assert any_mysql.execute("SELECT COUNT(*) FROM stocks.canary") == [(0,)]


@pytest.mark.parametrize("sql", ["SELECT SLEEP(100) AS a", "SELECT BENCHMARK(100000000000, SHA2('a', 512)) AS a"])
def test_a_statement_that_sleeps_ends_at_the_time_limit(any_mysql: MariaDB, sql: str) -> None:
    started = time.monotonic()
    with (
        any_mysql.open(statement_timeout_s=0.5) as database,
        suppress(ServiceTimeoutError),
    ):  # or says that it was woken
        database.extract(sql)

    assert time.monotonic() - started < 10


def test_an_interrupted_stream_ends_on_the_server_too(any_mysql: MariaDB, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(any_mysql.password)
    child = in_another_process(
        any_mysql.application(password={"$secret": {"file": str(tmp_path / "password")}}),
        """
        sql = '''WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 900)
                 SELECT a.n FROM r AS a JOIN r AS b JOIN r AS c JOIN r AS d WHERE a.n + b.n + c.n + d.n = 3600'''
        try:
            for frame in database.stream(sql):
                print("a frame")
        except KeyboardInterrupt:
            print("stopped", database.extract("SELECT 1 AS one").loc[0, "one"])
        """,
    )
    running = "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'WITH RECURSIVE r%'"
    wait_for(lambda: any_mysql.execute(running) == [(1,)], 30, service="MySQL")
    child.send_signal(signal.SIGINT)

    assert child.communicate(timeout=60) == ("stopped 1\n", "")
    wait_for(lambda: any_mysql.execute(running) == [(0,)], 5, service="MySQL")


@ON_ONE_SERVER
def test_answers_of_many_threads_and_forks_are_never_mixed_up(application: DatabaseApplication) -> None:
    code = """
        import os, threading
        from concurrent.futures import ThreadPoolExecutor
        from pycore._wait import wait_for
        used = set()
        def ask(number):
            used.add(str(threading.get_native_id()))
            return number == database.extract("SELECT :number AS a, :text AS b", {"number": number, "text": str(number)}).iloc[0, 0]
        def work(first):
            with ThreadPoolExecutor(8) as threads:
                return sum(not right for right in threads.map(ask, range(first, first + 250)))
        wrong = work(0)
        # A thread that ends holds a lock of OpenSSL for a moment after it was joined; forked then, it stays locked.
        wait_for(lambda: used.isdisjoint(os.listdir("/proc/self/task")), 10, service="threads")
        children = []
        for child in range(1, 4):
            pid = os.fork()
            if pid == 0:
                os._exit(min(work(child * 1_000_000), 255))
            children.append(pid)
        wrong += work(9_000_000)
        print(wrong, [os.waitpid(pid, 0)[1] for pid in children])
    """  # noqa: E501

    out, err = in_another_process(application, code).communicate(timeout=110)

    assert (out.strip(), err) == ("0 [0, 0, 0]", "")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[BareRedis]:
    with bare_redis(tmp_path / "redis") as server:
        yield server


@pytest.fixture
def cache(redis: BareRedis) -> Iterator[Cache]:
    cache = Cache("CACHE", RedisApplication(address=f"redis://127.0.0.1:{redis.port}/0"))
    yield cache
    cache.close()


def test_nothing_of_a_stream_that_breaks_off_is_published(any_mysql: MariaDB, redis: BareRedis, cache: Cache) -> None:
    any_mysql.execute(
        "USE stocks",
        "CREATE TABLE t (a INT, b TEXT)",
        "INSERT INTO t WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 1000) "
        "SELECT n, REPEAT(SHA2(n, 256), 150) FROM r",
    )
    with (
        FaultProxy(any_mysql.port) as proxy,
        any_mysql.open(address=f"mysql+pymysql://127.0.0.1:{proxy.port}/stocks") as database,
    ):
        proxy.become(action="cut", at=6_000_000)
        with pytest.raises(ConnectionLostError, match=r"[1-9][0-9,]* rows of the stream had been read"):
            cache.put_stream("t", database.stream("SELECT * FROM t", rows=50))

        assert proxy.happened == 1
        assert cache.get("t") is MISS
        assert cache.versions("t") == []
        with redis.client() as client:
            assert client.keys("*data:*") == []
        proxy.become()
        assert cache.put_stream("t", database.stream("SELECT * FROM t", rows=50)) == 1

    assert len(cache.get("t")) == 1000
