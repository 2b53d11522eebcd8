"""Controls that work in the browser alone: what they switch needs no new numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from bokeh.models import InlineStyleSheet
from bokeh.models.widgets import Button, Div, RadioGroup, Select, Slider, Spinner

__all__ = ["button", "choice", "pick", "said", "slider", "spinner"]

# The variables are JupyterLab's and reach into the shadow DOM; on another page the control takes the colour of the text
# around it.
_FONT: Final = """
:host { color: var(--jp-ui-font-color1, currentColor); font-size: var(--jp-ui-font-size1, 13px);
  font-family: var(--jp-ui-font-family, system-ui, sans-serif); }
"""
# What is chosen has a bar and bold letters besides its colour.
_CHOICE: Final = """
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
_SLIDER: Final = """
.noUi-target { background: var(--jp-layout-color3, #ccc); border-color: var(--jp-border-color1, #888); }
.noUi-handle { background: var(--jp-layout-color0, #fff); border-color: var(--jp-border-color0, #555); }
.noUi-handle:focus-visible { outline: 2px solid var(--jp-brand-color1, currentColor); }
"""
# Bokeh's arrow of a select is black, also on black: this one is drawn with the colour of the text.
_INPUT: Final = """
.bk-input-group { gap: 3px; }
input.bk-input, select.bk-input { color: inherit; font: inherit; background: var(--jp-layout-color1, transparent);
  border: 1px solid var(--jp-border-color0, currentColor); border-radius: 2px; padding-left: 8px; }
input.bk-input:focus, select.bk-input:focus { outline: 2px solid var(--jp-brand-color1, currentColor);
  box-shadow: none; }
select.bk-input:not([multiple]) { background-image: none; }
option { color: var(--jp-ui-font-color1, #000); background: var(--jp-layout-color1, #fff); }
.bk-input-group:has(select)::after { content: ""; position: absolute; right: 10px; bottom: 10px; width: 6px;
  height: 6px; border: solid currentColor; border-width: 0 2px 2px 0; transform: rotate(45deg); pointer-events: none; }
.bk-spin-btn-up::before { border-bottom-color: currentColor !important; }
.bk-spin-btn-down::before { border-top-color: currentColor !important; }
.bk-spin-btn { color: inherit; }
"""
_BUTTON: Final = """
button.bk-btn { color: inherit; font: inherit; background: var(--jp-layout-color1, transparent);
  border: 1px solid var(--jp-border-color0, currentColor); border-radius: 2px; padding: 4px 12px; }
button.bk-btn:hover:not([disabled]) { color: inherit; background: var(--jp-layout-color2, transparent);
  border-color: var(--jp-border-color0, currentColor); text-decoration: underline; }
button.bk-btn:focus-visible { outline: 2px solid var(--jp-brand-color1, currentColor); outline-offset: 1px; }
"""
_SAID: Final = """
table { border-collapse: collapse; }
th, td { padding: 2px 10px 2px 0; text-align: right; font-weight: normal; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
thead th { border-bottom: 1px solid var(--jp-border-color1, currentColor); }
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
        stylesheets=[InlineStyleSheet(css=_FONT + _CHOICE)],
    )


def slider(label: str, value: float, bounds: tuple[float, float, float], *, name: str, width: int = 260) -> Slider:
    """Return a slider that the arrow keys move, too; give its ``value`` a :class:`bokeh.models.CustomJS`.

    Parameters
    ----------
    label : str
        Stands above it before the value, and is what a screen reader says.
    value : float
        Where it stands at first.
    bounds : tuple of three floats
        Start, end and step.
    name : str
        By which tests and pages find it.
    width : int, default 260
        Pixels.

    Examples
    --------
    >>> slider("Opacity", 0.6, (0.05, 1, 0.05), name="opacity").end
    1
    """
    start, end, step = bounds
    return Slider(
        title=label,
        value=value,
        start=start,
        end=end,
        step=step,
        width=width,
        name=name,
        html_attributes={"role": "group", "aria-label": label},
        stylesheets=[InlineStyleSheet(css=_FONT + _SLIDER)],
    )


def spinner(label: str, value: float, *, low: float, step: float, name: str, width: int = 150) -> Spinner:
    """Return a field for a number from `low` on, with a label above it and arrows of this `step`.

    Examples
    --------
    >>> spinner("Price", 1, low=0, step=0.5, name="price").value
    1
    """
    return Spinner(
        title=label,
        value=value,
        low=low,
        step=step,
        width=width,
        name=name,
        stylesheets=[InlineStyleSheet(css=_FONT + _INPUT)],
    )


def pick(label: str, options: Sequence[str], value: int = 0, *, name: str, width: int = 230) -> Select:
    """Return a list of which one is chosen, for more options than :func:`choice` has room for.

    Parameters
    ----------
    label : str
        Stands above it, and is what a screen reader says.
    options : sequence of str
        What they say; two may say the same.
    value : int, default 0
        Place of the one that is chosen at first. The ``value`` of the control is the place as a text.
    name : str
        By which tests and pages find it.
    width : int, default 230
        Pixels.

    Examples
    --------
    >>> pick("Class", ["setosa", "versicolor"], 1, name="class").value
    '1'
    """
    keyed: list[Any] = [(str(place), option) for place, option in enumerate(options)]
    return Select(
        title=label,
        options=keyed,
        value=str(value),
        width=width,
        name=name,
        stylesheets=[InlineStyleSheet(css=_FONT + _INPUT)],
    )


def button(label: str, *, name: str) -> Button:
    """Return a button, as low as the fields beside it; give it a :class:`bokeh.models.CustomJS` by ``js_on_click``."""
    return Button(label=label, name=name, align="end", stylesheets=[InlineStyleSheet(css=_FONT + _BUTTON)])


def said(text: str, *, name: str, **options: Any) -> Div:
    """Return a place for words that change; a screen reader says them when they do.

    Parameters
    ----------
    text : str
        HTML, which never holds words of strangers.
    name : str
        By which tests and pages find it.
    **options : Any
        Of :class:`bokeh.models.widgets.Div`.
    """
    return Div(
        text=text,
        name=name,
        html_attributes={"role": "status"},
        stylesheets=[InlineStyleSheet(css=_FONT + _SAID)],
        **options,
    )
