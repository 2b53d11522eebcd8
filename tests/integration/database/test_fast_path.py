"""Rows that come in binary form: the same frame as from the exact path, or more exact, on the same connection."""

import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from suites.mariadb import MariaDB, MySQL
from suites.paths import exact_path

from pycore.database import Database
from pycore.exceptions import QueryError

# Statements whose columns no table has: what the server says of a column and what it sends have to agree.
EXPRESSIONS = [
    "SELECT NULL AS a, 1 AS b, -1 AS c, 18446744073709551615 AS d, 1.5 AS e, 1.5e0 AS f, 'x' AS g, x'00' AS h",
    "SELECT CAST(18446744073709551615 AS UNSIGNED) AS a UNION SELECT NULL",
    "SELECT CAST(1 AS UNSIGNED) AS a UNION ALL SELECT -1 UNION ALL SELECT NULL",
    "SELECT 1 AS a UNION ALL SELECT 1.5 UNION ALL SELECT 'x'",
    "SELECT DATE '2013-03-01' AS a, TIMESTAMP '2013-03-01 14:05:0.5' AS b, TIME '-838:59:59' c UNION SELECT 1, 2, 3",
    "SELECT COUNT(*) AS a, SUM(i) AS b, AVG(i) AS c, MIN(d) AS d, BIT_OR(i) AS e, GROUP_CONCAT(s) AS f FROM t",
    "SELECT i, COUNT(*) AS n FROM t GROUP BY i WITH ROLLUP",
    "SELECT a.i AS x, b.i AS y, b.s AS s, b.d AS d FROM t AS a LEFT JOIN t AS b ON a.i = b.i + 1 ORDER BY a.i",
    "SELECT i AS same, s AS same, i AS same FROM t",
    "SELECT @a := 5 AS a, IF(i > 1, i, NULL) AS b, i / 3 AS c, i % 2 = 0 AS d, i DIV 2 AS e FROM t",
    "SELECT CASE WHEN i = 1 THEN d END AS a, COALESCE(d, '2000-01-01') AS b, YEAR(d) AS c, WEEK(d) AS e FROM t",
    "SELECT CAST(i AS DECIMAL(20, 10)) AS a, CAST(s AS BINARY) AS b, CAST(d AS DATETIME(3)) AS c, HEX(i) AS e FROM t",
    "SELECT NOW() = NOW() AS a, TIMEDIFF('10:00:00', '11:30:00') AS b, SEC_TO_TIME(i * 100000) AS c FROM t",
    "SELECT JSON_OBJECT('a', i) AS a, INET6_ATON('::1') AS b, UUID() IS NULL AS c FROM t",
    "SELECT '?' AS `?`, \"it's ? %s %% :x\" AS b /* ? :y */ FROM t -- ?",
    "SELECT EXISTS (SELECT 1 FROM t) AS a, (SELECT MAX(i) FROM t) AS b, i IN (1, 2) AS c FROM t",
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) SELECT i, REPEAT('ä', i) s FROM n",
    "SELECT * FROM t WHERE i < 0",
    "SELECT POINT(1, 2) AS a",
    "SHOW COLUMNS FROM t",
    "SHOW TABLES",
    "EXPLAIN SELECT * FROM t",
]


@pytest.fixture
def database(any_mysql: MariaDB) -> Iterator[Database]:
    with any_mysql.open() as database:
        yield database


@pytest.fixture
def t(any_mysql: MariaDB) -> MariaDB:
    any_mysql.execute(
        "CREATE TABLE stocks.t (i INT NOT NULL, d DATE NULL, s VARCHAR(20) CHARACTER SET utf8mb4 NOT NULL)",
        "INSERT INTO stocks.t VALUES (1, '2013-03-01', 'ä'), (2, NULL, ''), (3, '1000-01-01', 'x')",
    )
    return any_mysql


def same_on_both(server: MariaDB, database: Database, sql: str, parameters: Any = None) -> pd.DataFrame:
    """Return the frame, which is the same from both paths, whole and in pieces."""
    frame = database.extract(sql, parameters)
    assert_frame_equal(pd.concat(database.stream(sql, parameters, rows=7), ignore_index=True), frame, check_exact=True)
    with exact_path(server):
        assert_frame_equal(frame, database.extract(sql, parameters), check_exact=True)
    return frame


