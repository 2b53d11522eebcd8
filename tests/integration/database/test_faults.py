"""A tenth of the faults of a database; ``make faults`` tries all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from faults.registry import Fault, faults_of
from faults.scoreboard import run
from suites.mariadb import MariaDB
from suites.stocks_server import lent


@pytest.fixture(scope="module", autouse=True)
def benches(mariadb_server: MariaDB, mysql_server: MariaDB, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What all faults share, on the servers that other tests use too."""
    folder = tmp_path_factory.mktemp("faults")
    with lent(folder / "mariadb", "mariadb", mariadb_server), lent(folder / "mysql", "mysql-9", mysql_server):
        yield


@pytest.mark.parametrize("fault", faults_of("database"), ids=lambda fault: fault.name)
def test_nothing_is_wrong_after(fault: Fault) -> None:
    score = run(fault, seed=0, scale=0.1)

    assert score.failures == []
