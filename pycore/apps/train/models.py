"""Which models are compared, and the hyperparameters that are tried of the chosen one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import ipywidgets
from ipywidgets.widgets.widget_bool import CheckboxStyle  # which ipywidgets does not export

from pycore._wording import listed
from pycore.apps.train.layout import FITTED, WIDE, label, note, said, shown_if
from pycore.apps.train.part import Part
from pycore.apps.train.wording import setting_text
from pycore.models.estimators import Estimator, Estimators
from pycore.models.parameters import Parameter
from pycore.results.dataset import Task
from pycore.results.training import Setting, TrainingSettings

__all__ = ["ALL", "SOME", "ModelChoice"]

ALL: Final = "*all"  # no name of an estimator begins so
SOME: Final = "*some"
_MOST_LISTED: Final = 6  # choices of a hyperparameter that is no number

Ranges = Mapping[str, Mapping[str, tuple[Setting, ...]]]


class ModelChoice(Part):
    """A select of the models, and a slider for the range of each hyperparameter of the chosen one.

    Parameters
    ----------
    estimators : Estimators
        What there is.
    task : {"classification", "regression"}
        What they have to do.
    settings : TrainingSettings
        What the controls say at first.
    changed : callable
        Is called without arguments when something else is asked for.

    Attributes
    ----------
    widget : ipywidgets.VBox
        What is shown.
    model : ipywidgets.Dropdown
        Its values are names of estimators, `ALL` and `SOME`.
    ticks : dict of str to ipywidgets.Checkbox
        Which models `SOME` are.
    """

    def __init__(
        self, estimators: Estimators, task: Task, settings: TrainingSettings, changed: Callable[[], None]
    ) -> None:
        self._estimators: dict[str, Estimator] = {each.name: each for each in estimators.available(task)}
        super().__init__(changed)
        self._sliders: dict[str, dict[str, ipywidgets.DOMWidget]] = {}
        titles = [(label(each.title), name) for name, each in self._estimators.items()]
        self.model = ipywidgets.Dropdown(
            options=[*titles, ("All of them", ALL), ("Some of them …", SOME)],
            description="Model",
            tooltip="What is trained; a baseline that sees no feature is always trained beside it",
            style=FITTED,
            layout=WIDE,
        )
        style = CheckboxStyle(description_width="0")
        self.ticks = {
            name: ipywidgets.Checkbox(value=False, description=title, indent=False, layout=WIDE, style=style)
            for title, name in titles
        }
        ticks = ipywidgets.Box(list(self.ticks.values()))
        ticks.add_class("pycore-boxes")
        ticks.add_class("pycore-models")
        self._ticks = ticks
        self._ranges = ipywidgets.VBox()
        self._said = ipywidgets.HTML()
        absent = [f"{each.title} (pip install {each.requires})" for each in estimators.missing(task)]
        self.widget = ipywidgets.VBox(
            [
                self.model,
                ticks,
                self._said,
                self._ranges,
                *([note([f"Not installed: {', '.join(absent)}."])] if absent else []),
            ]
        )
        self.use(settings)
        self._watch(self.model, *self.ticks.values())

    @property
    def chosen(self) -> tuple[str, ...]:
        """Names of the models, in the order of the select; without the baseline."""
        if self.model.value == ALL:
            return tuple(self._estimators)
        if self.model.value == SOME:
            return tuple(name for name, tick in self.ticks.items() if tick.value)
        return (self.model.value,)

    @property
    def ranges(self) -> dict[str, dict[str, tuple[Setting, ...]]]:
        """The values that are tried of each hyperparameter of the chosen model; empty if there are several models."""
        name = self.model.value
        if name not in self._estimators:
            return {}
        estimator = self._estimators[name]
        chosen = {key: _chosen(slider, estimator.parameter(key)) for key, slider in self.sliders.items()}
        return {name: chosen} if chosen else {}

    @property
    def sliders(self) -> dict[str, ipywidgets.DOMWidget]:
        """The sliders that are shown, by hyperparameter; of several models there are none."""
        return self._sliders.get(self.model.value, {})

    def use(self, settings: TrainingSettings) -> None:
        """Let the controls say what `settings` says; models that are not there any more are passed over."""
        models = [name for name in settings.models if name in self._estimators]
        with self._quiet():
            for name, tick in self.ticks.items():
                tick.value = name in models
            if len(models) == 1:
                self.model.value = models[0]
            elif models:
                self.model.value = ALL if len(models) == len(self._estimators) else SOME
            self._show()
            for key, values in settings.ranges.get(self.model.value, {}).items():
                if key in self.sliders and values:
                    _set(self.sliders[key], values)

    def _show(self) -> None:
        """Show what belongs to the choice."""
        name = self.model.value
        shown_if(name == SOME, self._ticks)
        if name in self._estimators and name not in self._sliders:
            self._sliders[name] = {each.name: self._slider(each) for each in self._estimators[name].parameters}
        self._ranges.children = tuple(self.sliders.values())
        self._said.value = said(self._sentences(), "quiet")

    def _sentences(self) -> list[str]:
        if self.model.value == SOME and not self.chosen:
            return ["Tick the models to compare."]
        if self.model.value in {ALL, SOME}:
            return [f"Compared, each with its usual ranges: {listed(self._titles(), len(self._estimators))}."]
        if not self.sliders:
            return ["This model has no hyperparameters to try."]
        return []

    def _titles(self) -> list[str]:
        return [self._estimators[name].title for name in self.chosen]

    def _slider(self, parameter: Parameter) -> ipywidgets.DOMWidget:
        """Return what chooses the values of a hyperparameter: a range of numbers, or some of its choices."""
        options = [(setting_text(value), value) for value in parameter.values()]
        common: dict[str, Any] = {
            "options": options,
            "description": label(parameter.title),
            "tooltip": f"{parameter.name}: {parameter.meaning or 'the values that are tried'}",
            "style": FITTED,
            "layout": WIDE,
        }
        if parameter.choices or len(options) == 1:
            slider = ipywidgets.SelectMultiple(value=parameter.default, rows=min(len(options), _MOST_LISTED), **common)
        else:
            slider = ipywidgets.SelectionRangeSlider(
                value=(parameter.default[0], parameter.default[-1]), continuous_update=False, **common
            )
        self._watch(slider)
        return slider


def _chosen(slider: ipywidgets.DOMWidget, parameter: Parameter) -> tuple[Setting, ...]:
    if isinstance(slider, ipywidgets.SelectMultiple):
        return tuple(slider.value)
    return parameter.values(*slider.value)


def _set(slider: ipywidgets.DOMWidget, values: tuple[Setting, ...]) -> None:
    """Choose these values, as far as there are such."""
    there = [value for _, value in slider.options if value in values]
    if there:
        slider.value = tuple(there) if isinstance(slider, ipywidgets.SelectMultiple) else (there[0], there[-1])
