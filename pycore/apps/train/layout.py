"""How the parts of the trainer are put on the page: sections, sentences, and the style of both."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Final

import ipywidgets

from pycore.apps.cells import legible

__all__ = ["FITTED", "STYLE", "WIDE", "note", "said", "section", "shown_if"]

FITTED: Final = {"description_width": "initial"}
WIDE: Final = {"width": "auto"}

STYLE: Final = """<style>
.pycore-trainer { color: var(--jp-ui-font-color1); font-family: var(--jp-ui-font-family);
  font-size: var(--jp-ui-font-size1); }
.pycore-trainer h3 { margin: 0; font-size: var(--jp-ui-font-size1); font-weight: 600; color: var(--jp-ui-font-color1); }
.pycore-trainer .pycore-form { gap: 8px; }
.pycore-trainer .pycore-section { padding: 8px 12px; border: 1px solid var(--jp-border-color2); border-radius: 3px;
  background: var(--jp-layout-color0); box-sizing: border-box; overflow: hidden; }
.pycore-trainer .pycore-boxes { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr));
  max-height: 236px; overflow-y: auto; padding: 2px; }
.pycore-trainer .pycore-boxes .widget-label-basic { width: 100%; overflow: hidden; }
.pycore-trainer .pycore-boxes .widget-label-basic > span { overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; unicode-bidi: isolate; }
.pycore-trainer .pycore-said { line-height: 1.45; white-space: normal; overflow-wrap: anywhere;
  color: var(--jp-ui-font-color1); }
.pycore-trainer .pycore-quiet { color: var(--jp-ui-font-color2); }
.pycore-trainer .pycore-warned { border-left: 4px solid var(--jp-warn-color0); padding-left: 8px; }
.pycore-trainer .pycore-board { overflow-x: auto; margin: 4px 0; }
.pycore-trainer .pycore-board table { border-collapse: collapse; width: 100%; margin: 0;
  font-size: var(--jp-ui-font-size1); color: var(--jp-ui-font-color1); }
.pycore-trainer .pycore-board caption { text-align: left; padding: 2px 0 4px; color: var(--jp-ui-font-color2); }
.pycore-trainer .pycore-board th, .pycore-trainer .pycore-board td { padding: 3px 8px; text-align: left;
  vertical-align: top; line-height: 1.4; white-space: normal; overflow-wrap: anywhere; min-width: 4ch; max-width: none;
  border-top: 1px solid var(--jp-border-color3); }
.pycore-trainer .pycore-board th { font-weight: 600; background: var(--jp-layout-color2); border-top: none; }
.pycore-trainer .pycore-board .pycore-number { text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.pycore-trainer .pycore-board tbody tr { background: var(--jp-layout-color1); }
.pycore-trainer .pycore-board tbody tr:nth-child(1) td { font-weight: 600; }
.pycore-trainer .pycore-board .pycore-baseline td, .pycore-trainer .pycore-board .pycore-failed td {
  color: var(--jp-ui-font-color2); font-style: italic; }
.pycore-trainer .pycore-outcome { margin: 4px 0; padding: 10px 14px; border-left: 4px solid var(--jp-success-color1);
  background: var(--jp-layout-color2); line-height: 1.5; white-space: normal; overflow-wrap: anywhere; }
.pycore-trainer .pycore-outcome p { margin: 0; }
</style>"""


def section(title: str, *parts: ipywidgets.DOMWidget, basis: str = "280px") -> ipywidgets.VBox:
    """Return a part of the form with its heading, `basis` wide or more; narrower only where the page is."""
    heading = ipywidgets.HTML(f"<h3>{html.escape(title)}</h3>")
    box = ipywidgets.VBox([heading, *parts], layout={"flex": f"1 1 {basis}", "min_width": "0"})
    box.add_class("pycore-section")
    return box


def said(sentences: Sequence[str], kind: str = "") -> str:
    """Return sentences as HTML, one below the other, everything in them escaped.

    Parameters
    ----------
    sentences : sequence of str
        None: there is nothing to say, and the text is empty.
    kind : {"", "quiet", "warned"}, default ""
        How they look.
    """
    if not sentences:
        return ""
    look = f" pycore-{kind}" if kind else ""
    lines = "<br>".join(html.escape(legible(sentence)) for sentence in sentences)
    return f'<div class="pycore-said{look}">{lines}</div>'


def note(sentences: Sequence[str], kind: str = "quiet") -> ipywidgets.HTML:
    """Return a widget with sentences."""
    return ipywidgets.HTML(said(sentences, kind))


def shown_if(is_shown: bool, *widgets: ipywidgets.DOMWidget) -> None:  # noqa: FBT001  # it reads as a sentence
    """Show the widgets, or take them from sight."""
    for widget in widgets:
        widget.layout.display = None if is_shown else "none"
