"""An extraction has every row and type of a result, whatever the kind of database."""

import io
import logging
from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
from suites.databases import opened
from suites.price_table import DTYPES, count, csv_of, load

from pycore.config.models import DatabaseApplication
from pycore.database import Database
from pycore.exceptions import (
    QueryError,
)

CANARY = "'; DROP TABLE stocks; --"


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


def test_an_unknown_table_is_a_query_error_with_the_statement(stocks: Database) -> None:
    with pytest.raises(QueryError, match="stoks") as caught:
        stocks.extract("SELECT * FROM stoks WHERE symbol = :symbol", {"symbol": "hunter2"})

    assert caught.value.statement == "SELECT * FROM stoks WHERE symbol = :symbol"
    assert "hunter2" not in str(caught.value) + str(caught.value.__cause__)


def test_wrong_syntax_is_a_query_error_without_values(stocks: Database) -> None:
    with pytest.raises(QueryError) as caught:
        stocks.extract("SELECT * FORM stocks WHERE :symbol", {"symbol": "hunter2"})

    assert "hunter2" not in str(caught.value) + str(caught.value.__cause__)
