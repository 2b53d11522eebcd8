"""Features against each other: one source behind all cells, one range for each feature."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bokeh.document import Document
from bokeh.models import BoxSelectTool, CustomJSFilter, HoverTool, WheelZoomTool
from bokeh.models.annotations import ColorBar, Legend

from pycore.analysis.classes import grouped
from pycore.analysis.columns import examined
from pycore.analysis.distributions import compared
from pycore.plots.grid import change_grid, plot_grid
from pycore.plots.palettes import MARKERS, SEQUENTIAL, class_styles
from pycore.plots.theme import THEMES, theme_of
from pycore.results.distributions import Grid

LIGHT = THEMES["light"]
NAMES = ["a", "b", "c", "d"]


def rows() -> pd.DataFrame:
    chance = np.random.default_rng(2)
    numbers = {name: chance.normal(size=60) for name in [*NAMES, "e"]}
    return pd.DataFrame(numbers | {"kind": np.repeat(["u", "v", "w"], 20), "size": chance.lognormal(size=60)})


@pytest.fixture
def frame() -> pd.DataFrame:
    return rows()


def grid_of(frame: pd.DataFrame, features: list[str], target: str | None = "kind", **options: Any) -> Grid:
    dataset = examined(frame, name="rows", target=target, **options)
    classes = grouped(dataset.frame[target]) if dataset.task == "classification" else None
    return compared(dataset, features, classes)


def drawn(layout: Any) -> dict[str, Any]:
    return {model.name: model for model in layout.references() if model.name}


@pytest.fixture(scope="module")
def named() -> dict[str, Any]:
    """Models of a grid of four features with three classes, which no test changes."""
    return drawn(plot_grid(grid_of(rows(), NAMES, units={"b": "cm"}), LIGHT))


def points(named: dict[str, Any]) -> dict[tuple[int, int], Any]:
    places = [name.split("-")[1:3] for name in named if name.endswith("-points")]
    return {(int(y), int(x)): named[f"grid-{y}-{x}-points"] for y, x in places}


def test_each_pair_is_drawn_twice_and_each_feature_on_the_diagonal(named: dict[str, Any]) -> None:
    assert len(points(named)) == 12
    assert [f"grid-{place}-{place}-bins" in named for place in range(4)] == [True] * 4
    for (y, x), renderer in points(named).items():
        assert (renderer.glyph.x, renderer.glyph.y) == (f"v{x}", f"v{y}")


def test_one_source_holds_the_values_of_all_cells(named: dict[str, Any], frame: pd.DataFrame) -> None:
    source = named["grid-source"]
    assert {renderer.data_source for renderer in points(named).values()} == {source}
    for place, name in enumerate(NAMES):
        np.testing.assert_array_equal(frame[name], source.data[f"v{place}"])


def test_what_is_selected_is_marked_on_the_diagonal_too(named: dict[str, Any]) -> None:
    for place in range(4):
        marks = named[f"grid-{place}-{place}-selected"]
        assert marks.data_source is named["grid-source"]
        assert (marks.glyph.line_alpha, marks.nonselection_glyph.line_alpha) == (0, 0)
        assert marks.selection_glyph.line_alpha > 0


def test_a_feature_has_one_range_wherever_it_is_drawn(named: dict[str, Any], frame: pd.DataFrame) -> None:
    for y, x in np.ndindex(4, 4):
        plot = named[f"grid-{y}-{x}"]
        assert plot.x_range is named[f"grid-range-{x}"]
        assert (plot.y_range is named[f"grid-range-{y}"]) == (x != y)
    for place, name in enumerate(NAMES):
        shown = named[f"grid-range-{place}"]
        assert shown.start < frame[name].min() < frame[name].max() < shown.end


def test_each_feature_is_named_on_the_axes_that_are_shown(named: dict[str, Any]) -> None:
    labels = ["a", "b (cm)", "c", "d"]
    beneath = [named[f"grid-3-{x}"].xaxis for x in range(4)]
    beside = [named[f"grid-{y}-{1 if y == 0 else 0}"].yaxis for y in range(4)]
    for axes in (beneath, beside):
        assert [axis.axis_label for axis in axes] == labels
        assert all(axis.visible for axis in axes)
    assert [named[f"grid-{place}-{place}"].yaxis.axis_label for place in range(4)] == ["density"] * 4
    assert all(named[f"grid-{place}-{place}"].yaxis.visible for place in range(4))


def test_classes_have_colours_and_markers(named: dict[str, Any]) -> None:
    data, glyph = named["grid-source"].data, points(named)[0, 1].glyph
    styles = class_styles(("u", "v", "w"), LIGHT)
    assert data["marker"] == [styles[place].marker for place in np.repeat([0, 1, 2], 20)]
    np.testing.assert_array_equal(data["code"], np.repeat([0.0, 1.0, 2.0], 20))
    assert glyph.fill_color.transform.palette == [style.colour for style in styles]


def test_one_legend_beside_the_cells_hides_classes_everywhere(named: dict[str, Any]) -> None:
    (legend,) = named["grid-legend"].legend
    assert [item.label.value for item in legend.items] == ["u", "v", "w"]
    assert legend.click_policy == "hide"
    keys = [item.renderers[-1] for item in legend.items]
    filters = {renderer.view.filter for renderer in points(named).values()}
    filters |= {named[f"grid-0-0-{part}"].view.filter for part in ("bins", "outlines", "densities", "selected")}
    (shown,) = filters
    assert isinstance(shown, CustomJSFilter)
    assert shown.args["keys"] == keys
    assert all(key.js_property_callbacks["change:visible"][0].args["filter"] is shown for key in keys)


def test_the_diagonal_is_switched_in_the_browser(named: dict[str, Any]) -> None:
    (switch,) = named["grid-diagonal"].js_property_callbacks["change:active"]

    bins, outlines, smooth = (
        [named[f"grid-{place}-{place}-{part}"] for place in range(4)] for part in ("bins", "outlines", "densities")
    )
    assert switch.args == {"counted": [*bins, *outlines], "smooth": smooth}


def test_a_target_of_numbers_has_a_colour_bar(frame: pd.DataFrame) -> None:
    layout: Any = plot_grid(grid_of(frame, NAMES[:2], "size", units={"size": "m²"}), LIGHT)

    (bar,) = layout.select({"type": ColorBar})
    glyph = points(drawn(layout))[1, 0].glyph
    assert bar.title == "size (m²)"
    assert glyph.fill_color.transform is bar.color_mapper
    assert tuple(bar.color_mapper.palette) == SEQUENTIAL
    assert (bar.color_mapper.low, bar.color_mapper.high) == pytest.approx(tuple(frame["size"].quantile([0.01, 0.99])))
    np.testing.assert_array_equal(drawn(layout)["grid-source"].data["code"], frame["size"])


def test_without_a_target_there_is_one_colour_and_no_legend(frame: pd.DataFrame) -> None:
    layout = plot_grid(grid_of(frame, NAMES[:2], None), LIGHT)

    assert not list(layout.select({"type": Legend}))
    assert not list(layout.select({"type": ColorBar}))
    assert points(drawn(layout))[1, 0].glyph.fill_color == LIGHT.blue


def test_tooltips_say_all_features_and_the_target(named: dict[str, Any]) -> None:
    for y, x in points(named):
        hover = named[f"grid-{y}-{x}"].select_one(HoverTool)
        assert [label for label, _ in hover.tooltips] == ["a", "b (cm)", "c", "d", "kind"]
        assert {"@v0", "@v3", "@code"} <= hover.formatters.keys()


def test_rows_are_selected_by_dragging_and_the_wheel_scrolls_the_page(named: dict[str, Any]) -> None:
    toolbar = named["grid"].children[2].children[0].toolbar

    assert all(isinstance(tool, BoxSelectTool) for tool in toolbar.active_drag.tools)
    assert len(toolbar.active_drag.tools) == 16
    assert toolbar.active_scroll is None
    assert any(isinstance(getattr(proxy, "tools", [None])[0], WheelZoomTool) for proxy in toolbar.tools)
    assert toolbar.logo is None


def test_other_features_change_what_is_drawn_in_place(frame: pd.DataFrame) -> None:
    layout = plot_grid(grid_of(frame, ["a", "b"]), LIGHT)
    before = drawn(layout)

    change_grid(layout, grid_of(frame, ["e", "a"]))

    after = drawn(layout)
    assert before == after
    np.testing.assert_array_equal(frame["e"], after["grid-source"].data["v0"])
    np.testing.assert_array_equal(frame["a"], after["grid-source"].data["v1"])
    assert after["grid-1-0"].xaxis.axis_label == after["grid-0-0"].xaxis.axis_label == "e"
    assert after["grid-1-0"].yaxis.axis_label == "a"
    assert [label for label, _ in after["grid-1-0"].select_one(HoverTool).tooltips] == ["e", "a", "kind"]
    shown = after["grid-range-0"]
    assert shown.reset_start == shown.start < frame["e"].min()
    assert shown.reset_end == shown.end > frame["e"].max()
    assert after["grid-0-0-bins-source"].data["count"].sum() == 60
    assert "e, a" in after["grid-heading"].text


def test_the_heading_says_what_is_left_out(frame: pd.DataFrame) -> None:
    frame.loc[:2, "a"] = np.nan

    named = drawn(plot_grid(grid_of(frame, NAMES[:1]), LIGHT))

    assert named["grid-heading"].text.endswith("not drawn there: 3.")


@pytest.mark.parametrize("n_features", [1, 2, 3])
def test_fewer_features_make_fewer_cells(frame: pd.DataFrame, n_features: int) -> None:
    named = drawn(plot_grid(grid_of(frame, NAMES[:n_features]), LIGHT))

    assert len(points(named)) == n_features * (n_features - 1)
    assert f"grid-{n_features - 1}-{n_features - 1}-bins" in named
    assert f"grid-{n_features}-{n_features}-bins" not in named


def test_a_unit_that_no_cell_has_room_for_stands_below_its_feature(frame: pd.DataFrame) -> None:
    units = {"a": "cubic inches of room", "b": "cm"}
    grid = replace(grid_of(frame, NAMES), units=tuple(units.get(name, "") for name in NAMES))

    layout = plot_grid(grid, LIGHT)

    named = drawn(layout)
    assert [named[f"grid-3-{x}"].xaxis.axis_label for x in range(4)] == [
        "a\n(cubic inches of room)",
        "b (cm)",
        "c",
        "d",
    ]
    assert named["grid-1-0"].select_one(HoverTool).tooltips[0][0] == "a (cubic inches of room)"
    high = named["grid-3-0"].height
    change_grid(layout, replace(grid, units=("",) * 4))
    assert high - named["grid-3-0"].height == 14


def test_names_of_strangers_do_no_harm() -> None:
    names = ["<b>a</b>", "$$x$$ " + "n" * 200, "index", "{c} @d"]
    frame = pd.DataFrame(np.random.default_rng(3).normal(size=(50, 4)), columns=names)
    frame["<i>"] = [f"<script>{number % 3}" for number in range(50)]

    layout = plot_grid(grid_of(frame, names, "<i>"), LIGHT)

    document = Document()
    document.add_root(layout)
    document.validate()
    named = drawn(layout)
    heading = named["grid-heading"]
    assert "<b>a" not in heading.text
    assert "&lt;b&gt;a" in heading.text
    assert heading.disable_math
    assert set(named["grid-source"].data) == {"v0", "v1", "v2", "v3", "code", "marker"}
    labels = [named[f"grid-3-{x}"].xaxis.axis_label for x in range(4)]
    assert all("$$" not in label and len(label) <= 24 for label in labels)
    assert named["grid-source"].data["marker"][27] == MARKERS[named["grid-source"].data["code"].astype(int)[27]]


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
def test_every_theme_makes_a_valid_document_that_names_no_other_place(frame: pd.DataFrame, theme: str) -> None:
    target = {"light": "kind", "dark": "size", "auto": None}[theme]
    document = Document()
    document.add_root(plot_grid(grid_of(frame, NAMES[:2], target), theme_of(theme)))

    document.validate()
    assert "://" not in str(document.to_json())


def test_a_constant_feature_and_a_constant_target_are_drawn(frame: pd.DataFrame) -> None:
    frame["a"] = frame["size"] = 1.5

    named = drawn(plot_grid(grid_of(frame, NAMES[:2], "size"), LIGHT))

    assert named["grid-range-0"].start < 1.5 < named["grid-range-0"].end
    mapper = points(named)[0, 1].glyph.fill_color.transform
    assert mapper.low < 1.5 < mapper.high
