"""How the parts of the trainer are put on the page: sections, sentences, and the style of both."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Final

import ipywidgets

from pycore.apps.cells import legible
from pycore.apps.choices import SELECT_ARROW

__all__ = ["FITTED", "NO_FORMULAS", "STYLE", "WIDE", "label", "note", "said", "section", "shown_if"]

FITTED: Final = {"description_width": "initial"}
WIDE: Final = {"width": "auto"}
NO_FORMULAS: Final = "tex2jax_ignore mathjax_ignore"
"""Classes of HTML in which JupyterLab takes no dollar signs for a formula."""

_MOST_CHARACTERS: Final = 200
_FORMULA: Final = re.compile(r"\\(?=[(\[]|begin)")
_WORD_JOINER: Final = "\u2060"

STYLE: Final = (
    f"<style>.pycore-trainer {{ {SELECT_ARROW} }}</style>"
    """<style>
.pycore-trainer { color: var(--jp-ui-font-color1); font-family: var(--jp-ui-font-family);
  font-size: var(--jp-ui-font-size1); }
.pycore-trainer h3 { margin: 0; font-size: var(--jp-ui-font-size1); font-weight: 600; color: var(--jp-ui-font-color1); }
.pycore-trainer .pycore-form { gap: 8px; }
.pycore-trainer .pycore-section { padding: 8px 12px; border: 1px solid var(--jp-border-color2); border-radius: 3px;
  background: var(--jp-layout-color0); box-sizing: border-box; overflow: hidden; flex-shrink: 0; }
.pycore-trainer .pycore-cost { margin: 4px 0 2px; }
.pycore-trainer .pycore-boxes { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr));
  padding: 2px; }
.pycore-trainer .pycore-features { max-height: 236px; overflow-y: auto; }
.pycore-trainer .pycore-boxes .widget-label-basic { width: 100%; overflow: hidden; }
.pycore-trainer .pycore-boxes .widget-label-basic > span { overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; unicode-bidi: isolate; }
.pycore-trainer .pycore-models .widget-checkbox { height: auto; }
.pycore-trainer .pycore-models .widget-label-basic > span { white-space: normal; line-height: 1.3; }
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
)


def section(title: str, *parts: ipywidgets.DOMWidget, basis: str | None = None) -> ipywidgets.VBox:
    """Return a part of the panel with its heading.

    Parameters
    ----------
    title : str
        The heading.
    *parts : ipywidgets.DOMWidget
        What stands below it.
    basis : str, optional
        How wide it is where it stands beside others, or wider; None: it has a line of its own.
    """
    heading = ipywidgets.HTML(f"<h3>{html.escape(title)}</h3>")
    beside = {} if basis is None else {"flex": f"1 1 {basis}"}
    box = ipywidgets.VBox([heading, *parts], layout={"min_width": "0", **beside})
    box.add_class("pycore-section")
    return box


def label(name: str) -> str:
    r"""Return a name of a stranger as the label of a control, in one line, nothing in it a formula.

    JupyterLab typesets labels as it does texts; there a dollar sign behind a backslash is a dollar sign.

    Examples
    --------
    >>> label("price in $"), label("$x$"), label("")
    ('price in $', '\\$x\\$', '(no name)')
    """
    line = legible(name)[:_MOST_CHARACTERS] or "(no name)"
    if line.count("$") > 1:
        line = line.replace("$", r"\$")
    return _FORMULA.sub(lambda found: found[0] + _WORD_JOINER, line)


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
    return f'<div class="pycore-said{look} {NO_FORMULAS}">{lines}</div>'


def note(sentences: Sequence[str], kind: str = "quiet") -> ipywidgets.HTML:
    """Return a widget with sentences."""
    return ipywidgets.HTML(said(sentences, kind))


def shown_if(is_shown: bool, *widgets: ipywidgets.DOMWidget) -> None:  # noqa: FBT001  # it reads as a sentence
    """Show the widgets, or take them from sight."""
    for widget in widgets:
        widget.layout.display = None if is_shown else "none"
