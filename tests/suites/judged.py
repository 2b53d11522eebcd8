"""Predictions of models that nobody trained: some right, some wrong, any number of classes and rows."""

from __future__ import annotations

import numpy as np

from pycore.results.evaluation import Part, Predictions

__all__ = ["classified", "regressed"]


def classified(n_classes: int = 3, n_rows: int = 120, *, part: Part = "test", seed: int = 0) -> Predictions:
    """Return predictions of classes ``c0``, ``c1`` …, of which each is in the truth, with probabilities."""
    chance = np.random.default_rng(seed)
    names = np.array([f"c{place}" for place in range(n_classes)])
    truth = np.concatenate([np.arange(n_classes), chance.integers(0, n_classes, n_rows - n_classes)])
    scores = chance.dirichlet(np.ones(n_classes), n_rows)
    scores[np.arange(n_rows), truth] += chance.uniform(0, 1, n_rows)
    scores /= scores.sum(axis=1, keepdims=True)
    return Predictions(
        part=part,
        rows=np.arange(n_rows),
        truth=names[truth],
        prediction=names[scores.argmax(axis=1)],
        classes=tuple(names.tolist()),
        scores=scores,
        is_probability=True,
    )


def regressed(n_rows: int = 100, *, part: Part = "test", seed: int = 0) -> Predictions:
    """Return predictions of numbers around 50 with normal errors."""
    chance = np.random.default_rng(seed)
    truth = chance.normal(50, 10, n_rows)
    return Predictions(
        part=part, rows=chance.permutation(n_rows), truth=truth, prediction=truth + chance.normal(0, 3, n_rows)
    )
