"""From fits to candidates: the leaderboard of a search, while it goes on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pycore.models.estimator import BASELINE
from pycore.results.training import Candidate, Fit, Setting

__all__ = ["Leaderboard", "best_of"]

Key = tuple[str, int]  # model and number of the combination


@dataclass(eq=False)
class _Line:
    """What is known of a candidate: its fits by round and fold."""

    parameters: Mapping[str, Setting]
    place: int  # in the order in which the last round tries them
    rounds: dict[int, dict[int, Fit]] = field(default_factory=dict)
    shown: Candidate | None = None


class Leaderboard:
    """Candidates, best first.

    Parameters
    ----------
    candidates : mapping of str to sequence of mapping
        The combinations of each model.
    n_folds : int
        Of the cross-validation.
    last_rounds : mapping of str to int
        Number of the last round of each model.

    Notes
    -----
    Mean and standard deviation are those of ``cv_results_``, to the last bit; of candidates that are as good as each
    other the one that is tried first comes first. Those that a halving search has left behind come after the others.

    Examples
    --------
    >>> board = Leaderboard({"ridge": [{"alpha": 1.0}, {"alpha": 2.0}]}, n_folds=1, last_rounds={"ridge": 0})
    >>> def fit(number, score):
    ...     return Fit(
    ...         model="ridge", candidate=number, parameters={}, fold=0, n_rows=9, score=score, train_score=1, fit_s=0
    ...     )
    >>> board.add([fit(0, 0.5), fit(1, 0.75)])
    >>> [(line.number, line.score) for line in board.candidates()]
    [(1, 0.75), (0, 0.5)]
    """

    def __init__(
        self, candidates: Mapping[str, Sequence[Mapping[str, Setting]]], *, n_folds: int, last_rounds: Mapping[str, int]
    ) -> None:
        self._n_folds = n_folds
        self._last_rounds = dict(last_rounds)
        keys = [(model, number) for model, found in candidates.items() for number in range(len(found))]
        self._lines = {key: _Line(parameters=candidates[key[0]][key[1]], place=place) for place, key in enumerate(keys)}

    def order(self, keys: Iterable[Key]) -> None:
        """Take note of the order in which a round tries candidates."""
        for place, key in enumerate(dict.fromkeys(keys)):
            self._lines[key].place = place

    def add(self, fits: Iterable[Fit]) -> None:
        """Add fits that are done."""
        for fit in fits:
            line = self._lines[fit.model, fit.candidate]
            line.rounds.setdefault(fit.iteration, {})[fit.fold] = fit
            line.shown = None

    def score_of(self, model: str, number: int) -> float:
        """Return the mean score of a candidate in its last complete round."""
        return self._candidate((model, number)).score

    def candidates(self) -> tuple[Candidate, ...]:
        """Return those of which a fit is done, best first."""
        begun = [key for key, line in self._lines.items() if line.rounds]
        found = [(self._rank(self._candidate(key)), self._lines[key].place, key) for key in begun]
        return tuple(self._candidate(key) for *_, key in sorted(found, key=lambda each: each[:2]))

    def _rank(self, one: Candidate) -> tuple[bool, int, float]:
        is_judged = one.is_complete and not math.isnan(one.score)
        rounds_left = self._last_rounds[one.model] - one.iteration
        return (not is_judged, rounds_left, math.inf if math.isnan(one.score) else -one.score)

    def _candidate(self, key: Key) -> Candidate:
        line = self._lines[key]
        if line.shown is None:
            line.shown = self._summed_up(key, line)
        return line.shown

    def _summed_up(self, key: Key, line: _Line) -> Candidate:
        complete = [turn for turn, found in line.rounds.items() if len(found) == self._n_folds]
        turn = max(complete or line.rounds)
        fits = [line.rounds[turn][fold] for fold in sorted(line.rounds[turn])]
        score, score_std = _mean_and_std([fit.score for fit in fits])
        train_score, _ = _mean_and_std([fit.train_score for fit in fits])
        return Candidate(
            model=key[0],
            number=key[1],
            parameters=line.parameters,
            score=score,
            score_std=score_std,
            train_score=train_score,
            fit_s=float(np.mean([fit.fit_s for fit in fits])),
            n_done=len(fits),
            n_folds=self._n_folds,
            n_rows=max(fit.n_rows for fit in fits),
            iteration=turn,
            error=next((fit.error for fit in fits if fit.error), ""),
            warnings=tuple(dict.fromkeys(each for fit in fits for each in fit.warnings)),
        )


def best_of(candidates: Iterable[Candidate]) -> Candidate | None:
    """Return the first that is complete; the baseline only where nothing else was tried. None: there is none yet.

    Parameters
    ----------
    candidates : iterable of Candidate
        Best first.
    """
    found = list(candidates)
    others = [one for one in found if one.model != BASELINE]
    return next((one for one in others or found if one.is_complete and not math.isnan(one.score)), None)


def _mean_and_std(scores: Sequence[float]) -> tuple[float, float]:
    # Of a row of a table, as scikit-learn sums them up.
    table = np.array([scores], dtype="float64")
    with np.errstate(invalid="ignore"):
        means = np.average(table, axis=1)
        stds = np.sqrt(np.average((table - means[:, np.newaxis]) ** 2, axis=1))
    return _number(means[0]), _number(stds[0])


def _number(value: Any) -> float:
    return math.nan if np.isnan(value) else float(value)  # one NaN: it is the same as itself
