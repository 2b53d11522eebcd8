"""``pycore dataset`` on SQLite: results alone on standard output, exact for programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from suites.command_line import PRICE_COLUMNS, Clone

from pycore import PyCore
from pycore.config import load
from pycore.database import Database


def test_fifty_rows_are_fifty_lines_below_the_header(loaded: Clone) -> None:
    outcome = loaded("-e", "JustDB", "dataset", "get", "ibm_daily", "-p", "symbol", "IBM", "-p", "limit", "50")

    header, *rows = outcome.stdout.splitlines()
    assert outcome.exit_code == 0
    assert header.split() == PRICE_COLUMNS
    assert len(rows) == 50
    assert all(row.split()[0] == "IBM" and "…" not in row for row in rows)
    assert rows[0].split()[1] == "2013-03-01"


def test_a_parameter_may_be_one_word(loaded: Clone) -> None:
    words = ("-q", "-e", "JustDB", "dataset", "get", "ibm_daily")

    one = loaded(*words, "-p", "symbol=MSFT", "--parameter", "limit=3")
    two = loaded(*words, "-p", "symbol", "MSFT", "-p", "limit", "3")

    assert one.exit_code == 0
    assert one == two
    assert len(one.stdout.splitlines()) == 4


def test_a_parameter_without_its_value_says_how_it_is_written(loaded: Clone) -> None:
    outcome = loaded("dataset", "get", "ibm_daily", "-p", "symbol")

    assert outcome.exit_code == 2
    assert "Write -p NAME VALUE, as in -p symbol MSFT." in outcome.stderr


def test_a_value_keeps_its_equals_sign(loaded: Clone) -> None:
    words = ("-e", "JustDB", "db", "extract", "SELECT :x AS x, :y AS y", "--json")

    assert loaded(*words, "-p", "x", "a=b", "-p", "y=c=d").json == [{"x": "a=b", "y": "c=d"}]


def test_no_rows_are_a_result_with_a_warning(loaded: Clone) -> None:
    outcome = loaded("-e", "JustDB", "dataset", "get", "ibm_daily", "-p", "symbol", "MFST", "--to", "csv")

    assert (outcome.exit_code, outcome.stdout.splitlines()) == (0, [",".join(PRICE_COLUMNS)])
    assert "ibm_daily: no rows for these parameters (symbol, limit)" in outcome.stderr
    assert "MFST" not in outcome.stderr.splitlines()[0]


def test_what_the_database_refuses_is_cured_in_words_of_a_shell(loaded: Clone) -> None:
    words = ("-e", "JustDB", "db", "extract")

    writes = loaded(*words, "DROP TABLE stocks")
    absent = loaded(*words, "SELECT * FROM nosuch", "--all")
    other = loaded(*words, "SELECT nosuch FROM iris", "--json")

    assert [outcome.exit_code for outcome in (writes, absent, other)] == [5, 5, 5]
    assert "database.session()" not in writes.stderr
    assert "pycore db load TABLE --csv FILE" in writes.stderr
    assert "no such table: nosuch. pycore db tables lists those there are." in absent.stderr
    assert "pycore db tables" not in other.error["message"]
    assert loaded(*words, "SELECT 1 AS a").stderr == "1 row\n"


def test_csv_is_the_rows_of_the_table_exactly(loaded: Clone) -> None:
    outcome = loaded("-e", "JustDB", "dataset", "get", "ibm_daily", "-p", "limit", "50", "--to", "csv")

    rows = list(csv.DictReader(io.StringIO(outcome.stdout)))
    with loaded_database(loaded) as database:
        wanted = database.extract("SELECT close, volume FROM stocks WHERE symbol = 'IBM' ORDER BY date DESC LIMIT 50")
    assert list(rows[0]) == PRICE_COLUMNS
    assert [float(row["close"]) for row in rows] == wanted["close"].tolist()
    assert [int(row["volume"]) for row in rows] == wanted["volume"].tolist()
    assert outcome.stdout.count("\n") == 51


def loaded_database(clone: Clone) -> Database:
    config = load("JustDB", clone.manifest, environ=clone.environ())
    return PyCore(config=config).databases["STOCKS"]


def test_the_source_is_told_on_standard_error_and_not_with_quiet(loaded: Clone) -> None:
    words = ("dataset", "get", "iris", "--to", "csv")

    assert loaded("-e", "JustDB", *words).stderr == "150 rows from the source\n"
    assert loaded("-e", "JustDB", "--quiet", *words).stderr == ""


def test_json_is_one_object_for_each_row(loaded: Clone) -> None:
    rows = loaded("-e", "JustDB", "dataset", "get", "ibm_daily", "-p", "limit", "3", "--json").json

    assert [list(row) for row in rows] == [PRICE_COLUMNS] * 3
    assert rows[0]["date"] == "2013-03-01"


@pytest.mark.parametrize("ending", ["csv", "json", "parquet", "txt"])
def test_the_ending_of_the_file_chooses_the_form(loaded: Clone, tmp_path: Path, ending: str) -> None:
    place = tmp_path / f"iris.{ending}"

    outcome = loaded("-e", "JustDB", "dataset", "get", "iris", "--output", place)

    readers: dict[str, Callable[[Path], pd.DataFrame]] = {
        "csv": pd.read_csv,
        "json": pd.read_json,
        "parquet": pd.read_parquet,
        "txt": pd.read_table,
    }
    assert outcome.stdout == ""
    assert len(readers[ending](place)) == 150
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == []


def test_parquet_goes_down_a_pipe(loaded: Clone) -> None:
    outcome = loaded("-e", "JustDB", "dataset", "get", "iris", "--to", "parquet")

    assert len(pd.read_parquet(io.BytesIO(outcome.stdout_bytes))) == 150


def test_an_ending_that_says_nothing_is_refused_before_any_work(tmp_path: Path, clone: Clone) -> None:
    outcome = clone("-e", "NoApps", "dataset", "get", "iris", "--output", tmp_path / "iris.dat")

    assert outcome.exit_code == 2
    assert "say the form with --to" in outcome.stderr


def test_two_forms_at_once_are_refused(clone: Clone) -> None:
    outcome = clone("-e", "NoApps", "dataset", "get", "iris", "--json", "--to", "csv")

    assert outcome.exit_code == 2
    assert "contradict" in outcome.error["message"]


def test_an_older_file_stays_when_the_new_one_cannot_be_had(clone: Clone, tmp_path: Path) -> None:
    place = tmp_path / "old.json"
    place.write_text("old", "utf-8")
    clone.edit("datasets.json", {"datasets": {"twice": twice("SELECT 1 AS a, 2 AS a FROM iris")}})

    outcome = clone("-e", "NoApps", "dataset", "get", "twice", "--output", place)

    assert outcome.exit_code == 5
    assert place.read_text("utf-8") == "old"
    assert list(tmp_path.glob(".*")) == []


def twice(statement: str) -> dict[str, object]:
    source = {"kind": "sql", "database": "STOCKS", "statement": statement, "bundled": ["iris"]}
    return {"title": "Two columns of one name", "source": source}


def test_a_folder_that_is_not_there_is_named_before_any_work(clone: Clone, tmp_path: Path) -> None:
    outcome = clone("dataset", "get", "no such data set", "--output", tmp_path / "none" / "iris.csv")

    assert outcome.exit_code == 2
    assert f"There is no folder {tmp_path / 'none'}" in outcome.stderr


def test_a_device_is_written_to_and_not_replaced(clone: Clone) -> None:
    outcome = clone("-e", "NoApps", "dataset", "get", "iris", "--to", "csv", "--output", "/dev/null")

    assert outcome.exit_code == 0
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize(
    ("words", "exit_code", "text"),
    [
        (("iriss",), 2, "Did you mean 'iris'?"),
        (("ibm_daily", "-p", "lmit", "5"), 2, "Did you mean 'limit'?"),
        (("ibm_daily", "-p", "limit", "abc"), 5, "expected a whole number"),
        (("ibm_daily", "-p", "limit", "0"), 5, "from 1"),
        (("ibm_daily", "-p", "symbol", "'; DROP TABLE stocks; --"), 5, "Parameter 'symbol'"),
        (("ibm_daily", "-p", "limit", "5", "-p", "limit", "6"), 2, "limit is given twice"),
        (("ibm_daily", "-p", "limit"), 2, "requires 2 arguments"),
    ],
)
def test_bad_input_is_one_clear_error(loaded: Clone, words: tuple[str, ...], exit_code: int, text: str) -> None:
    outcome = loaded("-e", "JustDB", "dataset", "get", *words)

    assert outcome.exit_code == exit_code
    assert text in outcome.stderr
    assert "DROP" not in outcome.stderr
    assert outcome.stdout == ""


def test_a_symbol_without_rows_is_an_empty_table(loaded: Clone) -> None:
    outcome = loaded("-e", "JustDB", "dataset", "get", "ibm_daily", "-p", "symbol", "NONE", "--to", "csv")

    assert outcome.exit_code == 0
    assert outcome.stdout == ",".join(PRICE_COLUMNS) + "\n"


def test_the_catalog_is_listed_for_people_and_for_programs(clone: Clone) -> None:
    listed = clone("-e", "NoApps", "dataset", "list")
    members = {one["name"]: one for one in clone("-e", "NoApps", "dataset", "list", "--json").json}

    assert listed.stdout.splitlines()[0].split() == ["name", "title", "task", "target", "parameters"]
    assert members["ibm_daily"]["key"] == "LATEST_{symbol}_DAILY_STICKS"
    assert members["ibm_daily"]["parameters"] == ["symbol", "limit"]
    assert members["iris"]["target"] == "species"
    assert len(listed.stdout.splitlines()) == len(members) + 1


def test_a_data_set_is_described_with_its_statement_and_why_not_to_use_it(clone: Clone) -> None:
    shown = clone("-e", "NoApps", "dataset", "show", "ibm_daily").stdout
    boston = clone("-e", "NoApps", "dataset", "show", "boston").stdout

    assert "SELECT symbol, date" in shown
    assert "LATEST_{symbol}_DAILY_STICKS" in shown
    assert "limit" in shown
    assert "Discouraged: " in boston


def test_a_data_set_is_described_for_programs_as_in_the_file(clone: Clone) -> None:
    content = json.loads((clone.root / "configs" / "datasets.json").read_text("utf-8"))["datasets"]["ibm_daily"]

    shown = clone("-e", "NoApps", "dataset", "show", "ibm_daily", "--json").json

    assert shown["name"] == "ibm_daily"
    assert shown["source"] | content["source"] == shown["source"]
    assert shown["key"] == content["key"]
