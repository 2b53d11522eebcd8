"""What models are judged by while they are searched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pycore.exceptions import UnknownNameError
from pycore.results.dataset import Task

__all__ = ["SCORERS", "Scorer", "default_metric", "scorer_of", "scorers"]


@dataclass(frozen=True, kw_only=True)
class Scorer:
    """A metric that a search can go by.

    Attributes
    ----------
    name : str
        Of scikit-learn's scorer, whose scores are the better the greater: ``"neg_root_mean_squared_error"``.
    title : str
        What people read: ``"RMSE"``.
    meaning : str
        A sentence that says what it is.
    task : {"classification", "regression"}
        What it judges.
    greater_is_better : bool
        Of the metric; if not, the scores are the metric with the other sign.
    needs_probabilities : bool
        Whether models without probabilities cannot be judged.
    """

    name: str
    title: str
    meaning: str
    task: Task
    greater_is_better: bool = True
    needs_probabilities: bool = False

    def shown(self, score: float) -> float:
        """Return the metric that a score stands for.

        Examples
        --------
        >>> scorer_of("neg_root_mean_squared_error", "regression").shown(-2.5)
        2.5
        """
        return score if self.greater_is_better else -score


def _of_classes(name: str, title: str, meaning: str, *, needs_probabilities: bool = False) -> Scorer:
    return Scorer(
        name=name, title=title, meaning=meaning, task="classification", needs_probabilities=needs_probabilities
    )


def _of_errors(name: str, title: str, meaning: str) -> Scorer:
    return Scorer(name=f"neg_{name}", title=title, meaning=meaning, task="regression", greater_is_better=False)


SCORERS: Final[tuple[Scorer, ...]] = (
    _of_classes("accuracy", "Accuracy", "The share of rows whose class is right."),
    _of_classes("balanced_accuracy", "Balanced accuracy", "The mean of the shares of each class that are right."),
    _of_classes("f1_macro", "F1 (macro)", "The mean over the classes of what precision and recall come to."),
    _of_classes("f1_weighted", "F1 (weighted)", "F1 of the classes, by their rows."),
    _of_classes("precision_macro", "Precision (macro)", "Of what is taken for a class, the share that is; the mean."),
    _of_classes("recall_macro", "Recall (macro)", "Of what is of a class, the share that is found; the mean."),
    _of_classes("matthews_corrcoef", "Matthews correlation", "1: all is right; 0: no better than chance."),
    _of_classes(
        "roc_auc_ovr",
        "ROC AUC",
        "How often a row of a class scores higher than one of another; the mean of the classes.",
        needs_probabilities=True,
    ),
    Scorer(
        name="neg_log_loss",
        title="Log loss",
        meaning="How surprised the probabilities are by the truth; 0: not at all.",
        task="classification",
        greater_is_better=False,
        needs_probabilities=True,
    ),
    Scorer(
        name="r2",
        title="R²",
        meaning="The share of the variance that is told; 0: no better than the mean.",
        task="regression",
    ),
    _of_errors("root_mean_squared_error", "RMSE", "The root of the mean squared error, in the unit of the target."),
    _of_errors("mean_absolute_error", "MAE", "The mean error, in the unit of the target."),
    _of_errors("median_absolute_error", "Median error", "Half of the rows have a smaller error."),
    _of_errors("mean_squared_error", "MSE", "The mean squared error; large errors count most."),
    _of_errors("mean_absolute_percentage_error", "MAPE", "The mean error as a share of the truth, which is not zero."),
)


def scorers(task: Task) -> tuple[Scorer, ...]:
    """Return the metrics that are offered for a task, the default first.

    Examples
    --------
    >>> [scorer.title for scorer in scorers("regression")]
    ['R²', 'RMSE', 'MAE', 'Median error', 'MSE', 'MAPE']
    """
    return tuple(scorer for scorer in SCORERS if scorer.task == task)


def default_metric(task: Task) -> str:
    """Return the name of the scorer that estimators of scikit-learn have: accuracy, or r2."""
    return scorers(task)[0].name


def scorer_of(name: str, task: Task) -> Scorer:
    """Return the metric whose scorer is called `name`.

    Raises
    ------
    UnknownNameError
        None of this task is; those that are get listed.
    """
    for scorer in scorers(task):
        if scorer.name == name:
            return scorer
    raise UnknownNameError.of("metric", name, [scorer.name for scorer in scorers(task)])
