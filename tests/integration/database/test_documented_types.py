"""What the documentation says of types is what MySQL and MariaDB have."""

from suites.documented_types import documented_types
from suites.mariadb import MariaDB


def test_every_type_has_the_type_in_pandas_that_is_documented(any_mysql: MariaDB) -> None:
    types = documented_types("MySQL and MariaDB")
    assert len(types) > 39
    assert_types(any_mysql, types)


def test_a_type_of_mariadb_alone_has_the_type_in_pandas_that_is_documented(mariadb: MariaDB) -> None:
    types = documented_types("MariaDB alone")
    assert [declared for declared, *_ in types] == ["UUID", "INET6"]
    assert_types(mariadb, types)


def assert_types(server: MariaDB, types: list[tuple[str, str, str]]) -> None:
    for nullable in ("NOT NULL", "NULL"):
        columns = ", ".join(f"c{place} {declared} {nullable}" for place, (declared, *_) in enumerate(types))
        server.execute(
            "SET SESSION sql_mode = ''", "DROP TABLE IF EXISTS stocks.t", f"CREATE TABLE stocks.t ({columns})"
        )
        with server.open() as database:
            found = database.extract("SELECT * FROM t").dtypes

        expected = [without if nullable == "NOT NULL" else with_nulls for _, without, with_nulls in types]
        assert [str(dtype) for dtype in found] == expected, nullable
