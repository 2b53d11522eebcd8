"""A plan tells how a statement would be read, for a person and for a program."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pycore.config.models import DatabaseApplication
from pycore.database import Database
from pycore.database.plan import Plan, PlannedColumn
from pycore.exceptions import QueryError

NEVER = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS i FROM n"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    application = DatabaseApplication(address=f"sqlite:///{tmp_path / 'stocks.db'}")
    with Database("STOCKS", application) as database:
        (tmp_path / "prices.csv").write_text("symbol,close,volume\nIBM,114.88,5\nAAPL,,7\n")
        database.load_csv(tmp_path / "prices.csv", "prices")
        yield database


def test_it_has_the_columns_that_the_frame_will_have(database: Database) -> None:
    sql = "SELECT symbol, close, volume, close * 2 AS twice FROM prices WHERE symbol <> :symbol"

    plan = database.plan(sql, {"symbol": "T"})

    assert plan.columns is not None
    frame = database.extract(sql, {"symbol": "T"})
    assert [one.name for one in plan.columns] == frame.columns.tolist()
    known = {one.name: one.dtype for one in plan.columns if one.dtype is not None}
    assert known == {name: str(frame[name].dtype) for name in ("symbol", "close", "volume")}
    assert (plan.path, plan.n_rows, plan.statement) == ("exact", None, sql)


def test_it_expects_the_rows_of_a_whole_table(database: Database) -> None:
    assert database.plan("SELECT * FROM prices").n_rows == 2


def test_it_does_not_run_the_statement(database: Database) -> None:
    assert database.plan(NEVER).path == "exact"


def test_it_has_no_columns_where_only_the_rows_tell(database: Database) -> None:
    plan = database.plan("EXPLAIN QUERY PLAN SELECT * FROM prices")

    assert plan.columns is None
    assert str(plan).endswith("Its columns are known when it is run.")


@pytest.mark.parametrize("sql", ["DELETE FROM prices", "SELECT 1; SELECT 2", "SELECT * FROM nowhere", ""])
def test_what_cannot_be_read_has_no_plan(database: Database, sql: str) -> None:
    with pytest.raises(QueryError):
        database.plan(sql)


def test_a_parameter_that_is_missing_is_told(database: Database) -> None:
    with pytest.raises(QueryError, match="missing: symbol"):
        database.plan("SELECT * FROM prices WHERE symbol = :symbol")


def test_a_notebook_shows_it_as_a_table_of_text_alone() -> None:
    column = PlannedColumn(name="<script>", server_type="INT & more", dtype="int64")
    plan = Plan(statement="SELECT 1", path="fast", reasons=("a < b",), columns=(column,), n_rows=1)

    html = plan._repr_html_()

    assert "<td>&lt;script&gt;</td><td>INT &amp; more</td><td>int64</td>" in html
    assert "a &lt; b" in html
    assert "The server expects 1 row." in html
