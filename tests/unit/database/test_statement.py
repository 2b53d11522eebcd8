import re
import sqlite3
import time
from contextlib import closing

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

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
        "SELECT 1.5INTO OUTFILE '/tmp/x'",
        "SELECT 1.INTO OUTFILE '/tmp/x'",
        "SELECT .5INTO @a",
        "SELECT 1e5INTO @a",
        "SELECT 1e+5INTO @a",
        "SELECT 0xFFINTO @a",
        "SELECT \\NINTO @a",
        "SELECT 'a'INTO @a",
        "SELECT a\x0bINTO\x0b@a",
        f"SELECT {'1,' * 50}1INTO @a",
    ],
)
def test_words_that_grow_together_with_what_is_before_are_seen(sql: str) -> None:
    with pytest.raises(QueryError, match="INTO"):
        parse(sql, "mysql")


@pytest.mark.parametrize(
    ("family", "sql", "why"),
    [
        ("mysql", "SELECT * FROM t FOR UPDATE", "FOR UPDATE locks"),
        ("mysql", "SELECT * FROM t for\n share", "FOR SHARE locks"),
        ("mysql", "SELECT * FROM (SELECT * FROM t LOCK IN SHARE MODE) AS a", "LOCK IN SHARE MODE locks"),
        ("postgresql", "SELECT * FROM t FOR NO KEY UPDATE", "FOR NO KEY UPDATE locks"),
        ("mysql", "SELECT NEXT VALUE FOR s", "NEXT VALUE FOR locks or changes"),
        ("mysql", "SELECT GET_LOCK('a', 1)", "must not call GET_LOCK"),
        ("mysql", "SELECT `load_file` ('/etc/passwd')", "must not call LOAD_FILE"),
        ("sqlite", "SELECT \"load_extension\"('x')", "must not call LOAD_EXTENSION"),
        ("postgresql", "SELECT pg_catalog.pg_read_file('x')", "must not call PG_READ_FILE"),
        ("postgresql", "SELECT pg_drop_replication_slot('x')", "must not call PG_DROP_REPLICATION_SLOT"),
        ("postgresql", "SELECT pg_logical_emit_message(false, 'a', 'b')", "must not call PG_LOGICAL_EMIT_MESSAGE"),
        ("mysql", "SELECT SPIDER_DIRECT_SQL('DROP TABLE t', 'x', '')", "must not call SPIDER_DIRECT_SQL"),
        ("mysql", "SELECT group_replication_set_as_primary('x')", "must not call GROUP_REPLICATION_SET_AS_PRIMARY"),
        ("postgresql", "SELECT nextval('s')", "must not call NEXTVAL"),
        ("postgresql", "WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a", "what follows WITH"),
        ("mysql", "DESC DELETE FROM t", "what follows DESC"),
        ("mysql", "SELECT @a := 1", "writes to a variable"),
        ("mysql", "SELECT /*+ SET_VAR(sql_select_limit = 1) */ 1", "set anything in a hint"),
        ("mysql", "SELECT /*+ max_execution_time(0) */ 1", "set anything in a hint"),
        ("mysql", "DELIMITER //", "must read"),
        ("mysql", "HANDLER t OPEN", "must read"),
        ("mysql", "SELECT\u00a01", "blank that the server may read otherwise"),
        ("mysql", "SELECT 'a\ud800'", "half a surrogate pair"),
        ("mysql", "SELECT :a:b", "no blank around :a"),
        ("mysql", "SELECT x:a", "no blank around :a"),
        ("mysql", "SELECT :a'b'", "no blank around :a"),
        ("postgresql", "SELECT a[1:n] FROM t", "no blank around :n"),
        ("sqlite", "SELECT :été", "colon that begins no parameter"),
        ("sqlite", "SELECT " + "a + " * 120_000 + "1", "at most 200,000 are taken"),
    ],
)
def test_what_locks_sets_or_would_be_misread_is_refused(family: Family, sql: str, why: str) -> None:
    with pytest.raises(QueryError, match=why):
        parse(sql, family)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("text", [None, 7, b"SELECT 1", ["SELECT 1"]])
def test_what_is_no_text_is_refused_by_its_type(family: Family, text: object) -> None:
    with pytest.raises(QueryError, match=f"is a {type(text).__name__}"):
        parse(text, family)  # type: ignore[arg-type]  # on purpose


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM t WHERE id IN (" + "123456, " * 120_000 + "1)",
        "SELECT '" + "x" * 999_980 + "'",
        "SELECT 1" + " " * 999_990,
        "SELECT 1 /*" + "a *" * 300_000 + " */",
        "SELECT 1 WHERE " + "a = 1 OR " * 110_000 + "1",
        "(" * 999_999,
        "SELECT " + ":a, " * 240_000 + "1",
        "SELECT '" + "''" * 490_000 + "'",
    ],
)
def test_a_text_of_a_million_characters_is_judged_soon(sql: str, family: Family) -> None:
    started = time.process_time()
    try:
        parse(sql, family)
    except QueryError as exc:
        assert "at most" in str(exc)  # noqa: PT017  # some are taken, some are not

    # Half a second on a quiet machine; what grows with the square of the length would take minutes.
    assert time.process_time() - started < 20


