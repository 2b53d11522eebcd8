import pytest

from pycore.database.statement import Family, Statement, parse
from pycore.exceptions import QueryError

FAMILIES: tuple[Family, ...] = ("sqlite", "mysql", "postgresql")


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "  select 1 ; ",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "VALUES (1), (2)",
        "TABLE stocks",
        "(SELECT 1) UNION (SELECT 2)",
        "SELECT REPLACE(symbol, 'A', 'B') FROM stocks",
        "SELECT 'INSERT INTO x; DROP TABLE y' AS text",
        "SELECT 1 -- a comment; with INTO and :name\n",
        "EXPLAIN SELECT 1",
    ],
)
def test_a_statement_that_reads_is_taken_as_it_is(sql: str, family: Family) -> None:
    statement = parse(sql, family)

    assert statement.text == sql
    assert statement.parameters == ()


@pytest.mark.parametrize("sql", ["SHOW TABLES", "DESCRIBE stocks", "DESC stocks", "EXPLAIN SELECT * FROM stocks"])
def test_mysql_may_be_asked_about_itself(sql: str) -> None:
    assert parse(sql, "mysql").text == sql


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("", "empty"),
        ("  -- nothing\n", "empty"),
        (";", "empty"),
        ("SELECT 1; SELECT 2", "more than one statement"),
        ("SELECT 1; DROP TABLE stocks", "more than one statement"),
        ("DROP TABLE stocks", "must read"),
        ("INSERT INTO stocks VALUES (1)", "must read"),
        ("UPDATE stocks SET close = 0", "must read"),
        ("DELETE FROM stocks", "must read"),
        ("CREATE TABLE a (b INT)", "must read"),
        ("SET GLOBAL max_connections = 1", "must read"),
        ("SET TRANSACTION READ WRITE", "must read"),
        ("CALL something()", "must read"),
        ("PRAGMA journal_mode = DELETE", "must read"),
        ("ATTACH DATABASE 'x' AS x", "must read"),
        ("SELECT 1 INTO OUTFILE '/tmp/x'", "INTO"),
        ("SELECT 1 INTO DUMPFILE '/tmp/x'", "INTO"),
        ("SELECT 1 INTO @a", "INTO"),
        ("SELECT * INTO copy FROM stocks", "INTO"),
        ("WITH a AS (SELECT 1) DELETE FROM stocks", "what follows WITH"),
        ("EXPLAIN ANALYZE DELETE FROM stocks", "what follows EXPLAIN"),
        ("'SELECT' 1", "must read"),
        ("((", "empty"),
        ("WITH a AS (SELECT 1) INSERT INTO stocks SELECT * FROM a", "INTO"),
        ("SELECT LOAD_FILE('/etc/passwd')", "must not call LOAD_FILE"),
        ("SELECT 'not closed", "not closed"),
        ("SELECT 1\x00", "NUL"),
        ("SELECT '" + "x" * 1_000_000 + "'", "at most 1,000,000"),
    ],
)
def test_anything_else_is_refused(sql: str, why: str, family: Family) -> None:
    with pytest.raises(QueryError, match=why) as caught:
        parse(sql, family)

    assert caught.value.statement is not None


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 /*! INTO OUTFILE '/tmp/x' */",
        "SELECT 1 /*!50000 INTO OUTFILE '/tmp/x' */",
        "SELECT 1 /*M! INTO OUTFILE '/tmp/x' */",
        "SELECT 1--1 INTO OUTFILE '/tmp/x'",
        "SELECT 1 /* a /* b */ INTO OUTFILE '/tmp/x' -- */",
    ],
)
def test_what_mysql_would_run_of_a_comment_is_refused(sql: str) -> None:
    with pytest.raises(QueryError, match=r"comment|INTO"):
        parse(sql, "mysql")


@pytest.mark.parametrize(
    "sql",
    ["SELECT 1 -- plain\n", "SELECT 1 # hash\n", "SELECT 1 /* block * / */", "SELECT 1 --\tx", "SELECT /*+ hint */ 1"],
)
def test_a_plain_comment_of_mysql_is_left_alone(sql: str) -> None:
    assert "".join(parse(sql, "mysql").pieces) in sql


@pytest.mark.parametrize("family", FAMILIES)
def test_colons_and_percent_signs_inside_literals_and_comments_are_left_alone(family: Family) -> None:
    sql = """SELECT '{"a":1}', ':name', '50%d', '10:30' /* :no %s */ FROM t WHERE a = :a AND b LIKE :b -- :c %"""

    statement = parse(sql, family)

    assert statement.parameters == ("a", "b")
    assert "".join(statement.pieces) + " -- :c %" == sql.replace(":a A", " A").replace("E :b", "E ")


def test_a_word_of_sql_may_name_a_parameter() -> None:
    statement = parse("SELECT * FROM t ORDER BY date LIMIT :limit", "sqlite")

    assert statement.for_driver() == "SELECT * FROM t ORDER BY date LIMIT ?"
    assert statement.bind({"limit": 50}) == (50,)


def test_a_parameter_is_bound_as_often_as_it_is_written() -> None:
    statement = parse("SELECT :a, :b, :a, '%'", "mysql")

    assert statement.for_driver() == "SELECT %s, %s, %s, '%%'"
    assert statement.bind({"a": 1, "b": 2}) == (1, 2, 1)


def test_a_cast_of_postgresql_is_no_parameter() -> None:
    assert parse("SELECT a::int, :b FROM t", "postgresql").parameters == ("b",)


@pytest.mark.parametrize("mark", ["?", "?1", "@a", "$a"])
def test_a_parameter_in_another_form_is_refused(mark: str) -> None:
    with pytest.raises(QueryError, match="write :name"):
        parse(f"SELECT {mark}", "sqlite")


@pytest.fixture
def statement() -> Statement:
    return parse("SELECT * FROM stocks WHERE symbol = :symbol AND close > :least", "sqlite")


def test_missing_and_unknown_parameters_are_named_together(statement: Statement) -> None:
    with pytest.raises(QueryError) as caught:
        statement.bind({"symbol": "IBM", "last": 1, "other": 2})

    assert "missing: least" in str(caught.value)
    assert "unknown: last, other" in str(caught.value)
    assert ":least, :symbol" in str(caught.value)


def test_no_parameters_where_some_are_needed(statement: Statement) -> None:
    with pytest.raises(QueryError, match="missing: least, symbol"):
        statement.bind(None)


def test_a_parameter_for_a_statement_that_takes_none() -> None:
    with pytest.raises(QueryError, match=r"unknown: a\). It takes none"):
        parse("SELECT 1", "sqlite").bind({"a": 1})


def test_a_value_that_cannot_be_bound_is_named_and_not_shown(statement: Statement) -> None:
    with pytest.raises(QueryError, match="'least'") as caught:
        statement.bind({"symbol": "IBM", "least": ["hunter2"]})

    assert "hunter2" not in str(caught.value)
    assert caught.value.statement == statement.text


def test_a_long_gap_is_looked_at_once() -> None:
    parse("SELECT" + " \t\n" * 100_000 + "1", "mysql")
