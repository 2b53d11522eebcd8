"""Colours and markers that classes are told apart by, and scales for quantities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from bokeh.palettes import RdBu11, Viridis256

from pycore.plots.theme import THEMES, Theme

__all__ = [
    "DIVERGING",
    "MARKERS",
    "SEQUENTIAL",
    "ClassStyle",
    "class_styles",
    "dark_counterparts",
    "inks",
    "shades",
    "share_colours",
    "share_ink",
]

# Any two of the eight are told apart with every kind of colour blindness; of more classes, only the markers differ.
_COLOURS = {
    "light": ("#2347a8", "#993a00", "#0a9d8c", "#610a57", "#c48600", "#d8005a", "#382d17", "#8e8bcd"),
    "dark": ("#5b86ff", "#f65839", "#8cf5cf", "#a266b7", "#fdc640", "#dd6c8b", "#e6d9ff", "#a9b5ff"),
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
)  # all of Bokeh's but the dot, which is hardly seen
# Markers that are only lines: at a width of 1 some of them are hardly seen.
_LINE_WIDTHS = {"asterisk": 1.5, "cross": 2.0, "x": 2.0, "y": 2.0, "dash": 3.0}
SEQUENTIAL = tuple(Viridis256)
DIVERGING = tuple(RdBu11)  # blue is below zero, red above
# One of the two has a contrast of 4.5 on any colour. White itself is a theme's paper, which another theme changes.
_INKS = ("#fefefe", "#000000")
# Shares from little to all, away from the paper of each theme. Those below the middle take the ink of the theme's text,
# those above it that of the other theme, in both themes: the page changes both together.
_SHARES = {"light": ("#e3ebf9", "#4a74c0", "#17357f"), "dark": ("#1f2d4d", "#4a74c0", "#cfe0ff")}
_N_HALF = 16  # steps below the middle, and above it


@dataclass(frozen=True, kw_only=True)
class ClassStyle:
    """How the rows of one class are drawn.

    Attributes
    ----------
    name : str
        Of the class.
    colour : str
        As ``#rrggbb``.
    marker : str
        One of Bokeh's.
    line_width : float
        Pixels; more for a marker that has no area.
    is_hollow : bool
        Whether only its outline is drawn, as of markers that another class has, too.
    """

    name: str
    colour: str
    marker: str
    line_width: float = 1.0
    is_hollow: bool = False


def class_styles(names: tuple[str, ...], theme: Theme) -> tuple[ClassStyle, ...]:
    """Return a style for each class, none like another up to 28 classes.

    Examples
    --------
    >>> from pycore.plots.theme import theme_of
    >>> [style.marker for style in class_styles(("setosa", "versicolor"), theme_of("light"))]
    ['circle', 'square']
    """
    colours = _COLOURS[theme.name]
    styles = []
    for place, name in enumerate(names):
        marker = MARKERS[place % len(MARKERS)]
        is_hollow = place >= len(MARKERS)
        width = 2.0 if is_hollow else _LINE_WIDTHS.get(marker, 1.0)
        colour = colours[place % len(colours)]
        styles.append(ClassStyle(name=name, colour=colour, marker=marker, line_width=width, is_hollow=is_hollow))
    return tuple(styles)


def dark_counterparts() -> dict[str, str]:
    """Return each colour of the light theme and of its classes with the one that takes its place in the dark theme.

    Examples
    --------
    >>> dark_counterparts()["#ffffff"]
    '#111111'
    """
    light, dark = (asdict(THEMES[name]) for name in ("light", "dark"))
    of_theme = {light[role]: dark[role] for role in light if str(light[role]).startswith("#")}
    of_shades = dict(zip(shades(THEMES["light"]), shades(THEMES["dark"]), strict=True))
    of_shares = dict(zip(share_colours(THEMES["light"]), share_colours(THEMES["dark"]), strict=True))
    of_inks = {share_ink(share, THEMES["light"]): share_ink(share, THEMES["dark"]) for share in (0.1, 0.9)}
    return of_theme | of_shades | of_shares | of_inks | dict(zip(_COLOURS["light"], _COLOURS["dark"], strict=True))


def shades(theme: Theme) -> tuple[str, ...]:
    """Return 32 colours for shares above 0 up to 1, from one that just stands out of the grid's to the full red."""
    ends = [[int(colour[start : start + 2], 16) for start in (1, 3, 5)] for colour in (theme.grid, theme.red)]
    steps = [0.3 + 0.7 * step / 31 for step in range(32)]  # a single value among many is seen
    mixed = [[round(low + step * (high - low)) for low, high in zip(*ends, strict=True)] for step in steps]
    return tuple("#{:02x}{:02x}{:02x}".format(*colour) for colour in mixed)


def share_colours(theme: Theme) -> tuple[str, ...]:
    """Return 32 colours for shares above 0 up to 1 whose cells are written on; see :func:`share_ink`."""
    start, middle, end = ([int(stop[place : place + 2], 16) for place in (1, 3, 5)] for stop in _SHARES[theme.name])
    steps = [(start, middle, step / _N_HALF) for step in range(_N_HALF)]
    steps += [(middle, end, (step + 1) / _N_HALF) for step in range(_N_HALF)]
    mixed = [[round(a + part * (b - a)) for a, b in zip(low, high, strict=True)] for low, high, part in steps]
    return tuple("#{:02x}{:02x}{:02x}".format(*colour) for colour in mixed)


def share_ink(share: float, theme: Theme) -> str:
    """Return the colour for what is written on a cell of this share, drawn by :func:`share_colours` from 0 to 1.

    Examples
    --------
    >>> [share_ink(share, THEMES["dark"]) for share in (0.2, 0.7)]
    ['#fefefe', '#000000']
    """
    light, dark = _INKS
    below, above = (dark, light) if theme.name == "light" else (light, dark)
    return below if share < 0.5 else above


def inks(colours: Iterable[str]) -> list[str]:
    """Return a colour for what is written on each of `colours`, whatever the theme: it is easy to read there.

    Examples
    --------
    >>> inks(["#440154", "#fde725"])
    ['#fefefe', '#000000']
    """
    return [max(_INKS, key=lambda ink: _contrast(ink, colour)) for colour in colours]


def _contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
