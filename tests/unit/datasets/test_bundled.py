"""The bundled tables are whole, typed as declared, small, and say where they come from."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from pycore.config.models import DatasetFile, SqlSource
from pycore.database import ColumnSchema
from pycore.datasets import bundled
from pycore.datasets.bundled import TABLES
from pycore.exceptions import UnknownNameError

DATA = files("pycore.datasets") / "data"
LIMIT_BYTES = 600_000
FACTS = {
    "autompg": 392,
    "boston": 506,
    "diabetes": 442,
    "iris": 150,
    "penguins": 344,
    "stocks": 12_154,
    "titanic": 1313,
    "wine": 178,
}


@pytest.fixture(scope="module")
def datasets(pytestconfig: pytest.Config) -> DatasetFile:
    path = pytestconfig.rootpath / "configs" / "datasets.json"
    return DatasetFile.model_validate_json(path.read_text(encoding="utf-8"))


def rows(name: str) -> list[dict[str, str]]:
    with bundled.open_csv(name) as stream:
        return list(csv.DictReader(stream))


def test_the_tables_are_those_promised() -> None:
    assert {name: table.n_rows for name, table in TABLES.items()} == FACTS


@pytest.mark.parametrize("name", TABLES)
def test_a_table_has_its_rows_and_columns(name: str) -> None:
    with bundled.open_csv(name) as stream:
        header, *lines = csv.reader(stream)

    assert tuple(header) == TABLES[name].schema.names
    assert len(lines) == TABLES[name].n_rows
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", column) for column in header)


def fits(column: ColumnSchema, text: str) -> bool:
    if not text:
        return column.nullable
    if column.type == "double":
        return math.isfinite(float(text))
    if column.type in {"integer", "bigint"}:
        return abs(int(text)) < (2**31 if column.type == "integer" else 2**63)
    if column.type == "date":
        return dt.date.fromisoformat(text).isoformat() == text
    return column.length is not None and len(text) <= column.length


@pytest.mark.parametrize("name", TABLES)
def test_every_value_fits_the_declared_type(name: str) -> None:
    misfits = {
        column.name for row in rows(name) for column in TABLES[name].schema if not fits(column, row[column.name])
    }

    assert misfits == set()


@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if table.unique])
def test_the_unique_columns_name_one_row_each(name: str) -> None:
    found = [tuple(row[column] for column in TABLES[name].unique) for row in rows(name)]

    assert len(set(found)) == len(found)


@pytest.mark.parametrize("name", ["penguins", "titanic"])
def test_the_tables_with_gaps_have_gaps(name: str) -> None:
    assert any(not value for row in rows(name) for value in row.values())


def test_the_prices_are_those_of_the_five_shares_and_plausible() -> None:
    stocks = rows("stocks")

    assert sorted({row["symbol"] for row in stocks}) == list(bundled.SYMBOLS)
    assert min(row["date"] for row in stocks) == "2000-03-01"
    assert max(row["date"] for row in stocks) == "2013-03-01"
    for row in stocks:
        low, high = float(row["low"]), float(row["high"])
        assert 0 < low <= min(float(row["open"]), float(row["close"]))
        assert high >= max(float(row["open"]), float(row["close"]))
        assert int(row["volume"]) > 0
        assert float(row["adj_close"]) > 0


def test_all_of_it_is_small() -> None:
    archives = [path for path in DATA.iterdir() if path.name.endswith(".csv.gz")]

    assert {path.name for path in archives} == {f"{name}.csv.gz" for name in TABLES}
    assert sum(len(path.read_bytes()) for path in archives) < LIMIT_BYTES


def test_the_archives_carry_no_time() -> None:
    for name in TABLES:
        header = (DATA / f"{name}.csv.gz").read_bytes()[:10]
        assert header[4:8] == b"\0\0\0\0", name


def test_the_sources_name_origin_and_licence_of_each() -> None:
    text = (DATA / "SOURCES.rst").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^(\w+)\n-+\n(.*?)(?=^\w+\n-+\n|\Z)", text, re.DOTALL | re.MULTILINE))

    assert set(sections) == set(TABLES)
    for name, body in sections.items():
        assert ":Origin:" in body, name
        assert ":Changes:" in body, name
        (licence,) = re.findall(r":Licence: (.*)", body)
        stated = TABLES[name].licence
        assert ("states none" in licence) == (stated == "not stated by the source"), name
        assert "states none" in licence or licence.startswith(stated), name


def test_a_licence_that_the_source_does_not_state_is_not_claimed() -> None:
    unstated = {name for name, table in TABLES.items() if table.licence == "not stated by the source"}

    assert unstated == {"boston", "diabetes", "wine"}


def test_the_catalog_offers_every_table_with_task_target_and_units(datasets: DatasetFile) -> None:
    offered: set[str] = set()
    for name, spec in datasets.datasets.items():
        assert isinstance(spec.source, SqlSource)
        offered |= set(spec.source.bundled)
        columns = {column for table in spec.source.bundled for column in TABLES[table].schema.names}
        assert spec.task is not None, name
        assert spec.target in columns, name
        assert set(spec.units) <= columns, name
        assert spec.title, name
        assert spec.description, name

    assert offered == set(TABLES)


def test_boston_is_offered_and_discouraged(datasets: DatasetFile) -> None:
    spec = datasets.datasets["boston"]

    assert spec.target == "medv"
    assert spec.discouraged is not None
    assert "column b" in spec.discouraged


def test_the_digest_tells_tables_apart_whatever_their_order() -> None:
    assert bundled.digest(["iris", "wine"]) == bundled.digest(["wine", "iris"])
    assert bundled.digest(["iris"]) != bundled.digest(["wine"])


def test_a_table_that_is_not_bundled_lists_those_that_are() -> None:
    with pytest.raises(UnknownNameError, match="autompg, boston") as caught:
        bundled.open_csv("../secrets")

    assert caught.value.kind == "bundled table"


def test_the_tables_are_known_without_pandas_and_sqlalchemy() -> None:
    code = (
        "import sys, json, pycore.datasets, pycore.datasets.bundled, pycore.datasets.catalog, pycore.datasets.fetch;"
        "print(json.dumps([m for m in ('pandas', 'sqlalchemy', 'httpx', 'redis', 'numpy') if m in sys.modules]))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())

    assert json.loads(done.stdout) == []
