"""What a model loses when it no longer sees a feature as it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pycore._wording import counted
from pycore.models.evaluation.scoring import Judge, judge_for
from pycore.models.threads import alone
from pycore.results.explanation import PermutationImportance

if TYPE_CHECKING:
    import pandas as pd

    from pycore.models.plan import Plan

__all__ = ["permutation_importance"]

Array = np.ndarray[Any, Any]

_MOST_ROWS: Final = 2_000
_N_REPEATS: Final = 5
_LIMIT_S: Final = 10.0
_TOGETHER: Final = 0.9
_MOST_COMPARED: Final = 60  # features
_MOST_PAIRS: Final = 3


@dataclass(frozen=True, kw_only=True, eq=False)
class _Trial:
    """A fitted pipeline and the rows that it is judged by."""

    pipeline: Any
    features: pd.DataFrame
    y: Array
    judge: Judge

    def score(self, features: pd.DataFrame) -> float:
        """Return the score on `features` in place of the own ones."""
        return self.judge.score(self.pipeline, features, self.y)

    def shuffled(self, name: str, order: Array) -> pd.DataFrame:
        """Return the features with one of them in another order."""
        return self.features.assign(**{name: self.features[name].iloc[order].set_axis(self.features.index)})


def permutation_importance(
    pipeline: Any,
    plan: Plan,
    *,
    n_repeats: int = _N_REPEATS,
    limit_s: float = _LIMIT_S,
    clock: Callable[[], float] = time.monotonic,
) -> PermutationImportance:
    """Return how much worse the metric of the run is on the test part when one feature is shuffled, best first.

    Parameters
    ----------
    pipeline : sklearn.pipeline.Pipeline
        Fitted to the training rows.
    plan : Plan
        Whose test rows it is judged by; of more than 2,000 a part, chosen at random.
    n_repeats : int, default 5
        Shuffles of each feature.
    limit_s : float, default 10
        Seconds after which no other round of shuffles is made. The first is made to its end, unless it takes three
        times as long: then features that are not done are left out. The notes say so.
    clock : callable, default time.monotonic
        Returns seconds.

    Notes
    -----
    L. Breiman, "Random forests", Machine Learning 45, 2001, and A. Fisher, C. Rudin and F. Dominici, "All models are
    wrong, but many are useful", Journal of Machine Learning Research 20, 2019. The numbers are those of
    ``sklearn.inspection.permutation_importance`` with the seed of the run. All of it is computed by this thread.
    """
    features, y = plan.rows("test")
    n_all = len(y)
    if n_all > _MOST_ROWS:
        chosen = np.sort(np.random.default_rng(plan.settings.seed).permutation(n_all)[:_MOST_ROWS])
        features, y = features.iloc[chosen], y[chosen]
    judge = judge_for(plan.settings.metric, plan.task, pipeline, features, y)
    trial = _Trial(pipeline=pipeline, features=features, y=y, judge=judge)
    with alone():
        losses = _losses(trial, _orders(len(y), n_repeats, plan.settings.seed), limit_s, clock)
    measured = np.flatnonzero(np.isfinite(losses).all(axis=0))
    means, stds = losses[:, measured].mean(axis=0), losses[:, measured].std(axis=0)
    best = np.argsort(-means, kind="stable")
    notes = [*judge.notes, *_notes(n_all, losses, n_repeats, limit_s), *_together(features)]
    return PermutationImportance(
        names=tuple(str(features.columns[place]) for place in measured[best]),
        means=means[best],
        stds=stds[best],
        metric=judge.scorer.title,
        n_repeats=len(losses),
        n_rows=len(y),
        notes=tuple(notes),
    )


def _orders(n_rows: int, n_repeats: int, seed: int) -> list[Array]:
    """Return the order of the values of a feature in each repeat: each shuffles what the last one left."""
    chance = np.random.RandomState(np.random.RandomState(seed).randint(np.iinfo("int32").max + 1))
    shuffle, order = np.arange(n_rows), np.arange(n_rows)
    orders = []
    for _ in range(n_repeats):
        chance.shuffle(shuffle)
        order = order[shuffle]
        orders.append(order)
    return orders


def _losses(trial: _Trial, orders: Sequence[Array], limit_s: float, clock: Callable[[], float]) -> Array:
    """Return what is lost, of shape (n_rounds, n_features); NaN for what a single round was too long to measure."""
    began = clock()
    whole = trial.score(trial.features)
    losses = np.full((len(orders), trial.features.shape[1]), np.nan)
    for turn, order in enumerate(orders):
        for place, name in enumerate(trial.features):
            elapsed_s = clock() - began
            if turn and elapsed_s > limit_s:
                return losses[:turn]
            if place and elapsed_s > 3 * limit_s:
                return losses[:1]
            losses[turn, place] = whole - trial.score(trial.shuffled(str(name), order))
    return losses


def _notes(n_all: int, losses: Array, n_repeats: int, limit_s: float) -> list[str]:
    notes = []
    if n_all > _MOST_ROWS:
        notes.append(f"Judged by {_MOST_ROWS:,} of {n_all:,} test rows, chosen at random.")
    if len(losses) < n_repeats:
        notes.append(
            f"Each feature was shuffled {counted(len(losses), 'time')}, not {n_repeats}: {limit_s:g} s are over."
        )
    n_left_out = int(np.isnan(losses).any(axis=0).sum())
    if n_left_out:
        notes.append(f"The last {counted(n_left_out, 'feature')} took too long and are left out.")
    return notes


def _together(features: pd.DataFrame) -> list[str]:
    """Return a sentence on features that say the same: shuffled alone, each seems to matter less than it does."""
    numbers = features.select_dtypes("number").iloc[:, :_MOST_COMPARED]
    varying = numbers.loc[:, numbers.nunique() > 1]
    found = np.triu(varying.corr("spearman").abs().to_numpy(), k=1)
    pairs = sorted(zip(*np.nonzero(found > _TOGETHER), strict=True), key=lambda pair: -found[pair])
    if not pairs:
        return []
    named = [f"{varying.columns[a]!r} and {varying.columns[b]!r}" for a, b in pairs[:_MOST_PAIRS]]
    more = f" and {len(pairs) - len(named):,} more pairs" if len(pairs) > len(named) else ""
    sentence = (
        f"Go together (Spearman's correlation above {_TOGETHER:g}): {', '.join(named)}{more}. When one is shuffled the "
        "other still tells, so each seems to matter less than it does."
    )
    return [sentence]
