"""The estimators that come along, in the order in which they are offered, and the ranges of their hyperparameters.

The ranges are wide; what is searched unless a user chooses is a part of them, so that all models together are compared
within a minute on a small table.
"""

from __future__ import annotations

from typing import Final

from pycore.models.estimator import BASELINE, Estimator
from pycore.models.parameters import Parameter
from pycore.results.dataset import Task

__all__ = ["BUILTIN"]

_C: Final = Parameter(name="C", low=0.1, high=100, scale="log", meaning="The greater, the closer it follows the rows.")
_ALPHA: Final = Parameter(
    name="alpha", low=0.1, high=100, scale="log", meaning="The greater, the smaller the coefficients."
)
_NEIGHBORS: Final = Parameter(
    name="n_neighbors", low=3, high=10, is_integer=True, meaning="Rows nearby that a prediction is made from."
)
_RATE: Final = Parameter(
    name="learning_rate", low=0.1, high=1.0, step=0.1, start=(0.1, 0.2), meaning="How much each tree corrects."
)


def _trees(name: str, start: tuple[int, int]) -> Parameter:
    return Parameter(name=name, low=50, high=250, step=50, is_integer=True, start=start, meaning="Trees.")


def _depth(start: tuple[int, int]) -> Parameter:
    return Parameter(
        name="max_depth", low=3, high=10, is_integer=True, start=start, meaning="Questions from root to leaf at most."
    )


_BOOSTING: Final = (_RATE, _trees("n_estimators", (50, 100)), _depth((3, 4)))
_FOREST: Final = (_trees("n_estimators", (100, 100)), _depth((3, 10)))
_HISTOGRAMS: Final = (_RATE, _trees("max_iter", (50, 100)), _depth((3, 4)))
# The defaults of scikit-learn end before the solvers have found anything where C is large or alpha small.
_MANY_STEPS: Final = {"max_iter": 1_000}
_MORE_STEPS: Final = {"max_iter": 10_000}
_MOST_STEPS: Final = {"max_iter": 50_000}


def _forests(task: Task, ending: str) -> list[Estimator]:
    """Return what is the same for both tasks but for the end of the name of its class."""
    return [
        Estimator(
            name="extra_trees",
            title="Extra Trees",
            task=task,
            place=f"sklearn.ensemble:ExtraTrees{ending}",
            parameters=_FOREST,
        ),
        Estimator(
            name="hist_gradient_boosting",
            title="Histogram Gradient Boosting",
            task=task,
            place=f"sklearn.ensemble:HistGradientBoosting{ending}",
            parameters=_HISTOGRAMS,
        ),
        Estimator(
            name="xgboost",
            title="XGBoost",
            task=task,
            place=f"xgboost:XGB{ending}",
            arguments={"n_jobs": 1},  # the fits themselves run side by side
            parameters=_BOOSTING,
            requires="xgboost",
            needs_numbers=task == "classification",
            needs_scaled_target=task == "regression",
        ),
        Estimator(
            name="lightgbm",
            title="LightGBM",
            task=task,
            place=f"lightgbm:LGBM{ending}",
            arguments={"n_jobs": 1, "verbosity": -1},
            parameters=_BOOSTING,
            requires="lightgbm",
            needs_names=True,
        ),
    ]


_CLASSIFIERS: Final = (
    Estimator(
        name=BASELINE,
        title="Baseline (most frequent)",
        task="classification",
        place="sklearn.dummy:DummyClassifier",
        arguments={"strategy": "prior"},
    ),
    Estimator(
        name="gradient_boosting",
        title="Gradient Boosting",
        task="classification",
        place="sklearn.ensemble:GradientBoostingClassifier",
        parameters=_BOOSTING,
    ),
    Estimator(
        name="k_nearest_neighbors",
        title="K-Nearest Neighbors",
        task="classification",
        place="sklearn.neighbors:KNeighborsClassifier",
        parameters=(_NEIGHBORS,),
    ),
    Estimator(
        name="logistic_regression",
        title="Logistic Regression",
        task="classification",
        place="sklearn.linear_model:LogisticRegression",
        arguments=_MANY_STEPS,
        parameters=(_C,),
    ),
    Estimator(name="naive_bayes", title="Naive Bayes", task="classification", place="sklearn.naive_bayes:GaussianNB"),
    Estimator(
        name="random_forest",
        title="Random Forest",
        task="classification",
        place="sklearn.ensemble:RandomForestClassifier",
        parameters=_FOREST,
    ),
    Estimator(
        name="svc_linear",
        title="SVC (linear kernel)",
        task="classification",
        place="sklearn.svm:LinearSVC",
        arguments=_MORE_STEPS,
        parameters=(_C,),
    ),
    Estimator(
        name="svc_rbf",
        title="SVC (rbf kernel)",
        task="classification",
        place="sklearn.svm:SVC",
        parameters=(_C,),
        is_slow_in_rows=True,
    ),
    *_forests("classification", "Classifier"),
)
_REGRESSORS: Final = (
    Estimator(
        name=BASELINE,
        title="Baseline (mean)",
        task="regression",
        place="sklearn.dummy:DummyRegressor",
        arguments={"strategy": "mean"},
    ),
    Estimator(
        name="gradient_boosting",
        title="Gradient Boosting",
        task="regression",
        place="sklearn.ensemble:GradientBoostingRegressor",
        parameters=_BOOSTING,
    ),
    Estimator(
        name="k_nearest_neighbors",
        title="K-Nearest Neighbors",
        task="regression",
        place="sklearn.neighbors:KNeighborsRegressor",
        parameters=(_NEIGHBORS,),
    ),
    Estimator(
        name="linear_regression",
        title="Linear Regression",
        task="regression",
        place="sklearn.linear_model:LinearRegression",
    ),
    Estimator(
        name="lasso",
        title="Lasso Regression",
        task="regression",
        place="sklearn.linear_model:Lasso",
        arguments=_MORE_STEPS,
        parameters=(_ALPHA,),
    ),
    Estimator(
        name="ridge",
        title="Ridge Regression",
        task="regression",
        place="sklearn.linear_model:Ridge",
        parameters=(_ALPHA,),
    ),
    Estimator(
        name="random_forest",
        title="Random Forest",
        task="regression",
        place="sklearn.ensemble:RandomForestRegressor",
        parameters=_FOREST,
    ),
    Estimator(
        name="svr_linear",
        title="SVR (linear kernel)",
        task="regression",
        place="sklearn.svm:LinearSVR",
        arguments=_MOST_STEPS,
        parameters=(_C,),
    ),
    Estimator(
        name="svr_rbf",
        title="SVR (rbf kernel)",
        task="regression",
        place="sklearn.svm:SVR",
        parameters=(_C,),
        is_slow_in_rows=True,
    ),
    *_forests("regression", "Regressor"),
)
BUILTIN: Final[tuple[Estimator, ...]] = (*_CLASSIFIERS, *_REGRESSORS)
