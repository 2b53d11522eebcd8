"""A connection that is lost in the middle: what is given is whole, or it is an error that says how far it came."""

import random
import signal
import time
from collections.abc import Iterator

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from suites.fault_proxy import DOWN, FaultProxy
from suites.mariadb import MariaDB

from pycore._wait import wait_for
from pycore.database import Database
from pycore.exceptions import ConnectionLostError, QueryError, ServiceTimeoutError, ServiceUnavailableError

# For what is alike on MySQL; how a stream of it goes on, or does not, and its time limits are tried on both.
ON_MARIADB = pytest.mark.parametrize("prices", ["mariadb"], indirect=True)
N_ROWS = 4_000
ROWS = 100  # of each frame
ORDERED = "SELECT * FROM prices ORDER BY id"
TABLE = """
CREATE TABLE stocks.prices (
    id BIGINT NOT NULL PRIMARY KEY, symbol VARCHAR(8) CHARACTER SET utf8mb4 NOT NULL, day DATE NOT NULL,
    seen DATETIME(6) NOT NULL, fee DECIMAL(20,6) NOT NULL, mood ENUM('low','high') NOT NULL, close DOUBLE, note TEXT,
    UNIQUE KEY by_symbol (symbol, day), UNIQUE KEY by_time (seen), UNIQUE KEY by_fee (fee), UNIQUE KEY (mood, id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4
"""


@pytest.fixture(scope="module", params=["mariadb", "mysql"])
def prices(request: pytest.FixtureRequest) -> MariaDB:
    """A server with the table."""
    server: MariaDB = request.getfixturevalue(f"{request.param}_server")
    fill(server)
    return server


@pytest.fixture
def changing(prices: MariaDB) -> Iterator[MariaDB]:
    """The server for a test that changes the table."""
    yield prices
    fill(prices)


def fill(server: MariaDB) -> None:
    draw = random.Random(7)
    ids = draw.sample(range(-(2**40), 2**40), N_ROWS)
    values = ", ".join(
        f"({number}, '{('Ärn', 'ibm', 'X')[row % 3]}{row % 40}', DATE '2000-01-01' + INTERVAL {row} DAY, "
        f"TIMESTAMP '2001-01-01 00:00:00' + INTERVAL {number} MICROSECOND, {number}.5, '{('low', 'high')[row % 2]}', "
        f"{draw.random()!r}, {'NULL' if row % 11 == 0 else repr('x' * 1000)})"
        for row, number in enumerate(ids)
    )
    server.execute(
        "DROP DATABASE IF EXISTS stocks",
        "CREATE DATABASE stocks CHARACTER SET utf8mb4",
        TABLE,
        f"INSERT INTO stocks.prices VALUES {values}",
    )


@pytest.fixture
def proxy(prices: MariaDB) -> Iterator[FaultProxy]:
    with FaultProxy(prices.port) as proxy:
        yield proxy


@pytest.fixture
def database(prices: MariaDB, proxy: FaultProxy) -> Iterator[Database]:
    with prices.open(address=f"mysql+pymysql://127.0.0.1:{proxy.port}/stocks") as database:
        yield database


