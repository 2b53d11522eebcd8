"""A select of columns: a list to choose from, or where there are hundreds, a box to type into that completes names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import ipywidgets

from pycore.apps.cells import legible

__all__ = ["SELECT_ARROW", "chosen_column", "column_choice"]

# JupyterLab's own is black in either theme.
SELECT_ARROW: Final = (
    "--jp-widgets-dropdown-arrow: url(\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'"
    " viewBox='0 0 18 18'%3E%3Cpath fill='%238c8c8c' d='M5.2 5.9 9 9.7l3.8-3.8 1.2 1.2-4.9 5-5-5z'/%3E%3C/svg%3E\");"
)
"""Style of an app: the arrow of its selects is the grey that stands out from both papers."""

_MOST_LISTED: Final = 300
_MOST_CHARACTERS: Final = 60


def column_choice(
    names: Sequence[str],
    *,
    description: str,
    tooltip: str,
    value: str | None = None,
    nothing: str | None = None,
) -> ipywidgets.DOMWidget:
    """Return a widget that chooses one of `names`; ask :func:`chosen_column` which.

    Parameters
    ----------
    names : sequence of str
        Of columns.
    description, tooltip : str
        The label, and what is said beside the pointer.
    value : str, optional
        What is chosen at first; None: `nothing` if there is that, else the first name.
    nothing : str, optional
        What the choice of no column says; None: one has to be chosen.
    """
    common: dict[str, Any] = {
        "description": description,
        "tooltip": tooltip,
        "style": {"description_width": "initial"},
        "layout": {"width": "auto", "max_width": "340px"},
    }
    if len(names) > _MOST_LISTED:
        # What is typed has to be an option: without one for no column nobody could go back to it.
        first = [] if nothing is None else [nothing if nothing not in names else f"({nothing})"]
        typed = [*first, *names]
        return ipywidgets.Combobox(value=value or typed[0], options=typed, ensure_option=True, **common)
    options = [(_short(name), name) for name in names]
    if nothing is not None:
        options = [(nothing, ""), *options]
    return ipywidgets.Dropdown(options=options, value=value if value is not None else options[0][1], **common)


def chosen_column(choice: ipywidgets.DOMWidget, names: Sequence[str]) -> str | None:
    """Return which of `names` is chosen; None for no column, or a name that is not typed to its end.

    Examples
    --------
    >>> names = ["sepal_length", "sepal_width"]
    >>> choice = column_choice(names, description="Column", tooltip="What the boxes show")
    >>> choice.value = "sepal_width"
    >>> chosen_column(choice, names)
    'sepal_width'
    """
    return choice.value if choice.value and choice.value in names else None


def _short(name: str) -> str:
    line = legible(name)
    return line if len(line) <= _MOST_CHARACTERS else f"{line[:36]}…{line[-23:]}"
