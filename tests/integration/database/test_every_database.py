"""What holds for every kind of database."""

import gc
import gzip
import io
import logging
import random
import signal
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from sqlalchemy import text
from suites.databases import in_another_process, opened

from pycore._wait import wait_for
from pycore.config.models import DatabaseApplication
from pycore.database import ColumnSchema, Database, TableSchema
from pycore.exceptions import (
    DatasetError,
    DatasetValidationError,
    QueryError,
    ServiceTimeoutError,
    UnknownNameError,
)

SCHEMA = TableSchema(
    (
        ColumnSchema(name="symbol", type="text", nullable=False, length=16),
        ColumnSchema(name="date", type="date", nullable=False),
        ColumnSchema(name="close", type="double", unit="USD"),
        ColumnSchema(name="volume", type="bigint", nullable=False),
        ColumnSchema(name="shares", type="bigint"),
        ColumnSchema(name="fee", type="decimal", precision=20, scale=10),
        ColumnSchema(name="split", type="boolean"),
        ColumnSchema(name="seen", type="datetime"),
        ColumnSchema(name="id", type="ubigint", nullable=False),
    )
)
KEY = ("symbol", "date")
DTYPES = {
    "symbol": "str",
    "date": "datetime64[s]",
    "close": "float64",
    "volume": "int64",
    "shares": "Int64",
    "fee": "object",
    "split": "boolean",
    "seen": "datetime64[us]",
    "id": "uint64",
}
CANARY = "'; DROP TABLE stocks; --"


def csv_of(n_rows: int, *, seed: int = 1) -> str:
    draw = random.Random(seed)
    lines = [",".join(SCHEMA.names)]
    for row, day in enumerate(pd.date_range("2000-01-01", periods=n_rows)):
        missing = row % 7 == 3
        lines.append(
            f"IBM,{day:%Y-%m-%d},{'' if missing else repr(draw.uniform(10, 200))},{draw.randrange(2**62)},"
            f"{'' if missing else draw.randrange(10**6)},{'' if missing else f'{draw.randrange(10**9)}.{row:010}'},"
            f"{'' if missing else draw.choice(['true', 'false'])},"
            f"{'' if missing else f'{day:%Y-%m-%d} 14:05:00.{row:06}'},"
            f"{2**64 - 1 - row}"
        )
    return "\n".join(lines) + "\n"


def load(database: Database, n_rows: int = 50, *, seed: int = 1) -> int:
    return database.load_csv(io.StringIO(csv_of(n_rows, seed=seed)), "stocks", schema=SCHEMA, unique=KEY)


@pytest.fixture
def stocks(database: Database) -> Database:
    load(database)
    return database


def count(database: Database) -> int:
    return int(database.extract("SELECT COUNT(*) AS n FROM stocks")["n"].item())


def test_what_is_loaded_comes_back_exact(stocks: Database) -> None:
    frame = stocks.extract("SELECT * FROM stocks ORDER BY date")

    written = pd.read_csv(io.StringIO(csv_of(50)), dtype=str, keep_default_na=False)
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == DTYPES
    assert frame["date"].dt.strftime("%Y-%m-%d").tolist() == written["date"].tolist()
    assert [repr(value) if value == value else "" for value in frame["close"].tolist()] == written["close"].tolist()
    assert [str(value) for value in frame["id"].tolist()] == written["id"].tolist()
    assert [str(value) for value in frame["volume"].tolist()] == written["volume"].tolist()
    assert ["" if value is pd.NA else str(value) for value in frame["shares"]] == written["shares"].tolist()
    assert frame["fee"].tolist() == [Decimal(value) if value else None for value in written["fee"]]
    assert ["" if value is pd.NA else str(value).lower() for value in frame["split"]] == written["split"].tolist()
    assert frame["seen"].isna().tolist() == [value == "" for value in written["seen"]]
    assert frame.loc[1, "seen"] == pd.Timestamp(written["seen"].iloc[1])


@pytest.mark.parametrize("where", ["1 = 0", "close IS NULL", "1 = 1"])
def test_types_do_not_depend_on_rows(stocks: Database, where: str) -> None:
    frame = stocks.extract(f"SELECT * FROM stocks WHERE {where}")

    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == DTYPES


