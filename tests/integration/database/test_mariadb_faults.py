"""A server that is away, slow, restarted, or refuses."""

import gc
import logging
import os
import signal
import socket
import threading
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from suites.databases import in_another_process
from suites.mariadb import MariaDB

from pycore._wait import wait_for
from pycore.config.models import DatabaseApplication
from pycore.config.secrets import Secret
from pycore.database import Database
from pycore.database.engine import Pools
from pycore.database.server import SERVERS
from pycore.exceptions import (
    AuthenticationError,
    ConfigFileError,
    ConfigValueError,
    QueryError,
    ServiceTimeoutError,
    ServiceUnavailableError,
    UnknownNameError,
)


@pytest.fixture
def database(mariadb: MariaDB) -> Iterator[Database]:
    with mariadb.open() as database:
        yield database


@pytest.fixture
def running(mariadb: MariaDB) -> Iterator[MariaDB]:
    """A server that the test may kill; it runs again afterwards."""
    yield mariadb
    mariadb.stop(signal.SIGKILL)
    mariadb.start()


def connections(server: MariaDB) -> int:
    rows = server.execute(f"SELECT COUNT(*) FROM information_schema.processlist WHERE user = '{server.user}'")
    return int(str(rows[0][0]))


def test_a_killed_server_is_unavailable_at_once(running: MariaDB) -> None:
    with running.open() as database:
        assert database.ready()
        running.stop(signal.SIGKILL)

        started = time.monotonic()
        with pytest.raises(ServiceUnavailableError, match=r"STOCKS at .*does not answer") as caught:
            database.ready()

        assert time.monotonic() - started < 5
        assert (caught.value.service, caught.value.address) == ("STOCKS", database.address)


def test_connections_that_died_in_a_restart_are_replaced_unseen(running: MariaDB) -> None:
    with running.open() as database:
        streams = [database.stream("SELECT 1 AS one") for _ in range(3)]
        assert [len(next(stream)) for stream in streams] == [1] * 3  # three connections
        del streams
        running.stop(signal.SIGKILL)
        running.start()

        assert [database.extract("SELECT 1 AS one").loc[0, "one"] for _ in range(5)] == [1] * 5


def test_waiting_ends_when_the_server_answers(running: MariaDB) -> None:
    running.stop(signal.SIGKILL)
    with running.open() as database:
        with pytest.raises(ServiceTimeoutError, match=r"not ready within 0\.1 s"):
            database.wait_ready(timeout_s=0.1)

        running.start()
        database.wait_ready(timeout_s=30)


def test_a_connection_killed_in_the_middle_of_a_stream_is_told(mariadb: MariaDB, database: Database) -> None:
    mariadb.execute(
        "CREATE TABLE stocks.t (a VARCHAR(1000))",
        "INSERT INTO stocks.t SELECT REPEAT('x', 1000) FROM stocks.seq_1_to_50000",
    )
    stream = database.stream("SELECT a FROM t", rows=10)
    next(stream)
    (row,) = mariadb.execute(f"SELECT id FROM information_schema.processlist WHERE user = '{mariadb.user}'")
    mariadb.execute(f"KILL {row[0]}")

    with pytest.raises(ServiceUnavailableError):
        list(stream)

    assert database.extract("SELECT COUNT(*) AS n FROM t").loc[0, "n"] == 50_000


def test_a_wrong_password_is_refused_at_once_and_not_waited_for(mariadb: MariaDB) -> None:
    with Database("STOCKS", mariadb.application(), password=lambda: Secret("hunter2")) as database:
        started = time.monotonic()
        with pytest.raises(AuthenticationError, match="refuses the credentials") as caught:
            database.wait_ready(timeout_s=30)

    assert time.monotonic() - started < 10
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_a_password_that_is_not_there_is_told_at_once_and_not_waited_for() -> None:
    def password() -> Secret:
        raise ConfigFileError("the file of the secret does not exist")

    application = DatabaseApplication(address="mysql+pymysql://127.0.0.1:3306/stocks")
    with Database("STOCKS", application, password=password) as database:
        started = time.monotonic()
        with pytest.raises(ConfigFileError, match="file of the secret"):
            database.wait_ready(timeout_s=30)

    assert time.monotonic() - started < 10


def test_a_server_that_is_filled_makes_its_user_last_and_is_waited_for(mariadb: MariaDB) -> None:
    later = "CREATE USER newcomer@'%' IDENTIFIED BY 'newcomers-own'"
    with Database("STOCKS", mariadb.application(user="newcomer"), password=lambda: Secret("newcomers-own")) as database:
        with pytest.raises(ServiceTimeoutError, match=r"not ready within 0\.1 s: .*refuses the credentials") as caught:
            database.wait_ready(timeout_s=0.1, filling=True)

        timer = threading.Timer(0.5, mariadb.execute, [later, "GRANT ALL ON stocks.* TO newcomer@'%'"])
        timer.start()
        database.wait_ready(timeout_s=30, filling=True)
        timer.join()
    mariadb.execute("DROP USER newcomer@'%'")

    assert "newcomers-own" not in str(caught.value)


