"""The three images together, as the environment Test has them: found by their names, with secrets from files."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from suites.containers import HARDENED, Container, mounted, network, running, secret_file

SECRETS = ("redis_password", "db_password", "db_reader_password")


@pytest.fixture(scope="module")
def lab(
    redis_image: str, stocksdb_image: str, jupyter_image: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Container]:
    """A JupyterLab that has Redis and the database beside it."""
    folder = tmp_path_factory.mktemp("secrets")
    files = {name: secret_file(folder, name, f"the {name} of this test") for name in SECRETS}
    redis_files = mounted({"redis_password": files["redis_password"]})
    db_files = mounted({name: files[name] for name in ("db_password", "db_reader_password")})
    own_files = mounted({name: files[name] for name in ("redis_password", "db_password")})
    with network() as own, running(redis_image, *HARDENED, *at(own, "redis-server"), *redis_files) as cache:
        memory = ("--tmpfs", "/tmp", "--tmpfs", "/run/mysqld")
        with running(stocksdb_image, *HARDENED, *memory, *at(own, "stocksdb"), *db_files) as database:
            cache.wait_until_healthy()
            database.wait_until_healthy()
            memory = ("--tmpfs", "/tmp", "--tmpfs", "/home/sci-pype")
            test = ("-e", "ENV_DEPLOYMENT_TYPE=Test")
            with running(jupyter_image, *HARDENED, *memory, *at(own, "jupyter"), *own_files, *test) as lab:
                lab.wait_until_healthy()
                yield lab


def at(own: str, name: str) -> tuple[str, ...]:
    return ("--network", own, "--network-alias", name)


def test_the_doctor_finds_nothing_wrong(lab: Container) -> None:
    examined = lab.execute("pycore", "doctor", "--json")

    assert examined.code == 0, examined.out
    assert json.loads(examined.out)["ok"]


def test_a_data_set_comes_from_the_database_and_then_from_redis(lab: Container) -> None:
    prices = lab.execute("pycore", "dataset", "get", "ibm_daily", "--to", "csv")
    kept = lab.execute("pycore", "cache", "ls", "--json")

    assert prices.code == 0, prices.err
    assert prices.out.splitlines()[1].startswith("IBM,2013-03-01,200.65,")
    assert "LATEST_IBM_DAILY_STICKS" in kept.out


def test_a_notebook_runs_from_the_table_to_the_cache(lab: Container) -> None:
    ran = lab.execute("pycore", "run", "extract-and-cache.ipynb", timeout_s=300)

    assert ran.code == 0, ran.err
