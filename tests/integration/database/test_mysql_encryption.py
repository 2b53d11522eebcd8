"""A MySQL that encrypts is asked who it is, and one that does not is given no password in clear."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from suites.mariadb import MariaDB
from suites.tls_front import self_signed

from pycore.config.secrets import Secret
from pycore.database import Database
from pycore.exceptions import AuthenticationError, ServiceUnavailableError


@pytest.fixture
def mysql(mysql_server: MariaDB) -> Iterator[MariaDB]:
    """A server that knows no password yet, and has its own certificate again afterwards."""
    before = mysql_server.execute("SELECT @@GLOBAL.ssl_ca, @@GLOBAL.ssl_cert, @@GLOBAL.ssl_key")[0]
    mysql_server.execute("FLUSH PRIVILEGES")  # and forget who has been here
    yield mysql_server
    settings = zip(("ssl_ca", "ssl_cert", "ssl_key"), before, strict=True)
    changes = ", ".join(f"GLOBAL {name} = '{value}'" for name, value in settings)
    mysql_server.execute(f"SET {changes}", "ALTER INSTANCE RELOAD TLS")


def certify(server: MariaDB, folder: Path, host: str) -> Path:
    """Give a server a certificate for an address, and return the authority that vouches for it."""
    certificate, key = self_signed(folder, host)
    server.execute(
        f"SET GLOBAL ssl_ca = '{certificate}', GLOBAL ssl_cert = '{certificate}', GLOBAL ssl_key = '{key}'",
        "ALTER INSTANCE RELOAD TLS",
    )
    return certificate


def uncertify(server: MariaDB) -> None:
    """Let a server encrypt no more."""
    server.execute("SET GLOBAL ssl_cert = '/nowhere'", "ALTER INSTANCE RELOAD TLS NO ROLLBACK ON ERROR")


def encryption(database: Database) -> str:
    return str(database.extract("SHOW SESSION STATUS LIKE 'Ssl_version'").loc[0, "Value"])


def test_a_line_is_encrypted_where_it_can_be(mysql: MariaDB) -> None:
    with mysql.open() as database:
        assert encryption(database).startswith("TLS")


def test_a_server_with_the_certificate_of_its_address_is_trusted(mysql: MariaDB, tmp_path: Path) -> None:
    authority = certify(mysql, tmp_path, "127.0.0.1")

    with mysql.open(ssl_ca=str(authority)) as database:
        assert encryption(database).startswith("TLS")


def test_a_server_of_another_authority_is_not_trusted(mysql: MariaDB, tmp_path: Path) -> None:
    certify(mysql, tmp_path / "its", "127.0.0.1")
    other, _ = self_signed(tmp_path / "other")

    with mysql.open(ssl_ca=str(other)) as database, pytest.raises(ServiceUnavailableError, match="certificate"):
        database.ready()


def test_a_server_with_the_certificate_of_another_address_is_not_trusted(mysql: MariaDB, tmp_path: Path) -> None:
    authority = certify(mysql, tmp_path, "127.0.0.2")

    with mysql.open(ssl_ca=str(authority)) as database, pytest.raises(ServiceUnavailableError, match="certificate"):
        database.ready()


def test_a_password_that_the_server_has_not_seen_goes_encrypted_also_over_a_plain_line(mysql: MariaDB) -> None:
    uncertify(mysql)

    with mysql.open() as database:
        assert encryption(database) == ""
    with mysql.open(ssl_required=True) as database, pytest.raises(ServiceUnavailableError, match="SSL"):
        database.ready()


@pytest.mark.parametrize("encrypted", [True, False])
def test_a_wrong_password_is_told(mysql: MariaDB, *, encrypted: bool) -> None:
    if not encrypted:
        uncertify(mysql)

    with (
        Database("STOCKS", mysql.application(), password=lambda: Secret("hunter2")) as database,
        pytest.raises(AuthenticationError, match="refuses the credentials") as caught,
    ):
        database.ready()

    assert "hunter2" not in str(caught.value)
