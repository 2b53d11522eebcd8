"""The users of the database of a full stack have the names that the environment says, from the first start or later."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from suites.containers import Finished
from suites.stack import Stack

WHO = "SELECT current_user() AS who"
NAMES = {"ENV_DB_USER": "alice", "ENV_DB_READER": "bob"}


@pytest.fixture(scope="module")
def stack(engine: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A full stack whose users have the usual names, and a table that their writer made."""
    del engine
    stack = Stack.of("full-stack", tmp_path_factory.mktemp("names"))
    try:
        stack.start("--build")
        made = log_in(stack, "dbadmin", "db_password", "CREATE TABLE mine (a INT); INSERT INTO mine VALUES (7)")
        assert made.code == 0, made.err
        yield stack
    finally:
        stack.remove()


@pytest.fixture(autouse=True)
def usual_names(stack: Stack) -> None:
    stack.start()


def log_in(stack: Stack, user: str, secret: str, statement: str) -> Finished:
    """Ask the database, over the network, as one of its users."""
    program = f"""
        password=$(cat /run/secrets/{secret})
        exec mysql --defaults-extra-file=<(printf '[client]\\npassword="%s"\\n' "$password") \\
          --protocol=TCP --host=127.0.0.1 --user="$1" --batch --skip-column-names --execute="$2" stocks"""
    return stack.container("stocksdb").execute("bash", "-c", program, "log-in", user, statement)


def who_pycore_is(stack: Stack) -> str:
    asked = stack.shell("pycore", "db", "extract", WHO, "--to", "csv")
    assert asked.code == 0, asked.err
    return asked.out.split()[-1]


def test_jupyterlab_logs_in_by_the_new_name_and_everything_stored_is_there(stack: Stack) -> None:
    assert who_pycore_is(stack) == "dbadmin@%"

    stack.start(**NAMES)

    assert who_pycore_is(stack) == "alice@%"
    stack.query()
    assert log_in(stack, "alice", "db_password", "SELECT a FROM mine").out == "7\n"


def test_who_reads_has_the_new_name_and_reads_only(stack: Stack) -> None:
    stack.start(**NAMES)

    assert log_in(stack, "bob", "db_reader_password", "SELECT a FROM mine").out == "7\n"
    assert "denied" in log_in(stack, "bob", "db_reader_password", "INSERT INTO mine VALUES (8)").err


def test_the_former_names_are_nobodys(stack: Stack) -> None:
    stack.start(**NAMES)

    for user, secret in (("dbadmin", "db_password"), ("reader", "db_reader_password")):
        assert "Access denied for user" in log_in(stack, user, secret, WHO).err


def test_without_the_variables_the_usual_names_are_back(stack: Stack) -> None:
    stack.start(**NAMES)

    stack.start()

    assert who_pycore_is(stack) == "dbadmin@%"
    assert "Access denied for user" in log_in(stack, "alice", "db_password", WHO).err


def test_who_gets_the_name_of_the_writer_to_read_writes_no_more(stack: Stack) -> None:
    stack.start(ENV_DB_USER="reader", ENV_DB_READER="dbadmin")

    assert who_pycore_is(stack) == "reader@%"
    assert log_in(stack, "dbadmin", "db_reader_password", "SELECT a FROM mine").out == "7\n"
    assert "denied" in log_in(stack, "dbadmin", "db_reader_password", "INSERT INTO mine VALUES (8)").err


def test_a_database_from_before_names_were_kept_loses_the_usual_ones(stack: Stack) -> None:
    assert stack.container("stocksdb").execute("rm", "/var/lib/mysql/.users").code == 0

    stack.start(**NAMES)

    assert who_pycore_is(stack) == "alice@%"
    assert "Access denied for user" in log_in(stack, "dbadmin", "db_password", WHO).err
