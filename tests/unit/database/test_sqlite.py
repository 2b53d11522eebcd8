import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from sqlalchemy import text

from pycore.config.models import DatabaseApplication
from pycore.database import Database
from pycore.exceptions import QueryError, ServiceTimeoutError, ServiceUnavailableError


def opened(path: Path, **changes: object) -> Database:
    return Database("STOCKS", DatabaseApplication.model_validate({"address": f"sqlite:///{path}", **changes}))


def make(path: Path, *statements: str) -> Path:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a folder with blanks" / "stocks.db"


@pytest.fixture
def foreign(tmp_path: Path) -> Iterator[Database]:
    """A database that somebody else made."""
    make(
        tmp_path / "foreign.db",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, big BIGINT NOT NULL, maybe INT, price DECIMAL(10,2), real REAL, "
        "name VARCHAR(10), day DATE, moment DATETIME, clock TIME, flag BOOLEAN NOT NULL, raw BLOB, doc JSON, other)",
        "INSERT INTO t VALUES (1, 9223372036854775807, NULL, 1.5, 0.1, 'Zürich', '2013-03-01', "
        "'2013-03-01 14:05:00.5', '14:05:00', 1, x'00ff', '{}', 7)",
    )
    with opened(tmp_path / "foreign.db") as database:
        yield database


def elsewhere(path: Path, statement: str) -> str:
    """Return what another process has of `statement`, without waiting for a lock."""
    code = (
        "import sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)\n"
        "try: print(connection.execute(sys.argv[2]).fetchall())\n"
        "except sqlite3.OperationalError as exc: print(exc)\n"
        "connection.close()"
    )
    command = [sys.executable, "-S", "-c", code, str(path), statement]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


ENDLESS = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT COUNT(*) FROM r"
TYPES = {
    "id": "Int64",  # a view does not tell INTEGER PRIMARY KEY apart, the analysis does
    "big": "int64",
    "maybe": "Int64",
    "price": "object",
    "real": "float64",
    "name": "str",
    "day": "datetime64[s]",
    "moment": "datetime64[us]",
    "clock": "timedelta64[us]",
    "flag": "bool",
    "raw": "object",
    "doc": "str",
}


def test_declared_types_decide(foreign: Database) -> None:
    frame = foreign.extract("SELECT * FROM t")

    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {**TYPES, "id": "int64", "other": "int64"}
    assert frame.loc[0, "big"] == 2**63 - 1
    assert frame.loc[0, "price"] == Decimal("1.5")
    assert frame.loc[0, "day"] == pd.Timestamp("2013-03-01")
    assert frame.loc[0, "moment"] == pd.Timestamp("2013-03-01 14:05:00.5")
    assert frame.loc[0, "raw"] == b"\x00\xff"


def test_declared_types_decide_without_rows(foreign: Database) -> None:
    frame = foreign.extract("SELECT * FROM t WHERE 0")

    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {**TYPES, "id": "int64", "other": "object"}


def test_a_type_is_seen_through_aliases_and_subqueries(foreign: Database) -> None:
    frame = foreign.extract("WITH x AS (SELECT day AS d, big AS b FROM t) SELECT d, b FROM (SELECT * FROM x)")

    assert [str(dtype) for dtype in frame.dtypes] == ["datetime64[s]", "int64"]


def test_an_outer_join_makes_a_column_nullable(foreign: Database) -> None:
    frame = foreign.extract("SELECT b.big FROM t AS a LEFT JOIN t AS b ON b.id = a.id + 1")

    assert str(frame.dtypes["big"]) == "Int64"
    assert frame["big"].isna().all()


@pytest.mark.parametrize("how", ["extract", "stream"])
def test_mixed_classes_without_a_type_are_refused_by_name(foreign: Database, how: str) -> None:
    sql = "SELECT 1 AS mixed UNION ALL SELECT 'hunter2'"

    with pytest.raises(QueryError, match=r"Column 'mixed' has values of 2 storage classes \(INTEGER, TEXT\)") as caught:
        foreign.extract(sql) if how == "extract" else list(foreign.stream(sql, rows=1))

    assert "hunter2" not in str(caught.value)


def test_a_value_of_another_class_than_declared_is_refused_by_name(tmp_path: Path) -> None:
    make(tmp_path / "a.db", "CREATE TABLE t (n INTEGER)", "INSERT INTO t VALUES (1), ('hunter2')")

    with opened(tmp_path / "a.db") as database, pytest.raises(QueryError, match=r"Column 'n' \(INTEGER\).*TEXT"):
        database.extract("SELECT n FROM t")


