"""The settings of a run as a list that people read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Final

from pycore._wording import counted, listed
from pycore.exceptions import ModelError, UnknownNameError
from pycore.models.estimators import ESTIMATORS
from pycore.models.metrics import Scorer, scorer_of
from pycore.results.run import Run
from pycore.results.training import Setting

__all__ = ["settings_list"]

_MOST_NAMES: Final = 50
_SPLITS: Final = {
    "random": "at random",
    "stratified": "at random, with the same shares of the classes in both parts",
    "group": "whole groups together",
    "time": "the latest rows last",
}
_SEARCHES: Final = {
    "grid": "every combination",
    "random": "{n} of each model, chosen at random",
    "halving": "successive halving: many combinations on few rows, the best on more",
}


def settings_list(run: Run) -> list[tuple[str, str]]:
    """Return what a run was made of and what came out, label by label.

    Parameters
    ----------
    run : Run
        Done or not: what is not known yet is left out.

    Examples
    --------
    >>> from pycore.results.training import TrainingSettings
    >>> settings = TrainingSettings(features=("x", "z"), models=("ridge",), metric="r2")
    >>> run = Run(
    ...     id="a", dataset="rows", target="y", task="regression", settings=settings, n_rows=9, n_train=7, n_test=2
    ... )
    >>> for label, text in settings_list(run)[:5]:
    ...     print(f"{label}: {text}")
    Data set: rows
    Target: y (regression)
    Features: 2: x, z
    Rows: 9: 7 for training, 2 for testing
    Split: 80 % for training, at random
    """
    rows = [*_of_rows(run), *_of_search(run), *_of_best(run), *_of_times(run)]
    return [(label, text) for label, text in rows if text]


def _of_rows(run: Run) -> list[tuple[str, str]]:
    settings = run.settings
    by = f", by {settings.split_by}" if settings.split_by else ""
    of = f"{run.source}, {_settings(run.parameters)}" if run.parameters else run.source or ""
    return [
        ("Data set", run.dataset),
        ("Source", of if of != run.dataset else ""),
        ("Target", f"{run.target} ({run.task})"),
        ("Classes", _named(run.classes)),
        ("Features", _named(settings.features)),
        ("Rows", f"{run.n_rows:,}: {run.n_train:,} for training, {run.n_test:,} for testing" if run.n_rows else ""),
        ("Split", f"{100 * settings.train_share:g} % for training, {_SPLITS[settings.split]}{by}"),
        ("Seed", str(settings.seed)),
    ]


def _of_search(run: Run) -> list[tuple[str, str]]:
    settings = run.settings
    scorer = _scorer(run)
    ranges = [
        (f"{_title(run, model)}: {name.replace('_', ' ')}", ", ".join(map(_value, values)))
        for model, by_name in settings.ranges.items()
        for name, values in by_name.items()
    ]
    return [
        ("Models", listed([_title(run, model) for model in settings.models], _MOST_NAMES)),
        *ranges,
        ("Search", _SEARCHES[settings.search].format(n=counted(settings.n_candidates, "combination"))),
        ("Cross-validation", counted(settings.n_folds, "fold")),
        ("Metric", scorer.title if scorer is not None else settings.metric),
    ]


def _of_best(run: Run) -> list[tuple[str, str]]:
    best, scorer = run.best, _scorer(run)

    def shown(score: float | None) -> str:
        if score is None:
            return ""
        return f"{scorer.shown(score) if scorer is not None else score:.4g}"

    if best is None:
        return []
    return [
        ("Best model", _title(run, best.model)),
        ("Hyperparameters", _settings(best.parameters)),
        ("Score in cross-validation", f"{shown(best.score)} ± {best.score_std:.2g}"),
        ("Training score", shown(run.train_score)),
        ("Test score", shown(run.test_score)),
    ]


def _of_times(run: Run) -> list[tuple[str, str]]:
    return [
        ("Fits", f"{run.n_done:,} of {run.n_fits:,}" if run.n_fits else ""),
        ("Started", _moment(run.started_at)),
        ("Duration", _duration(run)),
        ("Data digest (SHA-256)", run.data_digest),
        ("Versions", ", ".join(f"{name} {version}" for name, version in run.versions.items())),
        ("Run", run.id),
    ]


def _scorer(run: Run) -> Scorer | None:
    """Return the metric; None: an older or newer pycore wrote the run and knew others."""
    try:
        return scorer_of(run.settings.metric, run.task)
    except UnknownNameError:
        return None


def _title(run: Run, model: str) -> str:
    """Return what people read for a model; its name, if an estimator is no longer registered."""
    try:
        return ESTIMATORS.get(model, run.task).title
    except (UnknownNameError, ModelError):
        return model


def _named(names: Iterable[str]) -> str:
    texts = list(names)
    return f"{len(texts):,}: {listed(texts, _MOST_NAMES)}" if texts else ""


def _settings(parameters: Mapping[str, Setting]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {_value(value)}" for name, value in parameters.items())


def _value(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _moment(text: str) -> str:
    return f"{dt.datetime.fromisoformat(text):%Y-%m-%d %H:%M:%S %Z}".strip() if text else ""


def _duration(run: Run) -> str:
    if not run.started_at or not run.ended_at:
        return ""
    took = dt.datetime.fromisoformat(run.ended_at) - dt.datetime.fromisoformat(run.started_at)
    seconds = took.total_seconds()
    return f"{seconds:.1f} s" if seconds < 60 else str(dt.timedelta(seconds=round(seconds)))
