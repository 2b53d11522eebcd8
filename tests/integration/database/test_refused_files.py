"""A file that does not fit is refused with every reason, changes nothing and leaves nothing."""

import gzip
import io
from pathlib import Path

import pytest
from suites.databases import ON_ONE_SERVER
from suites.price_table import KEY, SCHEMA, count

from pycore.database import ColumnSchema, Database, TableSchema
from pycore.exceptions import (
    DatasetError,
    DatasetValidationError,
    QueryError,
    UnknownNameError,
)


@ON_ONE_SERVER
@pytest.mark.parametrize("table", ["", " a", "a ", "a" * 49, "a\nb", "pycore_loaded", "PYCORE_x", "a.b", "a/b"])
def test_a_table_of_another_name_is_refused(database: Database, table: str) -> None:
    with pytest.raises(QueryError, match="cannot name a table"):
        database.load_csv(io.StringIO("a\n1\n"), table)


@pytest.mark.parametrize(
    ("content", "failures"),
    [
        ("", ["it is empty: expected a header and rows"]),
        ("symbol,date\nIBM\n", ["line 1: column 'close' is missing"]),
        ("symbol,date,close,other\n", ["line 1: the name of column 4 is not expected"]),
        ("symbol,date,close\nIBM,2013-03-01\n", ["line 2: expected 3 fields, found 2"]),
        (
            "symbol,date,close\nIBM,hunter2,1\nIBM,2013-03-01,hunter2\n,2013-03-01,1\n",
            [
                "line 2, column 'date': expected an ISO date (2013-03-01), found something else",
                "line 3, column 'close': expected a finite number, found something else",
                "line 4, column 'symbol': expected",
            ],
        ),
        ('symbol,date,close\nIBM,2013-03-01,"1\n', ["it is not CSV"]),
        ("symbol,date,close\nIBM,2013-03-01,1\nIBM,2013-03-01,2\n", ["two rows have the same symbol, date"]),
    ],
)
def test_a_file_that_does_not_fit_changes_nothing(stocks: Database, content: str, failures: list[str]) -> None:
    schema = TableSchema(SCHEMA.columns[:3])
    if "column 'symbol': expected" in failures[-1]:
        schema = TableSchema((ColumnSchema(name="symbol", type="bigint", nullable=False), *SCHEMA.columns[1:3]))
        content = content.replace("IBM", "1")

    with pytest.raises(DatasetValidationError) as caught:
        stocks.load_csv(io.StringIO(content), "stocks", schema=schema, unique=KEY)

    assert all(any(found.startswith(wanted) for found in caught.value.failures) for wanted in failures)
    assert "hunter2" not in str(caught.value)
    assert stocks.ready("stocks")
    assert count(stocks) == 50


@ON_ONE_SERVER
@pytest.mark.parametrize("content", ["<html><body>Not found</body></html>\n", '{"error":\n1}\n', "symbol,date\n\n"])
def test_what_a_server_sends_in_place_of_a_file_replaces_no_table(stocks: Database, content: str) -> None:
    with pytest.raises(DatasetValidationError, match=r"not CSV|no rows"):
        stocks.load_csv(io.StringIO(content), "stocks")

    assert count(stocks) == 50


@ON_ONE_SERVER
@pytest.mark.parametrize("schema", [None, SCHEMA])
def test_a_file_without_a_header_is_refused_without_its_values(database: Database, schema: TableSchema | None) -> None:
    content = " hunter2,1.5,1.5,\n"

    with pytest.raises(DatasetValidationError) as caught:
        database.load_csv(io.StringIO(content), "t", schema=schema)

    assert [failure[:30] for failure in caught.value.failures] == [
        "line 1: column 1 has no name t",
        "line 1: column 3 has the name ",
        "line 1: column 4 has no name t",
    ]
    assert "hunter2" not in str(caught.value)


@ON_ONE_SERVER
def test_every_failure_of_a_file_is_told(database: Database) -> None:
    content = "a\n" + "x\n" * 300

    with pytest.raises(DatasetValidationError, match="and 295 more") as caught:
        database.load_csv(io.StringIO(content), "t", schema=TableSchema((ColumnSchema(name="a", type="bigint"),)))

    assert len(caught.value.failures) == 300


@ON_ONE_SERVER
@pytest.mark.parametrize(
    "content", [b"\x1f\x8b\x08\x00cut", gzip.compress(b"a\n" + b"1\n" * 9999, mtime=0)[:-20], b"no gzip"]
)
def test_a_cut_off_archive_is_told(database: Database, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv.gz").write_bytes(content)

    with pytest.raises(DatasetError, match="cut off or no gzip file"):
        database.load_csv(tmp_path / "a.csv.gz", "t")


@ON_ONE_SERVER
def test_a_file_that_is_not_there_is_told(database: Database, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="is not there"):
        database.load_csv(tmp_path / "a.csv", "t")


@ON_ONE_SERVER
def test_a_file_that_is_not_utf8_is_told(database: Database, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("a\nZürich\n".encode("latin-1"))

    with pytest.raises(DatasetValidationError, match="not UTF-8"):
        database.load_csv(tmp_path / "a.csv", "t")


@ON_ONE_SERVER
def test_an_unknown_column_of_a_key_is_told(database: Database) -> None:
    with pytest.raises(UnknownNameError, match="'b'"):
        database.load_csv(io.StringIO("a\n1\n"), "t", unique=["b"])


@pytest.mark.parametrize(
    "content", ["symbol,date,close\nIBM,hunter2,1\n", "symbol,date,close\nIBM,2013-03-01,1\nIBM,2013-03-01,2\n"]
)
def test_a_refused_file_leaves_no_table_behind(database: Database, content: str) -> None:
    with pytest.raises(DatasetValidationError):
        database.load_csv(io.StringIO(content), "fresh", schema=TableSchema(SCHEMA.columns[:3]), unique=KEY)

    everything = "SELECT name FROM sqlite_master" if database.address.startswith("sqlite") else "SHOW TABLES"
    left = database.extract(everything).iloc[:, 0].tolist()
    assert [name for name in left if "fresh" in name] == []
