"""What is written after ``%sql`` and ``%%sql``, and what is meant by it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.error import UsageError

from pycore.exceptions import UnknownNameError
from pycore.notebook.syntax import Query, parse

DATABASES = ["STOCKS", "ARCHIVE"]


def meant(line: str, cell: str | None = None) -> Query:
    return parse(line, cell, DATABASES)


def test_a_statement_alone_is_all_that_is_needed() -> None:
    assert meant(" SELECT 1 ") == Query(statement="SELECT 1")
    assert meant("", "SELECT 1\nFROM stocks\n") == Query(statement="SELECT 1\nFROM stocks")


def test_every_option_is_read() -> None:
    query = meant("ARCHIVE --out rows --cache key --ttl 60 --limit 5 --refresh", "SELECT 1")

    assert query == Query(
        statement="SELECT 1", database="ARCHIVE", variable="rows", key="key", ttl_s=60.0, limit=5, refresh=True
    )


@pytest.mark.parametrize(
    "line",
    [
        "STOCKS --limit 5 rows << SELECT 1",
        "--limit=5 STOCKS rows<<SELECT 1",
        "rows << STOCKS --limit '5' SELECT 1",
        "--out rows\t--limit\t5\tSTOCKS SELECT 1",
    ],
)
def test_their_order_does_not_matter(line: str) -> None:
    assert meant(line) == Query(statement="SELECT 1", database="STOCKS", variable="rows", limit=5)


def test_a_key_with_blanks_is_quoted() -> None:
    assert meant('--cache "of March 2013" SELECT 1').key == "of March 2013"
    assert meant("--cache DATADST:'x' SELECT 1").key == "DATADST:'x'"


@pytest.mark.parametrize(
    "statement",
    [
        "(SELECT 1)",
        "select 1",
        "SELECT 1 << 2",
        "-- a comment",
        "/* STOCKS */ SELECT 1",
        "WITH STOCKS AS (SELECT 1) SELECT * FROM STOCKS",
        "SELECT '{x} $y :z %s'",
        "SELECT ' --limit 5'",
        "DROP TABLE stocks",
        "SELECT 1;",
    ],
)
def test_a_statement_is_left_as_it_is(statement: str) -> None:
    assert meant(statement).statement == statement
    assert meant("STOCKS", statement).statement == statement
    assert meant("", f"{statement}\n").statement == statement


@given(st.text(max_size=60))
def test_any_cell_is_the_statement(cell: str) -> None:
    if not cell.strip():
        return
    assert meant("STOCKS --limit 5", cell).statement == cell.strip()


@given(st.text("-<= '\"STOCKSlimtche5SELECT\n", max_size=40))
def test_any_line_is_understood_or_refused(line: str) -> None:
    try:
        query = meant(line)
    except (UsageError, UnknownNameError):
        return
    assert query.statement
    assert line.strip().endswith(query.statement)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "no statement"),
        ("STOCKS", "no statement"),
        ("--limt 5 SELECT 1", "Did you mean --limit"),
        ("--limit", "--limit N"),
        ("--limit --refresh SELECT 1", "--limit N"),
        ("--limit= 5 SELECT 1", "--limit N"),
        ("--limit 0 SELECT 1", "1 or more"),
        ("--limit five SELECT 1", "1 or more"),
        ("--limit ٣ SELECT 1", "1 or more"),
        ("--limit 1 --limit 2 SELECT 1", "twice"),
        ("--limit 1 --no-limit SELECT 1", "contradict"),
        ("--refresh=yes --cache k SELECT 1", "takes no value"),
        ("--refresh SELECT 1", "--cache KEY"),
        ("--ttl 5 SELECT 1", "--cache KEY"),
        ("--cache k --ttl 0 SELECT 1", "greater than 0"),
        ("--cache k --ttl nan SELECT 1", "greater than 0"),
        ("--cache k --ttl soon SELECT 1", "greater than 0"),
        ("--cache '' SELECT 1", "--cache KEY"),
        ("--out class SELECT 1", "'class' cannot"),
        ("--out 1st SELECT 1", "'1st' cannot"),
        ("my-rows << SELECT 1", "'my-rows' cannot"),
        ("a << b << SELECT 1", "twice"),
        ("--out a b << SELECT 1", "twice"),
        ("STOCKS ARCHIVE SELECT 1", "'ARCHIVE', after the database STOCKS"),
        ("SELECT 1 --limit 5", "options come first"),
        ("STOCKS SELECT 1 --no-limit", "options come first"),
    ],
)
def test_what_is_misspelt_is_refused_in_one_line(line: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as raised:
        meant(line)

    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("line", ["STOKS SELECT 1", "STOKS", "STOKS --limit 5 SELECT 1", "STOKS rows << SELECT 1"])
def test_an_unknown_database_lists_those_there_are(line: str) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'STOCKS'") as raised:
        meant(line)

    assert raised.value.known == ["ARCHIVE", "STOCKS"]
