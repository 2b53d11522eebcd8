"""Check boxes say which columns a model sees; buttons tick all, none, or the best."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import numpy as np
import pandas as pd
import pytest
from suites.explored import cards, texts, widgets

from pycore.analysis.columns import examined
from pycore.apps.train.features import FeatureBoxes
from pycore.exceptions import DatasetError
from pycore.results.dataset import Dataset
from pycore.results.features import Importance

TIMEOUT_S = 20
N = 40


def rows(n_columns: int = 4, **others: Any) -> Dataset:
    values = np.random.default_rng(1).normal(size=(N, n_columns))
    frame = pd.DataFrame(values, columns=[f"c{n}" for n in range(n_columns)]).assign(**others, y=["a", "b"] * (N // 2))
    return examined(frame, name="rows", target="y")


def ranked(*names: str) -> Importance:
    return Importance(
        names=names,
        kinds=tuple("number" for _ in names),
        scores=np.linspace(1, 0, len(names)),
        discrete=np.zeros(len(names), dtype=bool),
        n_rows=np.full(len(names), N),
        measure="mutual information",
        target="y",
        n_features=len(names),
        notes=("Measured on Sundays.",),
    )


def boxes_of(dataset: Dataset, *best: str) -> tuple[FeatureBoxes, list[tuple[str, ...]]]:
    """Return the boxes, and what was ticked each time that they told of a change."""
    told: list[tuple[str, ...]] = []
    boxes = FeatureBoxes(dataset, lambda: told.append(boxes.chosen), lambda: ranked(*best))
    return boxes, told


def test_all_features_are_ticked_at_first() -> None:
    boxes, told = boxes_of(rows(kind=["x", "y"] * 20, day=pd.date_range("2020", periods=N)))

    assert boxes.chosen == ("c0", "c1", "c2", "c3", "kind", "day")
    assert all(box.value for box in boxes.boxes.values())
    assert told == []


def test_texts_and_identifiers_have_no_box() -> None:
    texts_of_people = [f"a sentence that nobody wrote twice, {n}" for n in range(N)]
    boxes, _ = boxes_of(rows(rows_id=range(N), comment=texts_of_people))

    assert list(boxes.boxes) == ["c0", "c1", "c2", "c3"]
    assert "No model sees what only numbers or names the rows: rows_id." in texts(boxes.widget)


def test_a_box_is_ticked_and_unticked() -> None:
    boxes, told = boxes_of(rows())

    boxes.boxes["c1"].value = False
    boxes.boxes["c3"].value = False
    boxes.boxes["c1"].value = True

    assert told == [("c0", "c2", "c3"), ("c0", "c2"), ("c0", "c1", "c2")]
    assert "3 of 4 features ticked." in texts(boxes.widget)


def test_buttons_tick_all_and_none_and_tell_of_it_once() -> None:
    boxes, told = boxes_of(rows())

    boxes.none.click()
    boxes.all.click()

    assert told == [(), ("c0", "c1", "c2", "c3")]
    assert all(box.value for box in boxes.boxes.values())


def test_the_best_are_ticked_and_named() -> None:
    boxes, told = boxes_of(rows(), "c2", "c0", "c1")

    boxes.number.value = 2
    boxes.by_importance.click()

    assert told == [("c0", "c2")]
    assert [name for name, box in boxes.boxes.items() if box.value] == ["c0", "c2"]
    assert "Ticked: c2, c0." in texts(boxes.widget)
    assert "Measured on Sundays." in texts(boxes.widget)


def test_where_fewer_are_measured_than_asked_for_this_is_said() -> None:
    boxes, told = boxes_of(rows(), "c2")

    boxes.number.value = 3
    boxes.by_importance.click()

    assert told == [("c2",)]
    assert "No more than 1 feature could be measured." in texts(boxes.widget)


def test_the_kernel_is_free_while_the_best_are_found() -> None:
    gate = threading.Event()

    def measured() -> Importance:
        assert gate.wait(TIMEOUT_S)
        return ranked("c1")

    boxes = FeatureBoxes(rows(), lambda: None, measured)

    async def press() -> None:
        boxes.by_importance.click()
        assert boxes.chosen == ("c0", "c1", "c2", "c3")
        gate.set()
        await boxes.panel.settled()

    asyncio.run(press())
    assert boxes.chosen == ("c1",)


def test_what_cannot_be_ranked_is_a_sentence_and_the_ticks_stay() -> None:
    def refused() -> Importance:
        raise DatasetError("rows has nothing to measure.", dataset="rows")

    boxes = FeatureBoxes(rows(), lambda: None, refused)

    boxes.by_importance.click()

    (card,) = cards(boxes.widget)
    assert "rows has nothing to measure." in card
    assert boxes.chosen == ("c0", "c1", "c2", "c3")


def test_few_features_have_no_filter() -> None:
    boxes, _ = boxes_of(rows())

    assert boxes.filter not in list(widgets(boxes.widget))


def test_of_many_features_a_part_of_the_name_lists_some_and_the_buttons_act_on_those() -> None:
    boxes, told = boxes_of(rows(300))
    assert boxes.filter in list(widgets(boxes.widget))
    assert len(boxes.boxes) == 200
    assert "Listed are the first 200 of 300: type a part of a name." in texts(boxes.widget)

    boxes.filter.value = "C29"
    assert list(boxes.boxes) == ["c29", *(f"c{n}" for n in range(290, 300))]
    assert told == []
    boxes.none.click()
    assert len(boxes.chosen) == 289
    boxes.filter.value = ""

    assert "289 of 300 features ticked." in texts(boxes.widget)
    assert [name for name, box in boxes.boxes.items() if not box.value] == ["c29"]


def test_a_filter_that_nothing_passes_says_so() -> None:
    boxes, _ = boxes_of(rows(20))

    boxes.filter.value = "price"

    assert boxes.boxes == {}
    assert "No name contains what is typed into the filter." in texts(boxes.widget)


def test_features_are_chosen_by_name_and_strangers_are_passed_over() -> None:
    boxes, told = boxes_of(rows())

    boxes.choose(["c3", "c0", "gone"])

    assert told == [("c0", "c3")]


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "😀 {x} @y", "n" * 200, "two\nlines", ""])
def test_names_of_strangers_are_texts(name: str) -> None:
    frame = pd.DataFrame({name: np.linspace(0, 1, N), "other": 1.5, "y": ["a", "b"] * (N // 2)})
    dataset = examined(frame, name="rows", target="y")

    boxes, _ = boxes_of(dataset, *dataset.features())
    boxes.number.value = 2
    boxes.by_importance.click()

    assert "<script>" not in "".join(str(each.value) for each in widgets(boxes.panel.widget) if hasattr(each, "value"))
    for box in boxes.boxes.values():
        assert box.description_allow_html is False
        assert 0 < len(box.description) <= 200
        assert "\n" not in box.description


def test_whoever_ticks_the_best_is_told_that_rows_for_testing_are_looked_at() -> None:
    boxes, _ = boxes_of(rows())

    assert "All rows are looked at, those for testing too" in boxes.by_importance.tooltip


def test_without_a_feature_there_is_no_box() -> None:
    boxes, _ = boxes_of(examined(pd.DataFrame({"y": ["a", "b"]}), name="rows", target="y"))

    assert boxes.chosen == ()
    assert "0 of 0 features ticked." in texts(boxes.widget)