def test_a_stream_gives_an_undeclared_column_one_type_in_every_frame(foreign: Database) -> None:
    sql = "SELECT value AS v, NULLIF(value, 5) AS w FROM (WITH RECURSIVE r(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM r WHERE value < 6) SELECT value FROM r)"  # noqa: E501

    frames = list(foreign.stream(sql, rows=2))

    assert [len(frame) for frame in frames] == [2, 2, 2]
    assert {tuple(map(str, frame.dtypes)) for frame in frames} == {("int64", "Int64")}


def test_a_null_in_a_column_of_text_is_no_empty_text(tmp_path: Path) -> None:
    make(tmp_path / "a.db", "CREATE TABLE t (s TEXT)", "INSERT INTO t VALUES (''), (NULL)")

    with opened(tmp_path / "a.db") as database:
        assert database.extract("SELECT s FROM t")["s"].isna().tolist() == [False, True]


def test_a_missing_file_is_unavailable_and_says_what_to_run(path: Path) -> None:
    with opened(path) as database, pytest.raises(ServiceUnavailableError, match=r"\./start\.sh, or pycore db load"):
        database.ready()

    assert not path.parent.exists()


def test_a_file_that_is_no_database_is_left_untouched(tmp_path: Path) -> None:
    other = tmp_path / "stocks.db"
    other.write_bytes(b"symbol,close\nIBM,1\n" * 100)

    with opened(other) as database:
        with pytest.raises(ServiceUnavailableError, match="not an SQLite database"):
            database.extract("SELECT 1")
        with pytest.raises(ServiceUnavailableError, match="not an SQLite database"):
            database.load_csv(tmp_path / "stocks.db", "stocks")

    assert other.read_bytes() == b"symbol,close\nIBM,1\n" * 100


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with opened(tmp_path) as database, pytest.raises(ServiceUnavailableError, match="not a file"):
        database.ready()


