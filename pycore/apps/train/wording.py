"""How runs, times and hyperparameters read."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pycore.apps.cells import legible
from pycore.exceptions import UnknownNameError
from pycore.models.estimators import BASELINE
from pycore.models.metrics import scorer_of
from pycore.plots.labels import rounded
from pycore.plots.score_words import ScoreWords
from pycore.results.run import Run, RunState
from pycore.results.training import Setting

__all__ = [
    "MetricWords",
    "about",
    "duration",
    "metric_label",
    "metric_of",
    "moment",
    "parameter_list",
    "score_words",
    "setting_text",
    "state_text",
    "took_s",
]

_MINUTE_S: Final = 60
_HOUR_S: Final = 3600
_DAY_S: Final = 86_400
_IN_UNITS: Final = frozenset({"neg_root_mean_squared_error", "neg_mean_absolute_error", "neg_median_absolute_error"})
_STATES: Final[dict[RunState, str]] = {
    "running": "● running",
    "done": "✓ done",
    "stopped": "■ stopped",
    "failed": "▲ failed",
    "died": "▲ died",
}


def duration(seconds: float) -> str:
    """Return how long something takes, in words with two digits or so.

    Examples
    --------
    >>> [duration(seconds) for seconds in (0.2, 7.4, 59.7, 95, 3600, 9000, 400_000, float("inf"))]
    ['less than 1 s', '7 s', '1 min', '1 min 35 s', '1 h', '2 h 30 min', '4 d 15 h', 'very long']
    """
    if not math.isfinite(seconds) or seconds >= 1000 * _DAY_S:
        return "very long"
    whole = round(seconds)
    if whole < 1:
        return "less than 1 s"
    for unit_s, unit, smaller_s, smaller in (
        (_DAY_S, "d", _HOUR_S, "h"),
        (_HOUR_S, "h", _MINUTE_S, "min"),
        (_MINUTE_S, "min", 1, "s"),
    ):
        if whole >= unit_s:
            rest = whole % unit_s // smaller_s
            is_fine = smaller_s > 1 or whole < 10 * _MINUTE_S  # of an hour's quarter nobody counts the seconds
            return f"{whole // unit_s} {unit}" + (f" {rest} {smaller}" if rest and is_fine else "")
    return f"{whole} s"


def about(seconds: float) -> str:
    """Return how long something will probably take.

    Examples
    --------
    >>> about(7.4), about(0.2)
    ('about 7 s', 'less than 1 s')
    """
    text = duration(seconds)
    return text if text.startswith(("less", "very")) else f"about {text}"


def moment(iso_8601: str) -> str:
    """Return a moment in the time of this machine, to the minute; empty if there is none.

    Examples
    --------
    >>> len(moment("2026-11-30T08:15:02+00:00")), moment("")
    (16, '')
    """
    if not iso_8601:
        return ""
    return dt.datetime.fromisoformat(iso_8601).astimezone().strftime("%Y-%m-%d %H:%M")


def took_s(run: Run, now: dt.datetime) -> float:
    """Return how many seconds a run has taken so far; of one that died, until its last sign of life."""
    if not run.started_at:
        return 0.0
    last = run.ended_at or (run.beat_at if run.state == "died" else "")
    end = dt.datetime.fromisoformat(last) if last else now
    return max((end - dt.datetime.fromisoformat(run.started_at)).total_seconds(), 0.0)


def state_text(state: RunState) -> str:
    """Return a mark and a word for a state, so that it is told by more than a colour.

    Examples
    --------
    >>> state_text("died")
    '▲ died'
    """
    return _STATES[state]


def setting_text(value: Setting) -> str:
    """Return the value of a hyperparameter as a person writes it.

    Examples
    --------
    >>> [setting_text(value) for value in (0.30000000000000004, 100.0, 7, "rbf", None, True)]
    ['0.3', '100', '7', 'rbf', 'none', 'yes']
    """
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def parameter_list(parameters: Mapping[str, Setting]) -> str:
    """Return hyperparameters in a line.

    Examples
    --------
    >>> parameter_list({"n_estimators": 100, "max_depth": 3}), parameter_list({})
    ('n_estimators = 100, max_depth = 3', 'no hyperparameters')
    """
    return ", ".join(f"{name} = {setting_text(value)}" for name, value in parameters.items()) or "no hyperparameters"


@dataclass(frozen=True, kw_only=True)
class MetricWords:
    """How the scores of a metric read.

    Attributes
    ----------
    name : str
        Of the scorer.
    title : str
        ``"RMSE"``.
    sign : int
        −1: scores are the metric with the other sign, and less is better.

    Examples
    --------
    >>> rmse = MetricWords(name="neg_root_mean_squared_error", title="RMSE", sign=-1)
    >>> rmse.text(-3.25), rmse.text(-12345.678), rmse.text(None), rmse.text(float("nan"))
    ('3.25', '12,346', '–', '–')
    """

    name: str
    title: str
    sign: int = 1

    def text(self, score: float | None) -> str:
        """Return the metric of a score; a dash where there is none."""
        return "–" if score is None else rounded(self.sign * score)


def metric_of(run: Run) -> MetricWords:
    """Return how the scores of a run read; a metric that nobody knows any more, by its name."""
    try:
        scorer = scorer_of(run.settings.metric, run.task)
    except UnknownNameError:
        return MetricWords(name=run.settings.metric, title=run.settings.metric)
    return MetricWords(name=scorer.name, title=scorer.title, sign=1 if scorer.greater_is_better else -1)


def metric_label(words: ScoreWords) -> str:
    """Return what a metric is called, with its whole unit.

    Examples
    --------
    >>> metric_label(ScoreWords(metric="RMSE", unit="miles per US gallon")), metric_label(ScoreWords(metric="R²"))
    ('RMSE (miles per US gallon)', 'R²')
    """
    return f"{words.metric} ({legible(words.unit)})" if words.unit else words.metric


def score_words(run: Run, *, titles: Mapping[str, str] | None = None, unit: str = "") -> ScoreWords:
    """Return what the pictures of a run call its scores and its models.

    Parameters
    ----------
    run : Run
        Whose metric it is.
    titles : mapping of str to str, optional
        Estimator to what a person calls it.
    unit : str, default ""
        Of the target.
    """
    metric = metric_of(run)
    return ScoreWords(
        metric=metric.title,
        unit=unit if metric.name in _IN_UNITS else "",
        sign=metric.sign,
        titles=titles or {},
        baseline=BASELINE,
    )
