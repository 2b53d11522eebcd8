"""Controls that work in the browser alone: what they switch needs no new numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bokeh.models import InlineStyleSheet
from bokeh.models.widgets import RadioGroup

__all__ = ["choice"]

# The variables are JupyterLab's and reach into the shadow DOM; on another page the control takes the colour of the text
# around it. What is chosen has a bar and bold letters besides its colour.
_STYLE: Final = """
:host { color: var(--jp-ui-font-color1, currentColor); font-size: var(--jp-ui-font-size1, 13px);
  font-family: var(--jp-ui-font-family, system-ui, sans-serif); }
:host::before { content: attr(aria-label) / ""; display: inline-block; margin: 4px 8px 0 0; vertical-align: top; }
.bk-input-group.bk-inline { flex-wrap: wrap; align-items: stretch; width: auto; height: auto; }
label { position: relative; padding: 3px 12px; cursor: pointer; background: var(--jp-layout-color1, transparent);
  border: 1px solid var(--jp-border-color0, currentColor); }
.bk-input-group.bk-inline > label:not(:first-child) { margin-left: -1px; }
label:hover { background: var(--jp-layout-color2, transparent); }
label:has(input:checked) { background: var(--jp-layout-color3, transparent); font-weight: 600;
  box-shadow: inset 0 -3px var(--jp-brand-color1, currentColor); }
label:has(input:focus-visible) { outline: 2px solid var(--jp-brand-color1, currentColor); outline-offset: 1px;
  z-index: 1; }
input[type="radio"] { position: absolute; inset: 0; width: 100%; height: 100%; opacity: 0; cursor: pointer; }
input[type="radio"] + span { top: 0; margin-left: 0; }
@media (forced-colors: active) { label:has(input:checked) { outline: 2px solid Highlight; } }
"""


def choice(label: str, options: Sequence[str], active: int = 0, *, name: str = "") -> RadioGroup:
    """Return a row of buttons of which one is chosen; give its ``active`` a :class:`bokeh.models.CustomJS`.

    Parameters
    ----------
    label : str
        Stands before the buttons, and is what a screen reader says.
    options : sequence of str
        What the buttons say.
    active : int, default 0
        Place of the one that is chosen at first.
    name : str, optional
        By which tests and pages find it.

    Examples
    --------
    >>> from bokeh.models import CustomJS
    >>> scale = choice("Scale", ["linear", "logarithmic"])
    >>> scale.js_on_change("active", CustomJS(code="console.log(cb_obj.active)"))
    >>> scale.labels, scale.active
    (['linear', 'logarithmic'], 0)

    Notes
    -----
    They are radio buttons of HTML: Tab reaches them, the arrow keys choose, and what is chosen is said aloud.
    """
    return RadioGroup(
        labels=list(options),
        active=active,
        inline=True,
        name=name or None,
        html_attributes={"role": "radiogroup", "aria-label": label},
        stylesheets=[InlineStyleSheet(css=_STYLE)],
    )
