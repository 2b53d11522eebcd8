"""The Quality tab says what is remarkable in cards, and shows it below."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np
import pandas as pd
import pytest
from suites.explored import cards, plots, sources, texts

from pycore.analysis.columns import examined
from pycore.apps.explore.findings import Findings
from pycore.apps.explore.quality import QualityTab
from pycore.apps.explore.remarks import cards as cards_of
from pycore.datasets.bundled import open_csv
from pycore.plots.theme import theme_of
from pycore.results.quality import Remark


def tab_of(frame: pd.DataFrame, target: str | None = None) -> QualityTab:
    tab = QualityTab(Findings(examined(frame, name="rows", target=target)), theme_of("light"))
    tab.settle()
    return tab


def bundled(name: str, target: str) -> QualityTab:
    with open_csv(name) as text:
        return tab_of(pd.read_csv(text), target)


def said(tab: QualityTab) -> list[tuple[str, str]]:
    return [(remark.severity, remark.what) for remark in tab.remarks]


@pytest.fixture(scope="module")
def troubled() -> pd.DataFrame:
    chance = np.random.default_rng(6)
    y = np.array(["usual"] * 2_000 + ["also"] * 1_000 + ["rare"] * 5)
    frame = pd.DataFrame(
        {
            "y": y,
            "copy <b>": np.char.upper(y),
            "ratio": np.where(chance.random(3_005) < 0.01, np.inf, chance.random(3_005)),
            "const": 1,
            "L" * 200: np.where(chance.random(3_005) < 0.3, np.nan, chance.random(3_005)),
            "index": chance.random(3_005),
        }
    )
    return pd.concat([frame, frame.iloc[[5, 17]]])


@pytest.fixture(scope="module")
def shown(troubled: pd.DataFrame) -> QualityTab:
    """The tab of troubled rows; tests only look at it."""
    return tab_of(troubled, "y")


@pytest.mark.parametrize(
    ("name", "target", "expected"),
    [
        ("iris", "species", [("note", "Duplicate rows")]),
        ("titanic", "survived", [("note", "Identifiers"), ("note", "Missing values")]),
        ("autompg", "mpg", []),
        ("wine", "cultivar", []),
        ("diabetes", "progression", []),
    ],
)
def test_well_known_data_raise_no_false_alarm(name: str, target: str, expected: list[tuple[str, str]]) -> None:
    tab = bundled(name, target)

    assert said(tab) == expected
    assert cards(tab.widget) == []


def test_the_worst_is_said_first(shown: QualityTab) -> None:
    assert said(shown) == [
        ("serious", "The target in other words"),
        ("serious", "Infinite values"),
        ("warning", "Rare classes"),
        ("warning", "Constant columns"),
        ("note", "Unbalanced classes"),
        ("note", "Missing values"),
        ("note", "Duplicate rows"),
    ]
    assert "■ 2 serious, ▲ 2 warnings, ● 3 notes" in texts(shown.widget)
    assert "■ Serious: Infinite values" in texts(shown.widget)


def test_names_of_strangers_stand_in_the_cards_as_text(shown: QualityTab) -> None:
    value = shown.cards.widget.children[0].value

    assert "<bdi>copy &lt;b&gt;</bdi>" in value
    assert "L" * 61 not in value.replace(f'title="{"L" * 200}"', "")


def test_every_picture_is_there(troubled: pd.DataFrame, shown: QualityTab) -> None:
    assert set(plots(shown.widget)) == {
        "quality-missing",
        "quality-missing-columns",
        "quality-balance",
        "quality-leaks",
        "quality-outliers",
    }
    (count,) = sources(shown.widget)["quality-missing-columns-source"].data["count"]
    assert count == troubled["L" * 200].isna().sum()


def test_a_regression_has_no_balance_and_no_target_has_no_leaks() -> None:
    frame = pd.DataFrame({"x": np.arange(60.0) ** 2, "y": np.random.default_rng(0).normal(size=60)})

    assert "quality-balance" not in plots(tab_of(frame, "y").widget)
    assert {"quality-balance", "quality-leaks"}.isdisjoint(plots(tab_of(frame).widget))


def test_the_table_of_types_has_a_row_for_each_column(shown: QualityTab) -> None:
    table = texts(shown.types.widget)

    for text in ("text of which values repeat", "values are whole numbers", "float64", "int64"):
        assert text in table


def test_each_part_is_computed_once_for_cards_and_pictures(shown: QualityTab) -> None:
    before = shown._part("outliers")

    shown.outliers.show()
    shown.cards.show()

    assert shown._part("outliers") is before


@pytest.mark.parametrize(
    ("columns", "target"),
    [
        ({}, None),
        ({"x": [], "y": []}, "y"),
        ({"x": [1.5], "y": ["a"]}, "y"),
        ({"x": ["a", "b"] * 20}, None),
        ({"x": np.arange(40.0), "y": ["a"] * 40}, "y"),
        ({"x": np.arange(40.0), "y": [np.nan] * 40}, "y"),
        ({"x": [np.inf] * 40, "y": ["a", "b"] * 20}, "y"),
        ({"x": [np.nan] * 40, "y": np.arange(40) / 3}, "y"),
        ({"x": [[1], [2]] * 20, "y": ["a", "b"] * 20}, "y"),
        ({"x": np.arange(2_000) % 7, "y": [f"class {place % 1_000}" for place in range(2_000)]}, "y"),
        ({"index": range(30), "level_0": [1.0, 2.0, 3.0] * 10, "": ["a"] * 30}, "level_0"),
    ],
    ids=[
        "nothing",
        "no row",
        "one row",
        "no number",
        "one class",
        "target all missing",
        "infinite",
        "all missing",
        "lists",
        "1,000 classes",
        "odd names",
    ],
)
def test_bad_input_gives_sentences_and_no_failure(columns: dict[str, Any], target: str | None) -> None:
    tab = tab_of(pd.DataFrame(columns), target)

    assert cards(tab.widget) == []
    assert [panel.error for panel in tab.panels] == [None] * len(tab.panels)
    assert texts(tab.cards.widget)


def test_an_empty_frame_says_so_and_nothing_else() -> None:
    assert said(tab_of(pd.DataFrame({"x": [], "y": []}), "y")) == [("serious", "Empty")]


def test_notes_of_the_data_set_stand_before_the_cards() -> None:
    tab = tab_of(pd.DataFrame({"x": np.arange(40.0), "y": [np.nan] * 40}), "y")

    assert "The target 'y' has no values" in texts(tab.cards.widget)


def test_of_hundreds_of_columns_twenty_are_named_and_the_rest_is_counted() -> None:
    remark = Remark(
        what="Missing values", severity="note", sentence="…", columns=tuple(f"column {place}" for place in range(300))
    )

    page = cards_of([remark])

    assert page.count("<li>") == 21
    assert "<li>and 280 more</li>" in page


def test_nothing_remarkable_is_said_too() -> None:
    tab = bundled("autompg", "mpg")

    assert "Nothing stands out" in texts(tab.cards.widget)
    assert "values far out (beyond 3 IQR)" in texts(tab.cards.widget), "the picture begins with 1.5 IQR and has bars"
    assert "only what lies beyond 3 IQR has a card" in texts(tab.widget)
    assert np.sum(sources(tab.widget)["quality-outliers-source"].data["above"]) > 0


def test_thousands_of_columns_stay_small_in_the_page() -> None:
    chance = np.random.default_rng(1)
    frame = pd.DataFrame(chance.normal(size=(200, 600)), columns=[f"c{place}" for place in range(600)])
    frame = frame.mask(chance.random(frame.shape) < 0.05)
    frame["y"] = chance.integers(0, 2, 200)

    tab = tab_of(frame, "y")

    assert sum(len(each.value) for each in _all_html(tab.widget)) < 200_000
    assert len(sources(tab.widget)["quality-leaks-source"].data["name"]) == 30


def _all_html(widget: Any) -> list[ipywidgets.HTML]:
    own = [widget] if isinstance(widget, ipywidgets.HTML) else []
    return own + [each for child in getattr(widget, "children", ()) for each in _all_html(child)]
