"""What each threshold does: how many rows are found, missed, and found by mistake."""

from __future__ import annotations

import numpy as np

from pycore.exceptions import ModelError, UnknownNameError
from pycore.models.evaluation.calibration import probabilities_of
from pycore.models.evaluation.labels import coded
from pycore.results.evaluation import Predictions, Thresholds

__all__ = ["thresholds"]

_STEPS = np.arange(101) / 100  # not by adding up: 0.57 has to be the 0.57 that a forest of a hundred trees says


def thresholds(predictions: Predictions, label: str | None = None) -> Thresholds:
    """Return the counts for each threshold from 0 to 1 in steps of 0.01; what an error costs, others know.

    Parameters
    ----------
    predictions : Predictions
        Of a classification with probabilities.
    label : str, optional
        The class that counts as positive. None: that with the fewest rows, which is mostly the one that is looked for.

    Raises
    ------
    ModelError
        The model has no probabilities, or all rows are of one class.
    UnknownNameError
        No class is called `label`; those that there are get listed.

    Examples
    --------
    >>> part = Predictions(
    ...     part="test",
    ...     rows=np.arange(4),
    ...     truth=np.array(["no", "no", "no", "yes"]),
    ...     prediction=np.array(["no", "no", "no", "yes"]),
    ...     classes=("no", "yes"),
    ...     scores=np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.4, 0.6]]),
    ...     is_probability=True,
    ... )
    >>> found = thresholds(part)
    >>> found.label, [(int(found.true_positive[n]), int(found.false_positive[n])) for n in (0, 15, 60, 61)]
    ('yes', [(1, 3), (1, 2), (1, 1), (0, 0)])
    """
    probabilities = probabilities_of(predictions, "A threshold")
    found = coded(predictions)
    known = predictions.classes
    there = np.flatnonzero(found.n_true[: len(known)])
    if label is not None and label not in known:
        raise UnknownNameError.of("class", label, known)
    if not len(there) or found.n_true[there[0]] == len(found.truth):
        raise ModelError(f"All {predictions.part} rows are of one class, so no threshold tells them apart.")
    place = there[np.argmin(found.n_true[there])] if label is None else known.index(label)
    inside = found.truth == place
    n_inside, n_outside = int(inside.sum()), int((~inside).sum())
    column = probabilities[:, place]
    missed = np.searchsorted(np.sort(column[inside]), _STEPS, side="left")
    spared = np.searchsorted(np.sort(column[~inside]), _STEPS, side="left")
    return Thresholds(
        part=predictions.part,
        label=known[place],
        thresholds=_STEPS.copy(),
        true_positive=n_inside - missed,
        false_positive=n_outside - spared,
        false_negative=missed,
        true_negative=spared,
    )
