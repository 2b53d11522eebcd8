from collections.abc import Iterator
from pathlib import Path

import pytest
from suites.databases import opened
from suites.debian_servers import require
from suites.mariadb import DATABASE, MariaDB, require_mariadb, running_mariadb, running_mysql
from suites.price_table import load

from pycore.config.models import DatabaseApplication
from pycore.database import Database


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariaDB]:
    require_mariadb()
    with running_mariadb() as server:
        yield server


@pytest.fixture(scope="session")
def mysql_server() -> Iterator[MariaDB]:
    with running_mysql(require("mysql-9")) as server:
        yield server


@pytest.fixture
def mariadb(mariadb_server: MariaDB) -> MariaDB:
    """The server with an empty database."""
    return emptied(mariadb_server)


@pytest.fixture(params=["mariadb", "mysql"])
def any_mysql(request: pytest.FixtureRequest) -> MariaDB:
    """One server, and then the other, with an empty database."""
    return emptied(request.getfixturevalue(f"{request.param}_server"))


def emptied(server: MariaDB) -> MariaDB:
    server.execute(f"DROP DATABASE IF EXISTS {DATABASE}", f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4")
    return server


@pytest.fixture(params=["sqlite", "mariadb", "mysql"])
def application(request: pytest.FixtureRequest, tmp_path: Path) -> DatabaseApplication:
    """The application of an empty database; the same promises hold for every one."""
    if request.param == "sqlite":
        (tmp_path / "stocks.db").touch()  # an empty file is an empty database
        return DatabaseApplication(address=f"sqlite:///{tmp_path / 'stocks.db'}")
    server = emptied(request.getfixturevalue(f"{request.param}_server"))
    (tmp_path / "password").write_text(server.password + "\n")
    return server.application(password={"$secret": {"file": str(tmp_path / "password")}})


@pytest.fixture
def database(application: DatabaseApplication) -> Iterator[Database]:
    with opened(application) as database:
        yield database


@pytest.fixture
def stocks(database: Database) -> Database:
    """The database with fifty rows of the table."""
    load(database)
    return database
