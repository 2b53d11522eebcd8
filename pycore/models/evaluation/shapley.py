"""What each feature adds to single predictions, where the package shap is installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from pycore.exceptions import MissingDependencyError, ModelError, UnknownNameError
from pycore.models.evaluation.predicting import scored
from pycore.models.threads import alone
from pycore.results.explanation import ShapValues

if TYPE_CHECKING:
    from pycore.models.plan import Plan

__all__ = ["has_shap", "shap_values"]

Array = np.ndarray[Any, Any]

_MOST_ROWS: Final = 50
_N_BACKGROUND: Final = 20
_MOST_PREDICTED: Final = 300_000  # rows
_MOST_ORDERS: Final = 5


def has_shap() -> bool:
    """Whether the package shap is installed; it is not imported."""
    return find_spec("shap") is not None


def shap_values(pipeline: Any, plan: Plan, label: str | None = None) -> ShapValues:
    """Return what each feature adds to the predictions of up to 50 test rows.

    Parameters
    ----------
    pipeline : sklearn.pipeline.Pipeline
        Fitted to the training rows.
    plan : Plan
        Whose test rows are explained; they are compared with 20 training rows. Both are chosen at random.
    label : str, optional
        The class that is explained: its probability, or what the model decides by. None: the one with the fewest
        training rows.

    Raises
    ------
    MissingDependencyError
        shap is not installed.
    ModelError
        It is, and cannot be imported.
    UnknownNameError
        No class is called `label`; those that there are get listed.

    Notes
    -----
    S. Lundberg and S.-I. Lee, "A unified approach to interpreting model predictions", NIPS 2017, by permutations of the
    features forwards and backwards, which any model allows. The first time takes some seconds more: shap compiles parts
    of itself.
    """
    shap = _imported()
    place = _place(plan, label)
    chance = np.random.default_rng(plan.settings.seed)
    rows, background = (
        places.iloc[np.sort(chance.permutation(len(places))[:most])]
        for places, most in ((plan.rows("test")[0], _MOST_ROWS), (plan.rows("train")[0], _N_BACKGROUND))
    )
    coding = _Coding(pd.concat([rows, background]))

    def told(codes: Array) -> Array:
        return _told(pipeline, coding.decoded(codes), plan.classes, place)

    n_features = plan.X.shape[1]
    n_orders = int(np.clip(_MOST_PREDICTED // (len(rows) * len(background) * 2 * n_features), 1, _MOST_ORDERS))
    explained, compared = np.split(coding.codes, [len(rows)])
    with alone(), _same_chance():
        explainer = shap.Explainer(told, compared, algorithm="permutation", seed=plan.settings.seed)
        found = explainer(explained, max_evals=n_orders * (2 * n_features + 1), silent=True)
    values = np.asarray(found.values, dtype="float64").reshape(len(rows), n_features)
    means = np.abs(values).mean(axis=0)
    best = np.argsort(-means, kind="stable")
    return ShapValues(
        label=plan.classes[place] if plan.classes else str(plan.dataset.target),
        names=tuple(str(plan.X.columns[column]) for column in best),
        values=values[:, best],
        means=means[best],
        base=float(np.mean(found.base_values)),
        rows=rows.index.to_numpy(),
        is_probability=bool(plan.classes) and hasattr(pipeline, "predict_proba"),
        notes=(f"Of {len(rows):,} test rows, compared with {len(background):,} training rows.",),
    )


def _imported() -> Any:
    if not has_shap():
        raise MissingDependencyError(
            "Shapley values need the package shap, which is not installed: pip install shap.",
            package="shap",
            extra="shap",
        )
    try:
        return import_module("shap")
    except (ImportError, AttributeError, ValueError, OSError) as exc:  # numba takes some versions of numpy only
        raise ModelError(
            f"Shapley values need the package shap, which is installed and cannot be imported ({type(exc).__name__}): "
            "pip install --upgrade shap numba, then restart the kernel."
        ) from exc


@contextmanager
def _same_chance() -> Iterator[None]:
    """Leave numpy's global generator as it was: shap seeds it, and a notebook may draw from it."""
    state = np.random.get_state()
    try:
        yield
    finally:
        np.random.set_state(state)


def _place(plan: Plan, label: str | None) -> int:
    if not plan.classes:
        return 0
    if label is None:
        _, y = plan.rows("train")
        counts = np.array([np.count_nonzero(y == name) for name in plan.classes])
        return int(np.argmin(np.where(counts > 0, counts, len(y) + 1)))
    if label not in plan.classes:
        raise UnknownNameError.of("class", label, plan.classes)
    return plan.classes.index(label)


def _told(pipeline: Any, rows: pd.DataFrame, classes: tuple[str, ...], place: int) -> Array:
    if not classes:
        return np.asarray(pipeline.predict(rows), dtype="float64").reshape(len(rows))
    scores, _ = scored(pipeline, rows, classes)
    if scores is None:
        taken: Array = np.asarray(pipeline.predict(rows)).astype(str) == classes[place]
        return taken.astype("float64")
    told: Array = scores[:, place]
    return told


class _Coding:
    """Features as numbers that differ by one at least, or not at all.

    shap wants numbers, and takes those that are close (:func:`numpy.isclose`) for the same: whatever is less than 1e-8,
    or dates within a few hours.

    Parameters
    ----------
    features : pandas.DataFrame of shape (n_rows, n_features)
        Of numbers, categories and dates.

    Attributes
    ----------
    codes : numpy.ndarray of shape (n_rows, n_features), float64
        The place of each value among those that the feature has; what is missing is one of them.
    """

    def __init__(self, features: pd.DataFrame) -> None:
        found = {name: pd.factorize(column, use_na_sentinel=False) for name, column in features.items()}
        self._values = {name: values for name, (_, values) in found.items()}
        self.codes = np.column_stack([codes for codes, _ in found.values()]).astype("float64")

    def decoded(self, codes: Array) -> pd.DataFrame:
        """Return the features that codes stand for."""
        columns = zip(self._values.items(), codes.T.astype("int64"), strict=True)
        return pd.DataFrame({name: values.take(places) for (name, values), places in columns})
