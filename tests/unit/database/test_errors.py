import pickle
import sqlite3

import pymysql
import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from pycore.database.errors import Origin, translate, translated
from pycore.exceptions import (
    AuthenticationError,
    ConnectionLostError,
    PycoreError,
    QueryError,
    ServiceTimeoutError,
    ServiceUnavailableError,
)

MYSQL = Origin("STOCKS", "mysql+pymysql://reader@db:3306/stocks", "mysql")
SQLITE = Origin("STOCKS", "sqlite:////data/stocks.db", "sqlite")
STATEMENT = "SELECT * FROM stocks WHERE symbol = :symbol"


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (1045, "Access denied for user 'reader'@'x' (using password: YES)", AuthenticationError),
        (1044, "Access denied for user 'reader'@'x' to database 'stocks'", AuthenticationError),
        (1698, "Access denied for user 'root'@'localhost'", AuthenticationError),
        (2003, "Can't connect to MySQL server on 'db' ([Errno 111] Connection refused)", ServiceUnavailableError),
        (2003, "Can't connect to MySQL server on 'db' (timed out)", ServiceTimeoutError),
        (2006, "MySQL server has gone away", ConnectionLostError),
        (2013, "Lost connection to MySQL server during query", ConnectionLostError),
        (2013, "Lost connection to MySQL server during query (timed out)", ServiceTimeoutError),
        (1040, "Too many connections", ServiceUnavailableError),
        (1049, "Unknown database 'stocks'", ServiceUnavailableError),
        (4031, "The client was disconnected by the server because of inactivity", ConnectionLostError),
        (1927, "Connection was killed", ConnectionLostError),
        (1053, "Server shutdown in progress", ConnectionLostError),
        (1205, "Lock wait timeout exceeded; try restarting transaction", ServiceTimeoutError),
        (1969, "Query execution was interrupted (max_statement_time exceeded)", ServiceTimeoutError),
        (3024, "Query execution was interrupted, maximum statement execution time exceeded", ServiceTimeoutError),
        (1146, "Table 'stocks.stoks' doesn't exist", QueryError),
        (1064, "You have an error in your SQL syntax near 'FORM'", QueryError),
        (1792, "Cannot execute statement in a READ ONLY transaction.", QueryError),
    ],
)
def test_each_code_of_mysql_is_one_of_our_errors(code: int, text: str, expected: type[PycoreError]) -> None:
    error = translate(pymysql.err.OperationalError(code, text), MYSQL, STATEMENT)

    assert type(error) is expected
    assert str(code) in str(error)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (1242, "Subquery returns more than 1 row"),
        (1193, "Unknown system variable 'nowhere'"),
        (1111, "Invalid use of group function"),
        (1267, "Illegal mix of collations (utf8mb4_bin,NONE) and (latin1_bin,NONE) for operation '='"),
    ],
)
def test_what_can_name_no_value_is_said_in_the_words_of_the_server(code: int, text: str) -> None:
    error = translate(pymysql.err.OperationalError(code, text), MYSQL, STATEMENT, bound=True)

    assert str(error) == f"{MYSQL.service} refused the statement: {text} ({code})"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Duplicate entry 'a for key b' for key 'stocks.symbol'", "key 'stocks.symbol'"),
        ("Incorrect integer value: 'for column `x' for column `s`.`t`.`volume` at row 1", "column 'volume'"),
        ("Incorrect integer value: 'hunter2' for column 'volume' at row 1", "column 'volume'"),
    ],
)
def test_the_column_or_key_is_named_and_never_the_value(text: str, named: str) -> None:
    error = translate(pymysql.err.OperationalError(1366, text), MYSQL, STATEMENT)

    assert str(error).endswith(f"(1366, {named})")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no such table: stoks", QueryError),
        ('near "FORM": syntax error', QueryError),
        ("attempt to write a readonly database", QueryError),
        ("database is locked", ServiceTimeoutError),
        ("interrupted", ServiceTimeoutError),
        ("unable to open database file", ServiceUnavailableError),
        ("file is not a database", ServiceUnavailableError),
        ("database disk image is malformed", ServiceUnavailableError),
        ("database or disk is full", ServiceUnavailableError),
    ],
)
def test_each_text_of_sqlite_is_one_of_our_errors(text: str, expected: type[PycoreError]) -> None:
    error = translate(sqlite3.OperationalError(text), SQLITE, STATEMENT)

    assert type(error) is expected
    assert text in str(error)


@pytest.mark.parametrize(
    "foreign",
    [
        pymysql.err.IntegrityError(1062, "Duplicate entry 'hunter2-x' for key 'symbol'"),
        pymysql.err.OperationalError(1292, "Incorrect date value: 'hunter2' for column `s`.`t`.`day` at row 1"),
        pymysql.err.ProgrammingError(1064, "syntax to use near 'FORM t WHERE a = 'hunter2'' at line 1"),
        pymysql.err.DataError(9999, "something about hunter2"),
        sqlite3.OperationalError("Could not decode to UTF-8 column 'a' with text 'hunter2'"),
    ],
)
def test_a_value_in_a_drivers_text_is_withheld_from_error_and_cause(foreign: Exception) -> None:
    origin = SQLITE if isinstance(foreign, sqlite3.Error) else MYSQL
    wrapped = IntegrityError(STATEMENT, ("hunter2",), foreign, hide_parameters=True)

    error = translate(wrapped, origin, STATEMENT, bound=True)

    assert "hunter2" not in f"{error} {wrapped} {wrapped.orig} {foreign!r}"


def test_the_key_of_a_duplicate_is_named() -> None:
    foreign = pymysql.err.IntegrityError(1062, "Duplicate entry 'IBM' for key 'stocks.symbol'")

    assert "key 'stocks.symbol'" in str(translate(foreign, MYSQL))


def test_a_syntax_error_shows_its_place_where_nothing_was_bound() -> None:
    foreign = pymysql.err.ProgrammingError(1064, "syntax to use near 'FORM stocks' at line 1")

    assert "near 'FORM stocks' at line 1" in str(translate(foreign, MYSQL, STATEMENT))


def test_a_query_error_carries_the_statement_and_pickles() -> None:
    error = translate(sqlite3.OperationalError("no such table: stoks"), SQLITE, STATEMENT)

    copy = pickle.loads(pickle.dumps(error))
    assert isinstance(copy, QueryError)
    assert (copy.statement, str(copy)) == (STATEMENT, str(error))


def test_a_service_error_names_service_and_address() -> None:
    error = translate(pymysql.err.OperationalError(2006, "MySQL server has gone away"), MYSQL)

    assert isinstance(error, ServiceUnavailableError)
    assert (error.service, error.address) == ("STOCKS", MYSQL.address)


def test_an_exhausted_pool_is_a_time_out_with_a_cure() -> None:
    assert isinstance(error := translate(PoolTimeoutError("QueuePool limit"), MYSQL), ServiceTimeoutError)
    assert "pool_size" in str(error)


def test_the_foreign_error_is_the_cause() -> None:
    foreign = sqlite3.OperationalError("no such table: stoks")

    with pytest.raises(QueryError) as caught, translated(SQLITE, STATEMENT):
        raise foreign

    assert caught.value.__cause__ is foreign


@pytest.mark.parametrize("passing", [KeyError("a"), QueryError("b")])
def test_what_no_driver_raised_passes_through(passing: Exception) -> None:
    with pytest.raises(type(passing)) as caught, translated(SQLITE):
        raise passing

    assert caught.value is passing
