"""Estimators of other libraries, made to take what scikit-learn's take.

A wrapper has the parameters of what it wraps under their own names, so that a search sets ``model__max_depth`` of
either.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
from sklearn.utils import get_tags
from sklearn.utils.metaestimators import available_if

__all__ = ["NamedColumns", "NumberedClasses", "ScaledTarget"]


def _gives_probabilities(wrapper: _Wrapped) -> bool:
    return hasattr(wrapper.estimator, "predict_proba")


class _Wrapped(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """An estimator in another; `estimator_` is the one that was fitted."""

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator

    def __sklearn_tags__(self) -> Any:
        return get_tags(self.estimator)

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: FBT001, FBT002  # scikit-learn's signature
        """Return the wrapped estimator and, if `deep`, its parameters under their own names."""
        own: dict[str, Any] = {"estimator": self.estimator}
        return own | self.estimator.get_params() if deep else own

    def set_params(self, **parameters: Any) -> Self:
        """Set parameters of the wrapped estimator, or the estimator itself."""
        self.estimator = parameters.pop("estimator", self.estimator)
        self.estimator.set_params(**parameters)
        return self

    def fit(self, x: Any, y: Any) -> Self:
        """Fit a clone of the wrapped estimator."""
        self.estimator_ = clone(self.estimator).fit(self._columns(x), self._numbers(y))
        return self

    def predict(self, x: Any) -> Any:
        """Return what the wrapped estimator predicts."""
        return self.estimator_.predict(self._columns(x))

    @available_if(_gives_probabilities)  # type: ignore[untyped-decorator]  # scikit-learn has no types
    def predict_proba(self, x: Any) -> Any:
        """Return the probability of each class, in the order of `classes_`."""
        return self.estimator_.predict_proba(self._columns(x))

    def score(self, x: Any, y: Any) -> float:
        """Return accuracy or R², as the wrapped estimator does."""
        return float(self.estimator_.score(self._columns(x), y))

    @property
    def classes_(self) -> Any:
        """The classes that it was fitted to."""
        return self.estimator_.classes_

    def _columns(self, x: Any) -> Any:
        return x

    def _numbers(self, y: Any) -> Any:
        return y


class NumberedClasses(ClassifierMixin, _Wrapped):  # type: ignore[misc]  # scikit-learn has no types
    """A classifier that knows classes as 0, 1, 2 … only, such as XGBoost's.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> model = NumberedClasses(DummyClassifier()).fit([[0], [1], [2]], ["no", "yes", "yes"])
    >>> model.predict([[3]]).tolist(), model.classes_.tolist(), model.estimator_.classes_.tolist()
    (['yes'], ['no', 'yes'], [0, 1])
    """

    def predict(self, x: Any) -> Any:
        """Return the class of each row."""
        return self.labels_[np.asarray(super().predict(x), dtype="int64")]

    @property
    def classes_(self) -> Any:
        """The classes that it was fitted to, as they came."""
        return self.labels_

    def _numbers(self, y: Any) -> Any:
        self.labels_, numbers = np.unique(y, return_inverse=True)
        return numbers


class ScaledTarget(RegressorMixin, _Wrapped):  # type: ignore[misc]  # scikit-learn has no types
    """A regressor that computes in single precision, such as XGBoost's, for numbers of any size.

    It is fitted to a target of mean 0 and standard deviation 1. XGBoost makes no split that improves the sum of squared
    errors by less than 1e-6, so it learns nothing from numbers of that size, and it does not tell 1,000,000,001 from
    1,000,000,002; on others the trees are the same but for rounding.

    Examples
    --------
    >>> from sklearn.dummy import DummyRegressor
    >>> model = ScaledTarget(DummyRegressor()).fit([[0], [1]], [2e9, 4e9])
    >>> model.predict([[2]]).tolist(), model.estimator_.constant_.tolist()
    ([3000000000.0], [[0.0]])
    """

    def predict(self, x: Any) -> Any:
        """Return the prediction of each row, in the unit of the target."""
        return np.asarray(super().predict(x), dtype="float64") * self.scale_ + self.mean_

    def _numbers(self, y: Any) -> Any:
        numbers = np.asarray(y, dtype="float64")
        deviation = numbers.std()
        self.mean_ = numbers.mean()
        self.scale_ = deviation if 0 < deviation < np.inf else 1.0
        return (numbers - self.mean_) / self.scale_


class NamedColumns(_Wrapped):
    """An estimator that names its columns itself and then misses the names, as LightGBM's do up to 4.6.

    Examples
    --------
    >>> from sklearn.dummy import DummyRegressor
    >>> model = NamedColumns(DummyRegressor()).fit(np.zeros((2, 2)), [1.0, 2.0])
    >>> model.estimator_.feature_names_in_.tolist()
    ['column_0', 'column_1']
    """

    def _columns(self, x: Any) -> Any:
        matrix = np.asarray(x)
        return pd.DataFrame(matrix, columns=[f"column_{place}" for place in range(matrix.shape[1])], copy=False)
