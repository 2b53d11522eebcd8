"""Tables, sizes and ages for people; JSON for programs."""

from __future__ import annotations

import datetime as dt
import decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from pycore.cli._render import age, size, table, to_json


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0 s"), (59.4, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (172_799, "47 h"), (172_800, "2 d")],
)
def test_an_age_is_in_the_unit_that_people_use(seconds: float, text: str) -> None:
    assert age(seconds) == text


@pytest.mark.parametrize(
    ("n_bytes", "text"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (2**20, "1.0 MiB"),
        (2**40, "1.0 TiB"),
        (5 * 2**50, "5120.0 TiB"),
    ],
)
def test_a_size_is_in_the_unit_that_people_use(n_bytes: int, text: str) -> None:
    assert size(n_bytes) == text


def test_wide_and_combining_signs_are_counted_as_the_terminal_does() -> None:
    wide, composed, combined = "\u65e5\u672c", "\u00e9", "e\u0301"

    lines = table(["a", "b"], [[wide, "x"], [composed, "y"], [combined, "z"]])

    assert lines == ["a     b", f"{wide}  x", f"{composed}     y", f"{combined}     z"]


def test_no_line_ends_in_spaces() -> None:
    assert table(["name", ""], [["a", ""]]) == ["name", "a"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (dt.datetime(2013, 3, 1, tzinfo=dt.UTC), '"2013-03-01T00:00:00+00:00"'),
        (decimal.Decimal("1.10"), '"1.10"'),
        (Path("/a/b"), '"/a/b"'),
        (np.int64(3), "3"),
        (MappingProxyType({}), "{}"),
        (frozenset(), "[]"),
    ],
)
def test_json_has_a_form_for_what_pycore_hands_out(value: Any, text: str) -> None:
    assert to_json(value) == text


def test_json_refuses_what_it_has_no_form_for() -> None:
    with pytest.raises(TypeError, match="object has no form"):
        to_json(object())
