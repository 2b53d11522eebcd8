"""What pictures of a training run call its scores and its models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pycore.plots.canvas import labelled, shortened
from pycore.results.run import Run

__all__ = ["ScoreWords"]


@dataclass(frozen=True, kw_only=True)
class ScoreWords:
    """How the scores of a run are read; those who know models and metrics make it.

    Attributes
    ----------
    metric : str
        What people call it: ``"RMSE"``.
    unit : str
        Of the metric, where it has one.
    sign : int
        −1: a score is the metric with the other sign, and less is better.
    titles : mapping of str to str
        Estimator to what people call it.
    baseline : str
        The estimator that others have to be better than.

    Examples
    --------
    >>> words = ScoreWords(metric="RMSE", unit="mi/gal", sign=-1, titles={"ridge": "Ridge Regression"})
    >>> words.label, words.title("ridge"), words.title("lasso")
    ('RMSE (mi/gal), less is better', 'Ridge Regression', 'lasso')
    """

    metric: str
    unit: str = ""
    sign: int = 1
    titles: Mapping[str, str] = field(default_factory=dict)
    baseline: str = "baseline"

    @property
    def label(self) -> str:
        """What an axis of scores says."""
        return f"{labelled(self.metric, self.unit)}, {'greater' if self.sign > 0 else 'less'} is better"

    def title(self, model: str) -> str:
        """Return what people call an estimator."""
        return shortened(self.titles.get(model, model))

    def models(self, run: Run) -> list[str]:
        """Return the estimators of a run in the order of its settings, the baseline at last."""
        return [*(model for model in run.settings.models if model != self.baseline), self.baseline]
