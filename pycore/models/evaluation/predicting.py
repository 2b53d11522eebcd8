"""What a fitted pipeline predicts for the rows that it was fitted to, and for those that it never saw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pycore.models.threads import alone
from pycore.results.evaluation import PARTS, Part, Predictions

if TYPE_CHECKING:
    import pandas as pd

    from pycore.models.plan import Plan

__all__ = ["predicted", "predictions", "scored"]

Array = np.ndarray[Any, Any]


def predictions(pipeline: Any, plan: Plan) -> dict[Part, Predictions]:
    """Return truth and prediction of both parts.

    Parameters
    ----------
    pipeline : sklearn.pipeline.Pipeline
        Fitted to the training rows.
    plan : Plan
        Whose rows they are.
    """
    with alone():
        return {part: predicted(pipeline, *plan.rows(part), part=part, classes=plan.classes) for part in PARTS}


def predicted(
    pipeline: Any, features: pd.DataFrame, truth: Array, *, part: Part, classes: Sequence[str] = ()
) -> Predictions:
    """Return truth and prediction of some rows.

    Parameters
    ----------
    pipeline : estimator
        Fitted.
    features : pandas.DataFrame of shape (n_rows, n_features)
        The index says where each row stands in the data set.
    truth : numpy.ndarray of shape (n_rows,)
        Classes or numbers.
    part : {"train", "test"}
        What they are a part of.
    classes : sequence of str, default ()
        Of a classification, those of the data set.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.dummy import DummyClassifier
    >>> rows = pd.DataFrame({"x": [1.5, 2.5, 3.5]})
    >>> model = DummyClassifier().fit(rows, ["no", "no", "yes"])
    >>> found = predicted(model, rows[:1], np.array(["yes"]), part="test", classes=("no", "yes"))
    >>> found.prediction.tolist(), found.scores.round(2).tolist(), found.is_probability
    (['no'], [[0.67, 0.33]], True)
    """
    told = np.asarray(pipeline.predict(features))
    rows = features.index.to_numpy()
    if not len(classes):
        numbers = np.asarray(truth, dtype="float64")
        return Predictions(part=part, rows=rows, truth=numbers, prediction=told.reshape(len(rows)).astype("float64"))
    prediction = _texts(told)
    known = (*classes, *sorted(set(prediction) - set(classes)))
    scores, is_probability = scored(pipeline, features, known)
    return Predictions(
        part=part,
        rows=rows,
        truth=_texts(truth),
        prediction=prediction,
        classes=known,
        scores=scores,
        is_probability=is_probability,
    )


def scored(pipeline: Any, features: pd.DataFrame, classes: Sequence[str]) -> tuple[Array | None, bool]:
    """Return the score of each class in each row, of shape (n_rows, n_classes), and whether it is a probability.

    A class that the model does not know has the probability 0, or the least score of all. Where a model fails to give
    a number, all classes have the same.

    Parameters
    ----------
    classes : sequence of str
        In the order of the columns that are wanted.
    """
    if hasattr(pipeline, "predict_proba"):
        found, is_probability = np.asarray(pipeline.predict_proba(features), dtype="float64"), True
    elif hasattr(pipeline, "decision_function"):
        found, is_probability = np.asarray(pipeline.decision_function(features), dtype="float64"), False
    else:
        return None, False
    if found.ndim == 1:  # of two classes, the score of the second
        found = np.column_stack([-found, found])
    own = _texts(pipeline.classes_)
    if found.shape[1] != len(own):  # a score for each pair of classes
        return None, False
    lost = ~np.isfinite(found).all(axis=1)
    if lost.any():
        found = np.where(lost[:, None], 1 / len(own) if is_probability else 0.0, found)
    least = 0.0 if is_probability or not len(found) else float(found.min())
    scores = np.full((len(found), len(classes)), least)
    place_of = {name: place for place, name in enumerate(classes)}
    for column, name in zip(found.T, own, strict=True):
        if name in place_of:
            scores[:, place_of[name]] = column
    return scores, is_probability


def _texts(values: Any) -> Array:
    return np.array([str(value) for value in np.asarray(values).tolist()], dtype=object)
