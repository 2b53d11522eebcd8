"""Which fits a search wants: all at once, or round by round."""

from __future__ import annotations

from collections.abc import Callable

from pycore.models.fitting import Unit
from pycore.models.halving import survivors
from pycore.models.plan import Plan
from pycore.results.training import Setting

__all__ = ["Search"]


class Search:
    """The fits of a plan, in the order of scikit-learn's searches; model after model, and within each round.

    Parameters
    ----------
    plan : Plan
        What is searched, and how.

    Attributes
    ----------
    n_fits : int
        How many it wants in all.

    Examples
    --------
    >>> import pandas as pd
    >>> from pycore.models.plan import default_settings, planned
    >>> from pycore.results.dataset import Column, Dataset
    >>> columns = (Column(name="x", kind="number"), Column(name="y", kind="number"))
    >>> frame = pd.DataFrame({"x": range(20), "y": range(20)})
    >>> dataset = Dataset(name="rows", frame=frame, columns=columns, target="y", task="regression")
    >>> search = Search(planned(dataset, default_settings(dataset)))
    >>> [(unit.model, unit.fold) for unit in search.begin()][4:7]
    [('baseline', 4), ('linear_regression', 0), ('linear_regression', 1)]
    >>> search.go_on(lambda model, candidate: 0.5)  # a grid is searched in one round
    ()
    """

    def __init__(self, plan: Plan) -> None:
        self.n_fits = plan.n_fits
        self._plan = plan
        self._candidates = {model: plan.candidates(model) for model in plan.models}
        self._rounds = {model: plan.rounds(model) for model in plan.models}
        self._left = {model: list(range(len(found))) for model, found in self._candidates.items()}
        self._turn = 0

    @property
    def candidates(self) -> dict[str, list[dict[str, Setting]]]:
        """The combinations of each model, by their numbers."""
        return self._candidates

    @property
    def last_rounds(self) -> dict[str, int]:
        """The number of the last round of each model."""
        return {model: len(rounds) - 1 for model, rounds in self._rounds.items()}

    def begin(self) -> tuple[Unit, ...]:
        """Return the fits of the first round."""
        return self._units()

    def go_on(self, score_of: Callable[[str, int], float]) -> tuple[Unit, ...]:
        """Return the fits of the next round; none: the search is over.

        Parameters
        ----------
        score_of : callable
            Returns the mean score of a candidate in the round that ended: ``score_of("ridge", 3)``.
        """
        self._turn += 1
        for model, rounds in self._rounds.items():
            if self._turn < len(rounds):
                left = self._left[model]
                self._left[model] = survivors(left, [score_of(model, number) for number in left])
        return self._units()

    def _units(self) -> tuple[Unit, ...]:
        n_train, n_folds = len(self._plan.train), len(self._plan.folds)
        is_halving = self._plan.settings.search == "halving"
        return tuple(
            Unit(
                model=model,
                candidate=number,
                parameters=self._candidates[model][number],
                fold=fold,
                iteration=self._turn,
                share=rounds[self._turn].n_rows / n_train if is_halving else None,
            )
            for model, rounds in self._rounds.items()
            if self._turn < len(rounds)
            for number in self._left[model]
            for fold in range(n_folds)
        )
