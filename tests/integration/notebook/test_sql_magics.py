"""``%sql`` against real servers: the cache never answers for another question, and MariaDB keeps its types."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from suites.environments import write_environment
from suites.ipython_shell import ipython_shell
from suites.mariadb import DATABASE, MariaDB, require_mariadb, running_mariadb
from suites.redis_process import BareRedis, bare_redis

from pycore.exceptions import QueryError


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BareRedis]:
    with bare_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    require_mariadb()
    with running_mariadb() as server:
        server.execute(
            f"CREATE TABLE {DATABASE}.sales"
            " (id BIGINT UNSIGNED NOT NULL, price DECIMAL(20,4), sold DATE, made DATETIME(6))",
            f"INSERT INTO {DATABASE}.sales VALUES (1, NULL, '2013-02-28', NULL),"
            " (18446744073709551615, 12.5000, '2013-03-01', '2013-03-01 12:30:00.5')",
        )
        yield server


@pytest.fixture
def notebook(
    tmp_path: Path, redis_server: BareRedis, mariadb: MariaDB, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """A shell with pycore, the databases FILE (SQLite) and SALES (MariaDB), and the applications CACHE and DATADST."""
    with redis_server.client() as client:
        client.flushall()
    (tmp_path / "file.sqlite").touch()
    (tmp_path / "password").write_text(mariadb.password)
    server = {"address": mariadb.address, "user": mariadb.user}
    databases: dict[str, dict[str, Any]] = {
        "FILE": {"address": f"sqlite:///{tmp_path / 'file.sqlite'}"},
        "SALES": {**server, "password": {"$secret": {"file": str(tmp_path / "password")}}},
    }
    cache = {"address": f"redis://127.0.0.1:{redis_server.port}/0"}
    chosen = write_environment(tmp_path / "configs", databases=databases, redis={"CACHE": cache, "DATADST": cache})
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)
    with ipython_shell(tmp_path) as shell:
        shell.run_cell("%load_ext pycore")
        yield shell
        shell.run_cell("%unload_ext pycore")


def answer(notebook: Any, source: str) -> Any:
    ran = notebook.run_cell(source)
    ran.raise_error()
    return ran.result


def created(notebook: Any) -> int:
    """Return how often the cache had to ask a database."""
    return int(notebook.user_ns["core"].cache.counters["created"])


def test_the_same_question_is_answered_by_the_cache_with_its_age(
    notebook: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    cell = "%%sql FILE --cache numbers\nSELECT 1 AS n, 'x' AS text\n"
    first = answer(notebook, cell)
    assert "kept as CACHE:numbers, version 1" in capsys.readouterr().out

    second = answer(notebook, cell)

    pd.testing.assert_frame_equal(first, second)
    assert created(notebook) == 1
    assert "1 row from the cache, 0 s old (CACHE:numbers, version 1)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("%sql FILE --cache k SELECT 1 AS n", "%sql FILE --cache k SELECT 2 AS n"),
        ("%sql FILE --cache k SELECT 1 AS n", "%sql SALES --cache k SELECT 1 AS n"),
        ("%sql FILE --cache k --limit 5 SELECT 1 AS n", "%sql FILE --cache k --limit 6 SELECT 1 AS n"),
        ("%sql FILE --cache k --limit 5 SELECT 1 AS n", "%sql FILE --cache k --no-limit SELECT 1 AS n"),
        ("x = 1\n%sql FILE --cache k SELECT :x AS n", "x = 2\n%sql FILE --cache k SELECT :x AS n"),
        ("x = 1\n%sql FILE --cache k SELECT :x AS n", "x = 1.0\n%sql FILE --cache k SELECT :x AS n"),
        ("x = 1\n%sql FILE --cache k SELECT :x AS n", "x = True\n%sql FILE --cache k SELECT :x AS n"),
        ("x = 0.0\n%sql FILE --cache k SELECT :x AS n", "x = -0.0\n%sql FILE --cache k SELECT :x AS n"),
        ("x = None\n%sql FILE --cache k SELECT :x AS n", "x = 'None'\n%sql FILE --cache k SELECT :x AS n"),
        (
            "x, y = 1, 2\n%sql FILE --cache k SELECT :x - :y AS n",
            "x, y = 2, 1\n%sql FILE --cache k SELECT :x - :y AS n",
        ),
    ],
)
def test_another_question_is_never_answered_from_the_same_key(notebook: Any, before: str, after: str) -> None:
    answer(notebook, before)
    answer(notebook, before)
    assert created(notebook) == 1

    answer(notebook, after)

    assert created(notebook) == 2
    answer(notebook, after)
    assert created(notebook) == 2


def test_refresh_asks_again_and_keeps_the_answer(notebook: Any) -> None:
    answer(notebook, "%sql FILE --cache k SELECT random() AS n")
    refreshed = answer(notebook, "%sql FILE --cache k --refresh SELECT random() AS n")

    again = answer(notebook, "%sql FILE --cache k SELECT random() AS n")

    assert created(notebook) == 2
    pd.testing.assert_frame_equal(again, refreshed)


def test_it_is_kept_for_as_long_as_was_said_and_in_the_application_that_was_named(notebook: Any) -> None:
    answer(notebook, "%sql FILE --cache DATADST:k --ttl 60 SELECT 1 AS n")

    core = notebook.user_ns["core"]
    assert 50 < core.caches["DATADST"].ttl_s("k") <= 60
    assert core.cache.keys() == []


def test_a_cut_result_says_so_from_the_cache_too(notebook: Any, capsys: pytest.CaptureFixture[str]) -> None:
    cell = "%sql SALES --cache k --limit 1 SELECT id FROM sales"
    answer(notebook, cell)
    capsys.readouterr()

    assert len(answer(notebook, cell)) == 1

    shown = capsys.readouterr().out
    assert "from the cache" in shown
    assert "Cut at 1 row:" in shown


def test_an_error_is_kept_nowhere(notebook: Any) -> None:
    with pytest.raises(QueryError):
        answer(notebook, "%sql FILE --cache k SELECT * FROM nothing")

    assert notebook.user_ns["core"].cache.keys() == []


def test_redis_away_costs_a_line_but_not_the_rows(
    notebook: Any, redis_server: BareRedis, capsys: pytest.CaptureFixture[str]
) -> None:
    redis_server.kill()
    try:
        assert len(answer(notebook, "%sql SALES --cache k SELECT id FROM sales")) == 2
    finally:
        redis_server.start()

    assert "; not kept as CACHE:k" in capsys.readouterr().out


def test_the_document_says_what_it_was_asked(notebook: Any, redis_server: BareRedis) -> None:
    notebook.run_cell("import datetime\nday = datetime.date(2013, 3, 1)\n")
    answer(notebook, "%sql SALES --cache k SELECT id FROM sales WHERE sold = :day")

    with redis_server.client() as client:
        source = json.loads(client.lindex("k", 0))["source"]

    assert source["parameters"] == {"day": "date 2013-03-01"}
    assert source["application"] == "SALES"
    assert source["limit"] == 1_000_000


def test_mariadb_answers_with_its_exact_types(notebook: Any) -> None:
    notebook.run_cell("import numpy as np, pandas as pd, decimal\nlargest = np.uint64(2**64 - 1)\n")
    notebook.run_cell("price, moment = decimal.Decimal('12.5'), pd.Timestamp('2013-03-01 12:30:00.5')\n")

    frame = answer(
        notebook,
        "%%sql SALES found << --cache k\n"
        "SELECT * FROM sales WHERE id = :largest AND price = :price AND made = :moment\n",
    )

    assert frame["id"].tolist() == [2**64 - 1]
    assert frame["id"].dtype == "uint64"
    assert str(frame["price"].item()) == "12.5000"
    assert len(answer(notebook, "%sql SALES SELECT * FROM sales WHERE sold = :moment")) == 0
