"""Which columns a model sees: a check box for each, and buttons that tick many of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import ipywidgets
from ipywidgets.widgets.widget_bool import CheckboxStyle  # which ipywidgets does not export

from pycore._wording import counted, listed
from pycore.apps.cells import legible
from pycore.apps.closing import close_later
from pycore.apps.panel import Panel
from pycore.apps.train.layout import FITTED, label, note, said
from pycore.apps.train.part import Part
from pycore.models.preparation import FEATURE_KINDS
from pycore.results.dataset import Dataset
from pycore.results.features import Importance

__all__ = ["FeatureBoxes"]


_MOST_SHOWN: Final = 200  # a page that has thousands of check boxes is slow to open
_FILTER_FROM: Final = 13
_BEST: Final = 10
_BY_IMPORTANCE: Final = (
    "Tick the features that tell most of the target (mutual information), and no others. All rows are looked at, those "
    "for testing too, so test scores may come out a little too good."
)


class FeatureBoxes(Part):
    """Check boxes of the features; all are ticked at first.

    Parameters
    ----------
    dataset : Dataset
        Numbers, categories and dates among its features can be ticked; texts and identifiers cannot.
    changed : callable
        Is called without arguments when others are ticked.
    importance : callable
        Returns what features tell of the target; runs in a thread where an event loop runs.

    Attributes
    ----------
    widget : ipywidgets.VBox
        What is shown.
    boxes : dict of str to ipywidgets.Checkbox
        Those that are shown, by the name of the feature.
    filter : ipywidgets.Text
        Shows the features whose names contain what is typed; the buttons then act on them alone.
    all, none, by_importance : ipywidgets.Button
        Tick all, none, or the best.
    number : ipywidgets.BoundedIntText
        How many are the best.
    panel : Panel
        The place of the sentence about the best; computes in the background where an event loop runs.
    """

    def __init__(self, dataset: Dataset, changed: Callable[[], None], importance: Callable[[], Importance]) -> None:
        self._dataset = dataset
        super().__init__(changed)
        self.names: tuple[str, ...] = tuple(dataset.features(*FEATURE_KINDS))
        self._ticked = set(self.names)
        self.boxes: dict[str, ipywidgets.Checkbox] = {}
        # Of all boxes one: a model of its own for each would treble what a page has to open.
        self._layout = ipywidgets.Layout(width="auto", margin="0")
        self._style = CheckboxStyle(description_width="0")
        self.panel: Panel[Any] = Panel("The importance of features", importance, self._tick_best)
        self.panel.widget.layout.display = "none"  # until it is asked for
        self._make_controls()
        self._count = ipywidgets.HTML()
        self._list = ipywidgets.Box()
        self._list.add_class("pycore-boxes")
        self._list.add_class("pycore-features")
        self.widget = ipywidgets.VBox(
            [
                ipywidgets.HBox(
                    [self.all, self.none, self.by_importance, self.number], layout={"flex_flow": "row wrap"}
                ),
                self.panel.widget,
                *([self.filter] if len(self.names) >= _FILTER_FROM else []),
                self._count,
                self._list,
                *self._left_out(),
            ]
        )
        self._show()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The ticked features, in the order of the data set."""
        return tuple(name for name in self.names if name in self._ticked)

    def choose(self, names: Iterable[str]) -> None:
        """Tick these features and no others; names that are no features are passed over."""
        self._ticked = set(self.names).intersection(names)
        self._show()
        self._changed()

    def _make_controls(self) -> None:
        narrow = {"width": "auto"}
        self.all = ipywidgets.Button(description="All", tooltip="Tick all features that are listed", layout=narrow)
        self.none = ipywidgets.Button(description="None", tooltip="Untick all features that are listed", layout=narrow)
        self.by_importance = ipywidgets.Button(
            description="By importance",
            tooltip=_BY_IMPORTANCE,
            layout=narrow,
        )
        n_names = max(len(self.names), 1)
        self.number = ipywidgets.BoundedIntText(
            value=min(_BEST, (n_names + 1) // 2),
            min=1,
            max=n_names,
            description="best",
            tooltip="How many features “By importance” ticks",
            style=FITTED,
            layout={"width": "110px"},
        )
        self.filter = ipywidgets.Text(
            description="Filter",
            placeholder="part of a name",
            tooltip="List the features whose names contain this; All and None then act on them alone",
            style=FITTED,
            layout={"width": "auto"},
        )
        self.all.on_click(lambda _: self.choose(self._ticked.union(self._listed())))
        self.none.on_click(lambda _: self.choose(self._ticked.difference(self._listed())))
        self.by_importance.on_click(self._on_best)
        self.filter.observe(lambda _: self._show(), "value")

    def _listed(self) -> list[str]:
        """Return the features that the filter lets through."""
        part = self.filter.value.strip().casefold()
        return [name for name in self.names if part in name.casefold()]

    def _show(self) -> None:
        listed = self._listed()
        shown = listed[:_MOST_SHOWN]
        if list(self.boxes) != shown:
            self._list_boxes(shown)
        with self._quiet():
            for name, box in self.boxes.items():
                box.value = name in self._ticked
        sentences = [f"{len(self._ticked):,} of {counted(len(self.names), 'feature')} ticked."]
        if len(shown) < len(listed):
            sentences.append(f"Listed are the first {len(shown):,} of {len(listed):,}: type a part of a name.")
        elif not listed and self.names:
            sentences.append("No name contains what is typed into the filter.")
        self._count.value = said(sentences)

    def _list_boxes(self, names: Sequence[str]) -> None:
        old = self.boxes
        self.boxes = {name: old.get(name) or self._box(name) for name in names}
        self._list.children = tuple(self.boxes.values())
        close_later(old[name] for name in old.keys() - self.boxes.keys())

    def _box(self, name: str) -> ipywidgets.Checkbox:
        box = ipywidgets.Checkbox(
            value=name in self._ticked,
            description=label(name),  # which is what stands beside the pointer, too
            indent=False,
            layout=self._layout,
            style=self._style,
        )
        box.observe(lambda change: self._on_box(name, is_ticked=change.new), "value")
        return box

    def _on_box(self, name: str, *, is_ticked: bool) -> None:
        if self._is_quiet:
            return
        self._ticked = self._ticked | {name} if is_ticked else self._ticked - {name}
        self._show()
        self._changed()

    def _on_best(self, button: object) -> None:
        del button
        self.panel.widget.layout.display = None
        self.panel.update()

    def _tick_best(self, found: Importance) -> ipywidgets.DOMWidget:
        wanted = self.number.value
        best = found.best(wanted, *FEATURE_KINDS)
        self.choose(best)
        sentences = [f"Ticked: {listed(list(map(legible, best)), 8)}."]
        if len(best) < wanted:
            sentences.append(f"No more than {counted(len(found.names), 'feature')} could be measured.")
        notes = [note for note in found.notes if note not in self._dataset.notes]
        return ipywidgets.HTML(said([*sentences, *notes]))

    def _left_out(self) -> list[ipywidgets.HTML]:
        """Return the sentence that names the columns of numbers that are no features, if there are any."""
        names = [
            column.name
            for column in self._dataset.columns
            if column.is_identifier and column.name != self._dataset.target
        ]
        return [note([f"No model sees what only numbers or names the rows: {_few(names)}."])] if names else []


def _few(names: Sequence[str]) -> str:
    return listed([legible(name)[:60] for name in names], 4)
