"""A tenth of the faults of a database; ``make faults`` tries all of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from faults.registry import Fault, faults_of
from faults.scoreboard import run
from suites.debian_servers import require
from suites.mariadb import require_mariadb
from suites.stocks_server import stocks_server


@pytest.fixture(scope="module", autouse=True)
def servers() -> Iterator[None]:
    """The servers that all faults share."""
    require_mariadb()
    require("mysql-9")
    with ExitStack() as running:
        for product in ("mariadb", "mysql-9"):
            running.enter_context(stocks_server(product))
        yield


@pytest.mark.parametrize("fault", faults_of("database"), ids=lambda fault: fault.name)
def test_nothing_is_wrong_after(fault: Fault) -> None:
    score = run(fault, seed=0, scale=0.1)

    assert score.failures == []
