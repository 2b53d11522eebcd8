"""The metric of a training run, where it can be computed; else the plainest one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from pycore.models.metrics import Scorer, scorer_of
from pycore.models.threads import alone

if TYPE_CHECKING:
    import pandas as pd

    from pycore.results.dataset import Task

__all__ = ["Judge", "judge_for"]

_PLAINEST: Final[dict[Task, str]] = {"classification": "accuracy", "regression": "neg_mean_absolute_error"}


@dataclass(frozen=True, kw_only=True)
class Judge:
    """A metric that gives a number for a pipeline on some rows.

    Attributes
    ----------
    scorer : Scorer
        Which it is.
    notes : tuple of str
        A sentence, if it is not the one that was asked for.
    """

    scorer: Scorer
    notes: tuple[str, ...] = ()

    def score(self, pipeline: Any, features: pd.DataFrame, y: np.ndarray[Any, Any]) -> float:
        """Return the score, the greater the better."""
        from sklearn.metrics import get_scorer

        return float(get_scorer(self.scorer.name)(pipeline, features, y))


def judge_for(metric: str, task: Task, pipeline: Any, features: pd.DataFrame, y: np.ndarray[Any, Any]) -> Judge:
    """Return what judges by `metric`; by accuracy or the mean error if that gives no number for these rows.

    Parameters
    ----------
    metric : str
        Of :data:`pycore.models.metrics.SCORERS`.
    pipeline : estimator
        Fitted.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.dummy import DummyRegressor
    >>> rows = pd.DataFrame({"x": [1.0]})
    >>> judge = judge_for("r2", "regression", DummyRegressor().fit(rows, [2.0]), rows, np.array([2.0]))
    >>> judge.scorer.title, judge.notes
    ('MAE', ('R² cannot be computed on these rows, so MAE is shown.',))
    """
    asked = Judge(scorer=scorer_of(metric, task))
    try:
        with alone():
            score = asked.score(pipeline, features, y)
    except (AttributeError, ValueError):  # no probabilities; a class that the rows do not have
        score = float("nan")
    if np.isfinite(score):
        return asked
    plain = scorer_of(_PLAINEST[task], task)
    note = f"{asked.scorer.title} cannot be computed on these rows, so {plain.title} is shown."
    return Judge(scorer=plain, notes=(note,))
