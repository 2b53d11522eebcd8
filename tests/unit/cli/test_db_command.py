"""``pycore db`` on SQLite: tables are listed, loaded, read and summed up, and what is refused says why."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from suites.command_line import PRICE_COLUMNS, Clone


def test_tables_are_listed_with_rows_and_columns(loaded: Clone) -> None:
    shown = loaded("-e", "JustDB", "db", "tables").stdout
    members = {one["name"]: one for one in loaded("-e", "JustDB", "db", "tables", "--json").json}

    assert "12154" in shown
    assert members["stocks"]["rows"] == 12_154
    assert list(members["stocks"]["columns"]) == PRICE_COLUMNS
    assert members["stocks"]["loaded_at"] is not None


def test_a_table_that_is_loaded_is_not_loaded_again(loaded: Clone) -> None:
    before = loaded("-e", "JustDB", "db", "tables", "--json").json

    again = loaded("-e", "JustDB", "db", "load", "stocks")

    assert again.stdout.splitlines()[1].split() == ["stocks", "there", "already"]
    assert loaded("-e", "JustDB", "db", "tables", "--json").json == before


def test_a_table_whose_rows_were_changed_is_loaded_again_when_asked_to(clone: Clone) -> None:
    assert clone("db", "load", "iris", "wine").exit_code == 0
    with closing(sqlite3.connect(clone.data_dir / "stocks.sqlite")) as connection, connection:
        connection.execute("DELETE FROM iris WHERE species = 'setosa'")
    kept = clone("db", "load", "iris", "--json").json

    reloaded = clone("db", "load", "iris", "--reload", "--json").json

    assert (kept, reloaded) == ({"iris": 0}, {"iris": 150})
    assert clone("db", "extract", "SELECT count(*) AS n FROM iris", "--json").json == [{"n": 150}]


def test_a_csv_file_becomes_a_table(clone: Clone, tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("day,close\n2013-03-01,98.5\n2013-03-04,99\n", "utf-8")

    outcome = clone("-e", "JustDB", "db", "load", "prices", "--csv", file, "--json")

    assert outcome.json == {"prices": 2}
    rows = clone("-e", "JustDB", "db", "extract", "SELECT * FROM prices ORDER BY day", "--json").json
    assert [row["close"] for row in rows] == [98.5, 99.0]


def test_a_csv_file_needs_the_one_table_it_goes_into(clone: Clone, tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text("day\n2013-03-01\n", "utf-8")

    outcome = clone("-e", "JustDB", "db", "load", "--csv", file)

    assert outcome.exit_code == 2
    assert "pycore db load TABLE --csv" in outcome.stderr


def test_a_bundled_table_is_replaced_by_another_file_only_where_that_is_said(clone: Clone, tmp_path: Path) -> None:
    file = tmp_path / "other.csv"
    file.write_text("petal\n1\n", "utf-8")
    assert clone("-e", "JustDB", "db", "load", "iris").exit_code == 0

    for name in ("iris", "IRIS"):
        refused = clone("-e", "JustDB", "db", "load", name, "--csv", file)
        assert refused.exit_code == 2
        assert "--replace" in refused.stderr
    assert len(clone("-e", "JustDB", "dataset", "get", "iris", "--to", "csv").stdout.splitlines()) == 151

    assert clone("-e", "JustDB", "db", "load", "iris", "--csv", file, "--replace", "--json").json == {"iris": 1}
    assert clone("-e", "JustDB", "db", "load", "iris", "--replace").exit_code == 2


def test_an_unknown_bundled_table_lists_those_there_are(clone: Clone) -> None:
    outcome = clone("-e", "JustDB", "db", "load", "stonks")

    assert outcome.exit_code == 2
    assert "stocks" in outcome.stderr


def test_a_statement_gets_its_values_bound(loaded: Clone) -> None:
    statement = "SELECT COUNT(*) AS n FROM stocks WHERE symbol = :symbol AND volume > :volume"

    outcome = loaded("-e", "JustDB", "db", "extract", statement, "-p", "symbol", "IBM", "-p", "volume", "0", "--json")

    assert outcome.json == [{"n": 3270}]


def test_a_statement_that_writes_is_refused(loaded: Clone) -> None:
    outcome = loaded("-e", "JustDB", "db", "extract", "DELETE FROM stocks", "--json")

    assert outcome.exit_code == 5
    assert outcome.error["type"] == "QueryError"
    assert loaded("-e", "JustDB", "db", "tables", "--json").json[-1]["rows"] == 12_154


def test_a_plan_is_printed_and_the_statement_is_not_run(loaded: Clone) -> None:
    words = (
        "-e",
        "JustDB",
        "db",
        "plan",
        "SELECT symbol, close FROM stocks WHERE symbol = :symbol",
        "-p",
        "symbol",
        "IBM",
    )

    told, found = loaded(*words), loaded(*words, "--json").json

    assert told.stdout.startswith("Takes the exact path: ")
    assert (found["path"], found["n_rows"]) == ("exact", None)
    assert found["columns"] == [
        {"name": "symbol", "server_type": "VARCHAR(16)", "dtype": "str"},
        {"name": "close", "server_type": "DOUBLE", "dtype": "float64"},
    ]


def test_the_limit_cuts_and_all_lifts_the_row_limit(loaded: Clone) -> None:
    few = loaded("-e", "JustDB", "db", "extract", "SELECT * FROM stocks", "--limit", "7", "--to", "csv")
    every = loaded("-e", "JustDB", "db", "extract", "SELECT * FROM stocks", "--all", "--to", "csv")

    assert few.stdout.count("\n") == 8
    assert few.stderr.startswith("7 rows\n")
    assert every.stdout.count("\n") == 12_155
    assert "12154 rows" in every.stderr


def test_all_rows_may_be_parquet_or_none_at_all(loaded: Clone) -> None:
    every = loaded("-e", "JustDB", "db", "extract", "SELECT * FROM stocks", "--all", "--to", "parquet")
    none = loaded("-e", "JustDB", "db", "extract", "SELECT * FROM stocks WHERE 1 = 0", "--all", "--to", "csv")

    assert len(pd.read_parquet(io.BytesIO(every.stdout_bytes))) == 12_154
    assert none.stdout == ",".join(PRICE_COLUMNS) + "\n"


def test_limit_and_all_contradict_each_other(clone: Clone) -> None:
    outcome = clone("-e", "JustDB", "db", "extract", "SELECT 1", "--all", "--limit", "1")

    assert outcome.exit_code == 2


def test_statistics_have_one_row_for_each_column(loaded: Clone) -> None:
    rows = loaded("-e", "JustDB", "db", "summary", "iris", "--json").json

    assert [row["count"] for row in rows] == [150] * 5
    assert rows[0]["mean"] == pytest.approx(5.843333, abs=1e-6)


def test_ready_says_so_when_the_table_is_loaded(loaded: Clone) -> None:
    said = loaded("-e", "JustDB", "db", "ready", "--table", "stocks")
    members = loaded("-e", "JustDB", "db", "ready", "--json").json

    assert said.stdout == "STOCKS is ready and stocks is loaded\n"
    assert members == {"database": "STOCKS", "table": None, "ready": True}


def test_ready_fails_when_the_table_is_not_loaded(clone: Clone) -> None:
    outcome = clone("-e", "JustDB", "db", "ready", "--table", "stocks")

    assert outcome.exit_code == 4
    assert outcome.stdout == ""


def test_ready_says_which_table_is_not_loaded(loaded: Clone) -> None:
    asked = loaded("-e", "JustDB", "db", "ready", "--table", "wine", "--json")
    waited = loaded("-e", "JustDB", "db", "ready", "--table", "wine", "--timeout-s", "0.01", "--json")

    assert asked.exit_code == waited.exit_code == 4
    assert "wine is not loaded" in asked.error["message"]
    assert waited.error["type"] == "ServiceTimeoutError"


def test_an_environment_without_databases_says_so(clone: Clone) -> None:
    outcome = clone("-e", "NoApps", "db", "tables")

    assert outcome.exit_code == 2
    assert "none is configured in this environment" in outcome.stderr


def test_the_only_database_needs_no_name(clone: Clone) -> None:
    clone.edit("local-db.json", {"applications": {"PRICES": {"address": "sqlite:///../data/prices.sqlite"}}})
    path = clone.root / "configs" / "local-db.json"
    content = json.loads(path.read_text("utf-8"))
    del content["applications"]["STOCKS"]
    path.write_text(json.dumps(content), "utf-8")

    outcome = clone("-e", "JustDB", "db", "load", "iris", "--json")

    assert outcome.json == {"iris": 150}
    assert (clone.data_dir / "prices.sqlite").is_file()
