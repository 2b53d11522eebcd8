"""How good the model is: figures with intervals, and of classes their precision and recall."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import pandas as pd

from pycore.apps.results.tab import Tab
from pycore.apps.results.views import Picture, Table, View
from pycore.apps.train.wording import metric_of
from pycore.plots.canvas import labelled, shortened
from pycore.plots.intervals import plot_intervals
from pycore.plots.labels import percent, rounded
from pycore.plots.parts import WORDS
from pycore.results.evaluation import ClassReport, Metric, Part

__all__ = ["ScoresTab"]

_TITLES: Final[dict[Part, str]] = {"test": "Test", "train": "Training"}
_SHOWN: Final[tuple[Part, Part]] = ("test", "train")
_DIGITS: Final = 3
_MUCH: Final = 0.1
_LONG_NAME: Final = 20  # characters of a class, beside which there is no room for another table


class ScoresTab(Tab):
    """Figures for both parts with their intervals, as a picture and as a table; of classes a report for each part."""

    title = "Scores"

    def views(self) -> list[View[Any]]:
        """Return the picture, the table, and the reports."""
        evidence = self.evidence
        found: list[View[Any]] = [
            Picture(
                title="The picture of the scores",
                figures=("results-metrics",),
                compute=evidence.metrics,
                draw=lambda metrics, theme: plot_intervals(
                    metrics, title=f"{shortened(self.run.dataset)}: how good the model is", theme=theme
                ),
                said=partial(_told, by=metric_of(self.run).title),
            ),
            Table(
                title="Scores with 95 % intervals",
                compute=evidence.metrics,
                frame=_frame,
                said=_notes,
                is_sorted=False,
            ),
        ]
        if evidence.is_classification:
            found += [
                Table(
                    title=f"Classes in the {WORDS[part]}",
                    compute=partial(evidence.class_report, part),
                    frame=_report_frame,
                    said=_report_notes,
                    is_wide=max(map(len, self.run.classes), default=0) > _LONG_NAME,
                    decimals=_DIGITS,
                )
                for part in _SHOWN
            ]
        return found


def _frame(metrics: Sequence[Metric]) -> pd.DataFrame:
    """Return a row for each figure."""
    has_units = sum(bool(metric.unit) for metric in metrics) > 1  # of one it stands beside the name
    columns: dict[str, list[str]] = {
        "Score": [metric.name if has_units else labelled(metric.name, metric.unit) for metric in metrics]
    }
    for part in _SHOWN:
        columns[_TITLES[part]] = [_figure(metric, part) for metric in metrics]
    if any(metric.baseline for metric in metrics):
        columns["Baseline, test"] = [rounded(metric.baseline.get("test", math.nan), _DIGITS) for metric in metrics]
    if has_units:
        columns["Unit"] = [metric.unit for metric in metrics]
    columns["Better"] = ["greater" if metric.greater_is_better else "smaller" for metric in metrics]
    columns["What it is"] = [metric.meaning for metric in metrics]
    return pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in columns.items()})


def _figure(metric: Metric, part: Part) -> str:
    """Return a figure with its interval."""
    value, low, high = (of.get(part, math.nan) for of in (metric.values, metric.low, metric.high))
    interval = f" ({rounded(low, _DIGITS)} to {rounded(high, _DIGITS)})" if math.isfinite(low + high) else ""
    return f"{rounded(value, _DIGITS)}{interval}"


def _notes(metrics: Sequence[Metric]) -> list[str]:
    return list(dict.fromkeys(note for metric in metrics for note in metric.notes))


def _told(metrics: Sequence[Metric], *, by: str) -> list[str]:
    """Return how to read the picture, and what the score that the model was chosen by says of it."""
    chosen = next((metric for metric in metrics if metric.name == by), metrics[0] if metrics else None)
    warnings = []
    if chosen is not None and _is_learnt_by_heart(chosen):
        warnings.append(
            f"▲ {chosen.name} is far better on the training rows than on the test rows: the model has learnt rows by"
            " heart. A plainer model, or one with tighter hyperparameters, may do as well on new rows."
        )
    if chosen is not None and _is_no_better(chosen):
        warnings.append(
            f"▲ {chosen.name} on the test rows is not told apart from that of the baseline, which does not look at"
            " the features."
        )
    return [*warnings, _INTERVALS]


def _is_learnt_by_heart(metric: Metric) -> bool:
    """Whether the training score is better beyond chance, by a good part of what the model has over the baseline."""
    sign = 1 if metric.greater_is_better else -1
    train, test = (sign * metric.values.get(part, math.nan) for part in ("train", "test"))
    won = test - sign * metric.baseline.get("test", math.nan)
    worst, best = (metric.low, metric.high) if metric.greater_is_better else (metric.high, metric.low)
    is_told_apart = sign * worst.get("train", math.nan) > sign * best.get("test", math.nan)
    return is_told_apart and train - test > _MUCH * won


def _is_no_better(metric: Metric) -> bool:
    """Whether the baseline is within the interval of the test rows, or better."""
    baseline = metric.baseline.get("test", math.nan)
    if metric.greater_is_better:
        return baseline >= metric.low.get("test", math.nan)
    return baseline <= metric.high.get("test", math.nan)


def _report_frame(report: ClassReport) -> pd.DataFrame:
    """Return a row for each class and each average."""
    return report.frame.rename_axis("Class").reset_index()


def _report_notes(report: ClassReport) -> list[str]:
    return [f"Accuracy: {percent(report.accuracy)} of the {WORDS[report.part]} are right.", *report.notes]


_INTERVALS = (
    "Lines are 95 % intervals: what the figures are in most of the resamples of the rows (bootstrap; that of the"
    " accuracy is Wilson's). Where those of two models overlap, other rows may turn their order round. The baseline"
    " always predicts the most frequent class, or the mean, of the training rows."
)
