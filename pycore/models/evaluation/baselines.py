"""What a model would predict that does not look at the features: the measure of all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from pycore.results.evaluation import Part, Predictions

__all__ = ["baselines"]


def baselines(parts: Mapping[Part, Predictions]) -> dict[Part, Predictions]:
    """Return the predictions of the baseline for the same rows.

    Parameters
    ----------
    parts : mapping of {"train", "test"} to Predictions
        Of any model; the baseline learns from the truth of the training part, and without that part there is none.

    Returns
    -------
    dict of {"train", "test"} to Predictions
        The most frequent class, with the shares of all classes as probabilities, or the mean: what scikit-learn's
        ``DummyClassifier`` and ``DummyRegressor`` predict, and what stands last in the leaderboard.

    Examples
    --------
    >>> def part(name, truth):
    ...     return Predictions(part=name, rows=np.arange(2), truth=np.array(truth), prediction=np.zeros(2))
    >>> baselines({"train": part("train", [1.0, 3.0]), "test": part("test", [5.0, 5.0])})["test"].prediction
    array([2., 2.])
    """
    train = parts.get("train")
    if train is None or not len(train.truth):
        return {}
    of = _most_frequent if train.classes else _mean
    return {part: of(train, each) for part, each in parts.items()}


def _mean(train: Predictions, of: Predictions) -> Predictions:
    truth = train.truth.astype("float64")
    scale = float(np.abs(truth).max()) or 1.0  # sums of great numbers are infinite
    mean = scale * (truth / scale).mean()
    return Predictions(part=of.part, rows=of.rows, truth=of.truth, prediction=np.full(len(of.truth), mean))


def _most_frequent(train: Predictions, of: Predictions) -> Predictions:
    counts = Counter(train.truth.tolist())
    shares = np.array([counts[name] for name in of.classes]) / len(train.truth)
    return Predictions(
        part=of.part,
        rows=of.rows,
        truth=of.truth,
        # Of those that are as frequent it is the first by name, as scikit-learn has it.
        prediction=np.full(len(of.truth), max(sorted(counts), key=counts.__getitem__), dtype=object),
        classes=of.classes,
        scores=np.broadcast_to(shares, (len(of.truth), len(shares))),
        is_probability=True,
    )
