"""Lines of many classes are told apart, and those that tell most are shown first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pycore.plots.class_lines import MOST_AT_FIRST, first_shown, hidden_note, line_styles
from pycore.plots.theme import THEMES, Theme


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_no_two_of_32_lines_look_alike(theme: Theme) -> None:
    styles = line_styles(32, theme)

    assert len({(style.colour, style.dash) for style in styles}) == 32
    assert len({style.colour for style in styles[:8]}) == 8


@given(st.lists(st.floats(allow_nan=False), max_size=40))
def test_those_with_the_least_ranks_are_shown(ranks: list[float]) -> None:
    shown = first_shown(ranks)

    assert sum(shown) == min(len(ranks), MOST_AT_FIRST)
    kept = [rank for rank, is_shown in zip(ranks, shown, strict=True) if is_shown]
    left = [rank for rank, is_shown in zip(ranks, shown, strict=True) if not is_shown]
    assert max(kept, default=0.0) <= min(left, default=float("inf"))


def test_a_note_counts_what_is_hidden() -> None:
    assert hidden_note([True, True]) == ""
    assert hidden_note([True, False, True]) == "\n2 of 3 are shown; click a name for more"
