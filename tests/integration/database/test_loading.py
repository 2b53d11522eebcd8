"""A file becomes a table whole, once, and by its name only, whatever the kind of database."""

import gzip
import io
import logging
import signal
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text
from suites.databases import ON_ONE_SERVER, in_another_process, opened
from suites.price_table import count, csv_of, load

from pycore._wait import wait_for
from pycore.config.models import DatabaseApplication
from pycore.database import Database
from pycore.exceptions import (
    QueryError,
    ServiceTimeoutError,
)


def test_the_same_file_is_loaded_once_and_says_so(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    assert load(database) == 50
    with caplog.at_level(logging.INFO):
        assert load(database) == 0

    assert "stocks is loaded already" in caplog.text
    assert count(database) == 50


def test_a_changed_file_replaces_the_table(stocks: Database) -> None:
    assert load(stocks, 20, seed=2) == 20

    assert count(stocks) == 20


def test_a_changed_schema_loads_again(stocks: Database) -> None:
    assert stocks.load_csv(io.StringIO(csv_of(50)), "stocks") == 50

    assert str(stocks.extract("SELECT volume FROM stocks").dtypes["volume"]) == "int64"


def test_a_path_and_a_packed_path_are_loaded(database: Database, tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.csv", tmp_path / "a.csv.gz"
    plain.write_text("\ufeffa,b\n1,x\n", encoding="utf-8")
    packed.write_bytes(gzip.compress(b"a,b\r\n2,y\r\n\r\n"))

    assert database.load_csv(plain, "plain") == 1
    assert database.load_csv(str(packed), "packed") == 1
    assert database.extract("SELECT * FROM plain UNION ALL SELECT * FROM packed").iloc[:, 0].tolist() == [1, 2]


def test_hostile_names_are_only_names(database: Database) -> None:
    name = '50%s `"; DROP'
    database.load_csv(io.StringIO('"a`""%s;",b:c\n1,2\n'), name)

    assert database.add(name, [{'a`"%s;': 3, "b:c": 4}]) == 1
    assert database.summary(name)["count"].to_dict() == {'a`"%s;': 2, "b:c": 2}
    assert [table.name for table in database.tables()] == [name]


def test_a_table_of_somebody_else_is_not_touched(database: Database) -> None:
    with database.session() as session:
        session.execute(text("CREATE TABLE stocks (a INTEGER)"))
        session.execute(text("INSERT INTO stocks VALUES (7)"))

    with pytest.raises(QueryError, match="pycore did not load"):
        load(database)

    assert database.extract("SELECT a FROM stocks")["a"].tolist() == [7]


def test_the_unique_key_holds(stocks: Database) -> None:
    row = {"symbol": "IBM", "date": date(2000, 1, 1), "volume": 1, "id": 1}

    with pytest.raises(QueryError):
        stocks.add("stocks", [{**row, "symbol": "NEW"}, row])

    assert count(stocks) == 50


@ON_ONE_SERVER
def test_readers_see_the_old_table_or_the_new_one(application: DatabaseApplication, stocks: Database) -> None:
    seen: set[int] = set()
    done = threading.Event()

    def read() -> None:
        with opened(application) as reader:
            while not done.is_set():
                seen.add(len(reader.extract("SELECT * FROM stocks")))

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            for turn in range(6):
                load(stocks, 3_000 if turn % 2 else 50, seed=turn)
        finally:
            done.set()
        for reader in readers:
            reader.result()

    assert seen <= {50, 3_000}


@ON_ONE_SERVER
def test_two_loaders_load_once(application: DatabaseApplication, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n" + "".join(f"{row},x{row}\n" for row in range(5_000)))
    code = f"print(database.load_csv({str(tmp_path / 'a.csv')!r}, 't', unique=['a']))"

    loaders = [in_another_process(application, code) for _ in range(3)]
    outputs = [loader.communicate(timeout=60) for loader in loaders]

    assert sorted(out.strip() for out, _ in outputs) == ["0", "0", "5000"], outputs
    with opened(application) as database:
        assert database.ready("t")
        assert database.extract("SELECT COUNT(*) AS n FROM t").loc[0, "n"] == 5_000


def is_being_loaded(application: DatabaseApplication, database: Database) -> bool:
    """Whether a loader holds the file, or has made its staging table."""
    if application.address.startswith("sqlite"):
        connection = sqlite3.connect(application.address.removeprefix("sqlite:///"), timeout=0, isolation_level=None)
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        finally:
            connection.close()
        return False
    return not database.extract("SHOW TABLES LIKE 'pycore_staging_stocks'").empty


@ON_ONE_SERVER
def test_a_killed_loader_leaves_the_old_table(
    application: DatabaseApplication, stocks: Database, tmp_path: Path
) -> None:
    big = tmp_path / "big.csv"
    big.write_text(csv_of(40_000, seed=3))
    loader = in_another_process(application, f"database.load_csv({str(big)!r}, 'stocks', unique=['symbol', 'date'])")
    wait_for(lambda: is_being_loaded(application, stocks), 60, service="loader", interval_s=0.01)
    loader.send_signal(signal.SIGKILL)
    loader.communicate(timeout=60)

    assert loader.returncode == -signal.SIGKILL
    assert stocks.ready("stocks")
    assert count(stocks) == 50
    assert load(stocks, 20, seed=2) == 20
    assert [table.name for table in stocks.tables()] == ["stocks"]


def test_ready_means_loaded_to_the_end(database: Database) -> None:
    assert database.ready()
    assert not database.ready("stocks")
    load(database)
    assert database.ready("stocks")
    with database.session() as session:
        session.execute(text("UPDATE pycore_loaded SET digest = ''"))
    assert not database.ready("stocks")


@ON_ONE_SERVER
def test_waiting_for_a_table_ends_when_it_is_loaded(application: DatabaseApplication, database: Database) -> None:
    loader = in_another_process(
        application,
        f"""
        import io
        database.load_csv(io.StringIO({csv_of(50)!r}), "stocks")
        """,
    )

    database.wait_ready("stocks", timeout_s=60)

    assert count(database) == 50
    loader.communicate(timeout=60)


@ON_ONE_SERVER
def test_waiting_for_a_table_that_never_comes_ends(database: Database) -> None:
    with pytest.raises(ServiceTimeoutError, match=r"not ready within 0\.2 s"):
        database.wait_ready("stocks", timeout_s=0.2)


def test_waiting_uses_a_question_that_reads(stocks: Database) -> None:
    assert wait_for(lambda: stocks.ready("stocks"), 5, service="STOCKS")


def test_what_is_loaded_already_is_told_while_another_writes(
    stocks: Database, application: DatabaseApplication
) -> None:
    with stocks.session() as session, opened(application) as other:
        session.execute(text("UPDATE stocks SET close = 1 WHERE date = '2000-01-01'"))

        assert load(other) == 0
