"""A stream has the rows of an extraction, takes bounded memory and leaves nothing, whatever the kind of database."""

import gc
from collections.abc import Iterator

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from suites.databases import ON_ONE_SERVER, in_a_fresh_interpreter
from suites.price_table import DTYPES, count

from pycore.config.models import DatabaseApplication
from pycore.database import Database
from pycore.exceptions import (
    QueryError,
)


@pytest.mark.parametrize("n_rows", [1, 7, 25, 50, 1000])
def test_a_stream_has_the_rows_and_types_of_an_extraction(stocks: Database, n_rows: int) -> None:
    sql = "SELECT *, NULL AS missing, 1 AS one FROM stocks ORDER BY date"

    frames = list(stocks.stream(sql, rows=n_rows))

    assert [len(frame) for frame in frames] == [n_rows] * (50 // n_rows) + ([50 % n_rows] if 50 % n_rows else [])
    assert_frame_equal(pd.concat(frames, ignore_index=True), stocks.extract(sql), check_exact=True)


def test_a_stream_without_rows_is_one_empty_frame(stocks: Database) -> None:
    (frame,) = stocks.stream("SELECT * FROM stocks WHERE 1 = 0")

    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == DTYPES


@ON_ONE_SERVER
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

    out, err = in_a_fresh_interpreter(application, code)

    whole, grown_bytes = out.split()
    assert (whole, err) == ("True", "")
    assert int(grown_bytes) < 50_000_000


@ON_ONE_SERVER
def test_a_bad_stream_is_refused_before_it_is_read(stocks: Database) -> None:
    with pytest.raises(QueryError, match="must read"):
        stocks.stream("DELETE FROM stocks")
