"""How good a model is: plain functions that make the values of :mod:`pycore.results.evaluation`.

>>> from pycore.models.evaluation import NAMES
>>> NAMES["regression"]
('MSE', 'RMSE', 'MAE', 'R²', 'MAPE')
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycore._registry import lazy_exports

if TYPE_CHECKING:
    from pycore.models.evaluation.calibration import calibrations
    from pycore.models.evaluation.curves import precision_recall_curves, roc_curves
    from pycore.models.evaluation.decisions import thresholds
    from pycore.models.evaluation.errors import residuals, worst_errors
    from pycore.models.evaluation.figures import NAMES
    from pycore.models.evaluation.learning import learning_curve
    from pycore.models.evaluation.matrices import confusion
    from pycore.models.evaluation.metrics import class_metrics, regression_metrics
    from pycore.models.evaluation.partial import dependence
    from pycore.models.evaluation.permuting import permutation_importance
    from pycore.models.evaluation.predicting import predicted, predictions
    from pycore.models.evaluation.reports import class_report
    from pycore.models.evaluation.settings import settings_list
    from pycore.models.evaluation.shapley import has_shap, shap_values
    from pycore.models.evaluation.slicing import slices

__all__ = [
    "NAMES",
    "calibrations",
    "class_metrics",
    "class_report",
    "confusion",
    "dependence",
    "has_shap",
    "learning_curve",
    "permutation_importance",
    "precision_recall_curves",
    "predicted",
    "predictions",
    "regression_metrics",
    "residuals",
    "roc_curves",
    "settings_list",
    "shap_values",
    "slices",
    "thresholds",
    "worst_errors",
]

# No module is called as a function is: who imported the one would hide the other.
__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "calibration": ("calibrations",),
        "curves": ("precision_recall_curves", "roc_curves"),
        "decisions": ("thresholds",),
        "errors": ("residuals", "worst_errors"),
        "figures": ("NAMES",),
        "learning": ("learning_curve",),
        "matrices": ("confusion",),
        "metrics": ("class_metrics", "regression_metrics"),
        "partial": ("dependence",),
        "permuting": ("permutation_importance",),
        "predicting": ("predicted", "predictions"),
        "reports": ("class_report",),
        "settings": ("settings_list",),
        "shapley": ("has_shap", "shap_values"),
        "slicing": ("slices",),
    },
)
