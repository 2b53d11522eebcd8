"""The statements that an image runs at its first start do what the loader does, on MariaDB and on MySQL."""

from __future__ import annotations

import pytest
from suites.frames import assert_same
from suites.mariadb import MariaDB

from pycore.datasets import bundled


@pytest.fixture
def filled(any_mysql: MariaDB) -> MariaDB:
    """A server that a client has filled, statement by statement."""
    connection = any_mysql.root()
    with connection, connection.cursor() as cursor:
        cursor.execute(f"USE {any_mysql.database}")
        for statement in bundled.script():
            cursor.execute(statement.removesuffix(";"))
    return any_mysql


def test_the_rows_are_those_that_are_bundled(filled: MariaDB) -> None:
    with filled.open() as database, bundled.in_memory(list(bundled.TABLES)) as expected:
        for table in bundled.TABLES.values():
            names = list(table.schema.names)
            rows, bundled_rows = (each.extract(f"SELECT * FROM {table.name}") for each in (database, expected))
            assert len(rows) == table.n_rows
            # SQLite and MySQL have integers of other widths, and an order of their own.
            assert_same(
                bundled_rows.sort_values(names, ignore_index=True).convert_dtypes(),
                rows.sort_values(names, ignore_index=True).convert_dtypes(),
            )


def test_the_loader_finds_nothing_to_do_afterwards(filled: MariaDB) -> None:
    with filled.open() as database:
        assert database.ready("stocks")
        assert bundled.load(database) == dict.fromkeys(bundled.TABLES, 0)


def test_the_columns_are_those_that_the_loader_makes(filled: MariaDB) -> None:
    with filled.open() as database:
        ours = database.tables()
        bundled.load(database, reload=True)
        assert [table.columns for table in database.tables()] == [table.columns for table in ours]
