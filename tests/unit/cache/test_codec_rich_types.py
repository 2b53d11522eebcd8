"""Every type beyond numpy's own comes back as it was: as a column, an index, categories; by each way there is."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from suites.columns import COLUMNS
from suites.frames import assert_same, documents, rewritten, strict, trip

from pycore.cache.codec import decode

NO_INDEX = {"float16", ">f2"}  # pandas has no index of these


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_comes_back_by_each_way(name: str) -> None:
    frame = COLUMNS[name].to_frame(name="column")
    head, _ = documents(frame)
    strict(head)

    assert_same(frame, decode(head, "KEY"))
    assert_same(frame, decode(rewritten(head), "KEY"))
    assert_same(frame, trip(frame, inline_bytes=0))


@pytest.mark.parametrize("name", COLUMNS)
def test_no_rows_keep_the_type(name: str) -> None:
    none = COLUMNS[name].iloc[:0].to_frame(name="column")

    assert_same(none, trip(none))


@pytest.mark.parametrize("name", [name for name in COLUMNS if str(COLUMNS[name].dtype) not in NO_INDEX])
def test_an_index_of_rows_comes_back(name: str) -> None:
    cells = COLUMNS[name]
    index = pd.Index(cells.array, dtype=cells.dtype, name=("name", 1), tupleize_cols=False)
    frame = pd.DataFrame({"a": range(len(index))}, index=index)
    head, _ = documents(frame)

    assert_same(frame, decode(head, "KEY"))
    assert_same(frame, decode(rewritten(head), "KEY"))


def test_long_columns_come_back_from_chunks() -> None:
    n_rows = 2000
    frame = pd.DataFrame(
        {
            name: np.resize(series.to_numpy(), n_rows)  # pandas itself takes no rows of some of these
            if isinstance(series.dtype, np.dtype) and series.dtype.kind in "iufc"
            else series.take([row % len(series) for row in range(n_rows)]).array
            for name, series in COLUMNS.items()
        }
    )

    head, chunks = documents(frame, inline_bytes=0)

    assert len(chunks) > 1
    assert_same(frame, decode(head, "KEY", chunks))
