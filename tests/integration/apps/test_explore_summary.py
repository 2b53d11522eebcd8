"""The summary shows classes, boxes, statistics and rows, of whatever it is given."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import StandardScaler

from pycore.analysis.columns import examined
from pycore.apps.explore.findings import Findings
from pycore.apps.explore.summary import SummaryTab
from pycore.apps.panel import Panel
from pycore.exceptions import QueryError
from pycore.plots.theme import theme_of


def tab_of(frame: pd.DataFrame, target: str | None = None, **options: Any) -> SummaryTab:
    tab = SummaryTab(Findings(examined(frame, name="flowers", target=target, **options)), theme_of("light"))
    tab.settle()
    return tab


def texts(widget: ipywidgets.DOMWidget) -> str:
    """Return all HTML in a widget and in those within it."""
    own = widget.value if isinstance(widget, ipywidgets.HTML) else ""
    return str(own) + "".join(map(texts, getattr(widget, "children", ())))


def figure(panel: Panel[Any]) -> Any:
    """Return the Bokeh figure that is in a panel."""
    return next(model for model in models(panel.widget) if model is not None)


def models(widget: ipywidgets.DOMWidget) -> list[Any]:
    return [
        getattr(widget, "_model", None),
        *(each for child in getattr(widget, "children", ()) for each in models(child)),
    ]


def source(panel: Panel[Any], name: str) -> Any:
    return figure(panel).select_one({"name": name}).data


@pytest.fixture
def flowers() -> pd.DataFrame:
    chance = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "length": chance.normal(5, 1, 150).round(1),
            "width": chance.gamma(2, 1, 150).round(1),
            "species": np.repeat(["setosa", "versicolor", "virginica"], 50),
        }
    )


def test_making_it_computes_nothing(flowers: pd.DataFrame) -> None:
    tab = SummaryTab(Findings(examined(flowers, name="flowers", target="species")), theme_of("light"))

    assert not any(panel.is_drawn for panel in tab.panels)
    assert tab.rows is None


def test_boxes_by_class_follow_the_choice_in_the_same_figure(flowers: pd.DataFrame) -> None:
    tab = tab_of(flowers, "species", units={"width": "cm"})
    plot = figure(tab.boxes)
    grouped = flowers.groupby("species")
    np.testing.assert_allclose(source(tab.boxes, "summary-box-source")["q1"], grouped["length"].quantile(0.25))

    assert tab.choice is not None
    tab.choice.value = "width"
    tab.settle()

    assert figure(tab.boxes) is plot
    np.testing.assert_allclose(source(tab.boxes, "summary-box-source")["q3"], grouped["width"].quantile(0.75))
    assert plot.title.text == "width by species"
    assert plot.yaxis[0].axis_label == "width (cm)"


def test_classes_have_their_picture(flowers: pd.DataFrame) -> None:
    tab = tab_of(flowers.iloc[:120], "species")

    assert tab.classes is not None
    assert source(tab.classes, "summary-classes-source")["count"].tolist() == [50, 50, 20]


def test_a_regression_has_standardised_boxes_with_the_target_first(flowers: pd.DataFrame) -> None:
    tab = tab_of(flowers, "width")

    assert tab.classes is None
    drawn = source(tab.boxes, "summary-box-source")
    assert drawn["name"] == ["width", "length"]
    scaled = StandardScaler().fit_transform(flowers[["width", "length"]])
    np.testing.assert_allclose(drawn["median"], np.median(scaled, axis=0))
    assert isinstance(tab.choice, ipywidgets.SelectMultiple)
    tab.choice.value = ("length",)
    tab.settle()
    assert source(tab.boxes, "summary-box-source")["name"] == ["length"]
    tab.choice.value = ()
    tab.settle()
    assert "no column is chosen" in texts(tab.boxes.widget)
    tab.choice.value = ("width",)
    tab.settle()
    assert source(tab.boxes, "summary-box-source")["name"] == ["width"]
    assert tab.boxes.error is None


def test_without_a_target_it_is_as_for_a_regression(flowers: pd.DataFrame) -> None:
    tab = tab_of(flowers)

    assert source(tab.boxes, "summary-box-source")["name"] == ["length", "width"]
    assert tab.classes is None


def test_of_hundreds_of_columns_thirty_stand_side_by_side_and_any_can_be_chosen() -> None:
    frame = pd.DataFrame(np.random.default_rng(8).normal(size=(50, 400)), columns=[f"c{place}" for place in range(400)])
    tab = tab_of(frame)
    assert len(source(tab.boxes, "summary-box-source")["x"]) == 30

    assert isinstance(tab.choice, ipywidgets.SelectMultiple)
    tab.choice.value = ("c7", "c399")
    tab.settle()

    assert source(tab.boxes, "summary-box-source")["name"] == ["c7", "c399"]
    tab.choice.value = tuple(frame.columns)
    tab.settle()
    assert "These are the first 30 of the 400 columns that are chosen." in texts(tab.boxes.widget)


def test_a_name_that_is_typed_in_part_changes_nothing() -> None:
    frame = pd.DataFrame(np.random.default_rng(8).normal(size=(50, 400)), columns=[f"c{place}" for place in range(400)])
    tab = tab_of(frame.assign(target=np.arange(50) % 2), "target")
    assert isinstance(tab.choice, ipywidgets.Combobox)

    tab.choice.value = "c39"
    tab.settle()
    tab.choice.value = "c39 and no more"
    tab.settle()

    assert figure(tab.boxes).title.text == "c39 by target"
    assert tab.boxes.error is None


def test_statistics_and_rows_are_there(flowers: pd.DataFrame) -> None:
    tab = tab_of(flowers, "species")

    shown = texts(tab.statistics.widget)
    assert f">{flowers['length'].mean():.6g}</td>" in shown
    assert ">setosa</td>" in shown
    assert "Computed from the 150 rows at hand." in shown
    assert tab.rows is not None
    assert tab.rows.row_numbers == list(range(10))


def test_a_database_that_vanished_is_told_of(flowers: pd.DataFrame) -> None:
    def vanished() -> pd.DataFrame:
        raise QueryError("no table <flowers>", statement=None)

    tab = tab_of(flowers, "species", statistics=vanished)

    assert tab.statistics.error is None
    assert "for the database has no statistics: no table &lt;flowers&gt;" in texts(tab.statistics.widget)


HOSTILE = "<img src=x onerror=alert(1)>"
ODD: dict[str, tuple[pd.DataFrame, str | None]] = {
    "no column": (pd.DataFrame(), None),
    "no row": (pd.DataFrame({"a": pd.Series([], dtype="float64"), "c": pd.Series([], dtype="str")}), "c"),
    "one row": (pd.DataFrame({"a": [1.0], "c": ["x"]}), "c"),
    "one class": (pd.DataFrame({"a": [1.0, 2.0], "c": ["x", "x"]}), "c"),
    "no number": (pd.DataFrame({"b": ["y", "z"], "c": ["x", "x"]}), "c"),
    "a target without values": (pd.DataFrame({"a": [1.0, 2.0], "c": [None, None]}), "c"),
    "a thousand classes": (pd.DataFrame({"a": range(2_000), "c": [f"class {n % 1_000}" for n in range(2_000)]}), "c"),
    "a rare class": (pd.DataFrame({"a": np.arange(9_000.0), "c": ["few"] * 5 + ["many"] * 8_995}), "c"),
    "constant and infinite": (pd.DataFrame({"a": [1.0] * 3, "b": [np.inf, 1, 2], "d": [np.nan] * 3}), None),
    "names of strangers": (
        pd.DataFrame({HOSTILE: [1.0, 2.5], "index": [HOSTILE, "$$x$$"], "n" * 200: [3, 4]}),
        "index",
    ),
    "dates": (pd.DataFrame({"date": pd.date_range("2013-01-01", periods=5), "a": np.arange(5.0)}), "a"),
}


@pytest.mark.parametrize("what", ODD)
def test_what_is_odd_is_shown_or_explained(what: str) -> None:
    frame, target = ODD[what]

    tab = tab_of(frame, target)

    assert all(panel.is_drawn for panel in tab.panels)
    shown = texts(tab.widget)
    assert "which is a bug" not in shown
    assert "<img" not in shown


def test_numbers_that_only_number_the_rows_are_no_boxes() -> None:
    tab = tab_of(pd.DataFrame({"flower_id": range(30), "c": list("xyz") * 10}), "c")

    assert "flowers has no column of numbers but &#x27;flower_id&#x27;, numbering the rows." in texts(tab.boxes.widget)
