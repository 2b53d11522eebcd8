"""What the features tell: of the target, of each other, and how many directions they vary in."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any, ClassVar, Final

import ipywidgets
from bokeh.models import LayoutDOM

from pycore._wording import counted
from pycore.analysis.components import components
from pycore.analysis.correlation import associations, correlations
from pycore.apps.explore.tab import Tab
from pycore.apps.live import Live
from pycore.apps.panel import Panel
from pycore.exceptions import DatasetError
from pycore.plots.canvas import shortened
from pycore.plots.components import plot_components
from pycore.plots.correlation import plot_correlation
from pycore.plots.importance import importance_height, plot_importance
from pycore.results.dataset import Dataset, Kind
from pycore.results.features import Components, Correlations, Importance

__all__ = ["FeaturesTab"]

_MOST_ROWS: Final = 10_000
_LEAST_ROWS: Final = 2_000
_MOST_CELLS: Final = 5_000_000
_MOST_CORRELATED: Final = 40
_BIAS: Final = "Cramér's V is corrected for its bias: what goes together by chance alone has 0 or little more."
_STYLE: Final = "color: var(--jp-ui-font-color1); line-height: 1.45; padding: 0 8px 8px; white-space: normal;"


class FeaturesTab(Tab):
    """Mutual information of the features with the target, principal components, correlations, associations."""

    title: ClassVar[str] = "Features"

    def _layout(self) -> ipywidgets.DOMWidget:
        beside: list[Panel[Any]] = [
            Panel("Importance of features", self.findings.importance, self._draw_importance),
            Panel("Principal components", self._components, self._draw_components),
        ]
        maps: list[Panel[Any]] = []
        of_categories = len(_columns(self.dataset, "category")) > 1
        if len(_columns(self.dataset, "number")) > 1 or not of_categories:
            maps.append(Panel("Correlation", self._correlations, self._draw_correlations))
        if of_categories:
            maps.append(Panel("Association", self._associations, self._draw_associations))
        self.panels += [*beside, *maps]
        # Two stand beside each other where there is room for two, and are then as high; a map has many columns.
        for panel in self.panels:
            panel.widget.layout = ipywidgets.Layout(flex=f"1 1 {'460px' if panel in beside else '100%'}", min_width="0")
        return ipywidgets.Box(
            [panel.widget for panel in self.panels], layout=ipywidgets.Layout(display="flex", flex_flow="row wrap")
        )

    def _begin(self) -> None:
        for panel in self.panels:
            panel.update()

    def _sample(self) -> Dataset:
        """Return rows enough for two digits of a coefficient; fewer if there are thousands of columns."""
        cells = _MOST_CELLS // max(len(self.dataset.columns), 1)
        return self.findings.sample(min(_MOST_ROWS, max(_LEAST_ROWS, cells)))

    def _components(self) -> Components:
        return components(self._sample())

    def _correlations(self) -> tuple[Correlations, str]:
        sample = self._sample()
        names, said = self._chosen("number", "columns of numbers")
        return correlations(sample, names), said

    def _associations(self) -> tuple[Correlations, str]:
        sample = self._sample()
        names, said = self._chosen("category", "categories")
        return associations(sample, names), said

    def _chosen(self, kind: Kind, what: str) -> tuple[list[str], str]:
        """Return the columns that a map has room for, and a sentence that says which, if they are not all."""
        names = _columns(self.dataset, kind)
        if len(names) <= _MOST_CORRELATED:
            return names, ""
        try:
            best = self.findings.importance().best(_MOST_CORRELATED, kind)
        except DatasetError:  # nothing can be ranked
            best = []
        target = [name for name in names if name == self.dataset.target]
        ranked = dict.fromkeys([*target, *best, *names])
        chosen = set(list(ranked)[:_MOST_CORRELATED])
        which = "the best by the picture of all features" if best else "the first"
        said = f"{_MOST_CORRELATED} of {len(names):,} {what}: {which}{', and the target' if target else ''}."
        return [name for name in names if name in chosen], said

    def _draw_importance(self, found: Importance) -> ipywidgets.DOMWidget:
        tells = (
            f"what the features tell of {shortened(found.target)}"
            if found.target
            else "features, without a target to tell of"
        )
        plot = plot_importance(found, title=f"{shortened(self.dataset.name)}: {tells}", theme=self.theme)
        return self._captioned(plot, found.notes)

    def _draw_components(self, found: Components) -> ipywidgets.DOMWidget:
        title = f"{shortened(self.dataset.name)}: variance of {counted(found.n_features, 'standardised feature')}"
        n_beside = len(self.dataset.features("number", "category", "date"))
        plot = plot_components(found, title=title, theme=self.theme, height=importance_height(n_beside))
        return self._captioned(plot, found.notes if found.n_features > 1 else ())

    def _draw_correlations(self, found: tuple[Correlations, str]) -> ipywidgets.DOMWidget:
        return self._draw_map(found, "features-correlation", "correlation of numbers")

    def _draw_associations(self, found: tuple[Correlations, str]) -> ipywidgets.DOMWidget:
        result, which = found
        said = f"{which} {_BIAS}" if which else _BIAS
        return self._draw_map((result, said), "features-association", "association of categories (Cramér's V)")

    def _draw_map(self, found: tuple[Correlations, str], name: str, what: str) -> ipywidgets.DOMWidget:
        result, which = found
        title = f"{shortened(self.dataset.name)}: {what}"
        plot = plot_correlation(result, name=name, title=title, theme=self.theme)
        return self._captioned(plot, [which, *result.notes] if which else result.notes)

    def _captioned(self, plot: LayoutDOM, notes: Sequence[str]) -> ipywidgets.DOMWidget:
        """Return a picture, and below it what one has to know of it; what the explorer says above is not repeated."""
        said = [html.escape(note) for note in notes if note not in self.dataset.notes]
        caption = [ipywidgets.HTML(f'<div style="{_STYLE}">{"<br>".join(said)}</div>')] if said else []
        return ipywidgets.VBox([Live(plot), *caption])


def _columns(dataset: Dataset, kind: Kind) -> list[str]:
    """Return the features of a kind, and the target if it is of that kind."""
    features = set(dataset.features(kind))
    return [name for name in dataset.names(kind) if name in features or name == dataset.target]