def test_duplicate_column_names_are_kept(stocks: Database) -> None:
    frame = stocks.extract(
        "SELECT symbol, date, symbol, close AS date FROM stocks WHERE date = :day", {"day": date(2000, 1, 1)}
    )

    assert frame.columns.tolist() == ["symbol", "date", "symbol", "date"]
    assert [str(dtype) for dtype in frame.dtypes] == ["str", "datetime64[s]", "str", "float64"]


def test_a_hostile_value_is_only_a_value(stocks: Database) -> None:
    stocks.add("stocks", [{"symbol": "canary", "date": date(2020, 1, 1), "volume": 1, "id": 1}])

    found = stocks.extract("SELECT * FROM stocks WHERE symbol = :symbol", {"symbol": CANARY})

    assert found.empty
    assert {name: str(dtype) for name, dtype in found.dtypes.items()} == DTYPES
    assert len(stocks.extract("SELECT * FROM stocks WHERE symbol = 'canary'")) == 1


@pytest.mark.parametrize("value", [CANARY, "\\", "\\'", '"', "%s", "%(a)s", ":a", "?", "Zürich 🚲", "a\nb", "--", "/*"])
def test_every_text_is_bound_as_it_is(database: Database, value: str) -> None:
    assert database.extract("SELECT :value AS v", {"value": value}).loc[0, "v"] == value


def test_literals_and_comments_are_left_alone(database: Database) -> None:
    frame = database.extract("""SELECT '{"a":1}' AS a, ':b' AS b, '50%d' AS c, '10:30' AS d -- :e %s""")

    assert frame.iloc[0].tolist() == ['{"a":1}', ":b", "50%d", "10:30"]


