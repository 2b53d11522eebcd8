"""Everything that the results show as one HTML file, which opens anywhere and asks nobody for anything."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bokeh.models import LayoutDOM

from pycore.apps.cells import legible
from pycore.apps.panel import card
from pycore.apps.results.page import POLICY, bokehjs, embedded, serialised
from pycore.apps.results.views import Block, View, caption
from pycore.plots.theme import Theme

__all__ = ["MOST_BYTES", "Section", "report"]

MOST_BYTES: Final = 5_000_000
_COLOURS: Final = {  # JupyterLab's names, which controls and cards go by
    "light": {"1": "#212121", "2": "#616161", "layer": "#f5f5f5", "line": "#bdbdbd", "brand": "#1976d2"},
    "dark": {"1": "#e0e0e0", "2": "#bdbdbd", "layer": "#212121", "line": "#616161", "brand": "#64b5f6"},
}
_STYLE: Final = """
:root { color-scheme: @SCHEME@;
  --jp-layout-color0: @PAPER@; --jp-layout-color1: @PAPER@; --jp-layout-color2: @LAYER@; --jp-layout-color3: @LINE@;
  --jp-ui-font-color1: @1@; --jp-ui-font-color2: @2@; --jp-border-color0: @LINE@; --jp-border-color1: @LINE@;
  --jp-border-color2: @LINE@; --jp-border-color3: @LAYER@; --jp-brand-color1: @BRAND@; --jp-warn-color0: #f57c00;
  --jp-ui-font-size1: 13px; --jp-ui-font-family: system-ui, sans-serif; }
body { margin: 0 auto; max-width: 1180px; padding: 16px 24px; background: @PAPER@; color: @1@;
  font: 14px/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 24px; margin: 0 0 8px; } h2 { font-size: 18px; margin: 32px 0 8px; border-bottom: 1px solid @LINE@; }
h4 { font-size: 14px; } a { color: @BRAND@; } nav a { margin-right: 12px; white-space: nowrap; }
.pycore-views { display: flex; flex-flow: row wrap; gap: 8px 16px; align-items: flex-start; }
.pycore-view { flex: 1 1 100%; min-width: 0; } .pycore-view.half { flex: 1 1 460px; }
@media print { .pycore-view { break-inside: avoid; } nav { display: none; } }
"""
_LEFT_OUT: Final = (
    "This picture has too many points for a file of this size: look at it in the notebook, or keep it as a PNG file"
    " (save_png)."
)
_NO_SCRIPT: Final = "<noscript><p>The pictures need JavaScript; tables and settings do not.</p></noscript>"


@dataclass(frozen=True, kw_only=True, eq=False)
class Section:
    """What one tab shows.

    Attributes
    ----------
    title : str
        Of the tab.
    views : sequence of View
        What it shows.
    """

    title: str
    views: Sequence[View[Any]]


@dataclass(eq=False)
class _Figures:
    """The figures of a report: elements in its text, and what is drawn in them at the end of it."""

    drawn: dict[str, str] = field(default_factory=dict)

    def element(self, model: LayoutDOM) -> str:
        """Return the element of a figure."""
        target = f"pycore-figure-{len(self.drawn) + 1}"
        self.drawn[target] = serialised(model, target)
        return f'<div id="{target}"></div>'

    def left_out(self, most_bytes: int) -> list[str]:
        """Leave out the largest figures until the others have room; return the elements that stay empty."""
        sizes = {target: len(text.encode()) for target, text in self.drawn.items()}
        left = []
        for target in sorted(sizes, key=sizes.__getitem__, reverse=True):
            if sum(sizes.values()) <= most_bytes:
                break
            del self.drawn[target], sizes[target]
            left.append(target)
        return left


def report(
    title: str, said: Sequence[str], sections: Sequence[Section], theme: Theme, *, most_bytes: int = MOST_BYTES
) -> str:
    """Return a page of all sections; what cannot be shown has a card that says why.

    Parameters
    ----------
    title : str
        May hold names of strangers, as everything else here.
    said : sequence of str
        Sentences below it.
    sections : sequence of Section
        In their order.
    theme : Theme
        Colours, of the figures, too.
    most_bytes : int, default 5,000,000
        A figure of very many points is left out where it would make the file larger.
    """
    figures = _Figures()
    parts = [_section(number, section, theme, figures) for number, section in enumerate(sections, 1)]
    text = "".join(parts)
    head = _head(title, said, sections, theme)
    room = most_bytes - sum(len(each.encode()) for each in (head, text, bokehjs())) - 20_000
    for target in figures.left_out(room):
        note = caption([_LEFT_OUT])
        text = text.replace(f'<div id="{target}"></div>', note)
    return f"{head}<main>\n{text}</main>\n{embedded(figures.drawn)}</body></html>\n"


def _head(title: str, said: Sequence[str], sections: Sequence[Section], theme: Theme) -> str:
    name = html.escape(legible(title))
    lines = "<br>\n".join(html.escape(legible(each)) for each in said)
    links = "".join(
        f'<a href="#section-{number}">{html.escape(section.title)}</a>' for number, section in enumerate(sections, 1)
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{name}</title><style>{_style(theme)}</style></head>\n"
        f"<body><header><h1>{name}</h1><p>{lines}</p><nav>{links}</nav>{_NO_SCRIPT}</header>\n"
    )


def _style(theme: Theme) -> str:
    colours = _COLOURS[theme.name]
    style = _STYLE.replace("@SCHEME@", theme.name).replace("@PAPER@", theme.background)
    for name, colour in colours.items():
        style = style.replace(f"@{name.upper()}@", colour)
    return style


def _section(number: int, section: Section, theme: Theme, figures: _Figures) -> str:
    views = "\n".join(
        f'<div class="pycore-view{"" if view.is_wide else " half"}">{"".join(_elements(view, theme, figures))}</div>'
        for view in section.views
    )
    title = html.escape(section.title)
    return f'<section id="section-{number}"><h2>{title}</h2>\n<div class="pycore-views">{views}</div></section>\n'


def _elements(view: View[Any], theme: Theme, figures: _Figures) -> Iterator[str]:
    """Yield the HTML of a view, or of a card in its place."""
    try:
        blocks: list[Block] = view.blocks(view.compute(), theme)
        elements = [block if isinstance(block, str) else figures.element(block) for block in blocks]
    except Exception as exc:  # noqa: BLE001  # it is told in the place of the picture, as in the notebook
        elements = [card(view.title, exc).value]
    yield from elements
