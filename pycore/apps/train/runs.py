"""The runs of a data set that were made before: shown again, taken as a pattern, compared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import ipywidgets

from pycore.apps.cells import legible
from pycore.apps.panel import Panel
from pycore.apps.train.layout import note, shown_if
from pycore.apps.train.wording import duration, metric_of, moment, state_text, took_s
from pycore.results.run import Run

__all__ = ["EarlierRuns"]

_MOST_LINES: Final = 8
_MOST_COMPARED: Final = 12


class EarlierRuns:
    """A list of runs and what can be done with them; hidden while there are none.

    Parameters
    ----------
    read : callable
        Returns the runs of the data set that is shown, the newest first.
    compare : callable
        Takes identifiers of runs and returns a widget that shows them side by side.
    titles : mapping of str to str
        Estimator to what a person calls it.
    show : callable
        Is called with the run that is to be shown.
    use : callable
        Is called with the run whose settings are to be used.

    Attributes
    ----------
    widget : ipywidgets.VBox
        What is shown.
    choice : ipywidgets.SelectMultiple
        Its values are identifiers of runs, the newest first.
    show, use, compare : ipywidgets.Button
        What is done with those that are chosen.
    list, comparison : Panel
        The places of the list and of what is compared.
    """

    def __init__(
        self,
        read: Callable[[], Sequence[Run]],
        compare: Callable[..., ipywidgets.DOMWidget],
        titles: Mapping[str, str],
        show: Callable[[Run], None],
        use: Callable[[Run], None],
    ) -> None:
        self._titles = titles
        self._by_id: dict[str, Run] = {}
        self.choice = ipywidgets.SelectMultiple(
            options=[],
            description="Runs",
            tooltip="Runs of this data set, the newest first; Ctrl and Shift choose several",
            style={"description_width": "initial"},
            layout={"width": "auto"},
        )
        self.show = _button("Show", "Show the leaderboard and the scores of the chosen run")
        self.use = _button("Use its settings", "Let the form say what the chosen run was trained with")
        self.compare = _button("Compare", "Put the chosen runs side by side")
        self.show.on_click(lambda _: show(self._by_id[self.choice.value[0]]))
        self.use.on_click(lambda _: use(self._by_id[self.choice.value[0]]))
        self.compare.on_click(lambda _: self._on_compare())
        self.choice.observe(lambda _: self._enable(), "value")
        self.list: Panel[Any] = Panel("The list of earlier runs", read, self._draw)
        self.comparison: Panel[Any] = Panel("The comparison of runs", lambda *ids: ids, lambda ids: compare(*ids))
        shown_if(False, self.comparison.widget)
        self._all = ipywidgets.VBox(
            [self.choice, ipywidgets.HBox([self.show, self.use, self.compare], layout={"flex_flow": "row wrap"})]
        )
        self.widget = ipywidgets.VBox([self.list.widget, self.comparison.widget])
        self._enable()

    def update(self) -> None:
        """Read the list again; in the background where an event loop runs."""
        self.list.update()

    def settle(self) -> None:
        """Return when all is shown."""
        self.list.settle()
        self.comparison.settle()

    def _draw(self, found: Sequence[Run]) -> ipywidgets.DOMWidget:
        self._by_id = {run.id: run for run in found}
        kept = [each for each in self.choice.value if each in self._by_id]
        now = dt.datetime.now(dt.UTC)
        self.choice.options = [(self._label(run, now), run.id) for run in found]
        self.choice.value = kept
        self.choice.rows = min(len(found) + 1, _MOST_LINES)  # a list of two lines scrolls
        self._enable()
        return self._all if found else note(["This data set has not been trained yet."])

    def _label(self, run: Run, now: dt.datetime) -> str:
        metric, best = metric_of(run), run.best
        said = [moment(run.started_at), state_text(run.state)]
        if best is not None:
            scores = f"{metric.title} {metric.text(best.score)}, test {metric.text(run.test_score)}"
            said.append(f"{self._titles.get(best.model, best.model)}: {scores}")
        n_features, n_models = len(run.settings.features), len(run.settings.models)
        said += [f"{n_models} model{'s' * (n_models != 1)}", f"{n_features} feature{'s' * (n_features != 1)}"]
        if run.state != "running":  # the list is not read again with each fit
            said.append(f"{run.n_done:,} fits in {duration(took_s(run, now))}")
        return legible(" · ".join(said))

    def _enable(self) -> None:
        n_chosen = len(self.choice.value)
        self.show.disabled = self.use.disabled = n_chosen != 1
        self.compare.disabled = not 2 <= n_chosen <= _MOST_COMPARED

    def _on_compare(self) -> None:
        shown_if(True, self.comparison.widget)
        self.comparison.update(*self.choice.value)


def _button(label: str, meaning: str) -> ipywidgets.Button:
    return ipywidgets.Button(description=label, tooltip=meaning, layout={"width": "auto"})
