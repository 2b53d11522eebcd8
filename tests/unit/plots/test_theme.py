"""Colours that everybody can tell apart."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from bokeh.models.css import GlobalInlineStyleSheet
from suites.colours import VISION, contrast, lab

from pycore.plots import THEMES, Theme
from pycore.plots.canvas import new_figure
from pycore.plots.palettes import class_styles, dark_counterparts, shades, share_colours, share_ink
from pycore.plots.theme import FOLLOWING, paint, theme_of


@pytest.fixture(params=list(THEMES))
def theme(request: pytest.FixtureRequest) -> Theme:
    return THEMES[request.param]


def drawn(theme: Theme) -> list[str]:
    return [theme.red, theme.green, theme.blue, theme.yellow]


def test_what_is_drawn_stands_out_from_the_paper(theme: Theme) -> None:
    for colour in drawn(theme):
        assert contrast(colour, theme.background) >= 3


def test_writing_is_easy_to_read(theme: Theme) -> None:
    assert contrast(theme.text, theme.background) >= 7


@pytest.mark.parametrize("vision", list(VISION))
def test_any_two_colours_are_told_apart(theme: Theme, vision: str) -> None:
    for one, other in combinations(drawn(theme), 2):
        assert np.linalg.norm(lab(one, VISION[vision]) - lab(other, VISION[vision])) > 25


def test_every_light_colour_has_one_dark_counterpart() -> None:
    light, dark = (
        [value for value in vars(THEMES[name]).values() if str(value).startswith("#")] for name in ("light", "dark")
    )
    classes = tuple(f"class {number}" for number in range(28))
    light += [style.colour for style in class_styles(classes, THEMES["light"])]
    dark += [style.colour for style in class_styles(classes, THEMES["dark"])]
    light += shades(THEMES["light"])
    dark += shades(THEMES["dark"])
    light += share_colours(THEMES["light"])
    dark += share_colours(THEMES["dark"])
    light += [share_ink(share, THEMES["light"]) for share in (0.2, 0.8)]
    dark += [share_ink(share, THEMES["dark"]) for share in (0.2, 0.8)]

    assert dark_counterparts() == dict(zip(light, dark, strict=True))
    assert [dark_counterparts()[colour] for colour in light] == dark, "two roles of one colour have one counterpart"


@pytest.mark.parametrize("name", ["auto", "light", "dark"])
def test_tooltips_take_the_colours_of_the_page_once(name: str) -> None:
    plot = new_figure("paper", "Paper")
    paint(plot, theme_of(name))
    paint(plot, theme_of(name))

    (sheet,) = plot.stylesheets
    assert isinstance(sheet, GlobalInlineStyleSheet)
    for variable in (
        "color: var(--jp-layout-color1",
        "text: var(--jp-ui-font-color1",
        "border: var(--jp-border-color1",
    ):
        assert ".bk-Tooltip {\n  --tooltip-color" in sheet.css
        assert f"--tooltip-{variable}" in sheet.css


def test_a_theme_that_the_page_chooses_marks_its_figures() -> None:
    figures = {name: new_figure("paper", "Paper") for name in ("auto", "light", "dark")}
    for name, plot in figures.items():
        paint(plot, theme_of(name))

    assert {name: FOLLOWING in plot.tags for name, plot in figures.items()} == {
        "auto": True,
        "light": False,
        "dark": False,
    }
    assert figures["auto"].background_fill_color == THEMES["light"].background