def test_a_changed_password_is_used_without_a_restart(mariadb: MariaDB) -> None:
    password = ["wrong"]
    with Database("STOCKS", mariadb.application(), password=lambda: Secret(password[0])) as database:
        with pytest.raises(AuthenticationError):
            database.ready()

        password[0] = mariadb.password
        assert database.ready()


def test_the_password_is_nowhere(mariadb: MariaDB, database: Database, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        database.ready()
        with pytest.raises(QueryError) as caught:
            database.extract("SELECT * FROM nowhere")

    told = f"{database!r} {database.address} {database.identity} {caplog.text}"
    assert mariadb.password not in told + "".join(traceback.format_exception(caught.value))
    assert database.identity == {"address": f"mysql+pymysql://127.0.0.1:{mariadb.port}", "database": "stocks"}


def test_a_password_in_the_address_is_refused() -> None:
    application = DatabaseApplication.model_construct(address="mysql+pymysql://reader:hunter2@db/stocks")

    with pytest.raises(ConfigValueError, match="a password in it") as caught:
        Database("STOCKS", application)

    assert "hunter2" not in str(caught.value)


def test_an_unknown_database_is_unavailable_so_that_it_can_be_waited_for(mariadb: MariaDB) -> None:
    mariadb.execute("GRANT ALL ON later.* TO reader@'%'")
    with mariadb.open(address=mariadb.address.replace("/stocks", "/later")) as database:
        with pytest.raises(ServiceUnavailableError, match="Unknown database 'later'"):
            database.ready()

        mariadb.execute("CREATE DATABASE later")
        database.wait_ready(timeout_s=10)
    mariadb.execute("DROP DATABASE later")


def test_a_server_that_accepts_and_says_nothing_is_a_time_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"mysql+pymysql://127.0.0.1:{listener.getsockname()[1]}/stocks"
        application = DatabaseApplication(address=address, user="reader", connect_timeout_s=0.3)
        with Database("STOCKS", application) as database:
            started = time.monotonic()
            with pytest.raises(ServiceTimeoutError):
                database.ready()

    assert time.monotonic() - started < 5


def test_a_stopped_server_is_a_time_out(running: MariaDB) -> None:
    with running.open(connect_timeout_s=0.3) as database:
        assert database.ready()
        assert running._process is not None
        running._process.send_signal(signal.SIGSTOP)
        os.waitpid(running._process.pid, os.WUNTRACED)  # every thread of it has stopped
        try:
            started = time.monotonic()
            with pytest.raises(ServiceTimeoutError):
                database.ready()
            assert time.monotonic() - started < 5
        finally:
            running._process.send_signal(signal.SIGCONT)

        database.wait_ready(timeout_s=30)


def test_a_statement_ends_at_the_time_limit(mariadb: MariaDB) -> None:
    with mariadb.open(statement_timeout_s=0.3) as database:
        started = time.monotonic()
        with pytest.raises(ServiceTimeoutError):
            database.extract("SELECT COUNT(*) FROM seq_1_to_1000000000 AS a JOIN seq_1_to_1000000000 AS b")

        assert time.monotonic() - started < 10
        assert database.extract("SELECT 1 AS one").loc[0, "one"] == 1


def test_a_pool_without_a_free_connection_says_so(mariadb: MariaDB) -> None:
    with mariadb.open(pool_size=1, connect_timeout_s=0.5) as database:
        streams = [database.stream("SELECT 1 AS one UNION SELECT 2", rows=1) for _ in range(2)]
        assert [len(next(stream)) for stream in streams] == [1, 1]

        with pytest.raises(ServiceTimeoutError, match="pool_size"):
            database.ready()


def test_closing_closes(mariadb: MariaDB) -> None:
    database = mariadb.open()
    database.extract("SELECT 1 AS one")
    assert connections(mariadb) == 1

    database.close()

    wait_for(lambda: connections(mariadb) == 0, 10, service="MariaDB")


def test_extraction_is_read_only_even_past_the_tokens(mariadb: MariaDB) -> None:
    mariadb.execute("CREATE TABLE stocks.t (a INT)")
    server = SERVERS["mysql"]("STOCKS", mariadb.application(), lambda: mariadb.password)
    pools = Pools(server)
    try:
        with pytest.raises(QueryError, match="READ ONLY"), pools.reading() as connection:
            connection.exec_driver_sql("INSERT INTO t VALUES (1)")
    finally:
        pools.close()

    assert mariadb.execute("SELECT COUNT(*) FROM stocks.t") == [(0,)]


def test_the_first_error_of_a_loader_survives_the_loss_of_its_lock(running: MariaDB) -> None:
    pools = Pools(SERVERS["mysql"]("STOCKS", running.application(), lambda: running.password))
    try:
        with pytest.raises(KeyError), pools.locked("t"):  # noqa: PT012
            running.stop(signal.SIGKILL)
            raise KeyError("first")
    finally:
        pools.close()


def test_a_lock_is_free_again_after_an_error(mariadb: MariaDB) -> None:
    pools = Pools(SERVERS["mysql"]("STOCKS", mariadb.application(), lambda: mariadb.password))
    try:
        with pytest.raises(KeyError), pools.locked("t"):
            raise KeyError("first")

        started = time.monotonic()
        with pools.locked("t"):
            assert time.monotonic() - started < 10
    finally:
        pools.close()


def test_settings_do_not_stay_for_the_next_statement(mariadb: MariaDB) -> None:
    with mariadb.open(pool_size=1) as database:
        for time_zone in range(3):
            frame = database.extract(
                "SELECT @@sql_select_limit AS n, @@time_zone AS z, @@sql_mode AS m", limit=5 + time_zone
            )
            assert frame.iloc[0].tolist()[:2] == [6 + time_zone, "+00:00"]
        assert database.extract("SELECT @@sql_select_limit AS n", limit=None).loc[0, "n"] == 2**64 - 1


def test_no_file_is_written_on_the_server(mariadb: MariaDB, database: Database, tmp_path: Path) -> None:
    mariadb.execute(f"GRANT FILE ON *.* TO {mariadb.user}@'%'")
    target = tmp_path / "x"
    target.parent.chmod(0o777)
    for sql in (
        f"SELECT 1 INTO OUTFILE '{target}'",
        f"SELECT 1 /*! INTO OUTFILE '{target}' */",
        f"SELECT 1--1 INTO OUTFILE '{target}'",
    ):
        with pytest.raises(QueryError):
            database.extract(sql)

    assert not target.exists()


def test_encryption_that_is_required_is_not_given_up(mariadb: MariaDB) -> None:
    with mariadb.open(ssl_required=True) as database, pytest.raises(ServiceUnavailableError, match="SSL"):
        database.ready()


def test_an_authority_that_is_not_there_is_told(mariadb: MariaDB, tmp_path: Path) -> None:
    with mariadb.open(ssl_ca=str(tmp_path / "ca.pem")) as database, pytest.raises(ConfigValueError, match="ssl_ca"):
        database.ready()


def test_a_socket_is_an_address(mariadb: MariaDB) -> None:
    with mariadb.open(address=f"mysql+pymysql:///stocks?unix_socket={mariadb.socket}") as database:
        assert database.ready()


def test_a_socket_where_nobody_listens_is_unavailable_and_leaves_none_open(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "s"))
        for place in (tmp_path / "s", tmp_path / "nowhere"):
            application = DatabaseApplication(address=f"mysql+pymysql:///stocks?unix_socket={place}", user="reader")
            with (
                Database("STOCKS", application) as database,
                pytest.raises(ServiceUnavailableError, match="does not answer"),
            ):
                database.ready()
        gc.collect()  # what was left open is told then, and fails the test


