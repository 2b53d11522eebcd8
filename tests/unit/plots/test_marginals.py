"""A histogram lies along the axis of its scatter and counts what is selected."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pytest
from bokeh.models import Range1d

from pycore.plots.marginals import Marginal
from pycore.plots.theme import theme_of
from pycore.results.scatter import Bins

BINS = Bins(
    left=np.array([0.0, 1.0, 2.0]),
    right=np.array([1.0, 2.0, 3.0]),
    counts=np.array([4, 0, 2]),
    places=np.array([0, 0, 0, 0, 2, 2, -1]),
)


@pytest.fixture
def along() -> Range1d:
    return Range1d(start=0, end=3)


@pytest.fixture(params=["x", "y"])
def marginal(request: pytest.FixtureRequest, along: Range1d) -> Marginal:
    side: Literal["x", "y"] = request.param
    marginal = Marginal(side, f"crossfilter-{side}-histogram", along, theme_of("dark"))
    marginal.show(BINS)
    return marginal


def test_it_shares_the_range_of_the_scatter(along: Range1d) -> None:
    above, beside = (Marginal(side, "histogram", along, theme_of("light")) for side in ("x", "y"))

    assert above.figure.x_range is along
    assert beside.figure.y_range is along


def test_bars_are_as_high_as_their_counts(marginal: Any) -> None:
    assert marginal.source.data["count"].tolist() == [4, 0, 2]
    assert marginal.source.data["left"].tolist() == [0, 1, 2]
    assert marginal.source.data["selected"].tolist() == [0, 0, 0]
    across = marginal.figure.y_range if marginal.figure.x_range.end == 3 else marginal.figure.x_range
    assert across.end == pytest.approx(4.2)


def test_what_is_selected_is_marked_and_forgotten_with_other_bins(marginal: Any) -> None:
    marginal.mark(np.array([1, 0, 2]))
    assert marginal.source.data["selected"].tolist() == [1, 0, 2]
    assert marginal.source.data["count"].tolist() == [4, 0, 2]

    marginal.show(BINS)
    assert marginal.source.data["selected"].tolist() == [0, 0, 0]


def test_without_rows_there_is_still_a_range(marginal: Any) -> None:
    nothing = np.empty(0)

    marginal.show(Bins(left=nothing, right=nothing, counts=np.empty(0, dtype="int64"), places=nothing))

    across = marginal.figure.y_range if marginal.figure.x_range.end == 3 else marginal.figure.x_range
    assert across.end > across.start == 0


def test_only_the_bars_of_all_rows_can_be_hit(marginal: Any) -> None:
    bars, selected = marginal.figure.renderers
    hit = [tool.renderers for tool in marginal.figure.toolbar.tools]

    assert hit == [[bars]] * 3
    assert bars.nonselection_glyph is None
    assert selected.name == f"{marginal.figure.name}-selected"