@pytest.mark.parametrize(
    "sql",
    [
        ORDERED,
        "SELECT id, close, id + 1 AS next, note FROM prices ORDER BY id DESC;",
        "select p.note, p.ID as k from prices AS p where (p.day > :since or 0) -- ORDER\norder by p.id, p.close -- x",
        "SELECT symbol, day, close, note FROM prices WHERE close < 2 OR 1 = 0 # AND\nORDER BY symbol DESC, day",
        "SELECT day, symbol, note FROM prices ORDER BY day, symbol",
        "SELECT note, seen FROM prices WHERE symbol NOT LIKE ':%' ORDER BY seen",
        "SELECT fee, '%s' AS mark, `note` FROM `prices` ORDER BY `fee` DESC",
    ],
)
def test_a_stream_in_the_order_of_a_key_goes_on_as_if_nothing_had_happened(
    database: Database, proxy: FaultProxy, sql: str, caplog: pytest.LogCaptureFixture
) -> None:
    parameters = {"since": "2003-01-01"} if ":since" in sql else None
    proxy.become()
    whole = list(database.stream(sql, parameters, rows=ROWS))
    n_bytes = proxy.passed(DOWN)
    proxy.become(action="cut", at=n_bytes * 2 // 5, times=2)

    read = list(database.stream(sql, parameters, rows=ROWS))

    assert proxy.happened == 2
    assert [len(frame) for frame in read] == [len(frame) for frame in whole]
    assert_frame_equal(pd.concat(read), pd.concat(whole), check_exact=True)
    assert caplog.text.count("sees the table as it is now") == 2


@ON_MARIADB
@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("SELECT * FROM prices", "not ordered by a unique key"),
        ("SELECT * FROM prices ORDER BY close", "not ordered by a unique key"),
        ("SELECT *, -id AS id FROM prices ORDER BY id", "not ordered by a unique key"),
        ("SELECT *, id AS symbol FROM prices ORDER BY id", "does not select column 'id'"),
        ("SELECT * FROM prices ORDER BY mood, id", "not ordered by a unique key"),
        ("SELECT note, close FROM prices ORDER BY id", "does not select column 'id'"),
        ("SELECT DISTINCT note, id FROM prices ORDER BY id", "plain reading"),
        ("SELECT id, MAX(note) AS n FROM prices GROUP BY id ORDER BY id", "plain reading"),
        ("SELECT * FROM prices ORDER BY id LIMIT 3990", "plain reading"),
        ("SELECT id, note, RAND() AS r FROM prices ORDER BY id", "plain reading"),
        ("SELECT id, note, ROW_NUMBER() OVER () AS r FROM prices ORDER BY id", "plain reading"),
        ("SELECT * FROM (SELECT * FROM prices) AS p ORDER BY id", "plain reading"),
        ("SELECT a.* FROM prices AS a JOIN prices AS b USING (id) ORDER BY a.id", "plain reading"),
        ("SELECT * FROM prices UNION ALL SELECT * FROM prices ORDER BY id", "plain reading"),
        ("SELECT * FROM stocks.prices ORDER BY id", "plain reading"),
    ],
)
def test_any_other_stream_says_how_far_it_came(database: Database, proxy: FaultProxy, sql: str, why: str) -> None:
    proxy.become(action="cut", at=2_000_000)
    stream = database.stream(sql, rows=10)
    assert len(next(stream)) == 10

    with pytest.raises(ConnectionLostError, match=rf"[1-9][0-9,]* rows of the stream had been read.* {why}") as caught:
        list(stream)

    assert (caught.value.service, caught.value.address) == ("STOCKS", database.address)
    assert len(database.extract(ORDERED)) == N_ROWS


def test_a_stream_that_has_given_nothing_begins_again(
    database: Database, proxy: FaultProxy, caplog: pytest.LogCaptureFixture
) -> None:
    whole = pd.concat(database.stream("SELECT * FROM prices", rows=ROWS))
    proxy.become(action="reset", at=40_000)

    again = pd.concat(database.stream("SELECT * FROM prices", rows=ROWS))

    assert proxy.happened == 1
    assert_frame_equal(again, whole, check_exact=True)
    assert "the stream begins again" in caplog.text


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM stocks.prices ORDER BY id LIMIT 1",
        "INSERT INTO stocks.prices VALUES (-2000000000000, 'a', NOW(), NOW(), 0, 'low', 1, '')",
    ],
)
def test_a_stream_does_not_go_on_where_rows_came_or_went_behind_it(
    changing: MariaDB, database: Database, proxy: FaultProxy, change: str
) -> None:
    proxy.become(action="cut", at=2_000_000)
    stream = database.stream(ORDERED, rows=ROWS)
    next(stream)
    changing.execute(change)

    with pytest.raises(ServiceUnavailableError, match=r"lost after [0-9,]+ rows .* table has been changed"):
        list(stream)


def test_a_stream_does_not_go_on_where_its_columns_changed(
    changing: MariaDB, database: Database, proxy: FaultProxy
) -> None:
    def alter() -> None:  # while what the server has sent already is on its way
        for (number,) in changing.execute(
            f"SELECT id FROM information_schema.processlist WHERE user = '{changing.user}'"
        ):
            changing.execute(f"KILL {number}")
        changing.execute("ALTER TABLE stocks.prices MODIFY close BIGINT")
        proxy.reset_all()

    proxy.become(action="call", at=2_000_000, call=alter)

    with pytest.raises(QueryError, match="columns of the result have changed"):
        list(database.stream(ORDERED, rows=ROWS))


def test_rows_ahead_are_seen_as_they_are_when_it_goes_on(
    changing: MariaDB, database: Database, proxy: FaultProxy
) -> None:
    proxy.become(action="cut", at=2_000_000)
    stream = database.stream(ORDERED, rows=ROWS)
    first = next(stream)
    changing.execute("DELETE FROM stocks.prices ORDER BY id DESC LIMIT 7")

    read = pd.concat([first, *stream])

    assert len(read) == N_ROWS - 7
    assert read["id"].is_monotonic_increasing
    assert read["id"].is_unique


