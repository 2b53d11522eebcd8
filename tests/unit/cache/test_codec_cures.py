"""A plain value that is refused: the error says in good English what it is, and what to write instead."""

import datetime as dt
import decimal
import uuid
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pycore.cache.codec import encode
from pycore.exceptions import SerializationError


@pytest.mark.parametrize(
    ("value", "what", "cure"),
    [
        (np.int64(1), "an int64 of NumPy", r"\.item\(\)"),
        (np.float64(1), "a float64 of NumPy", r"\.item\(\)"),
        (np.bool_(True), "a bool of NumPy", r"\.item\(\)"),
        (np.datetime64("2013-03-01"), "a datetime64 of NumPy", r"str\(…\)"),
        (np.zeros(2), "an ndarray of NumPy", r"\.tolist\(\)"),
        (pd.Timestamp("2013-03-01"), "a Timestamp", r"\.isoformat\(\)"),
        (dt.date(2013, 3, 1), "a date", r"\.isoformat\(\)"),
        (dt.timedelta(1), "a timedelta", r"\.total_seconds\(\)"),
        (decimal.Decimal(1), "a Decimal", r"str\(…\)"),
        (uuid.UUID(int=1), "a UUID", r"str\(…\)"),
        (pd.DataFrame(), "a DataFrame", "a key of its own"),
        (object(), "an object", "Use dict, list, str"),
    ],
)
def test_what_to_write_instead_is_said(value: Any, what: str, cure: str) -> None:
    with pytest.raises(SerializationError, match=f"holds {what}, which .*{cure}"):
        encode({"a": [value]}, "key")


def test_cells_that_json_cannot_carry_are_named_by_their_type() -> None:
    with pytest.raises(SerializationError, match=r"\(a UUID\)\. .*map\(str\)"):
        encode(pd.DataFrame({"a": [uuid.UUID(int=1)]}), "key")
