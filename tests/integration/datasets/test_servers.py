"""The bundled tables are the same data sets on MariaDB as on SQLite, to the last bit and type."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from suites.mariadb import require_mariadb, running_mariadb

from pycore.config.models import DatasetFile
from pycore.database import Database
from pycore.datasets import Catalog, bundled
from pycore.exceptions import DatasetError


@pytest.fixture(scope="module")
def stocks() -> Iterator[Database]:
    require_mariadb()
    with running_mariadb() as server, server.open() as database:
        bundled.load(database)
        yield database


@pytest.fixture(scope="module")
def catalogs(pytestconfig: pytest.Config, stocks: Database) -> Iterator[tuple[Catalog, Catalog]]:
    path = pytestconfig.rootpath / "configs" / "datasets.json"
    specs = DatasetFile.model_validate_json(path.read_text(encoding="utf-8")).datasets
    both = tuple(Catalog(specs, databases=databases, cache=None, root=Path()) for databases in ({"STOCKS": stocks}, {}))
    yield both[0], both[1]
    for catalog in both:
        catalog.close()


@pytest.mark.parametrize("name", ["ibm_daily", "daily", "stocks", *sorted(set(bundled.TABLES) - {"stocks"})])
def test_a_data_set_is_the_same_on_every_database(catalogs: tuple[Catalog, Catalog], name: str) -> None:
    on_mariadb, on_sqlite = (catalog.dataset(name) for catalog in catalogs)

    pd.testing.assert_frame_equal(on_mariadb, on_sqlite, check_exact=True)


def test_a_symbol_without_rows_has_the_same_types_on_every_database(catalogs: tuple[Catalog, Catalog]) -> None:
    on_mariadb, on_sqlite = (catalog.dataset("ibm_daily", {"symbol": "NONE"}) for catalog in catalogs)

    assert len(on_mariadb) == 0
    pd.testing.assert_frame_equal(on_mariadb, on_sqlite, check_exact=True)


def test_dates_are_bound_as_dates(catalogs: tuple[Catalog, Catalog]) -> None:
    days = {"symbol": "FB", "start": "2012-05-18", "end": "2012-05-22"}
    on_mariadb, on_sqlite = (catalog.dataset("daily", days) for catalog in catalogs)

    assert on_mariadb["close"].tolist() == [38.2318, 34.03, 31.0]
    pd.testing.assert_frame_equal(on_mariadb, on_sqlite, check_exact=True)


def test_an_injection_drops_no_table(catalogs: tuple[Catalog, Catalog], stocks: Database) -> None:
    with pytest.raises(DatasetError):
        catalogs[0].dataset("ibm_daily", {"symbol": "'; DROP TABLE stocks; --"})

    assert stocks.extract("SELECT COUNT(*) AS n FROM stocks")["n"].tolist() == [12_154]


def test_loading_again_leaves_everything_as_it_is(stocks: Database) -> None:
    assert bundled.load(stocks) == dict.fromkeys(bundled.TABLES, 0)


def test_the_identity_names_the_server_and_no_password(catalogs: tuple[Catalog, Catalog]) -> None:
    identity = catalogs[0].identity("iris")

    assert identity["address"].startswith("mysql+pymysql://127.0.0.1:")
    assert identity["database"] == "stocks"
    assert "pässwörd" not in str(identity)
