"""Texts of strangers do a picture no harm."""

from __future__ import annotations

import re
from typing import Any

import pytest
from bokeh.document import Document
from bokeh.models import SaveTool, WheelZoomTool
from bokeh.models.annotations import Label
from hypothesis import example, given
from hypothesis import strategies as st

from pycore.plots.canvas import labelled, message_figure, new_figure, shortened
from pycore.plots.theme import THEMES

# As BokehJS looks for formulas.
FORMULAS = [re.compile(pattern, re.DOTALL) for pattern in (r"\$\$.*?\$\$", r"\\\[.*?\\\]", r"\\\(.*?\\\)")]


@given(st.text(st.sampled_from("$\\()[]{}x ")), st.integers(3, 60))
@example("$$$x$$$", 28)
@example("$$$$$$", 28)
@example(r"\\(x\\)\[y\]", 28)
def test_no_text_is_a_formula(text: str, most: int) -> None:
    short = shortened(text, most)

    assert not any(pattern.search(short) for pattern in FORMULAS)
    line, shown = " ".join(text.split()), short.replace("\u2060", "")
    assert shown == line if len(line) <= most else len(shown) == most


@pytest.mark.parametrize("text", ["", "width", "a b", "É😀", "<b>{x} @y</b>", "cost in $", "C:\\temp"])
def test_a_short_text_stays_as_it_is(text: str) -> None:
    assert shortened(text) == text


def test_a_long_text_keeps_both_of_its_ends() -> None:
    short = shortened("measured_" + "x" * 200 + "_in_2020")

    assert len(short) == 28
    assert short.startswith("measured_")
    assert short.endswith("_in_2020")
    assert "…" in short


def test_lines_become_one() -> None:
    assert shortened("a\n\tb\r\nc") == "a b c"


def test_a_unit_is_not_left_out_with_the_middle_of_a_name() -> None:
    assert labelled("w" * 200, "lb").endswith("w (lb)")
    assert labelled("weight") == "weight"
    assert labelled("mpg", "miles per US gallon") == "mpg (miles per US gallon)"


def test_a_figure_is_as_wide_as_its_place_and_lets_the_wheel_scroll_the_page() -> None:
    plot: Any = new_figure("bars", "Bars of $$x$$", x_label="x" * 100, y_label="rows", height=200)

    assert (plot.name, plot.height, plot.sizing_mode) == ("bars", 200, "stretch_width")
    assert "$$" not in plot.title.text
    assert len(plot.xaxis[0].axis_label) == 60
    assert plot.toolbar.logo is None
    assert plot.toolbar.active_scroll is None
    assert plot.select_one(WheelZoomTool) is not None
    assert plot.select_one(SaveTool).filename == "bars-of-x"  # else the browser would ask


def test_what_a_figure_is_made_with_counts() -> None:
    plot = new_figure("bars", "Bars", tools="tap", toolbar_location=None, sizing_mode="fixed", width=90)

    assert (len(plot.toolbar.tools), plot.toolbar_location, plot.sizing_mode, plot.width) == (1, None, "fixed", 90)


@pytest.mark.parametrize("theme", list(THEMES))
def test_a_sentence_stands_in_place_of_a_picture(theme: str) -> None:
    sentence = "There are no rows in which all of the features have a value, so there is nothing that could be drawn."

    plot: Any = message_figure("bars", "Bars", sentence, THEMES[theme])

    (label,) = plot.select(Label)
    assert label.text.replace("\n", " ") == sentence
    assert max(map(len, label.text.splitlines())) <= 64, "what is wider than the figure would be cut"
    assert label.text_color == THEMES[theme].text
    assert plot.background_fill_color == THEMES[theme].background
    document = Document()
    document.add_root(plot)
    document.validate()