@ON_MARIADB
def test_a_stream_survives_a_server_that_is_killed_and_started_again(prices: MariaDB, database: Database) -> None:
    whole = database.extract(ORDERED)
    stream = database.stream(ORDERED, rows=ROWS)
    read = [next(stream)]
    prices.stop(signal.SIGKILL)
    prices.start()

    read.extend(stream)

    assert_frame_equal(pd.concat(read, ignore_index=True), whole, check_exact=True)


@ON_MARIADB
def test_a_stream_ends_soon_after_a_server_that_stays_away(prices: MariaDB) -> None:
    much = ", ".join(f"note AS note_{copy}" for copy in range(12))  # more than is on its way when the server is gone
    with prices.open(connect_timeout_s=0.5) as database:
        stream = database.stream(f"SELECT id, {much} FROM prices ORDER BY id", rows=ROWS)
        next(stream)
        prices.stop(signal.SIGKILL)
        try:
            started = time.monotonic()
            with pytest.raises(ConnectionLostError, match="has not come back within 1 s"):
                list(stream)
            assert time.monotonic() - started < 5
        finally:
            prices.start()


@ON_MARIADB
def test_an_extraction_whose_connection_is_reset_begins_again(
    database: Database, proxy: FaultProxy, caplog: pytest.LogCaptureFixture
) -> None:
    whole = database.extract(ORDERED)
    draw = random.Random(11)
    for _ in range(12):
        proxy.become(action=draw.choice(["reset", "cut", "half-close"]), at=draw.randrange(2_000_000), times=1)

        again = database.extract(ORDERED)

        proxy.become()
        assert_frame_equal(again, whole, check_exact=True)
    assert "reading it again" in caplog.text


@ON_MARIADB
def test_an_extraction_begins_again_once(database: Database, proxy: FaultProxy) -> None:
    database.extract(ORDERED)
    proxy.become(action="reset", at=200_000, times=2)

    with pytest.raises(ConnectionLostError, match="was lost"):
        database.extract(ORDERED)

    assert len(database.extract(ORDERED)) == N_ROWS


@ON_MARIADB
def test_an_extraction_from_a_server_that_is_away_is_not_tried_again(prices: MariaDB) -> None:
    with prices.open() as database:
        assert database.ready()
        prices.stop(signal.SIGKILL)
        try:
            started = time.monotonic()
            with pytest.raises(ServiceUnavailableError, match="does not answer"):
                database.extract(ORDERED)
            assert time.monotonic() - started < 5
        finally:
            prices.start()


@ON_MARIADB
def test_the_time_limit_of_a_stream_does_not_count_the_pauses_of_its_reader(prices: MariaDB) -> None:
    with prices.open(statement_timeout_s=1.0) as database:
        n_rows = 0
        for place, frame in enumerate(database.stream("SELECT * FROM prices", rows=ROWS)):
            n_rows += len(frame)
            if place < 2:
                deadline = time.monotonic() + 0.7
                while time.monotonic() < deadline:  # a reader that computes
                    pass

    assert n_rows == N_ROWS


@pytest.mark.parametrize("conditions", [{"bytes_per_s": 200_000}, {"action": "stall", "at": 100_000}])
def test_the_time_limit_of_a_stream_counts_a_slow_or_silent_line(
    prices: MariaDB, proxy: FaultProxy, conditions: dict[str, object]
) -> None:
    with prices.open(
        address=f"mysql+pymysql://127.0.0.1:{proxy.port}/stocks", statement_timeout_s=1.0, connect_timeout_s=1.0
    ) as database:
        assert database.ready()
        proxy.become(**conditions)
        started = time.monotonic()
        with pytest.raises(ServiceTimeoutError):
            list(database.stream("SELECT * FROM prices", rows=ROWS))
        assert time.monotonic() - started < 10


def test_a_stream_that_computes_too_long_ends_on_the_server_too(prices: MariaDB) -> None:
    running = "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'WITH RECURSIVE%'"
    with prices.open(statement_timeout_s=0.5) as database, pytest.raises(ServiceTimeoutError):
        list(database.stream(ENDLESS))

    wait_for(lambda: prices.execute(running) == [(0,)], 5, service="MySQL")


ENDLESS = """
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 900)
SELECT COUNT(*) AS n FROM r AS a JOIN r AS b JOIN r AS c JOIN r AS d WHERE a.n + b.n + c.n + d.n <> 7
"""
