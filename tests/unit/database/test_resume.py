"""Where reading goes on after a loss: exactly behind the last row, or not at all."""

import random
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from pycore.database.resume import NotResumable, Reading, continuation
from pycore.database.statement import parse
from pycore.database.types import ResultColumn

KEYS = [("a", "b"), ("id",)]


@pytest.fixture
def table() -> Iterator[sqlite3.Connection]:
    draw = random.Random(5)
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (id INTEGER, a INTEGER, b TEXT, c INTEGER)")
    pairs = draw.sample([(a, f"b{b}") for a in range(-3, 4) for b in range(5)], 30)
    rows = [(number, *pair, draw.choice([None, 1, 2])) for number, pair in enumerate(pairs)]
    connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", rows)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM t ORDER BY a, b",
        "SELECT * FROM t ORDER BY a DESC, b;",
        "SELECT c, b, a FROM t ORDER BY a, b DESC, c",
        "SELECT b AS x, a AS y FROM t WHERE c = :c OR c IS NULL ORDER BY t.b, t.a DESC",
        "SELECT id FROM t WHERE c IS NOT NULL -- ORDER BY b\nORDER BY id DESC /* id */ ;",
        'SELECT "id", a + 1 AS c FROM t AS u WHERE a BETWEEN -2 AND 2 ORDER BY u."id"',
        "SELECT a AS a, b FROM t ORDER BY a, b",
    ],
)
def test_what_is_read_on_is_exactly_the_rest(table: sqlite3.Connection, sql: str) -> None:
    statement = parse(sql, "sqlite")
    values = statement.bind({"c": 1} if ":c" in sql else None)
    cursor = table.execute(statement.for_driver(), values)
    columns = [ResultColumn(item[0], "integer", True, "") for item in cursor.description]
    rows = cursor.fetchall()
    assert len(rows) > 5

    for n_rows in range(1, len(rows) + 1):
        onward = continuation(Reading(statement, values), columns, rows[n_rows - 1], n_rows, lambda _: KEYS)
        assert onward.counting is not None
        assert table.execute(onward.statement.for_driver(), onward.values).fetchall() == rows[n_rows:]
        assert table.execute(onward.counting.for_driver(), onward.counted).fetchall() == [(n_rows,)]


@pytest.mark.parametrize(
    ("sql", "row", "why"),
    [
        ("SELECT id FROM t ORDER BY 1", (5,), "unique key"),
        ("SELECT a, b FROM t ORDER BY a", (5, "x"), "unique key"),
        ("SELECT a, b FROM t ORDER BY a, c, b", (5, "x"), "unique key"),
        ("SELECT b AS id FROM t ORDER BY id", ("x",), "unique key"),
        ("SELECT id, b AS ID FROM t ORDER BY id", (5, "x"), "unique key"),
        ("SELECT id FROM t ORDER BY id + 0", (5,), "unique key"),
        ("SELECT id FROM t ORDER BY id COLLATE NOCASE", (5,), "plain"),
        ("SELECT -id AS x FROM t ORDER BY id", (5,), "does not select"),
        ("SELECT *, a AS z FROM t ORDER BY id", (5, 1, "x", 1, 1), "does not select"),
        ("SELECT id FROM t ORDER BY id", (None,), "no value in the key"),
        ("SELECT id FROM t", (5,), "unique key"),
        ("SELECT id FROM t ORDER BY id LIMIT 5 OFFSET 2", (5,), "plain"),
        ("SELECT id FROM t, u ORDER BY id", (5,), "plain"),
        ("SELECT id FROM t WHERE a IN (SELECT a FROM u) ORDER BY id", (5,), "plain"),
        ("SELECT id, random() AS r FROM t ORDER BY id", (5, 1), "plain"),
        ("SELECT id FROM t WHERE a > date('now') ORDER BY id", (5,), "plain"),
        ("SELECT id, :pycore_after_0 AS x FROM t ORDER BY id", (5, 1), "pycore_after_"),
    ],
)
def test_what_could_go_wrong_is_not_read_on(sql: str, row: tuple[Any, ...], why: str) -> None:
    statement = parse(sql, "sqlite")
    values = statement.bind(dict.fromkeys(statement.parameters, 1))
    names = ("id", "a", "b", "c", "z")[: len(row)] if "*" in sql else [f"c{place}" for place in range(len(row))]
    columns = [ResultColumn(name, "integer", True, "") for name in names]

    with pytest.raises(NotResumable, match=why):
        continuation(Reading(statement, values), columns, row, 7, lambda _: KEYS)