def test_a_damaged_database_is_unavailable(tmp_path: Path) -> None:
    file = make(tmp_path / "a.db", "CREATE TABLE t (a)", *["INSERT INTO t VALUES (hex(randomblob(500)))"] * 50)
    content = bytearray(file.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    file.write_bytes(content)

    with opened(file) as database, pytest.raises((ServiceUnavailableError, QueryError)):
        database.extract("SELECT * FROM t")


def test_extraction_cannot_write(foreign: Database) -> None:
    with pytest.raises(QueryError, match="must read"):
        foreign.extract("DELETE FROM t")

    assert foreign.extract("SELECT COUNT(*) AS n FROM t").loc[0, "n"] == 1


def test_a_file_of_somebody_else_keeps_its_journal(tmp_path: Path) -> None:
    file = make(tmp_path / "a.db", "CREATE TABLE t (a)")

    with opened(file) as database:
        database.add("t", [{"a": 1}])
        assert database.extract("SELECT a FROM t")["a"].tolist() == [1]

    assert file.read_bytes()[18:20] == b"\x01\x01"  # the rollback journal; 2 is the write-ahead log


def test_a_replaced_file_is_seen(tmp_path: Path) -> None:
    file = make(tmp_path / "a.db", "CREATE TABLE t (a)", "INSERT INTO t VALUES (1)")
    with opened(file) as database:
        assert database.extract("SELECT a FROM t")["a"].tolist() == [1]

        make(tmp_path / "b.db", "CREATE TABLE t (a)", "INSERT INTO t VALUES (2)").replace(file)

        assert database.extract("SELECT a FROM t")["a"].tolist() == [2]


def test_a_removed_file_is_unavailable(tmp_path: Path) -> None:
    file = make(tmp_path / "a.db", "CREATE TABLE t (a)")
    with opened(file) as database:
        assert database.ready()

        file.unlink()

        with pytest.raises(ServiceUnavailableError, match="no such file"):
            database.ready()


@contextmanager
def nobody() -> Iterator[None]:
    """Give up root's right to write everywhere for a while."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        if was == 0:
            os.seteuid(0)


def test_a_database_in_a_folder_without_write_permission_is_read() -> None:
    with TemporaryDirectory(dir="/tmp") as name:  # pytest's own folders are closed to others
        folder = Path(name)
        with opened(folder / "stocks.db") as database:
            database.load_csv(StringIO("a\n1\n"), "t")
        folder.chmod(0o555)

        with nobody(), opened(folder / "stocks.db") as database:
            assert database.extract("SELECT a FROM t")["a"].tolist() == [1]
            assert sorted(file.name for file in folder.iterdir()) == ["stocks.db"]

        folder.chmod(0o755)


def test_a_file_that_may_not_be_read_is_told() -> None:
    with TemporaryDirectory(dir="/tmp") as name:  # pytest's own folders are closed to others
        file = make(Path(name) / "stocks.db", "CREATE TABLE t (a)")
        Path(name).chmod(0o755)
        file.chmod(0o000)

        with nobody(), opened(file) as database, pytest.raises(ServiceUnavailableError, match="may not be read"):
            database.ready()


def test_a_change_is_seen_where_no_lock_can_be_taken() -> None:
    with TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        file = folder / "stocks.db"
        with opened(file) as owner, opened(file) as database:
            owner.load_csv(StringIO("a\n1\n1\n"), "t")
            owner.close()
            folder.chmod(0o555)
            with nobody():
                assert database.extract("SELECT a FROM t")["a"].tolist() == [1, 1]
                stream = database.stream("SELECT a FROM t", rows=1)
                next(stream)

            folder.chmod(0o755)
            owner.load_csv(StringIO("a\n2\n"), "t")
            owner.close()
            folder.chmod(0o555)

            with nobody():
                with pytest.raises(ServiceUnavailableError, match="changed while it was read"):
                    list(stream)
                assert database.extract("SELECT a FROM t")["a"].tolist() == [2]
        folder.chmod(0o755)


def test_a_new_connection_takes_no_lock_from_an_older_one(tmp_path: Path) -> None:
    file = make(tmp_path / "a.db", "CREATE TABLE t (a)")
    with opened(file) as database, database.session() as session:
        session.execute(text("INSERT INTO t VALUES (1)"))
        assert elsewhere(file, "BEGIN IMMEDIATE") == "database is locked"

        assert database.extract("SELECT COUNT(*) AS n FROM t").loc[0, "n"] == 0

        assert elsewhere(file, "BEGIN IMMEDIATE") == "database is locked"


def test_another_process_does_not_remove_the_log_that_is_in_use(tmp_path: Path) -> None:
    file = tmp_path / "a.db"
    with opened(file) as database:
        database.load_csv(StringIO("a\n1\n"), "t")
        streams = [database.stream("SELECT a FROM t", rows=1) for _ in range(2)]
        assert [len(next(stream)) for stream in streams] == [1, 1]

        assert elsewhere(file, "INSERT INTO t VALUES (2)") == "[]"
        database.add("t", [{"a": 3}])

        assert elsewhere(file, "SELECT COUNT(*) FROM t") == "[(3,)]"


def test_a_folder_may_have_any_name(tmp_path: Path) -> None:
    file = tmp_path / "what? 100% #1 @home" / "stocks.db"
    application = DatabaseApplication(address="sqlite:///stocks.db").model_copy(update={"address": f"sqlite:///{file}"})
    with Database("STOCKS", application) as database:
        database.load_csv(StringIO("a\n1\n"), "t")

        assert database.identity["database"] == str(file)
        assert database.extract("SELECT a FROM t")["a"].tolist() == [1]

    assert file.exists()


def test_a_statement_ends_at_the_time_limit(foreign: Database, tmp_path: Path) -> None:
    with opened(tmp_path / "foreign.db", statement_timeout_s=0.2) as database:
        with pytest.raises(ServiceTimeoutError, match="interrupted"):
            database.extract(ENDLESS)

        assert database.extract("SELECT 1 AS one")["one"].tolist() == [1]


@pytest.mark.parametrize("timeout_s", [None, 60.0])
def test_an_interrupted_statement_ends_with_the_interrupt(
    foreign: Database, tmp_path: Path, timeout_s: float | None
) -> None:
    with opened(tmp_path / "foreign.db", statement_timeout_s=timeout_s) as database:
        assert database.ready()
        before = signal.signal(signal.SIGALRM, signal.default_int_handler)
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        try:
            with pytest.raises(KeyboardInterrupt):
                database.extract(ENDLESS)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

        assert database.extract("SELECT 1 AS one")["one"].tolist() == [1]


def test_memory_lives_as_long_as_the_database(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\n1\n")
    application = DatabaseApplication(address="sqlite:///:memory:")
    with Database("A", application) as database, Database("B", application) as other:
        database.load_csv(tmp_path / "a.csv", "t")

        assert database.ready("t")
        assert not other.ready("t")
        assert database.identity != other.identity


def test_identity_names_the_file(path: Path) -> None:
    assert opened(path).identity == {"address": "sqlite:///", "database": str(path)}


def test_a_kept_decimal_and_a_kept_unsigned_integer_come_back_exact(path: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("price,count\n0.1234567890123456789,18446744073709551615\n1.10,0\n")
    with opened(path) as database:
        database.load_csv(tmp_path / "a.csv", "t")
        frame = database.extract("SELECT * FROM t")

    assert frame["price"].tolist() == [Decimal("0.1234567890123456789"), Decimal("1.10")]
    assert frame["count"].tolist() == [2**64 - 1, 0]
    assert str(frame["count"].dtype) == "uint64"


def test_a_schema_is_described_without_loading_sqlalchemy_or_pandas() -> None:
    code = (
        "import sys; from pycore.database import ColumnSchema, TableSchema, TableInfo; "
        "print(sorted({'sqlalchemy', 'pandas', 'sqlglot', 'pymysql', 'numpy'} & set(sys.modules)))"
    )

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"