@pytest.mark.parametrize("sql", EXPRESSIONS)
def test_an_expression_is_the_same_on_both_paths(t: MariaDB, database: Database, sql: str) -> None:
    fast = outcome(database, sql)
    with exact_path(t):
        exact = outcome(database, sql)
    if isinstance(fast, str) or isinstance(exact, str):
        assert fast == exact  # refused in the same words
    else:
        assert_frame_equal(fast, exact, check_exact=True)


def outcome(database: Database, sql: str) -> pd.DataFrame | str:
    try:
        return database.extract(sql)
    except QueryError as exc:
        return str(exc)


COLUMNS: dict[str, st.SearchStrategy[Any]] = {
    "a TINYINT": st.integers(-128, 127),
    "b MEDIUMINT UNSIGNED": st.integers(0, 2**24 - 1),
    "c BIGINT": st.integers(-(2**63), 2**63 - 1),
    "d BIGINT UNSIGNED": st.integers(0, 2**64 - 1),
    "e DOUBLE": st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number + 0.0),  # no -0.0
    "f DECIMAL(65,30)": st.decimals(-(10**34), 10**34, places=30),
    "g DATE": st.dates(date(1000, 1, 1)),
    "h DATETIME(6)": st.datetimes(datetime(1000, 1, 1)),  # noqa: DTZ001
    "i TIMESTAMP(3) NULL": st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1)),  # noqa: DTZ001
    "j TIME(6)": st.timedeltas(timedelta(hours=-838), timedelta(hours=838)),
    "k VARCHAR(200)": st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=200),
    "l LONGBLOB": st.binary(max_size=300),
    "m BIT(17)": st.integers(0, 2**17 - 1),
    "n YEAR": st.integers(1901, 2155),
    "o BOOLEAN": st.booleans(),
}


@pytest.fixture
def generated(any_mysql: MariaDB) -> Iterator[Any]:
    columns = ", ".join(COLUMNS)
    any_mysql.execute(f"CREATE TABLE stocks.g (place INT PRIMARY KEY, {columns}) DEFAULT CHARACTER SET utf8mb4")
    connection = any_mysql.root()
    try:
        connection.select_db("stocks")
        connection.query("SET time_zone = '+00:00'")
        yield connection
    finally:
        connection.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(*(st.none() | values for values in COLUMNS.values())), max_size=20))
def test_a_generated_table_is_the_same_on_both_paths(
    any_mysql: MariaDB, database: Database, generated: Any, rows: list[tuple[Any, ...]]
) -> None:
    marks = ", ".join(["%s"] * (len(COLUMNS) + 1))
    with generated.cursor() as cursor:
        cursor.execute("DELETE FROM g")
        cursor.executemany(f"INSERT INTO g VALUES ({marks})", [(place, *row) for place, row in enumerate(rows)])
    generated.commit()

    frame = same_on_both(any_mysql, database, "SELECT * FROM g ORDER BY place")

    assert len(frame) == len(rows)
    for place, name in enumerate(("c", "d", "f", "k", "l")):
        written = [row[(2, 3, 5, 10, 11)[place]] for row in rows]
        assert [None if pd.isna(value) else value for value in frame[name]] == written


def test_the_sign_of_a_zero_and_every_digit_come_through(any_mysql: MariaDB, database: Database) -> None:
    any_mysql.execute(
        "CREATE TABLE stocks.z (place INT, a DOUBLE, b FLOAT)",
        "INSERT INTO stocks.z VALUES (1, -0.0e0, -0.0e0), (2, 0.1e0 + 0.2e0, 0.1), (3, 5e-324, 1.4e-45)",
    )

    frame = database.extract("SELECT a, b FROM z ORDER BY place")

    signed = isinstance(any_mysql, MySQL)  # MariaDB takes the sign away when it stores it

    assert np.signbit(frame["a"]).tolist() == np.signbit(frame["b"]).tolist() == [signed, False, False]
    assert frame["a"].tolist() == [0.0, 0.1 + 0.2, 5e-324]
    assert frame["b"].to_numpy().tobytes() == np.array([-0.0 if signed else 0.0, 0.1, 1e-45], np.float32).tobytes()


