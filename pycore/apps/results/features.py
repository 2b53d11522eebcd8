"""What the model goes by: which features it needs, and what it predicts for their values."""

from __future__ import annotations

from typing import Any, Final

import ipywidgets
import pandas as pd

from pycore.apps.choices import chosen_column, column_choice
from pycore.apps.results.tab import Tab
from pycore.apps.results.views import Picture, Table, View
from pycore.models.evaluation import has_shap
from pycore.plots.canvas import shortened
from pycore.plots.dependence import plot_dependence
from pycore.plots.permutation import plot_permutation
from pycore.plots.theme import Theme
from pycore.results.explanation import Dependence, PermutationImportance, ShapValues

__all__ = ["FeaturesTab"]

_MOST_REPORTED: Final = 4  # features whose dependence a report shows


class FeaturesTab(Tab):
    """Permutation importance, and the dependence on the feature that is chosen: the most important one at first.

    Attributes
    ----------
    choice : ipywidgets.DOMWidget
        Chooses the feature.
    importance, dependence : Panel
        Places of the pictures.
    shapley : list of Panel
        Place of the table of Shapley values; empty where the package shap is not installed.
    """

    title = "Features"
    needs_estimator = True

    def _layout(self) -> ipywidgets.DOMWidget:
        self._names = list(self.run.settings.features)
        self._is_told = False  # the choice follows the picture, not the picture the choice
        self._is_chosen = False  # nobody has chosen yet: the most important feature is shown
        self.choice = column_choice(
            self._names, description="Feature", tooltip="The feature whose values the predictions are shown for"
        )
        self.importance = self._place("Permutation importance", self._importance_view)
        self.dependence = self._place("The dependence on a feature", self._dependence_view, self._say_which)
        self.dependence.widget.layout.min_height = "400px"  # what is below does not jump when the picture is another
        self.choice.observe(self._on_choice, "value")
        self.shapley = [self._place(view.title, lambda view=view: view) for view in self._shap_views()]
        parts = [self.importance.widget, self.choice, self.dependence.widget]
        return ipywidgets.VBox([*parts, *(panel.widget for panel in self.shapley)])

    def _begin(self) -> None:
        self.importance.update()
        self.dependence.update(0)
        for panel in self.shapley:
            panel.update()

    def views(self) -> list[View[Any]]:
        """Return the importance, and the dependence on the chosen feature."""
        feature = chosen_column(self.choice, self._names) if self._is_chosen else None
        return [self._importance_view(), self._dependence_view(0 if feature is None else feature), *self._shap_views()]

    def report_views(self) -> list[View[Any]]:
        """Return the importance, and the dependence on the most important features."""
        places = range(min(_MOST_REPORTED, len(self._names)))
        return [
            self._importance_view(),
            *(self._dependence_view(place, is_wide=False) for place in places),
            *self._shap_views(),
        ]

    def _importance_view(self) -> View[Any]:
        return Picture(
            title="Permutation importance",
            figures=("results-permutation",),
            compute=self.evidence.importance,
            draw=self._draw_importance,
        )

    def _dependence_view(self, feature: str | int, *, is_wide: bool = True) -> View[Any]:
        """Return the view of a feature, by its name or by its place among the most important ones."""

        def compute() -> tuple[Dependence, str]:
            name = feature if isinstance(feature, str) else self.evidence.ranked_features()[feature]
            return self.evidence.dependence(name), self.evidence.unit()

        return Picture(
            title="The dependence on a feature",
            figures=("results-dependence",),
            compute=compute,
            draw=self._draw_dependence,
            said=lambda found: found[0].notes,
            is_wide=is_wide,
        )

    def _shap_views(self) -> list[View[Any]]:
        """Return the table of Shapley values, where the package shap is installed."""
        if not has_shap():
            return []
        return [Table(title="Shapley values", compute=self.evidence.shap_values, frame=_frame, said=_said)]

    def _draw_importance(self, found: PermutationImportance, theme: Theme) -> Any:
        title = f"{shortened(self.run.dataset)}: what the model loses without a feature"
        return plot_permutation(found, title=title, theme=theme)

    def _draw_dependence(self, found: tuple[Dependence, str], theme: Theme) -> Any:
        dependence, unit = found
        title = f"{shortened(self.run.target)} by {shortened(dependence.feature)}: what is predicted on average"
        return plot_dependence(dependence, title=title, theme=theme, unit=unit)

    def _on_choice(self, change: object = None) -> None:
        del change
        name = chosen_column(self.choice, self._names)
        if name is not None and not self._is_told:  # one that is not typed to its end changes nothing
            self._is_chosen = True
            self.dependence.update(name)

    def _say_which(self, found: tuple[Dependence, str]) -> None:
        """Let the choice say which feature is shown, where nobody has chosen one."""
        if not self._is_chosen:
            self._is_told = True
            self.choice.value = found[0].feature
            self._is_told = False


def _frame(found: ShapValues) -> pd.DataFrame:
    """Return a row for each feature, those that move predictions most first."""
    return pd.DataFrame(
        {
            "Feature": pd.Series(found.names, dtype="str"),
            "Mean of absolute values": found.means,
            "Least": found.values.min(axis=0),
            "Greatest": found.values.max(axis=0),
        }
    )


def _said(found: ShapValues) -> list[str]:
    of_what = f"the probability of {found.label}" if found.is_probability else f"the prediction of {found.label}"
    return [f"What each feature adds to {of_what}, which is {found.base:.4g} for nothing known.", *found.notes]
