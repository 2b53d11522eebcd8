"""What each feature adds to single predictions, where the package shap is installed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from pycore.exceptions import MissingDependencyError, UnknownNameError
from pycore.models.evaluation.predicting import scored
from pycore.models.evaluation.threads import alone
from pycore.results.evaluation import ShapValues

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
    UnknownNameError
        No class is called `label`; those that there are get listed.

    Notes
    -----
    S. Lundberg and S.-I. Lee, "A unified approach to interpreting model predictions", NIPS 2017, by permutations of the
    features forwards and backwards, which any model allows. shap seeds numpy's global generator.
    """
    if not has_shap():
        raise MissingDependencyError(
            "Shapley values need the package shap, which is not installed: pip install shap.",
            package="shap",
            extra="shap",
        )
    shap = import_module("shap")
    place = _place(plan, label)
    chance = np.random.default_rng(plan.settings.seed)
    rows, background = (
        places.iloc[np.sort(chance.permutation(len(places))[:most])]
        for places, most in ((plan.rows("test")[0], _MOST_ROWS), (plan.rows("train")[0], _N_BACKGROUND))
    )
    coding = _Coding(plan.X)

    def told(matrix: Array) -> Array:
        return _told(pipeline, coding.decoded(matrix), plan.classes, place)

    n_features = plan.X.shape[1]
    n_orders = int(np.clip(_MOST_PREDICTED // (len(rows) * len(background) * 2 * n_features), 1, _MOST_ORDERS))
    explainer = shap.Explainer(told, coding.coded(background), algorithm="permutation", seed=plan.settings.seed)
    with alone():
        found = explainer(coding.coded(rows), max_evals=n_orders * (2 * n_features + 1), silent=True)
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
    """Features as numbers, for shap puts values of different rows together in an array.

    Parameters
    ----------
    features : pandas.DataFrame
        Of numbers, categories and dates.
    """

    def __init__(self, features: pd.DataFrame) -> None:
        self._dtypes = features.dtypes

    def coded(self, features: pd.DataFrame) -> Array:
        """Return numbers as they are, categories by their places, dates by their count; missing: NaN."""
        return np.column_stack([_numbers(column) for _, column in features.items()])

    def decoded(self, matrix: Array) -> pd.DataFrame:
        """Return the features that numbers stand for."""
        columns = zip(self._dtypes.items(), matrix.T, strict=True)
        return pd.DataFrame({name: _values(numbers, dtype) for (name, dtype), numbers in columns})


def _numbers(column: pd.Series) -> Array:
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.to_numpy("float64")
        return np.where(codes < 0, np.nan, codes)
    if column.dtype.kind == "M":
        return np.where(column.isna(), np.nan, column.to_numpy().astype("int64").astype("float64"))
    return column.to_numpy("float64", na_value=np.nan)


def _values(numbers: Array, dtype: Any) -> Any:
    if isinstance(dtype, pd.CategoricalDtype):
        return pd.Categorical.from_codes(np.nan_to_num(numbers, nan=-1).astype("int64"), dtype=dtype)
    if dtype.kind == "M":
        return np.where(np.isnan(numbers), np.iinfo("int64").min, np.nan_to_num(numbers).astype("int64")).view(dtype)
    return numbers
