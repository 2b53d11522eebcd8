"""Frames as the data sets give them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def rows() -> pd.DataFrame:
    """Twelve trading days of one share around two weekends, newest first."""
    days = pd.bdate_range("2000-10-02", periods=12)[::-1]
    close = np.linspace(110.0, 121.0, 12)[::-1]
    open_ = close + np.where(np.arange(12) % 2, 1.5, -1.5)
    return pd.DataFrame(
        {
            "symbol": "IBM",
            "date": days.astype("datetime64[s]"),
            "open": open_,
            "high": np.maximum(open_, close) + 2,
            "low": np.minimum(open_, close) - 2,
            "close": close,
            "volume": np.arange(5_000_000, 5_000_012),
            "adj_close": close / 2,
        }
    )
