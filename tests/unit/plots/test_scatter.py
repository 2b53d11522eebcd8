"""One scatter shows any columns, one after the other; what it shows stands in its sources."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from bokeh.document import Document
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure

from pycore.plots.palettes import MARKERS
from pycore.plots.scatter import ScatterPlot, plot_scatter
from pycore.plots.theme import theme_of
from pycore.results.classes import Classes
from pycore.results.scatter import AxisKind, Bins, Choice, Quantity, Scale, Scatter, Sizes

HOSTILE = '<img src=x onerror=alert(1)> "q" {a}@b $$x^2$$ 😀' + "n" * 200
NO_BINS = Bins(left=np.array([0.0]), right=np.array([3.0]), counts=np.array([3]), places=np.zeros(3, dtype="int64"))


def scale(name: str, kind: AxisKind = "number", classes: tuple[str, ...] = (), unit: str = "") -> Scale:
    return Scale(
        name=name,
        unit=unit,
        kind=kind,
        values=np.array([0.0, 1.0, np.nan]),
        start=-1.0,
        end=4.0,
        classes=classes,
        bins=NO_BINS,
    )


def classes(*names: str) -> Classes:
    codes = np.resize(np.arange(len(names)), 3)
    return Classes(names=names, codes=codes, counts=np.bincount(codes, minlength=len(names)))


def quantity(kind: AxisKind = "number", name: str = "speed") -> Quantity:
    return Quantity(name=name, unit="m/s", kind=kind, values=np.array([5.0, np.nan, 6.0]), low=5.0, high=6.0)


def scatter(
    x: Scale | None = None, y: Scale | None = None, colour: Classes | Quantity | None = None, **others: Any
) -> Scatter:
    return Scatter(
        **{
            "dataset": "things",
            "choice": Choice(x="x", y="y"),
            "n_rows": 3,
            "x": x or scale("width", unit="cm"),
            "y": y or scale("height"),
            "sizes": None,
            "colour": colour,
            "groups": classes("all"),
            **others,
        }
    )


@pytest.fixture
def plot() -> Any:
    return ScatterPlot("crossfilter", theme_of("light"))


def visible(plot: Any) -> list[str]:
    return [str(points.name) for points in plot.figure.renderers if points.visible]


def shown_bars(plot: Any) -> list[Any]:
    return [part for part in plot.figure.below if type(part).__name__ == "ColorBar" and part.visible]


def test_each_row_is_a_point_at_its_place(plot: Any) -> None:
    plot.show(scatter())

    np.testing.assert_array_equal(plot.source.data["x"], [0, 1, np.nan])
    assert (plot.figure.x_range.start, plot.figure.x_range.end) == (-1, 4)
    assert (plot.figure.x_range.reset_start, plot.figure.x_range.reset_end) == (-1, 4)
    assert plot.figure.xaxis.axis_label == "width (cm)"
    assert plot.title.text == "height vs. width"


def test_columns_reach_the_browser_as_arrays(plot: Any) -> None:
    plot.show(scatter(colour=classes("a", "b"), sizes=None))

    assert all(isinstance(column, np.ndarray) and column.dtype != object for column in plot.source.data.values())


def test_other_columns_are_shown_in_the_same_figure(plot: Any) -> None:
    plot.show(scatter(colour=classes("a", "b", "c")))
    models = {model.id for model in plot.layout.references()}
    plot.source.selected.indices = [1]

    plot.show(scatter(scale("day", "date"), scale("kind", "category", ("p", "q")), quantity()))
    plot.show(scatter(colour=classes("u", "v")))

    new = {model for model in plot.layout.references() if model.id not in models}
    assert not [model for model in new if isinstance(model, figure | ColumnDataSource)]
    assert plot.source.selected.indices == [1]
    assert plot.layout.select_one({"name": "crossfilter-source"}) is plot.source


def test_classes_have_a_colour_a_marker_and_an_entry_each(plot: Any) -> None:
    names = tuple(f"class {number}" for number in range(28))

    plot.show(scatter(colour=classes(*names)))

    entries = plot.figure.legend[0].items
    assert [entry.label.value for entry in entries] == list(names)
    assert [entry.renderers[0].glyph.marker for entry in entries] == [*MARKERS, MARKERS[0]]
    assert [entry.renderers[0].glyph.fill_color is None for entry in entries] == [*[False] * 27, True]
    looks = {(entry.renderers[0].glyph.marker, entry.renderers[0].glyph.fill_color) for entry in entries}
    assert len(looks) == 28
    assert [entry.renderers[0].view.filter.group for entry in entries] == list(range(28))
    assert plot.figure.legend[0].click_policy == "hide"
    assert plot.figure.height > 520, "the lines of the legend have room"


def test_a_class_that_was_hidden_comes_back_with_other_classes(plot: Any) -> None:
    plot.show(scatter(colour=classes("a", "b")))
    plot.figure.legend[0].items[0].renderers[0].visible = False  # as a click on the legend does

    plot.show(scatter(colour=classes("u", "v", "w")))

    assert [entry.renderers[0].visible for entry in plot.figure.legend[0].items] == [True] * 3


def test_fewer_classes_leave_no_entry_behind(plot: Any) -> None:
    plot.show(scatter(colour=classes("a", "b", "c")))
    plot.show(scatter(colour=classes("u", "v")))

    assert [entry.label.value for entry in plot.figure.legend[0].items] == ["u", "v"]
    assert len(visible(plot)) == 2


@pytest.mark.parametrize("kind", ["number", "date"])
def test_a_quantity_has_a_colour_bar_of_its_kind(plot: Any, kind: AxisKind) -> None:
    plot.show(scatter(colour=classes("a", "b")))

    plot.show(scatter(colour=quantity(kind)))

    (bar,) = shown_bars(plot)
    assert bar.title == "speed (m/s)"
    assert (bar.color_mapper.low, bar.color_mapper.high) == (5, 6)
    assert type(bar.ticker).__name__ == {"number": "BasicTicker", "date": "DatetimeTicker"}[kind]
    assert visible(plot) == ["crossfilter-quantity"]
    assert not plot.figure.legend[0].visible
    np.testing.assert_array_equal(plot.source.data["quantity"], [5, np.nan, 6])


def test_without_a_colour_there_is_neither_legend_nor_bar(plot: Any) -> None:
    plot.show(scatter(colour=quantity()))
    plot.show(scatter())

    assert len(visible(plot)) == 1
    assert not plot.figure.legend[0].visible
    assert shown_bars(plot) == []


def test_an_axis_has_the_ticks_of_its_kind(plot: Any) -> None:
    axis = plot.figure.xaxis[0]

    plot.show(scatter(scale("kind", "category", ("p", "q"))))
    assert axis.ticker.ticks == [0, 1]
    assert axis.formatter.args == {"names": ["p", "q"]}

    plot.show(scatter(scale("day", "date")))
    assert type(axis.ticker).__name__ == "DatetimeTicker"

    plot.show(scatter())
    assert type(axis.ticker).__name__ == "BasicTicker"


def test_long_names_of_categories_are_written_aslant(plot: Any) -> None:
    plot.show(scatter(scale("kind", "category", tuple(f"a long name {number}" for number in range(12)))))
    assert plot.figure.xaxis[0].major_label_orientation == 0.6

    plot.show(scatter(scale("kind", "category", ("p", "q"))))
    assert plot.figure.xaxis[0].major_label_orientation == "horizontal"


def test_sizes_are_pixels_and_are_said(plot: Any) -> None:
    sizes = Sizes(name="mass", kind="number", values=np.array([1.0, 2.0, 3.0]), pixels=np.array([6, 9, 21], "uint8"))

    plot.show(scatter(sizes=sizes))

    assert plot.source.data["size"].tolist() == [6, 9, 21]
    assert ("mass", "@measure{custom}") in plot.figure.hover[0].tooltips
    assert plot.figure.hover[0].formatters["@measure"].args["kind"] == "number"


def test_a_tooltip_says_each_column_once_and_the_class_by_its_name(plot: Any) -> None:
    both = scale("kind", "category", ("p", "q"))

    plot.show(scatter(both, both, classes("u", "v"), choice=Choice(x="kind", y="kind", colour="sort")))

    assert plot.figure.hover[0].tooltips == [
        ("row", "$index"),
        ("kind", "@y{custom}"),
        ("sort", "@class{custom}"),
    ]
    assert plot.figure.hover[0].formatters["@class"].args == {"kind": "category", "names": ["u", "v"]}


def test_many_classes_on_the_y_axis_have_room(plot: Any) -> None:
    plot.show(scatter(y=scale("kind", "category", tuple(f"k{number}" for number in range(40)))))

    assert plot.figure.height == 470 + 40 * 18 - 350


def test_what_is_left_out_stands_above(plot: Any) -> None:
    plot.show(scatter(notes=("1 of 3 rows is left out.", "A sample of 3 of 9 rows.")))

    (said,) = [text for text in plot.margins["x"].figure.above if text.text.startswith("1 of 3")]
    assert said.text == "1 of 3 rows is left out.\nA sample of 3 of 9 rows."
    assert said.visible

    plot.show(scatter())
    assert not said.visible


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_names_of_strangers_are_drawn_as_they_are(theme: str) -> None:
    hostile = scale(HOSTILE, "category", (HOSTILE, "b"))
    layout = plot_scatter(
        scatter(hostile, hostile, classes(HOSTILE, "b"), notes=(HOSTILE,)), theme=theme_of(theme), name="crossfilter"
    )
    document = Document()
    document.add_root(layout)
    written = str(document.to_json())

    assert "$$" not in written
    assert "n" * 120 not in written
    assert document.get_model_by_name("crossfilter-scatter") is not None


def test_the_opacity_changes_in_the_browser(plot: Any) -> None:
    slider: Any = plot.layout.select_one({"name": "crossfilter-opacity"})

    (callback,) = slider.js_property_callbacks["change:value"]

    assert callback.args == {"plot": plot.figure}
    assert slider.title == "Opacity"


def test_boxes_lassos_and_taps_select_and_the_wheel_scrolls_the_page(plot: Any) -> None:
    tools = {type(tool).__name__ for tool in plot.figure.toolbar.tools}

    assert {"BoxSelectTool", "LassoSelectTool", "TapTool", "HoverTool", "ResetTool"} <= tools
    assert type(plot.figure.toolbar.active_drag).__name__ == "BoxSelectTool"
    assert plot.figure.toolbar.active_scroll is None
