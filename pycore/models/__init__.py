"""Estimators, training, evaluation and the store of models: the only room for scikit-learn besides `analysis`.

>>> from pycore.models import ESTIMATORS
>>> ESTIMATORS.names("classification")[2]
'logistic_regression'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycore._registry import lazy_exports

if TYPE_CHECKING:
    from pycore.models.estimators import ESTIMATORS, Estimator, Estimators
    from pycore.models.parameters import Parameter
    from pycore.models.plan import Plan, count_fits, default_settings, planned
    from pycore.models.runs import Runs
    from pycore.models.training import Training

__all__ = [
    "ESTIMATORS",
    "Estimator",
    "Estimators",
    "Parameter",
    "Plan",
    "Runs",
    "Training",
    "count_fits",
    "default_settings",
    "planned",
]

# numpy, pandas and scikit-learn are imported when a name is first used, not here.
__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "estimators": ("ESTIMATORS", "Estimator", "Estimators"),
        "parameters": ("Parameter",),
        "plan": ("Plan", "count_fits", "default_settings", "planned"),
        "training": ("Training",),
        "runs": ("Runs",),
    },
)
