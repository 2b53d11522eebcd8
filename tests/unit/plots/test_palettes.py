"""Classes are told apart by everybody: by eight colours, by markers, and by both together."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from suites.colours import VISION, contrast, lab

from pycore.plots.palettes import DIVERGING, SEQUENTIAL, class_styles, inks, share_colours, share_ink
from pycore.plots.theme import THEMES, Theme

LEAST_CONTRAST = 3  # WCAG 2.2, 1.4.11
LEAST_DISTANCE = 20  # in CIELAB; 2.3 is just noticed, side by side


@pytest.fixture(params=list(THEMES))
def theme(request: pytest.FixtureRequest) -> Theme:
    return THEMES[request.param]


def names(n_classes: int) -> tuple[str, ...]:
    return tuple(f"class {number}" for number in range(n_classes))


def test_every_class_stands_out_from_the_paper(theme: Theme) -> None:
    for style in class_styles(names(28), theme):
        assert contrast(style.colour, theme.background) >= LEAST_CONTRAST, style


@pytest.mark.parametrize("vision", list(VISION))
def test_eight_colours_are_told_apart(theme: Theme, vision: str) -> None:
    colours = [style.colour for style in class_styles(names(8), theme)]

    for one, other in combinations(colours, 2):
        assert np.linalg.norm(lab(one, VISION[vision]) - lab(other, VISION[vision])) > LEAST_DISTANCE, (one, other)


def test_28_classes_are_told_apart_without_colours(theme: Theme) -> None:
    styles = class_styles(names(28), theme)

    assert len({(style.marker, style.is_hollow) for style in styles}) == 28
    assert "dot" not in {style.marker for style in styles}, "it is a single pixel at the size of a legend"
    assert all(style.line_width >= 1.5 for style in styles if style.marker in {"asterisk", "cross", "dash", "x", "y"})


def test_no_two_of_30_classes_look_alike(theme: Theme) -> None:
    """28, those that are gathered, and those that are missing."""
    styles = class_styles(names(30), theme)

    assert len({(style.colour, style.marker) for style in styles}) == 30
    assert [style.name for style in styles] == list(names(30))


def test_the_same_class_looks_alike_among_few_and_many(theme: Theme) -> None:
    assert class_styles(names(20), theme)[:3] == class_styles(names(3), theme)


def test_quantities_grow_lighter_for_every_eye() -> None:
    for vision in VISION.values():
        lightness = np.array([lab(colour, vision)[0] for colour in SEQUENTIAL[::16]])
        assert (np.diff(lightness) > 0).all()


def test_both_signs_are_about_as_dark_and_told_apart() -> None:
    middle = len(DIVERGING) // 2

    assert len(DIVERGING) % 2 == 1
    for step in range(1, middle + 1):
        for vision in VISION.values():
            below, above = (lab(DIVERGING[middle + sign * step], vision) for sign in (-1, 1))
            assert abs(below[0] - above[0]) < 20
            assert np.linalg.norm(below - above) > 6 * step
    assert lab(DIVERGING[0], VISION["usual"])[2] < 0 < lab(DIVERGING[-1], VISION["usual"])[2], "blue is below zero"


def test_shares_move_away_from_the_paper_step_by_step(theme: Theme) -> None:
    colours = share_colours(theme)

    contrasts = [contrast(colour, theme.background) for colour in colours]
    assert len(colours) == 32
    assert contrasts == sorted(contrasts)
    assert contrasts[0] > 1.1, "a little is not nothing"
    for vision in VISION.values():
        steps = np.diff([lab(colour, vision)[0] for colour in colours])
        assert (np.sign(steps) == np.sign(steps[0])).all()


def test_what_stands_on_a_share_is_easy_to_read(theme: Theme) -> None:
    colours = share_colours(theme)

    for step, colour in enumerate(colours):
        share = (step + 0.5) / len(colours)
        assert contrast(share_ink(share, theme), colour) >= 4.5, share


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#777777", *SEQUENTIAL[::16], *DIVERGING])
def test_a_text_is_easy_to_read_on_any_colour(colour: str) -> None:
    (ink,) = inks([colour])

    assert contrast(ink, colour) >= 4.5
