"""What an explorer shows, read from its widgets: no browser needed."""

from __future__ import annotations

import html
from collections.abc import Iterator

import ipywidgets
from bokeh.model import Model
from bokeh.models import ColumnDataSource, Plot

from pycore.apps import Explorer, Live

__all__ = ["cards", "open_all", "plots", "sources", "texts", "widgets"]


def widgets(root: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    """Yield `root` and all that stands in it."""
    yield root
    for child in getattr(root, "children", ()):
        yield from widgets(child)


def plots(root: ipywidgets.Widget) -> dict[str, Plot]:
    """Return the figures by name."""
    return {model.name: model for model in _models(root) if isinstance(model, Plot) and model.name}


def sources(root: ipywidgets.Widget) -> dict[str, ColumnDataSource]:
    """Return the sources by name."""
    return {model.name: model for model in _models(root) if isinstance(model, ColumnDataSource) and model.name}


def texts(root: ipywidgets.Widget) -> str:
    """Return what stands in HTML and labels, one after the other, as a reader has it."""
    return "\n".join(
        html.unescape(each.value) for each in widgets(root) if isinstance(each, ipywidgets.HTML | ipywidgets.Label)
    )


def cards(root: ipywidgets.Widget) -> list[str]:
    """Return the cards that stand in place of what cannot be shown."""
    return [text for each in widgets(root) if 'class="pycore-card"' in (text := str(getattr(each, "value", "")))]


def open_all(explorer: Explorer) -> dict[str, list[str]]:
    """Open every tab and return the cards in it."""
    return {title: cards(explorer.open(title).widget) for title in explorer.tabs}


def _models(root: ipywidgets.Widget) -> Iterator[Model]:
    for widget in widgets(root):
        if isinstance(widget, Live):
            yield from widget._model.references()
