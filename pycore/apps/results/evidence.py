"""What several tabs need of a model, each computed once and when it is first asked for."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar, cast

from pycore._wording import counted
from pycore.apps.train.wording import metric_of, moment
from pycore.exceptions import ModelError, PycoreError, UnknownNameError
from pycore.models import evaluation
from pycore.models.estimators import ESTIMATORS
from pycore.models.refit import refitted
from pycore.results.dataset import Dataset
from pycore.results.evaluation import (
    PARTS,
    Calibration,
    ClassReport,
    Confusion,
    Curve,
    Metric,
    Part,
    Predictions,
    Residuals,
    Slices,
    Thresholds,
    WorstErrors,
)
from pycore.results.explanation import Dependence, LearningCurve, PermutationImportance, ShapValues
from pycore.results.run import Run

if TYPE_CHECKING:
    from pycore.models.plan import Plan

__all__ = ["Both", "Evidence", "Trained"]

T = TypeVar("T")

_REFUSED_FOR_S: Final = 30.0
_MOST_CLASSES: Final = 40  # that a threshold can be chosen for: a page has numbers of each


@dataclass(frozen=True, kw_only=True, eq=False)
class Both(Generic[T]):
    """What was found in both parts of the rows.

    Attributes
    ----------
    found : tuple
        Of the training part, then of the test part.
    notes : tuple of str
        Sentences that whoever looks at it has to know, such as why there is nothing of a part.
    """

    found: tuple[T, ...]
    notes: tuple[str, ...] = ()


class Trained(Protocol):
    """What this kernel has of a run: a part of :class:`pycore.models.training.Training`."""

    @property
    def plan(self) -> Plan:
        """What was trained on which rows."""

    @property
    def fitted(self) -> Any:
        """The best model, fitted to the training rows; None: there is none."""


class Evidence:
    """A training run and what can be found out about its best model; may be asked from several threads.

    Parameters
    ----------
    run : Run
        With a best candidate.
    read : callable
        Returns the data set that it was trained on; or raises why it cannot be had.
    kept : callable
        Returns the predictions that were kept with the run; None: there are none.
    training : Trained, optional
        What ran, if it ran in this kernel: it has the model. Without it, the model is fitted again when a view needs
        it.
    clock : callable, optional
        Returns seconds. What was refused is asked for again half a minute later, not at once.
    """

    def __init__(
        self,
        run: Run,
        *,
        read: Callable[[], Dataset],
        kept: Callable[[], Mapping[Part, Predictions] | None],
        training: Trained | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.run = run
        self._read = read
        self._kept = kept
        self._training = training
        self._clock = clock
        self._lock = threading.Lock()
        self._locks: dict[object, threading.Lock] = {}
        self._found: dict[object, Any] = {}
        self._refused: dict[object, tuple[PycoreError, float]] = {}

    @property
    def is_classification(self) -> bool:
        """Whether classes are predicted."""
        return self.run.task == "classification"

    @property
    def model(self) -> str:
        """What the best model is called."""
        if self.run.best is None:
            return "no model"
        try:
            return ESTIMATORS.get(self.run.best.model, self.run.task).title
        except (UnknownNameError, ModelError):  # one of its own, which this kernel has not registered
            return self.run.best.model

    @property
    def is_fitted(self) -> bool:
        """Whether the model is at hand; else a view that needs it takes as long as a fit."""
        return ("fitted" in self._found) or (self._training is not None and self._training.fitted is not None)

    def sentences(self) -> list[str]:
        """Return what stands above all tabs: which model, how good, trained on what, and what one has to know."""
        run = self.run
        metric = metric_of(run)
        scores = [
            f"{metric.text(score)} on the {rows}"
            for rows, score in (("test rows", run.test_score), ("training rows", run.train_score))
            if score is not None
        ]
        judged = f": {metric.title} {', '.join(scores)}" if scores else ""
        rows = f"{counted(run.n_train, 'row')} to train, {counted(run.n_test, 'row')} to test"
        ended = f", {moment(run.ended_at)}" if run.ended_at else ""
        partial = f" after {run.n_done:,} of {counted(run.n_fits, 'fit')}" if run.n_done < run.n_fits else ""
        over = {"stopped": f"; stopped{partial}", "died": f"; its kernel died{partial}", "failed": "; it failed"}
        return [
            f"{self.model} for {run.target} of {run.dataset}{judged}",
            f"Run {run.id}{ended}: {rows}{over.get(run.state, '')}.",
            *run.notes,
        ]

    # What everything else is made of.

    def dataset(self) -> Dataset:
        """Return the data set that was trained on."""
        training = self._training
        return self._once("dataset", lambda: training.plan.dataset if training is not None else self._read())

    def fitted(self) -> tuple[Any, Plan]:
        """Return the best model, fitted to the training rows, and what it was trained by; it may be fitted again now.

        Raises
        ------
        ModelError
            The rows are others than those that it was trained on, or the score is another.
        """
        training = self._training
        if training is not None and training.fitted is not None:
            return training.fitted, training.plan
        return self._once("fitted", lambda: refitted(self.run, self.dataset()))

    def predictions(self, part: Part) -> Predictions:
        """Return truth and prediction of the rows of a part: those that were kept, or else those made again."""
        return self._once("predictions", lambda: self._kept() or evaluation.predictions(*self.fitted()))[part]

    def _parts(self) -> dict[Part, Predictions]:
        return {part: self.predictions(part) for part in PARTS}

    # What needs only predictions.

    def unit(self) -> str:
        """Return the unit of the target; empty where it has none, or the data set cannot be had."""
        try:
            return self.dataset().column(self.run.target).unit
        except PycoreError:  # figures go without a unit; whatever needs the rows says why they are not there
            return ""

    def metrics(self) -> tuple[Metric, ...]:
        """Return figures for both parts, with intervals."""
        if self.is_classification:
            return self._once("metrics", lambda: evaluation.class_metrics(self._parts()))
        return self._once("metrics", lambda: evaluation.regression_metrics(self._parts(), self.unit()))

    def class_report(self, part: Part) -> ClassReport:
        """Return precision, recall and F1 of each class."""
        return self._once(("report", part), lambda: evaluation.class_report(self.predictions(part)))

    def confusion(self, part: Part) -> Confusion:
        """Return how many rows of each class were taken for which."""
        return self._once(("confusion", part), lambda: evaluation.confusion(self.predictions(part)))

    def roc_curves(self) -> Both[Curve]:
        """Return ROC curves of both parts."""
        return self._once("roc", lambda: self._of_parts(evaluation.roc_curves))

    def precision_recall_curves(self) -> Both[Curve]:
        """Return precision–recall curves of both parts."""
        return self._once("precision-recall", lambda: self._of_parts(evaluation.precision_recall_curves))

    def calibrations(self) -> Both[Calibration]:
        """Return of each class and part whether probabilities are what they say."""
        return self._once("calibration", lambda: self._of_parts(evaluation.calibrations))

    def thresholds(self) -> Both[Thresholds]:
        """Return what each threshold does, for each class that has rows; of very many classes the most frequent."""
        return self._once("thresholds", lambda: self._of_parts(_thresholds))

    def looked_for(self) -> str:
        """Return the class that counts as positive at first: that with the fewest test rows; empty if there is none."""
        try:
            return evaluation.thresholds(self.predictions("test")).label
        except ModelError:
            return ""

    def residuals(self) -> Both[Residuals]:
        """Return the errors of both parts."""
        return self._once("residuals", lambda: self._of_parts(lambda part: (evaluation.residuals(part),)))

    # What needs the rows, too.

    def worst_errors(self, part: Part) -> WorstErrors:
        """Return the rows whose prediction is farthest from the truth."""
        return self._once(("worst", part), lambda: evaluation.worst_errors(self.predictions(part), self.dataset()))

    def slices(self, part: Part, column: str, metric: str) -> Slices:
        """Return a figure by the values of a column."""
        return self._once(
            ("slices", part, column, metric),
            lambda: evaluation.slices(self.predictions(part), self.dataset(), column, metric),
        )

    # What needs the model.

    def importance(self) -> PermutationImportance:
        """Return how much the metric loses when a feature is shuffled."""
        return self._once("importance", lambda: evaluation.permutation_importance(*self.fitted()))

    def ranked_features(self) -> list[str]:
        """Return the features, the most important first; in their own order where that cannot be told."""
        features = list(self.run.settings.features)
        try:
            ranked = list(self.importance().names)
        except PycoreError:
            return features
        return list(dict.fromkeys([*ranked, *features]))

    def dependence(self, feature: str) -> Dependence:
        """Return what the model predicts on average when a feature has a value."""
        return self._once(("dependence", feature), lambda: evaluation.dependence(*self.fitted(), feature))

    def shap_values(self) -> ShapValues:
        """Return what each feature adds to single predictions."""
        return self._once("shap", lambda: evaluation.shap_values(*self.fitted()))

    def learning_curve(self) -> LearningCurve:
        """Return how the metric grows with the rows that the model is fitted to."""
        return self._once("learning curve", lambda: evaluation.learning_curve(*self.fitted()))

    def settings(self) -> list[tuple[str, str]]:
        """Return all that was chosen, and what came out, as names and texts."""
        return list(evaluation.settings_list(self.run))

    def _of_parts(self, evaluate: Callable[[Predictions], Sequence[T]]) -> Both[T]:
        """Return what is found in the parts; one of which nothing can be found does not take the other away."""
        found: list[T] = []
        notes: dict[str, None] = {}
        refused: list[PycoreError] = []
        for part in PARTS:
            try:
                of_part = evaluate(self.predictions(part))
            except ModelError as exc:
                refused.append(exc)
                continue
            found += of_part
            notes |= dict.fromkeys(note for each in of_part for note in getattr(each, "notes", ()))
        if not found and refused:
            raise refused[-1]
        return Both(found=tuple(found), notes=(*notes, *map(str, refused)))

    def _once(self, key: object, compute: Callable[[], T]) -> T:
        """Return what was computed under this key; others that ask meanwhile wait for it.

        What was refused is refused again for a while: nobody shall wait for the same database, or fit, one after the
        other.
        """
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            if key in self._found:
                return cast("T", self._found[key])
            refused = self._refused.get(key)
            if refused is not None and self._clock() - refused[1] < _REFUSED_FOR_S:
                raise copy(refused[0])
            try:
                found = self._found[key] = compute()
            except PycoreError as exc:
                self._refused[key] = (copy(exc), self._clock())  # not its traceback, which holds rows
                raise
            return found


def _thresholds(predictions: Predictions) -> list[Thresholds]:
    counts = Counter(predictions.truth.tolist())
    frequent = {label for label, _ in counts.most_common(_MOST_CLASSES)}
    return [evaluation.thresholds(predictions, label) for label in predictions.classes if label in frequent]
