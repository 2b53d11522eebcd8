"""The crossfilter shows any columns in one figure, and selects the same rows in all of it and in the table."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pycore.analysis.columns import examined
from pycore.apps.explore.crossfilter import CrossfilterTab
from pycore.apps.explore.findings import Findings
from pycore.plots.theme import theme_of

N_ROWS = 90
HOSTILE = '<b onmouseover="x()">$$a$$ {b} @c "d" 😀' + "n" * 200


def frame_of(n_rows: int = N_ROWS) -> pd.DataFrame:
    chance = np.random.default_rng(3)
    kind = np.resize(["ant", "bee", "cat"], n_rows)
    return pd.DataFrame(
        {
            "index": chance.normal(0, 1, n_rows),
            "width": chance.normal(5, 1, n_rows),
            "day": pd.date_range("2001-01-01", periods=n_rows, freq="h"),
            "kind": pd.Categorical(kind),
        }
    )


def opened(frame: pd.DataFrame, target: str | None = None) -> CrossfilterTab:
    tab = CrossfilterTab(Findings(examined(frame, name="things", target=target)), theme_of("light"))
    tab.settle()
    return tab


@pytest.fixture(scope="module")
def shared() -> CrossfilterTab:
    return opened(frame_of(), "kind")


@pytest.fixture
def tab(shared: CrossfilterTab) -> CrossfilterTab:
    """A tab as it opens: nothing is selected, and nothing was chosen."""
    shared.selection.select([])
    choose(shared, x="", y="width", size="", colour="kind")  # y first: it would be exchanged with x
    choose(shared, x="index")
    return shared


def plot_of(tab: CrossfilterTab) -> Any:
    assert tab.plot is not None
    return tab.plot


def choose(tab: CrossfilterTab, **columns: str) -> None:
    for role, name in columns.items():
        getattr(tab, role).value = name
        tab.settle()


def labels(chooser: Any) -> list[str]:
    return [label for label, _ in chooser.options]


def rows_of_table(tab: CrossfilterTab) -> list[int]:
    assert tab.table is not None
    tab.table.settle()
    return tab.table.row_numbers


def sentence(tab: CrossfilterTab) -> str:
    return re.sub(r"<[^>]*>", "", tab.selection.said.value)


def card_of(tab: CrossfilterTab) -> str:
    (card,) = tab.panels[0].widget.children
    return str(card.value)


def test_making_it_computes_nothing() -> None:
    tab = CrossfilterTab(Findings(examined(frame_of(), name="things")), theme_of("light"))

    assert tab.plot is None
    assert all(chooser.disabled for chooser in (tab.x, tab.y, tab.size, tab.colour))


def test_it_opens_with_the_first_two_numbers_in_the_colours_of_the_target() -> None:
    tab = opened(frame_of(), "kind")

    assert (tab.x.value, tab.y.value, tab.size.value, tab.colour.value) == ("index", "width", "", "kind")
    np.testing.assert_array_equal(plot_of(tab).source.data["x"], frame_of()["index"])
    assert plot_of(tab).source.data["class"].tolist() == [0, 1, 2] * 30


def test_a_regression_has_the_target_as_y_and_as_colour() -> None:
    frame = frame_of().assign(sum=lambda rows: rows["width"] * 2)

    tab = opened(frame, "sum")

    assert (tab.x.value, tab.y.value, tab.colour.value) == ("width", "sum", "sum")


def test_what_one_axis_has_the_other_one_gets_in_exchange(tab: CrossfilterTab) -> None:
    assert labels(tab.x) == ["row number", "index", "width (swap with Y)", "day", "kind"]
    assert labels(tab.y) == ["index (swap with X)", "width", "day", "kind"]

    choose(tab, x="kind")

    assert labels(tab.y) == ["index", "width", "day", "kind (swap with X)"]
    assert labels(tab.size) == ["none", "index", "width", "day"]
    assert tab.y.value == "width"

    choose(tab, y="kind")

    assert (tab.x.value, tab.y.value) == ("width", "kind")
    assert plot_of(tab).title.text == "kind vs. width"

    choose(tab, x="kind")

    assert (tab.x.value, tab.y.value) == ("kind", "width")


def test_the_row_number_is_no_y_and_gives_way(tab: CrossfilterTab) -> None:
    choose(tab, x="")

    choose(tab, x="width")

    assert (tab.x.value, tab.y.value) == ("width", "index")


def test_what_is_chosen_before_the_page_hears_of_the_last_choice_is_that_column(tab: CrossfilterTab) -> None:
    places = {name: place for place, (_, name) in enumerate(tab.y.options)}

    tab.x.set_state({"index": tab.x.index - 1})  # as messages of the page come in while the kernel is busy
    tab.x.set_state({"index": len(places)})
    tab.y.set_state({"index": places["day"]})
    tab.settle()

    assert (tab.x.value, tab.y.value) == ("kind", "day")


def test_other_columns_come_into_the_same_source(tab: CrossfilterTab) -> None:
    source, figure = plot_of(tab).source, plot_of(tab).figure

    choose(tab, x="day", y="kind", size="width", colour="index")

    assert plot_of(tab).source is source
    assert plot_of(tab).figure is figure
    np.testing.assert_array_equal(np.rint(source.data["y"]), [0, 1, 2] * 30)
    np.testing.assert_array_equal(source.data["quantity"], frame_of()["index"])
    assert set(source.data["size"].tolist()) == {6, 9, 12, 15, 18, 21}


def test_the_axes_change_places(tab: CrossfilterTab) -> None:
    tab.swap.click()
    tab.settle()

    assert (tab.x.value, tab.y.value) == ("width", "index")
    np.testing.assert_array_equal(plot_of(tab).source.data["x"], frame_of()["width"])


def test_the_number_of_the_row_may_be_an_axis(tab: CrossfilterTab) -> None:
    choose(tab, x="")

    assert plot_of(tab).source.data["x"].tolist() == list(range(N_ROWS))
    assert tab.swap.disabled


def test_what_is_brushed_is_selected_everywhere(tab: CrossfilterTab) -> None:
    plot = plot_of(tab)

    plot.source.selected.indices = [7, 2, 30]  # as the browser does

    assert rows_of_table(tab) == [2, 7, 30]
    assert sentence(tab) == "3 of 90 rows selected"
    for column, margin in zip(("index", "width"), plot.margins.values(), strict=True):
        bars = margin.source.data
        edges = np.append(bars["left"], bars["right"][-1])
        np.testing.assert_array_equal(bars["selected"], np.histogram(frame_of()[column][[2, 7, 30]], edges)[0])


def test_a_selection_stays_when_other_columns_are_chosen(tab: CrossfilterTab) -> None:
    plot_of(tab).source.selected.indices = [1, 4]

    choose(tab, x="kind", colour="width")

    assert plot_of(tab).source.selected.indices == [1, 4]
    assert plot_of(tab).margins["x"].source.data["selected"].tolist() == [0, 2, 0]
    assert rows_of_table(tab) == [1, 4]


def test_bars_select_their_rows_and_two_histograms_what_lies_in_both(tab: CrossfilterTab) -> None:
    plot = plot_of(tab)
    choose(tab, x="kind", y="width")

    plot.margins["x"].source.selected.indices = [1]
    assert plot.source.selected.indices == list(range(1, N_ROWS, 3))

    bars = plot.margins["y"].source.data
    plot.margins["y"].source.selected.indices = [0, 1]
    low = frame_of()["width"] < bars["right"][1]
    assert plot.source.selected.indices == np.flatnonzero(low & (frame_of()["kind"] == "bee")).tolist()

    plot.margins["x"].source.selected.indices = []
    assert plot.source.selected.indices == np.flatnonzero(low).tolist()


def test_a_brush_takes_the_place_of_bars_that_were_selected(tab: CrossfilterTab) -> None:
    plot = plot_of(tab)
    plot.margins["x"].source.selected.indices = [0]

    plot.source.selected.indices = [5]

    assert plot.margins["x"].source.selected.indices == []
    assert sentence(tab) == "1 of 90 rows selected"


def test_a_class_is_selected_without_a_mouse(tab: CrossfilterTab) -> None:
    assert [label for label, _ in tab.part.options] == ["by hand", "ant (30)", "bee (30)", "cat (30)"]

    tab.part.value = 1

    assert plot_of(tab).source.selected.indices == list(range(1, N_ROWS, 3))
    assert tab.part.value == 1

    plot_of(tab).source.selected.indices = [0]
    assert tab.part.label == "by hand"


def test_a_range_of_what_is_coloured_is_selected_without_a_mouse(tab: CrossfilterTab) -> None:
    choose(tab, colour="width")

    tab.part.value = 0

    lowest = pd.qcut(frame_of()["width"], 4, labels=False) == 0
    assert plot_of(tab).source.selected.indices == np.flatnonzero(lowest).tolist()


def test_a_selection_can_be_cleared(tab: CrossfilterTab) -> None:
    assert tab.selection.clear.disabled
    tab.part.value = 1

    tab.selection.clear.click()

    assert plot_of(tab).source.selected.indices == []
    assert plot_of(tab).margins["x"].source.data["selected"].sum() == 0
    assert rows_of_table(tab) == list(range(10))
    assert tab.part.label == "by hand"


def test_the_rows_of_a_large_table_are_a_sample_and_say_so() -> None:
    tab = opened(frame_of(30_000), "kind")

    assert len(plot_of(tab).source.data["x"]) == 20_000
    assert sentence(tab) == "0 of 20,000 rows selected"
    texts = [getattr(text, "text", "") for text in plot_of(tab).margins["x"].figure.above]
    assert any("A sample of 20,000 of 30,000 rows" in text for text in texts)


def test_rows_without_a_value_are_counted() -> None:
    frame = frame_of()
    frame.loc[:4, "width"] = np.nan
    tab = opened(frame, "kind")

    texts = [getattr(text, "text", "") for text in plot_of(tab).margins["x"].figure.above]
    assert "5 of 90 rows are left out: they have no finite value of index or width." in texts


def test_a_flood_of_choices_is_drawn_a_few_times_and_ends_with_the_last() -> None:
    async def flooded() -> tuple[CrossfilterTab, list[int]]:
        tab = CrossfilterTab(Findings(examined(frame_of(), name="things", target="kind")), theme_of("light"))
        tab.start()
        await tab.panels[0].settled()
        drawn: list[int] = []
        plot_of(tab).source.on_change("data", lambda _attribute, _old, new: drawn.append(len(new["x"])))
        for number in range(100):
            tab.x.value = ("day", "kind", "index")[number % 3]
        tab.x.value = "day"
        await tab.panels[0].settled()
        return tab, drawn

    tab, drawn = asyncio.run(flooded())

    assert 1 <= len(drawn) <= 3
    assert plot_of(tab).title.text == "width vs. day"


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (pd.DataFrame({"a": pd.Series([], dtype="float64"), "b": pd.Series([], dtype="float64")}), "no rows"),
        (pd.DataFrame({"a": [np.nan, np.nan]}), "no column of numbers, categories or dates with values"),
        (pd.DataFrame(), "no rows"),
    ],
)
def test_a_card_says_why_there_is_nothing(frame: pd.DataFrame, reason: str) -> None:
    tab = opened(frame)

    assert reason in card_of(tab)


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": [1.0], "b": [2.0]}),
        pd.DataFrame({"a": [1.0]}),
        pd.DataFrame({"kind": ["p", "q", "p", "q"], "sort": ["u", "u", "v", "v"]}),
        pd.DataFrame({"kind": ["p"] * 5, "a": [1.0, 2.0, np.inf, -np.inf, np.nan]}),
        pd.DataFrame({"a": [7.0] * 9, "b": [1e300] * 9}),
        pd.DataFrame({HOSTILE: [1.0, 2.0, 3.0], HOSTILE + "2": pd.Categorical([HOSTILE, "b", None])}),
        pd.DataFrame({f"c{number}": np.arange(20.0) for number in range(400)}),
        pd.DataFrame({"a": np.arange(4_000.0), "kind": pd.Categorical([f"k{n % 1000}" for n in range(4_000)])}),
        pd.DataFrame({"a": np.arange(5_005.0), "kind": ["many"] * 5_000 + ["few"] * 5}),
    ],
    ids=["row", "cell", "categories", "class", "constant", "hostile", "columns", "classes", "rare"],
)
def test_any_frame_is_drawn_in_every_role(frame: pd.DataFrame) -> None:
    tab = opened(frame)
    names = list(map(str, frame.columns))[:4]

    for name in names:
        for role in ("colour", "x", "y", "size"):
            chooser = getattr(tab, role)
            known = [option[1] if isinstance(option, tuple) else option for option in chooser.options]
            if name in known:
                choose(tab, **{role: name})
                assert tab.panels[0].error is None
    assert len(plot_of(tab).source.data["x"]) == len(frame)


def test_hundreds_of_columns_are_typed() -> None:
    many = opened(pd.DataFrame({f"c{number}": np.arange(20.0) for number in range(400)}))

    choose(many, x="c399")

    assert "c399" not in many.y.options
    assert [chooser.options[0] for chooser in (many.x, many.size, many.colour, many.y)] == ["", "", "", "c0"]
    assert plot_of(many).title.text == "c1 vs. c399"
