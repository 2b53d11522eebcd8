"""Every type of MariaDB and of MySQL arrives exact, or is refused by the name of its column."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from suites.mariadb import MariaDB, MySQL
from suites.paths import exact_path

from pycore.database import Database
from pycore.exceptions import QueryError

# type of the server, values as SQL, type in pandas, type where NULL is allowed, values in Python
TYPES: list[tuple[str, list[str], str, str, list[Any]]] = [
    ("TINYINT", ["-128", "127"], "int64", "Int64", [-128, 127]),
    ("TINYINT(1)", ["0", "1"], "bool", "boolean", [False, True]),
    ("TINYINT(1) UNSIGNED", ["0", "255"], "int64", "Int64", [0, 255]),
    ("BOOLEAN", ["FALSE", "TRUE"], "bool", "boolean", [False, True]),
    ("SMALLINT UNSIGNED", ["0", "65535"], "int64", "Int64", [0, 65535]),
    ("MEDIUMINT", ["-8388608", "8388607"], "int64", "Int64", [-8388608, 8388607]),
    ("INT UNSIGNED", ["0", "4294967295"], "int64", "Int64", [0, 4294967295]),
    ("INT UNSIGNED ZEROFILL", ["7"], "int64", "Int64", [7]),
    ("BIGINT", ["-9223372036854775808", "9223372036854775807"], "int64", "Int64", [-(2**63), 2**63 - 1]),
    ("BIGINT UNSIGNED", ["0", "18446744073709551615"], "uint64", "UInt64", [0, 2**64 - 1]),
    ("BIT(1)", ["b'0'", "b'1'"], "bool", "boolean", [False, True]),
    ("BIT(64)", ["b'0'", f"b'{'1' * 64}'"], "uint64", "UInt64", [0, 2**64 - 1]),
    ("YEAR", ["1901", "2155", "0"], "int64", "Int64", [1901, 2155, 0]),
    (
        "DOUBLE",
        ["0.1", "5e-324", "1.7976931348623157e308"],
        "float64",
        "float64",
        [0.1, 5e-324, 1.7976931348623157e308],
    ),
    (
        "FLOAT",
        ["16777215", "0.1", "1.4e-45", "-3.4028234663852886e38"],
        "float32",
        "float32",
        [16777215.0, 0.10000000149011612, 1.401298464324817e-45, -3.4028234663852886e38],
    ),
    (
        "DECIMAL(65,30)",
        ["99999999999999999999999999999999999.999999999999999999999999999999", "-0.1"],
        "object",
        "object",
        [
            Decimal("99999999999999999999999999999999999.999999999999999999999999999999"),
            Decimal("-0.100000000000000000000000000000"),
        ],
    ),
    (
        "DATE",
        ["'1000-01-01'", "'9999-12-31'"],
        "datetime64[s]",
        "datetime64[s]",
        [pd.Timestamp("1000-01-01"), pd.Timestamp("9999-12-31")],
    ),
    ("DATETIME", ["'2013-03-01 14:05:00'"], "datetime64[us]", "datetime64[us]", [pd.Timestamp("2013-03-01 14:05:00")]),
    (
        "DATETIME(6)",
        ["'9999-12-31 23:59:59.999999'"],
        "datetime64[us]",
        "datetime64[us]",
        [pd.Timestamp("9999-12-31 23:59:59.999999")],
    ),
    (
        "TIME",
        ["'-838:59:59'", "'00:00:01'"],
        "timedelta64[us]",
        "timedelta64[us]",
        [-pd.Timedelta("838:59:59"), pd.Timedelta("1s")],
    ),
    ("TIME(6)", ["'-00:00:00.000001'"], "timedelta64[us]", "timedelta64[us]", [pd.Timedelta(-1, unit="us")]),
    ("CHAR(4)", ["'a'", "''"], "str", "str", ["a", ""]),
    ("VARCHAR(20) CHARACTER SET utf8mb4", ["'Zürich 🚲'"], "str", "str", ["Zürich 🚲"]),
    ("VARCHAR(20) CHARACTER SET latin1", ["'Zürich'"], "str", "str", ["Zürich"]),
    ("LONGTEXT", ["'a\\0b'"], "str", "str", ["a\0b"]),
    ("ENUM('x','y')", ["'y'"], "str", "str", ["y"]),
    ("SET('x','y')", ["'x,y'", "''"], "str", "str", ["x,y", ""]),
    ("JSON", ["'{\"a\": 1}'"], "str", "str", ['{"a": 1}']),
    ("BLOB", ["x'00ff'", "''"], "object", "object", [b"\x00\xff", b""]),
    ("VARBINARY(4)", ["x'80'"], "object", "object", [b"\x80"]),
    ("BINARY(2)", ["x'01'"], "object", "object", [b"\x01\x00"]),
]

TYPES_OF_MARIADB = [
    ("UUID", ["'123e4567-e89b-12d3-a456-426655440000'"], "str", "str", ["123e4567-e89b-12d3-a456-426655440000"]),
    ("INET6", ["'::1'"], "str", "str", ["::1"]),
]


@pytest.fixture
def database(any_mysql: MariaDB) -> Iterator[Database]:
    with any_mysql.open() as database:
        yield database


def make(server: MariaDB, declared: str, values: list[str]) -> None:
    server.execute(
        "SET SESSION time_zone = '+00:00'",
        "SET SESSION sql_mode = ''",
        f"CREATE TABLE stocks.t (place INT PRIMARY KEY, c {declared})",
        *[f"INSERT INTO stocks.t VALUES ({place}, {value})" for place, value in enumerate(values)],
    )


@pytest.mark.parametrize(("declared", "written", "dtype", "nullable", "expected"), TYPES, ids=[row[0] for row in TYPES])
def test_a_type_arrives_exact(
    any_mysql: MariaDB,
    database: Database,
    declared: str,
    written: list[str],
    dtype: str,
    nullable: str,
    expected: list[Any],
) -> None:
    arrives_exact(any_mysql, database, declared, written, dtype, nullable, expected)


@pytest.mark.parametrize(
    ("declared", "written", "dtype", "nullable", "expected"), TYPES_OF_MARIADB, ids=[row[0] for row in TYPES_OF_MARIADB]
)
def test_a_type_of_mariadb_arrives_exact(
    mariadb: MariaDB, declared: str, written: list[str], dtype: str, nullable: str, expected: list[Any]
) -> None:
    with mariadb.open() as database:
        arrives_exact(mariadb, database, declared, written, dtype, nullable, expected)


def arrives_exact(
    server: MariaDB,
    database: Database,
    declared: str,
    written: list[str],
    dtype: str,
    nullable: str,
    expected: list[Any],
) -> None:
    def column(sql: str) -> pd.Series:
        """Return the column, which is the same on both paths."""
        assert database.plan(sql).path == "fast"
        frame = database.extract(sql)
        with exact_path(server):
            assert database.plan(sql).path == "exact"
            if declared != "FLOAT":
                assert_frame_equal(frame, database.extract(sql), check_exact=True)
        return frame["c"]

    make(server, f"{declared} NOT NULL", written)
    found = column("SELECT c FROM t ORDER BY place")
    server.execute(f"ALTER TABLE stocks.t MODIFY c {declared} NULL")
    may_be_null = column("SELECT c FROM t ORDER BY place")
    server.execute("INSERT INTO stocks.t VALUES (99, NULL)")
    with_null = column("SELECT c FROM t ORDER BY place")
    only_null = column("SELECT c FROM t WHERE place = 99")
    no_rows = column("SELECT c FROM t WHERE place < 0")

    assert found.tolist() == expected
    assert [repr(value) for value in found.tolist()] == [repr(value) for value in expected]
    assert str(found.dtype) == dtype
    assert {str(series.dtype) for series in (may_be_null, with_null, only_null, no_rows)} == {nullable}
    assert with_null.tolist()[:-1] == expected
    assert with_null.isna().tolist() == [False] * len(expected) + [True]
    assert only_null.isna().all()


def test_a_timestamp_is_an_instant(any_mysql: MariaDB, database: Database) -> None:
    any_mysql.execute(
        "CREATE TABLE stocks.t (c TIMESTAMP(6) NULL)",
        "SET SESSION time_zone = '+05:30'",
        "INSERT INTO stocks.t VALUES ('2013-03-01 14:05:00.000001'), (NULL)",
    )

    found = database.extract("SELECT c FROM t")["c"]

    assert str(found.dtype) == "datetime64[us, UTC]"
    assert found.tolist() == [pd.Timestamp("2013-03-01 08:35:00.000001", tz="UTC"), pd.NaT]


@pytest.mark.parametrize("declared", ["DATE", "DATETIME", "TIMESTAMP"])
def test_a_zero_date_is_refused_by_name(any_mysql: MariaDB, database: Database, declared: str) -> None:
    make(any_mysql, declared, ["0"])

    with pytest.raises(QueryError, match=r"Column 'c' .* zero date: zero_dates=\"NaT\".*NULLIF"):
        database.extract("SELECT c FROM t")

    cured = database.extract("SELECT NULLIF(LEFT(CAST(c AS CHAR), 10), '0000-00-00') AS c FROM t")
    assert cured["c"].isna().tolist() == [True]


def test_a_float_that_comes_as_text_is_refused_by_name_and_its_cure_is_exact(
    any_mysql: MariaDB, database: Database
) -> None:
    make(any_mysql, "FLOAT", ["16777215", "0.1"])

    with exact_path(any_mysql):
        with pytest.raises(QueryError, match=r"Column 'c': .*CAST\(… AS DOUBLE\)"):
            database.extract("SELECT c FROM t")

        found = database.extract("SELECT CAST(c AS DOUBLE) AS c FROM t ORDER BY place")["c"]
    assert found.tolist() == [16777215.0, 0.10000000149011612]


def test_a_boolean_of_another_value_is_refused_by_name(any_mysql: MariaDB, database: Database) -> None:
    make(any_mysql, "BOOLEAN", ["2"])

    with pytest.raises(QueryError, match=r"Column 'c' .*neither 0 nor 1"):
        database.extract("SELECT c FROM t")


def test_an_outer_join_makes_a_column_nullable(any_mysql: MariaDB, database: Database) -> None:
    make(any_mysql, "BIGINT NOT NULL", ["1"])

    frame = database.extract("SELECT a.c AS a, b.c AS b FROM t AS a LEFT JOIN t AS b ON b.place = a.place + 1")

    assert [str(dtype) for dtype in frame.dtypes] == ["int64", "Int64"]


def test_the_totals_of_rollup_are_exact_or_refused(any_mysql: MariaDB, database: Database) -> None:
    make(any_mysql, "VARCHAR(5) NOT NULL", ["'a'", "'b'"])

    texts = database.extract("SELECT c, COUNT(*) AS n FROM t GROUP BY c WITH ROLLUP")

    assert texts["c"].isna().tolist() == [False, False, True]
    sql = "SELECT place, COUNT(*) AS n FROM t GROUP BY place WITH ROLLUP"
    if isinstance(any_mysql, MySQL):
        assert database.extract(sql)["place"].tolist() == [0, 1, pd.NA]
    else:
        with pytest.raises(QueryError, match="announced as NOT NULL"):
            database.extract(sql)


def test_an_average_and_a_sum_of_integers_are_decimals(any_mysql: MariaDB, database: Database) -> None:
    make(any_mysql, "BIGINT", ["9223372036854775807", "9223372036854775807"])

    assert database.extract("SELECT SUM(c) AS s FROM t").loc[0, "s"] == Decimal(2 * (2**63 - 1))


def test_a_long_group_is_not_cut(any_mysql: MariaDB, database: Database) -> None:
    make(any_mysql, "TEXT", [f"'{'x' * 900}'"] * 5)

    assert database.extract("SELECT GROUP_CONCAT(c) AS c FROM t")["c"].str.len().tolist() == [5 * 900 + 4]


def test_the_server_answers_about_itself(any_mysql: MariaDB, database: Database) -> None:
    make(any_mysql, "BIGINT", [])

    assert database.extract("SHOW TABLES").iloc[0, 0] == "t"
    assert database.extract("DESCRIBE t")["Field"].tolist() == ["place", "c"]
    assert len(database.extract("EXPLAIN SELECT * FROM t")) == 1
