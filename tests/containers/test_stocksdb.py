"""The image stocksdb: healthy when its data is there and not before, exact, and open to nobody beyond what he needs."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pymysql
import pytest
from suites.containers import HARDENED, Container, docker, mounted, running, secret_file, volume
from suites.documented_types import documented_types, has_types
from suites.frames import assert_same

from pycore._wait import wait_for
from pycore.config import load
from pycore.config.models import DatabaseApplication, SqlSource
from pycore.config.secrets import Secret
from pycore.database import Database
from pycore.datasets import bundled
from pycore.exceptions import AuthenticationError

PORT = 3306
SHUT_IN = (*HARDENED, "--tmpfs", "/tmp", "--tmpfs", "/run/mysqld")
READER, WRITER = "reader", "dbadmin"
PASSWORDS = {
    "db_password": f"wr\"ite\\r's wörd {secrets.token_hex(8)}",
    "db_reader_password": f'"re\\ad\'er #{secrets.token_hex(8)}"',
}
Open = Callable[..., Database]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("secrets")
    return {name: secret_file(folder, name, text) for name, text in PASSWORDS.items()}


@pytest.fixture(scope="module")
def options(files: dict[str, Path]) -> tuple[str, ...]:
    return (*SHUT_IN, *mounted(files), "-p", f"127.0.0.1::{PORT}")


@pytest.fixture(scope="module")
def server(stocksdb_image: str, options: tuple[str, ...]) -> Iterator[Container]:
    with running(stocksdb_image, *options) as container:
        container.wait_until_healthy()
        yield container


def connect(server: Container, user: str, password: str) -> pymysql.connections.Connection[pymysql.cursors.Cursor]:
    port = server.port(PORT)
    return pymysql.connect(host="127.0.0.1", port=port, user=user, password=password.encode(), database="stocks")


def password_of(user: str) -> str:
    return PASSWORDS["db_password" if user == WRITER else "db_reader_password"]


def open_on(server: Container, user: str, password: str | None = None) -> Database:
    application = DatabaseApplication(address=f"mysql+pymysql://127.0.0.1:{server.port(PORT)}/stocks", user=user)
    said = Secret(password_of(user) if password is None else password)
    return Database("STOCKS", application, password=lambda: said)


@pytest.fixture
def open_as(server: Container) -> Iterator[Open]:
    opened: list[Database] = []

    def open_one(user: str, password: str | None = None) -> Database:
        opened.append(open_on(server, user, password))
        return opened[-1]

    yield open_one
    for database in opened:
        database.close()


@dataclass(frozen=True)
class Writer:
    """The server as who writes has it."""

    server: Container

    def execute(self, *statements: str) -> None:
        with connect(self.server, WRITER, password_of(WRITER)) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def open(self) -> Database:
        return open_on(self.server, WRITER)


@pytest.mark.parametrize("user", [READER, WRITER])
def test_it_is_ready_for_both_users(open_as: Open, user: str) -> None:
    assert all(open_as(user).ready(table) for table in bundled.TABLES)


def test_the_latest_prices_of_a_share_are_exact(open_as: Open) -> None:
    source = load("Test", environ={}).datasets["ibm_daily"].source
    assert isinstance(source, SqlSource)
    parameters = {"symbol": "IBM", "limit": 50}
    with bundled.in_memory(["stocks"]) as bundle:
        expected = bundle.extract(source.statement, parameters)

    prices = open_as(READER).extract(source.statement, parameters)

    assert_same(expected, prices)
    assert len(prices) == 50


def test_every_bundled_table_has_all_its_rows(open_as: Open) -> None:
    tables = {table.name: table.n_rows for table in open_as(READER).tables()}

    assert tables == {name: table.n_rows for name, table in bundled.TABLES.items()}


def test_who_writes_may_do_all_that_the_loader_does(open_as: Open) -> None:
    database = open_as(WRITER)

    assert bundled.load(database) == dict.fromkeys(bundled.TABLES, 0)
    assert bundled.load(database, tables=["iris"], reload=True) == {"iris": 150}


def test_every_type_has_the_type_in_pandas_that_is_documented(server: Container) -> None:
    types = documented_types("MySQL and MariaDB")
    assert len(types) > 39
    writer = Writer(server)

    try:
        has_types(writer, types)
    finally:
        writer.execute("DROP TABLE IF EXISTS t")


@pytest.mark.parametrize("user", [READER, WRITER])
def test_who_comes_proves_that_he_knows_his_password_on_a_line_that_is_encrypted(
    server: Container, open_as: Open, user: str
) -> None:
    with connect(server, user, password_of(user)) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW CREATE USER CURRENT_USER()")
        ((made,),) = cursor.fetchall()

    assert "IDENTIFIED WITH 'caching_sha2_password'" in made
    assert encryption(open_as(user)).startswith("TLS")


def encryption(database: Database) -> str:
    return str(database.extract("SHOW SESSION STATUS LIKE 'Ssl_version'").loc[0, "Value"])


def test_a_password_that_the_server_has_not_seen_goes_encrypted_also_over_a_plain_line(
    stocksdb_image: str, options: tuple[str, ...]
) -> None:
    with running(stocksdb_image, *options, command=("mysqld", "--tls-version=")) as container:
        for user in (WRITER, READER):
            with open_on(container, user) as database:
                database.wait_ready(filling=True)

                assert encryption(database) == ""
        with open_on(container, WRITER, "wrong") as database, pytest.raises(AuthenticationError):
            database.ready()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO iris SELECT * FROM iris",
        "UPDATE iris SET species = ''",
        "DELETE FROM pycore_loaded",
        "CREATE TABLE mine (a INT)",
        "DROP TABLE iris",
        "SELECT * FROM iris INTO OUTFILE '/tmp/iris'",
        "SELECT user FROM mysql.user",
    ],
)
def test_who_reads_cannot_write_or_look_elsewhere(server: Container, statement: str) -> None:
    connection = connect(server, READER, password_of(READER))
    with connection, connection.cursor() as cursor, pytest.raises(pymysql.err.MySQLError, match="denied"):
        cursor.execute(statement)


@pytest.mark.parametrize("statement", ["CREATE USER mine", "CREATE DATABASE mine", "SELECT user FROM mysql.user"])
def test_who_writes_is_no_administrator(server: Container, statement: str) -> None:
    connection = connect(server, WRITER, password_of(WRITER))
    with connection, connection.cursor() as cursor, pytest.raises(pymysql.err.MySQLError, match="denied"):
        cursor.execute(statement)


@pytest.mark.parametrize("user", [READER, WRITER, "root"])
@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_wrong_password_is_refused_and_the_administrator_always(open_as: Open, user: str, password: str) -> None:
    with pytest.raises(AuthenticationError):
        open_as(user, password).ready()


def test_no_password_is_told_by_container_log_image_or_process(server: Container, stocksdb_image: str) -> None:
    told = [
        json.dumps(server.inspected(), ensure_ascii=False),
        server.log(),
        docker("history", "--no-trunc", stocksdb_image).out,
        docker("image", "inspect", stocksdb_image).out,
        server.execute("sh", "-c", "cat /proc/[0-9]*/cmdline /proc/1/environ | tr '\\0' '\\n'").out,
    ]

    assert "ready for connections" in told[1]
    assert "MYSQL_DATABASE=stocks" in told[4]
    assert "MYSQL_ROOT_PASSWORD" not in told[4]
    assert [text for text in told for password in PASSWORDS.values() if password.split()[-1].strip('#"') in text] == []


def test_it_is_not_healthy_without_the_sentinel_of_its_data(server: Container, open_as: Open) -> None:
    assert server.execute("stocksdb-is-ready.sh").code == 0
    with connect(server, WRITER, password_of(WRITER)) as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM pycore_loaded")
        connection.commit()

    assert server.execute("stocksdb-is-ready.sh").code != 0

    with connect(server, WRITER, password_of(WRITER)) as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {', '.join(bundled.TABLES)}")
    bundled.load(open_as(WRITER))
    assert server.execute("stocksdb-is-ready.sh").code == 0


def test_a_first_start_that_is_killed_begins_anew_and_a_later_one_keeps_the_data(
    stocksdb_image: str, options: tuple[str, ...]
) -> None:
    with volume() as data, running(stocksdb_image, *options, "-v", f"{data}:/var/lib/mysql") as container:
        wait_for(lambda: "temporary server" in container.log(), 60, service="initialisation", interval_s=0.05)
        docker("kill", container.name)
        assert docker("start", container.name).code == 0
        container.wait_until_healthy()
        assert "interrupted" in container.log()
        connection = connect(container, WRITER, password_of(WRITER))
        with connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE mine (a INT)")

        assert docker("stop", container.name).code == 0
        assert container.inspected()["State"]["ExitCode"] == 0
        docker("start", container.name)
        container.wait_until_healthy()
        with connect(container, READER, password_of(READER)) as reading, reading.cursor() as cursor:
            assert cursor.execute("SHOW TABLES LIKE 'mine'") == 1


def test_another_user_is_told_whose_the_tables_are_and_harms_nothing(
    stocksdb_image: str, options: tuple[str, ...]
) -> None:
    with volume() as data:
        kept = (*options, "-v", f"{data}:/var/lib/mysql")
        with running(stocksdb_image, *kept) as container:
            container.wait_until_healthy()
            assert docker("stop", container.name).code == 0

        refused = docker("run", "--rm", *kept, "--user", "12345:0", stocksdb_image)

        assert refused.code == 3
        assert "belong to user 999, and this is user 12345" in refused.err
        with running(stocksdb_image, *kept) as container:
            container.wait_until_healthy()


@pytest.mark.parametrize("missing", list(PASSWORDS))
def test_without_a_password_it_does_not_start_and_says_where_it_looked(
    stocksdb_image: str, files: dict[str, Path], missing: str
) -> None:
    others = {name: file for name, file in files.items() if name != missing}

    ended = docker("run", "--rm", *SHUT_IN, *mounted(others), stocksdb_image)

    assert ended.code == 3
    assert f"/run/secrets/{missing}" in ended.err
