import pytest

from pycore.database.nullability import never_null

CATALOG = [
    ("stocks", "table", "symbol", "TEXT", False),
    ("stocks", "table", "volume", "BIGINT", False),
    ("stocks", "table", "close", "DOUBLE", True),
    ("other", "table", "a", "INTEGER", False),
]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT volume, close FROM stocks", [True, False]),
        ("SELECT * FROM stocks", [True, True, False]),
        ("SELECT Volume FROM STOCKS", [True]),
        ("SELECT volume FROM stocks WHERE symbol = :s ORDER BY volume LIMIT :n", [True]),
        ("SELECT volume FROM (SELECT * FROM stocks)", [True]),
        ("WITH x AS (SELECT volume AS v FROM stocks) SELECT v FROM x", [True]),
        ("SELECT volume, COUNT(*) FROM stocks GROUP BY volume", [True, True]),
        ("SELECT volume FROM stocks UNION ALL SELECT a FROM other", [True]),
        ("SELECT s.volume FROM stocks AS s JOIN other ON a = volume", [True]),
        ("SELECT 1, 'a'", [True, True]),
    ],
)
def test_what_is_certain_is_found(sql: str, expected: list[bool]) -> None:
    assert never_null(sql, len(expected), lambda: CATALOG) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT volume FROM other LEFT JOIN stocks ON a = volume",
        "SELECT a FROM other RIGHT JOIN stocks ON a = volume",
        "SELECT a FROM other FULL JOIN stocks ON a = volume",
        "SELECT volume FROM stocks UNION ALL SELECT close FROM stocks",
        "SELECT MAX(volume) FROM stocks GROUP BY symbol",
        "SELECT CASE WHEN close THEN volume END FROM stocks",
        "SELECT volume + 1 FROM stocks",
        "SELECT (SELECT volume FROM stocks WHERE 0)",
        "SELECT NULL",
        "SELECT volume FROM elsewhere",
        "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r",
        "SELECT volume FROM stocks JOIN",
        "VALUES (1)",
    ],
)
def test_what_is_not_certain_may_be_null(sql: str) -> None:
    assert never_null(sql, 1, lambda: CATALOG) == [False]


def test_a_bare_column_beside_an_aggregate_of_no_rows_may_be_null() -> None:
    assert never_null("SELECT volume, COUNT(*) FROM stocks WHERE 0", 2, lambda: CATALOG) == [False, True]


def test_another_number_of_columns_than_expected_makes_nothing_certain() -> None:
    assert never_null("SELECT * FROM stocks", 5, lambda: CATALOG) == [False] * 5
