"""Colours and markers that classes are told apart by, and scales for quantities."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from bokeh.palettes import RdBu11, Viridis256

from pycore.plots.theme import THEMES, Theme

__all__ = ["DIVERGING", "MARKERS", "SEQUENTIAL", "ClassStyle", "class_styles", "dark_counterparts"]

# Told apart with every kind of colour blindness only together with the markers: nobody tells 28 colours apart.
_COLOURS = {
    "light": ("#2347a8", "#c8501e", "#0a9d8c", "#8f3f97", "#8a6d00", "#d1477a", "#4f4f4f", "#2f86c8"),
    "dark": ("#5b86ff", "#ff8a5c", "#8cf5cf", "#d79bff", "#ffda4d", "#ff7fb0", "#c8c8c8", "#7cc8ff"),
}
MARKERS = (
    "circle",
    "square",
    "triangle",
    "diamond",
    "inverted_triangle",
    "hex",
    "star",
    "plus",
    "cross",
    "circle_cross",
    "square_cross",
    "diamond_cross",
    "asterisk",
    "circle_dot",
    "square_dot",
    "triangle_dot",
    "diamond_dot",
    "triangle_pin",
    "square_pin",
    "hex_dot",
    "star_dot",
    "circle_x",
    "square_x",
    "circle_y",
    "x",
    "y",
    "dash",
    "dot",
)
SEQUENTIAL = tuple(Viridis256)
DIVERGING = tuple(RdBu11)  # blue is below zero, red above


@dataclass(frozen=True, kw_only=True)
class ClassStyle:
    """How the rows of one class are drawn."""

    name: str
    colour: str
    marker: str


def class_styles(names: tuple[str, ...], theme: Theme) -> tuple[ClassStyle, ...]:
    """Return a style for each class, none like another up to 28 classes.

    Examples
    --------
    >>> from pycore.plots.theme import theme_of
    >>> [style.marker for style in class_styles(("setosa", "versicolor"), theme_of("light"))]
    ['circle', 'square']
    """
    colours = _COLOURS[theme.name]
    return tuple(
        ClassStyle(name=name, colour=colours[place % len(colours)], marker=MARKERS[place % len(MARKERS)])
        for place, name in enumerate(names)
    )


def dark_counterparts() -> dict[str, str]:
    """Return each colour of the light theme and of its classes with the one that takes its place in the dark theme.

    Examples
    --------
    >>> dark_counterparts()["#ffffff"]
    '#111111'
    """
    light, dark = (asdict(THEMES[name]) for name in ("light", "dark"))
    of_theme = {light[role]: dark[role] for role in light if str(light[role]).startswith("#")}
    return of_theme | dict(zip(_COLOURS["light"], _COLOURS["dark"], strict=True))
