from importlib.util import find_spec

import pytest

from pycore.config.models import DatabaseApplication
from pycore.database import Database
from pycore.exceptions import ConfigValueError, MissingDependencyError


def test_the_address_is_shown_without_the_driver() -> None:
    database = Database("PG", DatabaseApplication(address="postgresql://db:5433/stocks", user="reader"))

    assert database.address == "postgresql://reader@db:5433/stocks"
    assert database.identity == {"address": "postgresql://db:5433", "database": "stocks"}


@pytest.mark.skipif(find_spec("psycopg") is not None, reason="psycopg is installed")
def test_without_psycopg_the_error_says_what_to_install() -> None:
    with (
        Database("PG", DatabaseApplication(address="postgresql://db/stocks")) as database,
        pytest.raises(MissingDependencyError, match="psycopg"),
    ):
        database.ready()


def test_a_password_in_the_address_is_refused() -> None:
    application = DatabaseApplication.model_construct(address="postgresql://reader:hunter2@db/stocks")

    with pytest.raises(ConfigValueError, match="a password in it") as caught:
        Database("PG", application)

    assert "hunter2" not in str(caught.value)
