"""What the database computes of a table for the explorer is what ``DataFrame.describe`` says of its rows."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from pycore.analysis.columns import examined
from pycore.analysis.profile import profiled
from pycore.database import Database


def numbers(n_rows: int) -> pd.DataFrame:
    """Return columns of several scales, whole and not, with and without missing values, wide and narrow."""
    chance = np.random.default_rng(n_rows)
    frame = pd.DataFrame(
        {
            "normal": chance.normal(0, 1, n_rows),
            "price": np.round(chance.gamma(3, 40, n_rows), 2),
            "tiny": chance.normal(1e-9, 1e-10, n_rows),
            "large": chance.normal(1e12, 1e11, n_rows),
            "whole": chance.integers(-1_000_000_000_000, 1_000_000_000_000, n_rows),
            "year": chance.integers(1970, 1983, n_rows),
            "same": np.full(n_rows, 2.5),
            "few": np.where(chance.random(n_rows) < 0.6, np.nan, chance.normal(5, 2, n_rows)),
        }
    )
    frame.loc[0, "few"] = 1.5  # a column without any value has no type in a file
    return frame


@pytest.mark.parametrize("n_rows", [1, 2, 3, 4, 5, 1001])
def test_statistics_of_the_database_are_those_of_pandas(database: Database, n_rows: int) -> None:
    database.load_csv(io.StringIO(numbers(n_rows).to_csv(index=False, float_format="%.17g")), "numbers")
    frame = database.extract("SELECT * FROM numbers")

    profile = profiled(examined(frame, name="numbers", statistics=lambda: database.summary("numbers")))

    assert profile.is_of_database
    expected = frame.astype("float64").describe()
    found = profile.numbers.set_index("column")[list(expected.index)].astype("float64").T[frame.columns]
    pd.testing.assert_frame_equal(found, expected, rtol=1e-12, atol=0, check_names=False, check_column_type=False)
    assert profile.numbers["missing"].tolist() == frame.isna().sum().tolist()
