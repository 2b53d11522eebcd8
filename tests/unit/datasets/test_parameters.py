"""Parameters of data sets are checked strictly and make the key of the cache."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycore.config.models import ParameterSpec
from pycore.datasets.parameters import Value, as_json, bind, cache_key, fields, from_text
from pycore.exceptions import DatasetError, UnknownNameError

SPECS = {
    "symbol": ParameterSpec(type="string", default="IBM", pattern="[A-Z]{1,5}", description="a share"),
    "limit": ParameterSpec(type="integer", default=50, minimum=1, maximum=1000),
    "factor": ParameterSpec(type="number", default=1.0, minimum=0),
    "adjusted": ParameterSpec(type="boolean", default=False),
    "start": ParameterSpec(type="date", default="2000-01-01"),
    "side": ParameterSpec(type="string", default="buy", choices=("buy", "sell")),
}
DEFAULTS: dict[str, Value] = {
    "symbol": "IBM",
    "limit": 50,
    "factor": 1.0,
    "adjusted": False,
    "start": dt.date(2000, 1, 1),
    "side": "buy",
}


def test_what_is_not_given_has_its_default() -> None:
    assert bind("daily", SPECS, {}) == DEFAULTS


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("symbol", np.str_("FB"), "FB"),
        ("limit", np.int64(7), 7),
        ("limit", np.uint8(7), 7),
        ("factor", np.float32(0.5), 0.5),
        ("factor", 2, 2.0),
        ("adjusted", np.bool_(True), True),
        ("start", "2013-03-01", dt.date(2013, 3, 1)),
        ("start", dt.date(2013, 3, 1), dt.date(2013, 3, 1)),
        ("start", dt.datetime(2013, 3, 1), dt.date(2013, 3, 1)),  # noqa: DTZ001
        ("start", pd.Timestamp("2013-03-01"), dt.date(2013, 3, 1)),
        ("start", np.datetime64("2013-03-01"), dt.date(2013, 3, 1)),
        ("side", "sell", "sell"),
    ],
)
def test_scalars_of_every_library_come_out_in_one_form(name: str, value: Any, expected: Any) -> None:
    bound = bind("daily", SPECS, {name: value})[name]

    assert (bound, type(bound)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("symbol", "'; DROP TABLE stocks; --"),
        ("symbol", "IBM\n"),
        ("symbol", ""),
        ("symbol", "ibm"),
        ("symbol", b"IBM"),
        ("symbol", 5),
        ("symbol", ["IBM"]),
        ("limit", 0),
        ("limit", 1001),
        ("limit", "50"),
        ("limit", 50.0),
        ("limit", True),
        ("limit", float("nan")),
        ("factor", float("nan")),
        ("factor", float("inf")),
        ("factor", -0.1),
        ("factor", False),
        ("factor", 10**400),
        ("adjusted", 1),
        ("adjusted", "true"),
        ("start", "01.03.2013"),
        ("start", "20130301"),
        ("start", "2013-02-30"),
        ("start", dt.datetime(2013, 3, 1, 12)),  # noqa: DTZ001
        ("start", np.datetime64("NaT")),
        ("start", pd.NaT),
        ("side", "hold"),
        ("side", object()),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_by_name_and_never_repeated(name: str, value: Any) -> None:
    with pytest.raises(DatasetError) as caught:
        bind("daily", SPECS, {name: value})

    text = str(caught.value)
    assert text.startswith(f"Parameter {name!r} of data set 'daily': expected ")
    assert caught.value.exit_code == 5
    assert caught.value.dataset == "daily"
    assert "DROP" not in text
    assert caught.value.__cause__ is None


def test_the_refusal_says_what_is_expected() -> None:
    with pytest.raises(DatasetError, match=r"expected text that matches \[A-Z\]\{1,5\} \(a share\)\.$"):
        bind("daily", SPECS, {"symbol": "no share at all"})
    with pytest.raises(DatasetError, match=r"expected a whole number from 1 up to 1000\.$"):
        bind("daily", SPECS, {"limit": -1})


def test_a_parameter_without_default_must_be_given() -> None:
    specs = {"symbol": ParameterSpec(type="string")}

    with pytest.raises(DatasetError, match="'symbol' of data set 'daily' must be given"):
        bind("daily", specs, {})


def test_none_means_the_parameter_was_not_given_for_one_without_default() -> None:
    with pytest.raises(DatasetError, match="must be given"):
        bind("daily", {"symbol": ParameterSpec(type="string")}, {"symbol": None})


def test_an_unknown_parameter_lists_those_that_there_are() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'symbol'") as caught:
        bind("daily", SPECS, {"symbl": "IBM"})

    assert caught.value.kind == "parameter"
    assert set(caught.value.known) == set(SPECS)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"limit": "50", "symbol": "50"}, {"limit": 50, "symbol": "50"}),
        ({"factor": "2.5"}, {"factor": 2.5}),
        ({"factor": "2"}, {"factor": 2}),
        ({"adjusted": "True"}, {"adjusted": True}),
        ({"start": "2013-03-01"}, {"start": "2013-03-01"}),
        ({"limit": "many"}, {"limit": "many"}),
        ({"factor": "much"}, {"factor": "much"}),
        ({"unknown": "1"}, {"unknown": "1"}),
    ],
)
def test_texts_of_a_command_line_are_typed_by_the_spec(texts: dict[str, str], expected: dict[str, Any]) -> None:
    assert from_text(SPECS, texts) == expected


def test_defaults_make_the_plain_key() -> None:
    assert cache_key("LATEST_{symbol}_DAILY_STICKS", SPECS, DEFAULTS) == "LATEST_IBM_DAILY_STICKS"


def test_other_parameters_are_appended_in_the_order_of_their_names() -> None:
    values = {**DEFAULTS, "symbol": "FB", "start": dt.date(2013, 3, 1), "limit": 1000, "adjusted": True}

    key = cache_key("LATEST_{symbol}_DAILY_STICKS", SPECS, values)

    assert key == "LATEST_FB_DAILY_STICKS:adjusted=true:limit=1000:start=2013-03-01"


@given(first=st.text(), second=st.text(), other=st.text())
def test_no_two_values_make_one_key(first: str, second: str, other: str) -> None:
    specs = {name: ParameterSpec(type="string", default="") for name in ("a", "b")}

    one = cache_key("set", specs, {"a": first, "b": second})
    two = cache_key("set", specs, {"a": other, "b": second})

    assert (one == two) == (first == other)


@pytest.mark.parametrize("template", ["{", "{}", "{0}", "{symbol.__class__}", "{symbol!r}", "{symbol:>9}", "{a[b]}"])
def test_a_template_holds_plain_names_only(template: str) -> None:
    with pytest.raises(ValueError, match=r"plain names|expected|[Ss]ingle"):
        fields(template)


def test_json_has_dates_as_text() -> None:
    assert as_json(DEFAULTS)["start"] == "2000-01-01"
