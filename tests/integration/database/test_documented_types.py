"""What the documentation says of types is what MySQL and MariaDB have."""

from suites.documented_types import documented_types, has_types
from suites.mariadb import MariaDB


def test_every_type_has_the_type_in_pandas_that_is_documented(any_mysql: MariaDB) -> None:
    types = documented_types("MySQL and MariaDB")
    assert len(types) > 39
    has_types(any_mysql, types)


def test_a_type_of_mariadb_alone_has_the_type_in_pandas_that_is_documented(mariadb: MariaDB) -> None:
    types = documented_types("MariaDB alone")
    assert [declared for declared, *_ in types] == ["UUID", "INET6"]
    has_types(mariadb, types)
