"""How good the model is: figures with intervals, and of classes their precision and recall."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

import pandas as pd

from pycore.apps.results.tab import Tab
from pycore.apps.results.views import Picture, Table, View
from pycore.plots.canvas import shortened
from pycore.plots.intervals import plot_intervals
from pycore.plots.labels import percent, rounded
from pycore.plots.parts import WORDS
from pycore.results.evaluation import ClassReport, Metric, Part

__all__ = ["ScoresTab"]

_TITLES: Final[dict[Part, str]] = {"test": "Test", "train": "Training"}
_SHOWN: Final[tuple[Part, Part]] = ("test", "train")
_DIGITS: Final = 3


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
                said=lambda _: [_INTERVALS],
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
                    is_wide=False,
                )
                for part in _SHOWN
            ]
        return found


def _frame(metrics: Sequence[Metric]) -> pd.DataFrame:
    """Return a row for each figure."""
    columns: dict[str, list[str]] = {"Score": [metric.name for metric in metrics]}
    for part in _SHOWN:
        columns[_TITLES[part]] = [_figure(metric, part) for metric in metrics]
    if any(metric.unit for metric in metrics):
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


def _report_frame(report: ClassReport) -> pd.DataFrame:
    """Return a row for each class and each average."""
    return report.frame.round(_DIGITS).rename_axis("Class").reset_index()


def _report_notes(report: ClassReport) -> list[str]:
    return [f"Accuracy: {percent(report.accuracy)} of the {WORDS[report.part]} are right.", *report.notes]


_INTERVALS = (
    "Lines are 95 % intervals: what the figures are in most of the resamples of the rows (bootstrap). Where those of"
    " two models overlap, other rows may turn their order round. Where the training score is far better than the test"
    " score, the model has learnt its rows by heart."
)
