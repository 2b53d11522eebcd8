"""Fits of tests take one core: several workers run beside each other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest
from suites.plans import bundled
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # has no types

from pycore.analysis.columns import examined
from pycore.results.dataset import Dataset


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def iris() -> Dataset:
    return bundled("iris", "species")


@pytest.fixture(scope="module")
def titanic() -> Dataset:
    return bundled("titanic", "survived")


@pytest.fixture
def made() -> Dataset:
    """A data set of every kind of column, with gaps."""
    n = np.arange(60)
    frame = pd.DataFrame(
        {
            "size": np.where(n % 20 == 3, np.inf, n % 7),
            "colour": pd.Series(["red", "green", None])[n % 3].to_numpy(),
            "day": np.datetime64("2020-01-01") + (59 - n),
            "shop": pd.Series(list("abcdef"))[n // 10].to_numpy(),
            "text": [f"text {number}" for number in n],
            "price": np.where(n == 5, np.nan, n / 3),
        }
    )
    return examined(frame, name="sales", target="price")
