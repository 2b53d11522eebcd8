"""The figures of a model, the training part beside the test part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pycore.models.evaluation.baselines import baselines
from pycore.models.evaluation.bootstrap import SEED
from pycore.models.evaluation.figures import NAMES, Figure, figures
from pycore.models.metrics import scorers
from pycore.results.dataset import Task
from pycore.results.evaluation import Metric, Part, Predictions

__all__ = ["class_metrics", "regression_metrics"]


def regression_metrics(parts: Mapping[Part, Predictions], unit: str = "", *, seed: int = SEED) -> tuple[Metric, ...]:
    """Return MSE, RMSE, MAE, R² and MAPE with 95 % bootstrap intervals, and what they are of the baseline.

    Parameters
    ----------
    parts : mapping of {"train", "test"} to Predictions
        What :func:`pycore.models.evaluation.predictions` returns.
    unit : str, default ""
        Of the target.
    seed : int, default 214
        Of the resamples.

    Notes
    -----
    MAPE is a share, and leaves out rows whose truth is 0: scikit-learn divides by 2.2e-16 there, and a single such row
    makes its figure some thousand billions. R² is NaN where the truth is the same in all rows, which scikit-learn takes
    for 0. What is left out is said in the notes of the metric.

    Examples
    --------
    >>> import numpy as np
    >>> test = Predictions(part="test", rows=np.arange(2), truth=np.array([1.0, 3.0]), prediction=np.array([1.0, 4.0]))
    >>> [(metric.name, metric.values["test"], metric.unit) for metric in regression_metrics({"test": test}, "km/h")[:2]]
    [('MSE', 0.5, '(km/h)²'), ('RMSE', 0.7071067811865476, 'km/h')]
    """
    squared = f"({unit})²" if unit and not unit.isalnum() else f"{unit}²" if unit else ""
    units = {"MSE": squared, "RMSE": unit, "MAE": unit}
    return _metrics(parts, "regression", units, seed)


def class_metrics(parts: Mapping[Part, Predictions], *, seed: int = SEED) -> tuple[Metric, ...]:
    """Return accuracy, its kin, and what goes by scores, with 95 % intervals, and what they are of the baseline.

    Parameters
    ----------
    parts : mapping of {"train", "test"} to Predictions
        What :func:`pycore.models.evaluation.predictions` returns.
    seed : int, default 214
        Of the resamples.

    Returns
    -------
    tuple of Metric
        The area under the ROC curve only if the model has scores, the logarithmic loss only if these are probabilities.

    Notes
    -----
    The means over classes are those of scikit-learn with ``average="macro"`` and ``zero_division=0``, over the classes
    that are in the truth or the prediction. The area is the mean over the classes against the rest that have rows,
    where scikit-learn fails if one has none.
    """
    return _metrics(parts, "classification", {"Log loss": "nats"}, seed)


def _metrics(parts: Mapping[Part, Predictions], task: Task, units: Mapping[str, str], seed: int) -> tuple[Metric, ...]:
    found = {part: figures(predictions, seed=seed) for part, predictions in parts.items()}
    known = {scorer.title: scorer for scorer in scorers(task)}
    plain = {part: figures(predictions, seed=None) for part, predictions in baselines(parts).items()}
    names = [name for name in NAMES[task] if any(name in of_part for of_part in found.values())]
    made = []
    for name in names:
        by_part = {part: of_part[name] for part, of_part in found.items() if name in of_part}
        made.append(
            Metric(
                name=name,
                values={part: figure.value for part, figure in by_part.items()},
                low={part: figure.low for part, figure in by_part.items()},
                high={part: figure.high for part, figure in by_part.items()},
                greater_is_better=known[name].greater_is_better,
                unit=units.get(name, ""),
                meaning=known[name].meaning,
                notes=_notes(by_part.values()),
                baseline={part: of_part[name].value for part, of_part in plain.items() if name in of_part},
            )
        )
    return tuple(made)


def _notes(made: Iterable[Figure]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(figure.note for figure in made if figure.note))
