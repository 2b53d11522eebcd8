"""Confusion matrices: shares and counts of the same cells, in colours that mean the same in both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from bokeh.models import CustomJS, HoverTool, Plot
from bokeh.models.annotations import ColorBar, Title
from sklearn.metrics import confusion_matrix
from suites.colours import contrast
from suites.judged import classified

from pycore.models.evaluation import confusion
from pycore.plots.confusion import plot_confusion
from pycore.plots.theme import THEMES, Theme, theme_of
from pycore.results.evaluation import Confusion, Predictions

NAME = "results-confusion-test"


def drawn(found: Confusion, theme: Theme | None = None) -> Any:
    return plot_confusion(found, title="rows", theme=theme or theme_of("light"))


def source(layout: Any) -> dict[str, Any]:
    return dict(layout.select_one({"name": f"{NAME}-source"}).data)


def of_counts(counts: list[list[int]]) -> Confusion:
    matrix = np.array(counts)
    with np.errstate(invalid="ignore"):
        shares = matrix / matrix.sum(axis=1, keepdims=True)
    classes = tuple(f"class {place}" for place in range(len(matrix)))
    return Confusion(part="test", classes=classes, counts=matrix, shares=shares)


def test_cells_are_those_of_scikit_learn() -> None:
    predictions = classified(4)

    data = source(drawn(confusion(predictions)))

    expected = confusion_matrix(predictions.truth, predictions.prediction, labels=predictions.classes)
    np.testing.assert_array_equal(data["count"].reshape(4, 4), expected)
    normalised = confusion_matrix(
        predictions.truth, predictions.prediction, labels=predictions.classes, normalize="true"
    )
    np.testing.assert_allclose(data["share"].reshape(4, 4), normalised)
    assert data["truth"] == [name for name in predictions.classes for _ in range(4)]
    assert data["prediction"] == list(predictions.classes) * 4
    assert data["text1"] == [f"{count:,}" for count in expected.ravel()]


def test_a_class_that_is_only_predicted_has_a_line_too() -> None:
    predictions = Predictions(
        part="test",
        rows=np.arange(3),
        truth=np.array(["a", "a", "b"]),
        prediction=np.array(["a", "c", "b"]),
        classes=("a", "b", "c"),
    )

    data = source(drawn(confusion(predictions)))

    assert data["count"].reshape(3, 3).tolist() == [[1, 0, 1], [0, 1, 0], [0, 0, 0]]
    assert np.isnan(data["share"][6:]).all()
    assert data["text0"] == ["50 %", "0", "50 %", "0", "100 %", "0", "", "", ""]
    assert data["said"][-1] == "no row of this class"


def test_the_first_class_is_on_top_and_left_and_axes_say_which_is_which() -> None:
    layout = drawn(of_counts([[1, 2], [3, 4]]))

    (plot,) = layout.select({"type": Plot})
    assert plot.y_range.start > plot.y_range.end
    assert plot.x_range.start < plot.x_range.end
    assert plot.yaxis.major_label_overrides == plot.xaxis.major_label_overrides == {0: "class 0", 1: "class 1"}
    assert (plot.xaxis.axis_label, plot.yaxis.axis_label) == ("predicted class", "true class")


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0"), (1e-4, "< 1 %"), (0.006, "1 %"), (0.5, "50 %"), (0.994, "99 %"), (0.9999, "> 99 %"), (1.0, "100 %")],
)
def test_a_share_never_reads_as_nothing_or_all_where_it_is_not(share: float, text: str) -> None:
    found = Confusion(part="test", classes=("a",), counts=np.array([[7]]), shares=np.array([[share]]))

    assert source(drawn(found))["text0"] == [text]


def test_shares_and_counts_are_switched_in_the_browser_and_colours_stay() -> None:
    layout = drawn(of_counts([[8, 2], [3, 4]]))

    switch = layout.select_one({"name": f"{NAME}-shown"})
    (callback,) = switch.js_property_callbacks["change:active"]
    texts = [layout.select_one({"name": f"{NAME}-text-{place}"}) for place in (0, 1)]
    cells = layout.select_one({"name": f"{NAME}-cells"})

    assert isinstance(callback, CustomJS)
    assert callback.args["texts"] == texts
    assert [text.visible for text in texts] == [True, False]
    assert [text.glyph.text for text in texts] == ["text0", "text1"]
    assert cells.glyph.fill_color.field == "share"
    (bar,) = layout.select({"type": ColorBar})
    assert bar.color_mapper is cells.glyph.fill_color.transform, "the bar is of what is drawn, in either state"
    assert cells not in callback.args["texts"]


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_every_text_is_readable_on_its_cell(theme: Theme) -> None:
    shares = np.append(np.linspace(0, 1, 120), np.nan)
    side = 11
    found = Confusion(
        part="test",
        classes=tuple(map(str, range(side))),
        counts=np.ones((side, side), dtype="int64"),
        shares=shares.reshape(side, side),
    )

    layout = drawn(found, theme)

    mapper = layout.select_one({"name": f"{NAME}-cells"}).glyph.fill_color.transform
    for share, ink in zip(shares, source(layout)["ink_colour"], strict=True):
        if np.isnan(share):
            cell = mapper.nan_color
        elif share < mapper.low:
            cell = mapper.low_color
        else:
            cell = mapper.palette[min(int(share * len(mapper.palette)), len(mapper.palette) - 1)]
        assert contrast(cell, ink) >= 4.5, share
    assert (mapper.high, len(mapper.palette)) == (1, 32)
    assert 0 < mapper.low < 1e-9, "one row among millions has a colour"


@pytest.mark.parametrize(("n_classes", "is_readable"), [(15, True), (16, False), (60, False)])
def test_many_classes_fit_and_their_texts_wait_for_room(n_classes: int, is_readable: bool) -> None:
    layout = drawn(of_counts((np.eye(n_classes, dtype="int64") + 1).tolist()))

    (plot,) = layout.select({"type": Plot})
    assert layout.select_one({"name": f"{NAME}-text-0"}).visible == is_readable
    assert 330 <= plot.height <= 1000
    callbacks = [*plot.js_property_callbacks, *plot.x_range.js_property_callbacks]
    assert {"change:inner_width", "change:inner_height", "change:start"} <= set(callbacks)


def test_a_tooltip_reads_what_has_no_room() -> None:
    layout = drawn(of_counts([[8, 2], [3, 4]]))

    (hover,) = layout.select({"type": HoverTool})

    assert [label for label, _ in hover.tooltips] == ["true class", "predicted", "rows", "share"]
    assert source(layout)["said"] == ["80.0 %", "20.0 %", "42.9 %", "57.1 %"]


def test_names_of_strangers_are_short_and_differ() -> None:
    names = ("$$x$$", "a class with a long name, east", "a class with a long name, east ", "é" * 90)
    found = Confusion(part="train", classes=names, counts=np.eye(4, dtype="int64"), shares=np.eye(4))

    layout = drawn(found)

    (plot,) = layout.select({"type": Plot})
    labels = list(plot.xaxis.major_label_overrides.values())
    assert plot.name == "results-confusion-train"
    assert len(set(labels)) == 4
    assert max(map(len, labels)) <= 28
    assert "$$" not in labels[0]


def test_without_rows_there_is_a_sentence() -> None:
    nothing = Confusion(part="test", classes=(), counts=np.empty((0, 0), dtype="int64"), shares=np.empty((0, 0)))

    assert drawn(nothing).name == NAME


def test_of_hundreds_of_classes_those_with_the_most_errors_are_drawn() -> None:
    counts = np.diag(np.full(300, 5))
    counts[7, 299] = counts[150, 8] = 3

    layout = drawn(of_counts(counts.tolist()))

    shown = source(layout)
    wrong = (shown["x"] != shown["y"]) & (shown["count"] > 0)
    assert len(shown["count"]) == 80 * 80
    assert shown["count"][wrong].tolist() == [3, 3]
    assert [shown["truth"][place] for place in np.flatnonzero(wrong)] == ["class 7", "class 150"]
    (plot,) = layout.select({"type": Plot})
    said = [str(each.text) for each in plot.above if isinstance(each, Title)]
    assert any("the 80 of 300 classes with the most errors" in text for text in said)
