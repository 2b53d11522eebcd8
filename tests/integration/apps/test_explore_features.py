"""The tab of features, without a browser."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from suites.explored import cards, plots, sources, texts

from pycore.analysis.columns import examined
from pycore.apps.explore.features import FeaturesTab
from pycore.apps.explore.findings import Findings
from pycore.datasets.bundled import open_csv
from pycore.plots.theme import theme_of

Seen = Callable[[str, str | None], FeaturesTab]

N = 120
PICTURES = ["features-importance", "features-components", "features-correlation"]


def opened(frame: pd.DataFrame, target: str | None = None, name: str = "rows") -> FeaturesTab:
    tab = FeaturesTab(Findings(examined(frame, name=name, target=target)), theme_of("light"))
    tab.settle()
    return tab


def bundled(name: str) -> pd.DataFrame:
    with open_csv(name) as file:
        return pd.read_csv(file)


@pytest.fixture(scope="module")
def seen() -> Seen:
    """Return what opens the tab of a data set once, for tests that only look at it."""

    @cache
    def open_once(name: str, target: str | None) -> FeaturesTab:
        return opened(bundled(name), target, name)

    return open_once


def numbers(n_columns: int, n_rows: int = N) -> pd.DataFrame:
    values = np.random.default_rng(0).normal(size=(n_rows, n_columns))
    return pd.DataFrame(values, columns=[f"c{n}" for n in range(n_columns)])


@pytest.mark.parametrize(
    ("name", "target", "pictures"),
    [
        ("iris", "species", PICTURES),
        ("autompg", "mpg", PICTURES),
        ("autompg", None, PICTURES),
        ("titanic", "survived", [*PICTURES[:2], "features-association"]),
        ("penguins", "species", [*PICTURES, "features-association"]),
    ],
)
def test_each_data_set_has_its_pictures(seen: Seen, name: str, target: str | None, pictures: list[str]) -> None:
    tab = seen(name, target)

    assert sorted(plots(tab.widget)) == sorted(pictures)
    assert not cards(tab.widget)


def test_nothing_is_computed_before_the_tab_is_opened() -> None:
    tab = FeaturesTab(Findings(examined(numbers(3), name="rows")), theme_of("light"))

    assert not plots(tab.widget)


def test_pictures_name_the_data_set_and_the_target(seen: Seen) -> None:
    titles = {name: plot.title.text for name, plot in plots(seen("iris", "species").widget).items()}  # type: ignore[union-attr]

    assert titles == {
        "features-importance": "iris: what the features tell of species",
        "features-components": "iris: variance of 4 standardised features",
        "features-correlation": "iris: correlation of numbers",
    }


def test_a_numeric_target_is_correlated_too(seen: Seen) -> None:
    drawn = sources(seen("autompg", "mpg").widget)

    assert "mpg" in drawn["features-correlation-source"].data["left"]
    assert "mpg" not in drawn["features-importance-source"].data["name"]


def test_a_target_of_classes_is_associated_with_categories(seen: Seen) -> None:
    drawn = sources(seen("titanic", "survived").widget)

    assert set(drawn["features-association-source"].data["left"]) == {"survived", "sex", "passenger_class"}


def test_without_a_target_this_is_said_and_numbers_are_ranked(seen: Seen) -> None:
    tab = seen("autompg", None)

    assert "There is no target to tell of." in texts(tab.widget)
    assert tab.findings.importance().measure == "explained variance"
    assert len(tab.findings.importance().best(4)) == 4


def test_importance_is_found_once_whoever_asks() -> None:
    findings = Findings(examined(bundled("iris"), name="iris", target="species"))

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: findings.importance(), range(8)))

    assert len({id(each) for each in found}) == 1
    assert set(found[0].best(2)) == {"petal_length", "petal_width"}


def test_a_sample_is_said_below_each_picture() -> None:
    frame = numbers(3, 12_000).assign(c=np.tile(["x", "y"], 6_000), d=np.tile(["x", "y", "y"], 4_000))

    said = texts(opened(frame, "c0").widget)

    assert said.count("A sample of 5,000 of 12,000 rows, chosen at random.") == 1
    assert said.count("A sample of 10,000 of 12,000 rows, chosen at random.") == 3


def test_what_the_explorer_says_above_is_not_said_again() -> None:
    frame = numbers(3).assign(t=np.nan)
    tab = opened(frame, "t")

    (note,) = tab.dataset.notes
    assert note not in texts(tab.widget)


@pytest.mark.parametrize("target", ["c7", None])
def test_of_many_columns_the_best_are_drawn_and_this_is_said(target: str | None) -> None:
    tab = opened(numbers(70), target)

    data = sources(tab.widget)["features-correlation-source"].data
    chosen = set(data["left"])
    assert len(chosen) == 40
    assert set(tab.findings.importance().best(39)) <= chosen
    assert target is None or target in chosen
    assert "40 of 70 columns of numbers: the best by the picture of all features" in texts(tab.widget)
    assert len(sources(tab.widget)["features-importance-source"].data["y"]) == 30


def test_of_many_categories_that_nothing_ranks_the_first_are_drawn_and_this_is_said() -> None:
    values = np.random.default_rng(0).choice(list("abcd"), (N, 50))
    tab = opened(pd.DataFrame(values, columns=[f"c{n}" for n in range(50)]))

    assert set(sources(tab.widget)["features-association-source"].data["left"]) == {f"c{n}" for n in range(40)}
    assert "40 of 50 categories: the first." in texts(tab.widget)


@pytest.mark.parametrize("n_features", [3, 29])
def test_what_stands_beside_each_other_is_as_high(n_features: int) -> None:
    drawn = plots(opened(numbers(n_features + 1), "c0").widget)

    assert drawn["features-importance"].height == drawn["features-components"].height


def hostile() -> pd.DataFrame:
    chance = np.random.default_rng(0)
    columns: dict[str, Any] = {
        "<script>alert(1)</script>": chance.normal(size=N),
        "$$x$$": chance.normal(size=N),
        "index": chance.normal(size=N),
        "a" * 200: chance.normal(size=N),
        "": chance.normal(size=N),
        "😀 {x} @y": chance.choice(["<b>", "'\""], N),
        "t": chance.choice(["<i>1", "$$"], N),
    }
    return pd.DataFrame(columns)


def test_names_of_strangers_are_neither_html_nor_formulas() -> None:
    tab = opened(hostile(), "t", "<b>rows</b> $$")

    for plot in plots(tab.widget).values():
        labels = [*plot.title.text.split("\n"), *plot.yaxis.major_label_overrides.values()]  # type: ignore[union-attr]
        assert not any("$$" in label for label in labels)
        assert all(len(label) <= 90 for label in labels)
    assert not cards(tab.widget)


@pytest.mark.parametrize(
    ("frame", "target", "n_cards"),
    [
        pytest.param(pd.DataFrame(index=range(5)), None, 3, id="no column"),
        pytest.param(numbers(3)[:0], "c0", 3, id="no row"),
        pytest.param(numbers(3)[:1], "c0", 3, id="one row"),
        pytest.param(numbers(3)[:2], "c0", 1, id="two rows"),
        pytest.param(numbers(3)[:5], "c0", 0, id="five rows"),
        pytest.param(numbers(1).assign(t="one"), "t", 1, id="one class"),
        pytest.param(pd.DataFrame({"c": list("xy") * 9}), None, 3, id="no number"),
        pytest.param(pd.DataFrame({"a": [0.1] * 9, "b": 2}), "a", 2, id="constants"),
        pytest.param(numbers(3).assign(c2=np.inf), "c0", 0, id="infinite"),
        pytest.param(numbers(3).assign(m=np.nan, o=None), "c0", 0, id="missing"),
        pytest.param(numbers(3).assign(d=pd.Series([pd.NaT] * N)), "c0", 0, id="missing dates"),
        pytest.param(pd.DataFrame({"d": pd.date_range("2000", periods=N)}), None, 3, id="dates"),
        pytest.param(numbers(3) * 1e308, "c0", 0, id="huge"),
        pytest.param(numbers(3) > 0, "c0", 1, id="booleans"),
        pytest.param(numbers(2).assign(z=1j), "c0", 0, id="complex"),
    ],
)
def test_what_cannot_be_shown_is_a_sentence(frame: pd.DataFrame, target: str | None, n_cards: int) -> None:
    tab = opened(frame, target)

    assert len(cards(tab.widget)) == n_cards
    assert not any("bug" in card for card in cards(tab.widget))
