"""The grid begins with the features that tell most, and shows others in the same figures."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from pycore.analysis.columns import examined
from pycore.apps.explore.findings import Findings
from pycore.apps.explore.grid import GridTab
from pycore.apps.live import Live
from pycore.exceptions import DatasetError
from pycore.plots.theme import theme_of


def rows(n_rows: int = 120) -> pd.DataFrame:
    """Return rows of two classes that `signal` and `hint` tell apart, and others do not."""
    chance = np.random.default_rng(8)
    kind = np.arange(n_rows) % 2
    noise = {f"noise {number}": chance.normal(size=n_rows) for number in range(3)}
    told = {"hint": kind + chance.normal(size=n_rows) / 2, "signal": kind * 3 + chance.normal(size=n_rows) / 9}
    return pd.DataFrame(noise | told | {"kind": np.where(kind, "yes", "no")})


def opened(frame: pd.DataFrame, target: str | None = None) -> GridTab:
    tab = GridTab(Findings(examined(frame, name="rows", target=target)), theme_of("light"))
    tab.settle()
    return tab


def values_of(tab: GridTab) -> list[str]:
    return [choice.value for choice in tab.choices]


def drawn(tab: GridTab) -> Any:
    (live,) = tab.panels[0].widget.children
    assert isinstance(live, Live)
    first_cell, *_ = live._model.children[2].children[0].children[0]  # a search by name takes half a second
    source = first_cell.renderers[-1].data_source
    assert source.name == "grid-source"
    return source.data


class Seen(NamedTuple):
    """A tab of which only the choices are changed, and what it showed at first."""

    tab: GridTab
    values: list[str]
    data: Any


@pytest.fixture(scope="module")
def seen() -> Seen:
    tab = opened(rows(), "kind")
    return Seen(tab, values_of(tab), drawn(tab))


def test_making_the_tab_computes_nothing() -> None:
    tab = GridTab(Findings(examined(rows(), name="rows", target="kind")), theme_of("light"))

    assert not tab.panels[0].is_drawn


def test_the_best_features_are_shown_first(seen: Seen) -> None:
    best = seen.tab.findings.importance().best(4)
    assert best[:2] == ["signal", "hint"]
    assert seen.values == best
    for place, name in enumerate(best):
        np.testing.assert_array_equal(rows()[name], seen.data[f"v{place}"])


def test_another_feature_is_drawn_in_the_same_figure(seen: Seen) -> None:
    frame, tab = rows(), seen.tab
    (live,) = tab.panels[0].widget.children
    unused = next(name for name in frame.columns[:5] if name not in values_of(tab))

    tab.choices[1].value = unused
    tab.settle()

    assert tab.panels[0].widget.children == (live,)
    np.testing.assert_array_equal(frame[unused], drawn(tab)["v1"])


def test_a_feature_that_is_shown_already_changes_places(seen: Seen) -> None:
    frame, tab = rows(), seen.tab
    first, second, *rest = values_of(tab)

    tab.choices[0].value = second
    tab.settle()

    assert values_of(tab) == [second, first, *rest]
    np.testing.assert_array_equal(frame[second], drawn(tab)["v0"])
    np.testing.assert_array_equal(frame[first], drawn(tab)["v1"])


def test_a_large_data_set_is_sampled_and_says_so() -> None:
    tab = opened(rows(20_000)[["noise 0", "noise 1", "kind"]], "kind")

    assert len(drawn(tab)["v0"]) == 5_000
    (live,) = tab.panels[0].widget.children
    assert "A sample of 5,000 of 20,000 rows" in live._model.select_one({"name": "grid-heading"}).text


@pytest.mark.parametrize("n_features", [1, 2])
def test_fewer_numbers_make_a_smaller_grid(n_features: int) -> None:
    frame = rows()[["signal", "hint"][:n_features]]

    tab = opened(frame)

    assert len(tab.choices) == n_features
    assert {key for key in drawn(tab) if key.startswith("v")} == {f"v{place}" for place in range(n_features)}


def test_without_numbers_there_is_a_sentence() -> None:
    tab = opened(rows()[["kind"]])

    assert tab.choices == ()
    assert isinstance(tab.panels[0].error, DatasetError)
    assert "no column of numbers" in tab.panels[0].widget.children[0].value


@pytest.mark.parametrize("n_rows", [0, 1, 2])
def test_few_rows_are_drawn_or_a_sentence(n_rows: int) -> None:
    tab = opened(rows()[["signal", "hint", "kind"]].head(n_rows), "kind")

    if n_rows:
        assert len(drawn(tab)["v0"]) == n_rows
    else:
        assert "has no rows" in tab.panels[0].widget.children[0].value


def test_a_target_that_cannot_be_told_leaves_the_first_features() -> None:
    frame = rows(8)[["noise 2", "noise 0"]].assign(kind="same")

    tab = opened(frame, "kind")

    assert tab.panels[0].error is None
    assert sorted(values_of(tab)) == ["noise 0", "noise 2"]


def test_a_name_that_is_being_typed_changes_nothing() -> None:
    frame = pd.DataFrame(np.random.default_rng(4).normal(size=(12, 400)), columns=[f"c{n}" for n in range(400)])
    tab = opened(frame)
    before = drawn(tab)

    tab.choices[0].value = ""

    assert drawn(tab) is before
    tab.choices[0].value = "c399"
    tab.settle()
    np.testing.assert_array_equal(frame["c399"], drawn(tab)["v0"])


def test_values_that_are_missing_or_infinite_everywhere_are_drawn_as_nothing() -> None:
    frame = rows().assign(**{"noise 0": np.nan, "noise 1": np.inf})[["noise 0", "noise 1", "signal", "kind"]]

    tab = opened(frame, "kind")

    assert tab.panels[0].error is None
    assert np.isnan(drawn(tab)[f"v{values_of(tab).index('noise 1')}"]).all()