@pytest.mark.parametrize(("sign", "error"), [(signal.SIGINT, "KeyboardInterrupt"), (signal.SIGTERM, "SystemExit")])
def test_an_interrupted_extraction_ends_on_the_server_too(
    mariadb: MariaDB, tmp_path: Path, sign: signal.Signals, error: str
) -> None:
    (tmp_path / "password").write_text(mariadb.password)
    child = in_another_process(
        mariadb.application(password={"$secret": {"file": str(tmp_path / "password")}}),
        f"""
        import signal
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(number))
        try:
            database.extract("SELECT COUNT(*) FROM seq_1_to_1000000000 AS a JOIN seq_1_to_1000000000 AS b")
        except {error}:
            print("stopped", database.extract("SELECT 1 AS one").loc[0, "one"])
        """,
    )
    running = "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'SELECT COUNT(*) FROM seq%'"
    wait_for(lambda: mariadb.execute(running) == [(1,)], 30, service="MariaDB")
    child.send_signal(sign)

    assert child.communicate(timeout=60) == ("stopped 1\n", "")
    wait_for(lambda: mariadb.execute(running) == [(0,)], 5, service="MariaDB")


def test_an_unknown_table_lists_the_known(mariadb: MariaDB, database: Database) -> None:
    mariadb.execute("CREATE TABLE stocks.t (a INT)")

    with pytest.raises(UnknownNameError, match=r"There is: t\."):
        database.summary("s")
