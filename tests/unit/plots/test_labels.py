"""Numbers and names beside what they are of."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycore.plots.labels import rounded, with_spread


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_a_rounded_number_is_the_number_to_three_digits(number: float) -> None:
    text = rounded(number)

    read = float(text.replace("−", "-").replace(",", ""))
    assert read == pytest.approx(number, rel=0.006)
    assert "-" not in text


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_a_dash(number: float) -> None:
    assert rounded(number) == "–"


@pytest.mark.parametrize(
    ("number", "spread", "text"),
    [
        (0.98123, 0.01, "0.981 ± 0.010"),
        (12345.6, 78.9, "12,346 ± 79"),
        (-3.2, 0.5, "−3.20 ± 0.50"),
        (0.0, 0.0, "0.00 ± 0.00"),
        (2.5e-9, 1.0e-10, "2.50e−09 ± 1.00e−10"),
        (0.5, math.nan, "0.500"),
    ],
)
def test_a_spread_has_the_decimals_of_its_number(number: float, spread: float, text: str) -> None:
    assert with_spread(number, spread) == text
