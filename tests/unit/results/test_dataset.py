"""A data set knows its columns by name and kind."""

from __future__ import annotations

import pandas as pd
import pytest

from pycore.exceptions import UnknownNameError
from pycore.results.dataset import Column, Dataset


@pytest.fixture
def dataset() -> Dataset:
    columns = (
        Column(name="n", kind="number", is_discrete=True, is_identifier=True),
        Column(name="width", kind="number", unit="cm"),
        Column(name="day", kind="date"),
        Column(name="remark", kind="text"),
        Column(name="species", kind="category", is_discrete=True),
    )
    frame = pd.DataFrame({column.name: [] for column in columns})
    return Dataset(name="flowers", frame=frame, columns=columns, target="species", task="classification")


def test_a_column_is_found_by_its_name(dataset: Dataset) -> None:
    assert dataset.column("width").unit == "cm"


def test_an_unknown_column_lists_those_that_there_are(dataset: Dataset) -> None:
    with pytest.raises(UnknownNameError, match=r"'weight'.*day, n, remark, species, width"):
        dataset.column("weight")


def test_names_come_by_kind_in_their_order(dataset: Dataset) -> None:
    assert dataset.names() == ["n", "width", "day", "remark", "species"]
    assert dataset.names("date", "number") == ["n", "width", "day"]


def test_neither_the_target_nor_an_identifier_is_a_feature(dataset: Dataset) -> None:
    assert dataset.features() == ["width", "day", "remark"]
    assert dataset.features("category") == []


def test_values_cannot_be_changed(dataset: Dataset) -> None:
    with pytest.raises(AttributeError):
        dataset.name = "other"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        dataset.columns[0].kind = "text"  # type: ignore[misc]