@pytest.mark.parametrize(
    "value",
    [
        *(
            "it's",
            "back\\slash",
            '"quoted"',
            "%s ? :x",
            "ä🚲",
            "\x00\x1a\n",
            "",
            b"\x00\xff'\\",
            Decimal("1e-30"),
            None,
        ),
        *(True, 2**64 - 1, -0.5, date(2013, 3, 1), datetime(2013, 3, 1, 14, 5, 0, 7), timedelta(hours=-30)),  # noqa: DTZ001
    ],
)
def test_a_bound_value_is_itself_on_both_paths(any_mysql: MariaDB, database: Database, value: Any) -> None:
    frame = same_on_both(any_mysql, database, "SELECT :x <=> :x AS a, :x AS x, HEX(:x) AS h", {"x": value})

    assert frame["a"].tolist() == [1]
    if isinstance(value, (str, bytes)):
        assert frame["h"].tolist() == [(value if isinstance(value, bytes) else value.encode()).hex().upper()]


def test_a_server_that_escapes_otherwise_by_default_reads_the_same(any_mysql: MariaDB) -> None:
    ((mode,),) = any_mysql.execute("SELECT @@GLOBAL.sql_mode")
    any_mysql.execute("SET GLOBAL sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'")
    try:
        with any_mysql.open() as database:
            for value in ("back\\slash", "it's", "\\' OR 1=1 -- "):
                assert database.extract('SELECT :x AS x, "a" AS y', {"x": value}).iloc[0].tolist() == [value, "a"]
    finally:
        any_mysql.execute(f"SET GLOBAL sql_mode = '{mode}'")


@pytest.mark.parametrize("n_bytes", [2**20 - 10, 2**20, 2**24 - 10, 2**24, 2**24 + 5, 2**25 + 3])
def test_a_row_larger_than_a_packet_is_whole(any_mysql: MariaDB, n_bytes: int) -> None:
    ((allowed,),) = any_mysql.execute("SELECT @@GLOBAL.max_allowed_packet")
    any_mysql.execute("SET GLOBAL max_allowed_packet = 67108864")
    try:
        with any_mysql.open() as database:
            frame = database.extract(
                f"SELECT 1 AS i, 'ab' AS s UNION ALL SELECT 2, REPEAT('xyz', {n_bytes // 3}) UNION ALL SELECT 3, ''"
            )
    finally:
        any_mysql.execute(f"SET GLOBAL max_allowed_packet = {allowed}")

    assert frame["i"].tolist() == [1, 2, 3]
    assert frame["s"].tolist() == ["ab", "xyz" * (n_bytes // 3), ""]


def test_rows_of_all_lengths_come_in_order(mariadb: MariaDB) -> None:
    with mariadb.open() as database:
        frame = database.extract(
            "SELECT seq, REPEAT(CHAR(65 + seq % 26), (seq * seq) % 700) AS s, IF(seq % 3, seq, NULL) AS n "
            "FROM seq_1_to_50000"
        )

    places = np.arange(1, 50_001)
    assert frame["seq"].tolist() == places.tolist()
    assert frame["s"].str.len().tolist() == ((places * places) % 700).tolist()
    assert frame["n"].isna().tolist() == (places % 3 == 0).tolist()


def test_a_plan_does_not_run_the_statement(mariadb: MariaDB) -> None:
    with mariadb.open() as database:
        started = time.monotonic()
        plan = database.plan(
            "SELECT COUNT(*) AS n, :x AS x FROM seq_1_to_1000000000 AS a JOIN seq_1_to_1000 AS b", {"x": 1}
        )

    assert time.monotonic() - started < 5
    assert plan.columns is not None
    assert [(one.name, one.dtype) for one in plan.columns] == [("n", "int64"), ("x", "int64")]


@pytest.mark.parametrize(
    ("sql", "path", "why"),
    [
        ("SELECT s FROM t", "fast", "prepares it"),
        ("SHOW WARNINGS", "exact", "its rows come as text"),
        ("SHOW TABLES", "fast", "prepares it"),
    ],
)
def test_a_plan_says_why(t: MariaDB, sql: str, path: str, why: str) -> None:
    with t.open() as database:
        plan = database.plan(sql)
        with exact_path(t):
            at_the_limit = database.plan("SELECT s FROM t")

    assert plan.path == path
    assert why in str(plan)
    assert (at_the_limit.path, at_the_limit.columns) == ("exact", None)
    assert "max_prepared_stmt_count" in str(at_the_limit)


def test_a_plan_has_the_types_of_the_frame(any_mysql: MariaDB, database: Database, generated: Any) -> None:
    del generated
    frame = database.extract("SELECT * FROM g")

    plan = database.plan("SELECT * FROM g")

    assert plan.columns is not None
    assert {one.name: one.dtype for one in plan.columns} == {name: str(kind) for name, kind in frame.dtypes.items()}
