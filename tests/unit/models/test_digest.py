"""A digest of what models are fitted to: the same for the same rows everywhere, another for any others."""

from __future__ import annotations

import hashlib
import struct
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pycore.analysis.columns import examined
from pycore.models.digest import data_digest
from pycore.results.dataset import Dataset

COLUMNS = {
    "n": [1, 2, 3, 4],
    "x": [0.5, np.nan, -1.5, 0.0],
    "c": ["b", "a", None, "b"],
    "d": np.array(["2020-01-01", "NaT", "2020-01-03", "2020-01-04T12:00"], dtype="datetime64[us]"),
    "y": [0.1, 0.2, 0.3, 0.4],
    "other": [1, 1, 2, 2],
}
FEATURES = ["n", "x", "c", "d"]


def dataset(**changed: Any) -> Dataset:
    return examined(pd.DataFrame({**COLUMNS, **changed}), name="rows", target="y")


def digest(**changed: Any) -> str:
    return data_digest(dataset(**changed), FEATURES)


def test_it_is_the_sha_256_of_the_values_one_column_after_the_other() -> None:
    day_us = 86_400_000_000
    since = 18_262 * day_us  # 2020-01-01
    parts = [
        *(b"number n", struct.pack("<4d", 1, 2, 3, 4)),
        *(b"number x", struct.pack("<4d", 0.5, float("nan"), -1.5, 0.0)),
        *(b"category c", b"a", b"b", struct.pack("<4q", 1, 0, -1, 1)),
        *(b"date d", struct.pack("<4q", since, -(2**63), since + 2 * day_us, since + 3 * day_us + day_us // 2)),
        *(b"number y", struct.pack("<4d", 0.1, 0.2, 0.3, 0.4)),
    ]

    whole = b"pycore.rows/1 4" + b"".join(len(part).to_bytes(8, "little") + part for part in parts)
    assert digest() == hashlib.sha256(whole).hexdigest()


@pytest.mark.parametrize("seed", ["1", "2"])
def test_every_process_finds_the_same(seed: str) -> None:
    code = (
        "import pandas as pd;"
        "from pycore.analysis.columns import examined;"
        "from pycore.models.digest import data_digest;"
        "frame = pd.DataFrame({'c': list('badcbadc'), 'y': [0.5 * n for n in range(8)]});"
        "print(data_digest(examined(frame, name='rows', target='y'), ['c']))"
    )

    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
    )

    frame = pd.DataFrame({"c": list("badcbadc"), "y": [0.5 * n for n in range(8)]})
    assert found.stdout.strip() == data_digest(examined(frame, name="rows", target="y"), ["c"])


@pytest.mark.parametrize(
    "changed",
    [
        {"n": [1, 2, 3, 5]},
        {"x": [0.5, 0.0, -1.5, 0.0]},
        {"x": [0.5, np.inf, -1.5, 0.0]},
        {"c": ["b", "a", "a", "b"]},
        {"c": ["a", "b", None, "a"]},
        {"d": np.array(["2020-01-01", "NaT", "2020-01-03", "2020-01-04T12:01"], dtype="datetime64[us]")},
        {"y": [0.1, 0.2, 0.3, 0.5]},
    ],
)
def test_another_value_makes_another_digest(changed: dict[str, Any]) -> None:
    assert digest(**changed) != digest()


def test_the_order_of_rows_and_of_features_counts() -> None:
    turned = examined(pd.DataFrame(COLUMNS)[::-1].reset_index(drop=True), name="rows", target="y")

    assert len({digest(), data_digest(turned, FEATURES), data_digest(dataset(), FEATURES[::-1])}) == 3


def test_columns_that_no_model_sees_do_not_count() -> None:
    assert digest(other=[5, 6, 7, 8]) == digest()
    assert data_digest(dataset(n=[9, 9, 9, 8]), ["x"]) == data_digest(dataset(), ["x"])


@pytest.mark.parametrize(
    "same",
    [
        {"n": [1.0, 2.0, 3.0, 4.0]},
        {"n": np.array([1, 2, 3, 4], dtype="uint8")},
        {"x": [0.5, np.nan, -1.5, -0.0]},
        {"c": pd.Categorical(["b", "a", None, "b"], categories=["z", "b", "a"])},
        {"d": np.array(COLUMNS["d"]).astype("datetime64[ns]")},
    ],
)
def test_how_the_values_are_held_does_not_count(same: dict[str, Any]) -> None:
    assert digest(**same) == digest()


def test_the_kind_of_a_column_counts() -> None:
    numbers, texts = ([1.0, 2.0, 3.0, 4.0], ["1.0", "2.0", "3.0", "4.0"])

    assert digest(n=numbers) != digest(n=texts)


def test_what_the_texts_are_cut_into_counts() -> None:
    assert digest(c=["ab", "c", None, "ab"]) != digest(c=["a", "bc", None, "a"])


def test_texts_have_a_digest_too() -> None:
    texts = dataset(c=[["a"], ["b"], None, ["a"]])
    assert texts.column("c").kind == "text"

    assert data_digest(texts, FEATURES) != data_digest(dataset(c=[["a"], ["b"], None, ["c"]]), FEATURES)
