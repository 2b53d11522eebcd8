"""Labels of any kind become texts, each another."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import pandas as pd
import pytest

from pycore.analysis.columns import examined
from pycore.exceptions import UnknownNameError

NAN = float("nan")


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["a", "a", "a"], ["a", "a (2)", "a (3)"]),
        (["a", "a", "a (2)"], ["a", "a (3)", "a (2)"]),
        ([1, "1", None, "None"], ["1", "1 (2)", "None", "None (2)"]),
        ([("x", 1), ("x", 2), "x / 1"], ["x / 1", "x / 2", "x / 1 (2)"]),
        (["", "  ", "index"], ["(no name)", "(no name) (2)", "index"]),
        (["\ud800", "b", "c"], ["\\ud800", "b", "c"]),
        ([True, 1, 1.0], ["True", "1", "1.0"]),
    ],
)
def test_labels_become_unique_texts(labels: list[Hashable], expected: list[str]) -> None:
    frame = pd.DataFrame(np.arange(len(labels) * 2.0).reshape(2, -1))
    frame.columns = pd.Index(labels, dtype=object, tupleize_cols=False)

    dataset = examined(frame, name="odd")

    assert dataset.names() == expected
    np.testing.assert_array_equal(dataset.frame, frame)


def test_columns_of_two_levels_are_found_by_both() -> None:
    frame = pd.DataFrame(np.eye(3), columns=pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)]))

    dataset = examined(frame, name="odd", target=("a", 2))

    assert dataset.target == "a / 2"


def test_names_that_cannot_be_sent_are_written_out() -> None:
    frame = pd.DataFrame([[1.5], [2.5]], columns=pd.Index(["half \ud83d"], dtype=object))

    dataset = examined(frame, name="odd \ud83d", target="half \ud83d")

    assert (dataset.name, dataset.target) == (r"odd \ud83d", r"half \ud83d")
    with pytest.raises(UnknownNameError, match=r"'z\\ud83d'"):
        examined(frame, name="odd", target="z\ud83d")