def test_a_cut_result_says_so(stocks: Database, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        frame = stocks.extract("SELECT * FROM stocks ORDER BY date", limit=10)

    assert len(frame) == 10
    assert frame.attrs["pycore"] == {"truncated": True, "limit": 10}
    assert "cut at the limit of 10 rows" in caplog.text


def test_a_limit_below_zero_is_refused(stocks: Database) -> None:
    with pytest.raises(QueryError, match="not -1"):
        stocks.extract("SELECT * FROM stocks", limit=-1)


@pytest.mark.parametrize("limit", [50, 51, None])
def test_a_whole_result_says_nothing(stocks: Database, limit: int | None, caplog: pytest.LogCaptureFixture) -> None:
    frame = stocks.extract("SELECT * FROM stocks", limit=limit)

    assert len(frame) == 50
    assert frame.attrs == {}
    assert caplog.text == ""


def test_the_limit_of_the_application_is_the_default(application: DatabaseApplication) -> None:
    with opened(application.model_copy(update={"row_limit": 3})) as database:
        load(database)

        assert len(database.extract("SELECT * FROM stocks")) == 3
        assert len(database.extract("SELECT * FROM stocks", limit=None)) == 50
        assert sum(map(len, database.stream("SELECT * FROM stocks"))) == 50


def test_the_limit_leaves_order_and_names_alone(stocks: Database) -> None:
    frame = stocks.extract("SELECT date, date FROM stocks ORDER BY date DESC LIMIT 20", limit=2)

    assert frame.iloc[:, 0].dt.day.tolist() == [19, 18]


def test_a_connection_serves_the_next_statement_after_a_cut(stocks: Database) -> None:
    for _ in range(20):
        stocks.extract("SELECT * FROM stocks", limit=1)

    assert count(stocks) == 50


@pytest.mark.parametrize("n_rows", [1, 7, 25, 50, 1000])
def test_a_stream_has_the_rows_and_types_of_an_extraction(stocks: Database, n_rows: int) -> None:
    sql = "SELECT *, NULL AS missing, 1 AS one FROM stocks ORDER BY date"

    frames = list(stocks.stream(sql, rows=n_rows))

    assert [len(frame) for frame in frames] == [n_rows] * (50 // n_rows) + ([50 % n_rows] if 50 % n_rows else [])
    assert_frame_equal(pd.concat(frames, ignore_index=True), stocks.extract(sql), check_exact=True)


def test_a_stream_without_rows_is_one_empty_frame(stocks: Database) -> None:
    (frame,) = stocks.stream("SELECT * FROM stocks WHERE 1 = 0")

    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == DTYPES


@pytest.mark.parametrize("how", ["close", "forget", "raise"])
def test_an_abandoned_stream_is_silent_and_leaves_nothing(
    stocks: Database, how: str, capfd: pytest.CaptureFixture[str]
) -> None:
    for _ in range(30):  # more than there are connections
        stream: Iterator[pd.DataFrame] | None = stocks.stream("SELECT * FROM stocks", rows=5)
        assert stream is not None
        next(stream)
        if how == "close":
            stream.close()  # type: ignore[attr-defined]  # a generator
        elif how == "raise":
            with pytest.raises(KeyError):
                stream.throw(KeyError("a"))  # type: ignore[attr-defined]  # a generator
        stream = None
    gc.collect()

    assert count(stocks) == 50
    assert capfd.readouterr().err == ""


def test_a_stream_takes_bounded_memory(application: DatabaseApplication) -> None:
    digits = f"WITH d AS ({' UNION ALL '.join(f'SELECT {digit} AS i' for digit in range(10))})"
    rows = "FROM d AS a, d AS b, d AS c, d AS e, d AS f WHERE f.i < 5"
    code = f"""
        import resource
        peak_bytes = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        if database.address.startswith("sqlite"):
            sql = "{digits} SELECT a.i || hex(zeroblob(1000)) AS wide {rows}"
        else:
            sql = "{digits} SELECT CONCAT(a.i, REPEAT('x', 2000)) AS wide {rows}"
        list(database.stream("SELECT 1 AS one"))
        before = peak_bytes()
        size = sum(int(frame["wide"].str.len().sum()) for frame in database.stream(sql, rows=2_000))
        print(size >= 100_000_000, peak_bytes() - before)
    """

    out, err = in_another_process(application, code).communicate(timeout=100)

    whole, grown_bytes = out.split()
    assert (whole, err) == ("True", "")
    assert int(grown_bytes) < 50_000_000


def test_a_bad_stream_is_refused_before_it_is_read(stocks: Database) -> None:
    with pytest.raises(QueryError, match="must read"):
        stocks.stream("DELETE FROM stocks")


def test_an_unknown_table_is_a_query_error_with_the_statement(stocks: Database) -> None:
    with pytest.raises(QueryError, match="stoks") as caught:
        stocks.extract("SELECT * FROM stoks WHERE symbol = :symbol", {"symbol": "hunter2"})

    assert caught.value.statement == "SELECT * FROM stoks WHERE symbol = :symbol"
    assert "hunter2" not in str(caught.value) + str(caught.value.__cause__)


def test_wrong_syntax_is_a_query_error_without_values(stocks: Database) -> None:
    with pytest.raises(QueryError) as caught:
        stocks.extract("SELECT * FORM stocks WHERE :symbol", {"symbol": "hunter2"})

    assert "hunter2" not in str(caught.value) + str(caught.value.__cause__)


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


@pytest.mark.parametrize("content", ["<html><body>Not found</body></html>\n", '{"error":\n1}\n', "symbol,date\n\n"])
def test_what_a_server_sends_in_place_of_a_file_replaces_no_table(stocks: Database, content: str) -> None:
    with pytest.raises(DatasetValidationError, match=r"not CSV|no rows"):
        stocks.load_csv(io.StringIO(content), "stocks")

    assert count(stocks) == 50


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


def test_every_failure_of_a_file_is_told(database: Database) -> None:
    content = "a\n" + "x\n" * 300

    with pytest.raises(DatasetValidationError, match="and 295 more") as caught:
        database.load_csv(io.StringIO(content), "t", schema=TableSchema((ColumnSchema(name="a", type="bigint"),)))

    assert len(caught.value.failures) == 300


@pytest.mark.parametrize(
    "content", [b"\x1f\x8b\x08\x00cut", gzip.compress(b"a\n" + b"1\n" * 9999, mtime=0)[:-20], b"no gzip"]
)
def test_a_cut_off_archive_is_told(database: Database, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv.gz").write_bytes(content)

    with pytest.raises(DatasetError, match="cut off or no gzip file"):
        database.load_csv(tmp_path / "a.csv.gz", "t")


def test_a_file_that_is_not_there_is_told(database: Database, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="is not there"):
        database.load_csv(tmp_path / "a.csv", "t")


def test_a_file_that_is_not_utf8_is_told(database: Database, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("a\nZürich\n".encode("latin-1"))

    with pytest.raises(DatasetValidationError, match="not UTF-8"):
        database.load_csv(tmp_path / "a.csv", "t")


def test_an_unknown_column_of_a_key_is_told(database: Database) -> None:
    with pytest.raises(UnknownNameError, match="'b'"):
        database.load_csv(io.StringIO("a\n1\n"), "t", unique=["b"])


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


def test_waiting_for_a_table_that_never_comes_ends(database: Database) -> None:
    with pytest.raises(ServiceTimeoutError, match=r"not ready within 0\.2 s"):
        database.wait_ready("stocks", timeout_s=0.2)


def test_tables_are_described(stocks: Database) -> None:
    with stocks.session() as session:
        session.execute(text("CREATE VIEW cheap AS SELECT symbol, close FROM stocks WHERE close < 50"))

    cheap, table = stocks.tables()

    assert (table.name, table.kind, table.n_rows) == ("stocks", "table", 50)
    assert [column.name for column in table.columns] == list(SCHEMA.names)
    assert [column.nullable for column in table.columns] == [column.nullable for column in SCHEMA]
    assert table.loaded_at is not None
    assert (cheap.name, cheap.kind, cheap.loaded_at) == ("cheap", "view", None)
    assert stocks.tables(count=False)[1].n_rows is None


def test_a_session_commits_at_its_end(stocks: Database) -> None:
    with stocks.session() as session:
        session.execute(text("DELETE FROM stocks WHERE date > :day"), {"day": "2000-01-10"})

    assert count(stocks) == 10


def test_a_session_rolls_back_on_an_error(stocks: Database) -> None:
    with pytest.raises(KeyError), stocks.session() as session:  # noqa: PT012
        session.execute(text("DELETE FROM stocks"))
        raise KeyError("a")

    assert count(stocks) == 50


def test_an_error_of_a_session_is_ours(stocks: Database) -> None:
    with pytest.raises(QueryError, match="stoks"), stocks.session() as session:
        session.execute(text("DELETE FROM stoks"))


def test_added_rows_are_there(stocks: Database) -> None:
    rows = [
        {"symbol": "NEW", "date": day, "close": np.float64(1.5), "volume": np.int64(3), "shares": pd.NA, "id": 1}
        for day in pd.date_range("2020-01-01", periods=3)
    ]

    assert stocks.add("stocks", rows) == 3
    assert stocks.add("stocks", []) == 0

    frame = stocks.extract("SELECT * FROM stocks WHERE symbol = 'NEW'")
    assert frame["close"].tolist() == [1.5] * 3
    assert frame["shares"].isna().all()
    assert frame["fee"].tolist() == [None] * 3


@pytest.mark.parametrize(
    ("table", "rows", "error"),
    [
        ("stoks", [{"symbol": "a"}], UnknownNameError),
        ("stocks", [{"symbl": "a"}], UnknownNameError),
        ("stocks", [{"symbol": "a"}, {"date": "b"}], QueryError),
        ("stocks", [{"symbol": ["a"]}], QueryError),
        ("stocks", [{"symbol": "a"}], QueryError),
        ("stocks", [{"symbol": "a", "date": "hunter2", "volume": 1, "id": 1}], QueryError),
        ("stocks", [{"symbol": "a", "date": date(2020, 1, 1), "volume": "hunter2", "id": 1}], QueryError),
        ("stocks", [{"symbol": "a", "date": date(2020, 1, 1), "volume": 1, "id": -1}], QueryError),
    ],
)
def test_rows_that_do_not_fit_are_refused(
    stocks: Database, table: str, rows: list[dict[str, object]], error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        stocks.add(table, rows)

    assert "hunter2" not in str(caught.value) + str(caught.value.__cause__)
    assert count(stocks) == 50


def expected_summary(frame: pd.DataFrame, column: str) -> pd.Series:
    numbers = (
        frame[column].astype("float64")
        if column != "fee"
        else frame["fee"].map(float, na_action="ignore").astype("float64")
    )
    return numbers.describe()


@pytest.mark.parametrize("n_rows", [0, 1, 2, 3, 4, 5, 50, 501])
def test_the_summary_is_that_of_describe(database: Database, n_rows: int) -> None:
    load(database, n_rows)

    summary = database.summary("stocks")

    frame = database.extract("SELECT * FROM stocks")
    assert summary.index.tolist() == list(SCHEMA.names)
    assert summary["count"].tolist() == frame.count().tolist()
    assert summary["missing"].tolist() == frame.isna().sum().tolist()
    for column in ("close", "volume", "shares", "fee", "id"):
        expected = expected_summary(frame, column)
        found = summary.loc[column, expected.index.tolist()].astype("float64")
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=0, err_msg=column)
    for column in ("symbol", "date", "split", "seen"):
        assert summary.loc[column, "mean":"max"].isna().all()


def test_the_summary_keeps_small_deviations_around_a_large_mean(database: Database) -> None:
    values = [1e9 + step / 1000 for step in range(1000)]
    database.load_csv(io.StringIO("a\n" + "".join(f"{value!r}\n" for value in values)), "t")

    found = database.summary("t").loc["a"]

    assert found["std"] == pytest.approx(pd.Series(values).std(), rel=1e-9)
    assert found["mean"] == pytest.approx(float(np.mean(values)), rel=1e-12)


def test_the_summary_of_an_unknown_table_lists_the_known(stocks: Database) -> None:
    with pytest.raises(UnknownNameError, match="stocks"):
        stocks.summary("stoks")


def test_sixteen_threads_share_a_database(stocks: Database) -> None:
    with ThreadPoolExecutor(16) as pool:
        counts = list(pool.map(lambda _: count(stocks), range(160)))

    assert counts == [50] * 160


def test_a_forked_child_has_connections_of_its_own(application: DatabaseApplication, stocks: Database) -> None:
    code = """
        import os
        count = lambda: int(database.extract("SELECT COUNT(*) AS n FROM stocks").iloc[0, 0])
        stream = database.stream("SELECT * FROM stocks", rows=5)
        next(stream)
        before = count()
        children = []
        for _ in range(4):
            pid = os.fork()
            if pid == 0:
                os._exit(0 if [count() for _ in range(20)] == [50] * 20 else 1)
            children.append(pid)
        mine = [count() for _ in range(20)]
        print(before, set(mine), 5 + sum(map(len, stream)), [os.waitpid(pid, 0)[1] for pid in children])
    """

    out, err = in_another_process(application, code).communicate(timeout=60)

    assert (out.strip(), err) == ("50 {50} 50 [0, 0, 0, 0]", "")


def test_a_closed_database_connects_again(stocks: Database) -> None:
    stocks.close()

    assert count(stocks) == 50


def test_waiting_uses_a_question_that_reads(stocks: Database) -> None:
    assert wait_for(lambda: stocks.ready("stocks"), 5, service="STOCKS")


@pytest.mark.parametrize(
    "content", ["symbol,date,close\nIBM,hunter2,1\n", "symbol,date,close\nIBM,2013-03-01,1\nIBM,2013-03-01,2\n"]
)
def test_a_refused_file_leaves_no_table_behind(database: Database, content: str) -> None:
    with pytest.raises(DatasetValidationError):
        database.load_csv(io.StringIO(content), "fresh", schema=TableSchema(SCHEMA.columns[:3]), unique=KEY)

    everything = "SELECT name FROM sqlite_master" if database.address.startswith("sqlite") else "SHOW TABLES"
    left = database.extract(everything).iloc[:, 0].tolist()
    assert [name for name in left if "fresh" in name] == []


def test_what_is_loaded_already_is_told_while_another_writes(
    stocks: Database, application: DatabaseApplication
) -> None:
    with stocks.session() as session, opened(application) as other:
        session.execute(text("UPDATE stocks SET close = 1 WHERE date = '2000-01-01'"))

        assert load(other) == 0
