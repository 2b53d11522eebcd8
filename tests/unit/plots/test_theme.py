"""Colours that everybody can tell apart."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from pycore.plots import THEMES, Theme
from pycore.plots.canvas import new_figure
from pycore.plots.palettes import class_styles, dark_counterparts, shades
from pycore.plots.theme import FOLLOWING, paint, theme_of

# Machado, Oliveira, Fernandes (2009): what eyes without one kind of cone see, in linear RGB.
VISION = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.95047, 1.0, 1.08883])


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    low, high = sorted(float(TO_XYZ[1] @ linear(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def lab(colour: str, vision: np.ndarray) -> np.ndarray:
    x, y, z = np.cbrt(TO_XYZ @ np.clip(vision @ linear(colour), 0.0, 1.0) / WHITE)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


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

    assert dark_counterparts() == dict(zip(light, dark, strict=True))
    assert [dark_counterparts()[colour] for colour in light] == dark, "two roles of one colour have one counterpart"


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
