"""Tables are described, written to and summed up, whatever the kind of database."""

import io
from datetime import date

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import text
from suites.price_table import SCHEMA, count, load

from pycore.database import Database
from pycore.exceptions import (
    QueryError,
    UnknownNameError,
)


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
