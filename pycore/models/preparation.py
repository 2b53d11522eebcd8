"""What stands before a model: everything that turns columns into the numbers that it takes, fitted with it.

All of it is in the pipeline, so that what is fitted is what predicts: nothing is learnt from rows that models are
judged on, and rows without a value or with a new category get a prediction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from pycore.models.estimator import Estimator
from pycore.results.dataset import Dataset, Kind
from pycore.results.training import Setting

__all__ = ["FEATURE_KINDS", "as_days", "as_finite", "most_categories", "pipeline_for"]

FEATURE_KINDS: Final[tuple[Kind, ...]] = ("number", "category", "date")
_MOST_CATEGORIES: Final = 50  # of a feature
_MOST_COLUMNS: Final = 1_000  # of all categories together
_LARGEST: Final = 1e140  # the squares of a hundred million of these still have a sum
_MICROSECONDS_PER_DAY: Final = 86_400_000_000


def pipeline_for(
    dataset: Dataset,
    features: Sequence[str],
    estimator: Estimator,
    *,
    seed: int,
    parameters: Mapping[str, Setting] | None = None,
) -> Any:
    """Return a pipeline of scikit-learn, not fitted: ``prepare`` turns columns into numbers, ``model`` predicts.

    Parameters
    ----------
    dataset : Dataset
        Says of which kind each feature is; its rows are not looked at.
    features : sequence of str
        Columns of numbers, categories and dates.
    estimator : Estimator
        What is fitted.
    seed : int
        Of everything that is random.
    parameters : mapping of str to Setting, optional
        Hyperparameters of the estimator.

    Returns
    -------
    sklearn.pipeline.Pipeline
        It takes a DataFrame with the features by name, and fits classes that are texts.

    Notes
    -----
    Numbers: infinite values are missing, what is missing becomes the mean, all are standardised. If nothing is
    missing and all features are numbers, it does what ``Pipeline([("scale", StandardScaler()), ("model", …)])`` does.
    Categories: a column of 0 and 1 for each that occurs, and one for what is missing; the rarest share a column if
    there are more than :func:`most_categories`, and one that was not there when the model was fitted counts as one of
    those, or as none. Dates: days since 1970, then as numbers.
    """
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import Pipeline

    names = {kind: [name for name in features if dataset.column(name).kind == kind] for kind in FEATURE_KINDS}
    steps = [
        ("number", _numbers(as_finite, names["number"]), names["number"]),
        ("category", _categories(most_categories(len(names["category"]))), names["category"]),
        ("date", _numbers(as_days, names["date"]), names["date"]),
    ]
    needed = [step for step in steps if step[2]]
    # The transformer of columns takes as long as a small model, and numbers alone do not need it.
    prepare = needed[0][1] if len(names["number"]) == len(features) else ColumnTransformer(needed)
    return Pipeline([("prepare", prepare), ("model", estimator.made(seed=seed, parameters=parameters))])


def most_categories(n_features: int) -> int:
    """Return how many columns a feature of categories becomes at most, if there are so many of them.

    Examples
    --------
    >>> most_categories(1), most_categories(20), most_categories(100), most_categories(5_000)
    (50, 50, 10, 2)
    """
    return max(2, min(_MOST_CATEGORIES, _MOST_COLUMNS // max(n_features, 1)))


def _numbers(convert: Any, names: list[str]) -> Any:
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    return make_pipeline(
        FunctionTransformer(convert, kw_args={"names": names}, feature_names_out="one-to-one"),
        SimpleImputer(keep_empty_features=True),  # a fold may have no value of a rare feature
        StandardScaler(),
    )


def _categories(most: int) -> Any:
    from sklearn.preprocessing import OneHotEncoder

    return OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=most, sparse_output=False)


def as_finite(frame: pd.DataFrame, names: Sequence[str]) -> np.ndarray[Any, Any]:
    """Return columns of numbers as floats; infinite ones are missing, those too large to be squared are cut.

    Examples
    --------
    >>> as_finite(pd.DataFrame({"a": [1, 2], "b": [np.inf, -1e300]}), ["b", "a"]).tolist()
    [[nan, 1.0], [-1e+140, 2.0]]
    """
    values: np.ndarray[Any, Any] = frame[list(names)].to_numpy("float64", na_value=np.nan)
    infinite = np.isinf(values)
    if infinite.any():
        values = np.where(infinite, np.nan, values)
    return values.clip(-_LARGEST, _LARGEST)


def as_days(frame: pd.DataFrame, names: Sequence[str]) -> np.ndarray[Any, Any]:
    """Return columns of dates as days since 1970.

    Examples
    --------
    >>> as_days(pd.DataFrame({"day": pd.to_datetime(["1970-01-02 12:00", None])}), ["day"]).tolist()
    [[1.5], [nan]]
    """
    moments = frame[list(names)].to_numpy("datetime64[us]")
    return np.where(np.isnat(moments), np.nan, moments.astype("int64") / _MICROSECONDS_PER_DAY)