FRAGMENTS = st.lists(
    st.one_of(
        st.sampled_from(
            ["FROM", "t", "WHERE", "a", "=", "1", ",", "(", ")", ";", "'", "''", '"', "`", "--", "#", "/*", "*/", "/*!"]
        ),
        st.sampled_from(
            ["\\", "\\'", ":", ":a", "::int", ":a:b", ":=", "@", "@a", "?", "?1", "$a", "%", "%s", "x'", "E'"]
        ),
        st.sampled_from(
            ["INTO", "'x'", "FOR UPDATE", "UNION", "SELECT", "WITH c AS (", "DELETE FROM t", "DROP TABLE t"]
        ),
        st.sampled_from(
            ["INSERT INTO t VALUES (1)", "1.5INTO", "\\N", "$$", "load_extension(", "[", "]", "\n", "\x0b", "\f"]
        ),
        st.text(max_size=4),
    ),
    max_size=12,
)


@settings(max_examples=500, deadline=None)
@given(parts=FRAGMENTS, glue=st.sampled_from(["", " "]), family=st.sampled_from(FAMILIES))
def test_any_text_is_taken_as_it_is_or_refused(parts: list[str], glue: str, family: Family) -> None:
    sql = glue.join(["SELECT ", *parts])
    try:
        statement = parse(sql, family)
    except QueryError as exc:
        assert str(exc).startswith("The statement ")  # noqa: PT017  # it may also be taken
        return

    names = iter(f":{name}" for name in statement.parameters)
    assert sql.startswith("".join(piece + next(names, "") for piece in statement.pieces))


READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE}


@settings(max_examples=800, deadline=None)
@given(parts=FRAGMENTS, glue=st.sampled_from(["", " "]))
def test_sqlite_agrees_that_what_is_taken_is_one_statement_that_reads(parts: list[str], glue: str) -> None:
    try:
        statement = parse(glue.join(["SELECT 1 ", *parts]), "sqlite")
    except QueryError:
        return
    done: set[int] = set()

    def note(action: int, *_names: object) -> int:
        done.add(action)
        return sqlite3.SQLITE_OK

    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE t (a)")
        connection.set_authorizer(note)
        try:
            connection.execute(statement.for_driver(), statement.bind(dict.fromkeys(statement.parameters, 1)))
        except sqlite3.Error as exc:
            assert "one statement at a time" not in str(exc)  # noqa: PT017  # most are no SQL at all
            assert "bindings" not in str(exc)  # noqa: PT017

    assert done <= READS


@settings(max_examples=300, deadline=None)
@given(value=st.text(max_size=20), family=st.sampled_from(FAMILIES))
def test_a_literal_never_changes_what_a_statement_is(value: str, family: Family) -> None:
    quoted = value.replace("\\", "\\\\" if family == "mysql" else "\\").replace("'", "''").replace("\0", "")
    sql = f"SELECT '{quoted}' AS a, :b AS b"
    assume(not re.search("[\ud800-\udfff]", sql))

    statement = parse(sql, family)

    assert statement.parameters == ("b",)
    assert statement.pieces == (f"SELECT '{quoted}' AS a, ", " AS b")


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


@pytest.mark.parametrize("parameters", [["IBM"], ("IBM",), "IBM", 7, {"IBM"}])
def test_parameters_that_are_no_mapping_are_refused_by_their_type(statement: Statement, parameters: object) -> None:
    with pytest.raises(QueryError, match=f"are a {type(parameters).__name__}"):
        statement.bind(parameters)  # type: ignore[arg-type]  # on purpose


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


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    ("sql", "said", "unsaid"),
    [
        (
            "SELEC symbol FROM stocks",
            r"begins with SELEC, which is none of SELECT, WITH.*did you mean SELECT\?$",
            "session",
        ),
        ("PRAGMA table_info(stocks)", r"begins with PRAGMA, which is none of SELECT", "session|did you mean"),
        ("INSERT INTO stocks VALUES (1)", r"begins with INSERT; write with database\.session\(\)\.$", "none of"),
        ("drop table stocks", r"begins with DROP; write with database\.session\(\)\.$", "none of"),
        ("'secret' FROM stocks", r"begins with something else, which is none of", "(?i:secret)|session"),
    ],
)
def test_a_statement_that_does_not_read_is_told_by_its_first_word(
    family: Family, sql: str, said: str, unsaid: str
) -> None:
    with pytest.raises(QueryError, match=said) as caught:
        parse(sql, family)
    assert not re.search(unsaid, str(caught.value))
