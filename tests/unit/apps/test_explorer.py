"""The explorer shows a data set in tabs; each is computed when it is first opened, and once."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pycore.analysis.columns import examined
from pycore.apps.explore import Explorer
from pycore.apps.explore.explorer import TABS
from pycore.exceptions import UnknownNameError


@pytest.fixture
def frame() -> pd.DataFrame:
    chance = np.random.default_rng(3)
    return pd.DataFrame({"a": chance.normal(size=30), "b": chance.normal(size=30), "kind": list("xyz") * 10})


def explorer_of(frame: pd.DataFrame, **options: Any) -> Explorer:
    return Explorer(examined(frame, **({"name": "rows", "target": "kind"} | options)))


def drawn(explorer: Explorer) -> dict[str, bool]:
    return {title: any(panel.is_drawn for panel in tab.panels) for title, tab in explorer.tabs.items()}


def test_every_side_of_a_data_set_has_a_tab_in_its_order(frame: pd.DataFrame) -> None:
    explorer = explorer_of(frame.assign(day=pd.date_range("2020", periods=30)))

    assert list(explorer.tabs) == list(TABS)
    _, tabs = explorer.widget.children
    assert list(tabs.titles) == list(TABS)
    assert [tab.widget for tab in explorer.tabs.values()] == list(tabs.children)


def test_without_a_date_there_is_no_time(frame: pd.DataFrame) -> None:
    assert "Time" not in explorer_of(frame).tabs


def test_making_it_computes_nothing(frame: pd.DataFrame) -> None:
    assert not any(drawn(explorer_of(frame)).values())


def test_a_tab_that_is_opened_is_computed_and_no_other(frame: pd.DataFrame) -> None:
    explorer = explorer_of(frame)

    tab = explorer.open("Grid")

    assert tab is explorer.tabs["Grid"]
    assert [title for title, there in drawn(explorer).items() if there] == ["Grid"]
    assert all(panel.error is None for panel in tab.panels)


def test_a_click_on_a_tab_opens_it(frame: pd.DataFrame) -> None:
    explorer = explorer_of(frame)
    _, tabs = explorer.widget.children

    tabs.selected_index = list(explorer.tabs).index("Grid")

    assert drawn(explorer)["Grid"]


def test_a_click_in_a_notebook_leaves_the_kernel_free(frame: pd.DataFrame) -> None:
    explorer = explorer_of(frame)
    _, tabs = explorer.widget.children
    (panel,) = explorer.tabs["Grid"].panels

    async def click() -> None:
        tabs.selected_index = list(explorer.tabs).index("Grid")
        assert not panel.is_drawn
        await panel.settled()

    asyncio.run(click())
    assert panel.is_drawn
    assert panel.error is None


def test_a_tab_that_is_opened_again_is_not_computed_again(frame: pd.DataFrame) -> None:
    explorer = explorer_of(frame)
    (before,) = explorer.open("Grid").panels[0].widget.children

    explorer.open("Grid")

    assert explorer.tabs["Grid"].panels[0].widget.children == (before,)


def test_an_unknown_tab_is_refused_and_the_others_are_listed(frame: pd.DataFrame) -> None:
    with pytest.raises(UnknownNameError, match=r"No tab is called 'Time'.*Crossfilter, Features, Grid"):
        explorer_of(frame).open("Time")


def test_as_text_it_says_what_it_shows(frame: pd.DataFrame) -> None:
    text = repr(explorer_of(frame))

    assert text.startswith("<Explorer of rows: 30 rows × 3 columns; Summary, ")


def test_one_is_one() -> None:
    explorer = Explorer(examined(pd.DataFrame({"a": [1.5]}), name="few"))

    assert repr(explorer).startswith("<Explorer of few: 1 row × 1 column; ")
    assert "<b>few</b>: 1 row, 1 column" in explorer.widget.children[0].value


def test_the_heading_says_names_and_notes_of_strangers_as_text(frame: pd.DataFrame) -> None:
    frame["<i>"] = np.nan

    explorer = explorer_of(frame.rename(columns={"kind": "<b>"}), name="<script>", target="<b>")

    heading = explorer.widget.children[0].value
    assert "&lt;script&gt;</b>: 30 rows, 4 columns; the target is <b>&lt;b&gt;</b> (classification)" in heading
    assert "<script>" not in heading
    note = explorer_of(frame, target="<i>").widget.children[0].value
    assert "&lt;i&gt;" in note
    assert "has no values" in note


def test_nothing_at_all_can_be_explored() -> None:
    explorer = explorer_of(pd.DataFrame(), target=None)

    for title in explorer.tabs:
        for panel in explorer.open(title).panels:
            assert panel.is_drawn
