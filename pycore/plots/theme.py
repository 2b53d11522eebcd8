"""How every plot looks: light or dark, an argument of each plot, never a global setting."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from bokeh.models.annotations import Title
from bokeh.models.css import GlobalInlineStyleSheet, InlineStyleSheet
from bokeh.plotting import figure

from pycore.exceptions import UnknownNameError

__all__ = ["FOLLOWING", "THEMES", "Theme", "paint", "theme_of"]

FOLLOWING: Final = "pycore-follows-the-theme"  # the tag of figures whose colours the page chooses

# The browser hangs tooltips into the body of the page, outside of every figure: what a figure says of its own style
# does not reach them, and a page has one style for all. It is JupyterLab's, where the page has it, else Bokeh's own.
_TOOLTIPS: Final = """
.bk-Tooltip {
  --tooltip-color: var(--jp-layout-color1, var(--background-color));
  --tooltip-text: var(--jp-ui-font-color1, var(--color));
  --tooltip-border: var(--jp-border-color1, var(--divider-color));
  --tooltip-arrow-color: var(--jp-border-color1, white);
  --tooltip-arrow-inner-color: var(--jp-layout-color1, var(--icon-color));
}
"""


# What parts the tools: Bokeh's own is for paper, and would be the brightest line in the dark.
_TOOLBAR: Final = ":host { --divider-color: #8c8c8c; }"


@dataclass(frozen=True, kw_only=True)
class Theme:
    """Colours of a plot, each as ``#rrggbb``.

    Attributes
    ----------
    name : str
        What ``theme=`` of a plot says.
    background, grid, frame, text : str
        The paper, its lines, the lines around it and the writing.
    red, green, blue, yellow : str
        What is drawn. Any two are told apart with every kind of colour blindness, and each stands out from the
        background by a contrast of 3 or more (WCAG 2.2, 1.4.11).
    is_followed : bool
        Whether the page may put the colours of the other theme in place of these, as JupyterLab is light or dark.
    """

    name: str
    background: str
    grid: str
    frame: str
    text: str
    red: str
    green: str
    blue: str
    yellow: str
    is_followed: bool = False


THEMES = {
    theme.name: theme
    for theme in (
        Theme(
            name="light",
            background="#ffffff",
            grid="#e6e6e6",
            frame="#8c8c8c",
            text="#333333",
            red="#9e2a1b",
            green="#0a9d8c",
            blue="#2347a8",
            yellow="#ad8400",
        ),
        Theme(
            name="dark",
            background="#111111",  # JupyterLab's dark notebook has it too
            grid="#303030",
            frame="#8c8c8c",
            text="#dddddd",
            red="#e8553f",
            green="#8cf5cf",
            blue="#5b86ff",
            yellow="#ffda4d",
        ),
    )
}


def theme_of(name: str) -> Theme:
    """Return the theme called `name`; ``"auto"`` is the light one where nothing says that the page is dark.

    Raises
    ------
    UnknownNameError
        There is no such theme; the error lists them.

    Examples
    --------
    >>> theme_of("dark").background
    '#111111'
    """
    if name == "auto":
        return replace(THEMES["light"], is_followed=True)
    if name not in THEMES:
        raise UnknownNameError.of("theme", name, ["auto", *THEMES])
    return THEMES[name]


def paint(plot: figure, theme: Theme) -> None:
    """Give `plot`, its axes, its title and its legends the colours of `theme`; its tooltips have those of the page."""
    if theme.is_followed and FOLLOWING not in plot.tags:
        plot.tags = [*plot.tags, FOLLOWING]
    if not any(isinstance(sheet, GlobalInlineStyleSheet) for sheet in plot.stylesheets):
        plot.stylesheets = [*plot.stylesheets, GlobalInlineStyleSheet(css=_TOOLTIPS)]
    if not plot.toolbar.stylesheets:
        plot.toolbar.stylesheets = [InlineStyleSheet(css=_TOOLBAR)]
    plot.background_fill_color = plot.border_fill_color = theme.background
    plot.outline_line_color = theme.frame
    if isinstance(plot.title, Title):
        plot.title.text_color = theme.text
    for axis in plot.axis:
        axis.axis_label_text_color = axis.major_label_text_color = theme.text
        axis.axis_line_color = axis.major_tick_line_color = axis.minor_tick_line_color = theme.frame
        axis.axis_label_text_font_style = "normal"
    for grid in plot.grid:
        grid.grid_line_color = theme.grid
    for legend in plot.legend:
        legend.label_text_color = theme.text
        legend.background_fill_color = theme.background
        legend.background_fill_alpha = 0.85
        legend.border_line_color = theme.frame
        legend.inactive_fill_color = theme.background
