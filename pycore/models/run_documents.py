"""Runs as JSON that a person can read with ``redis-cli``, and back.

The format is ``pycore.run/1``. A member that is added has a default, so that older documents are read; one that changes
its meaning makes it ``pycore.run/2``, which older programs refuse with a sentence.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar, get_args

from pycore.exceptions import ModelError
from pycore.results.dataset import Task
from pycore.results.run import Run, RunState
from pycore.results.training import Candidate, SearchKind, Setting, SplitKind, TrainingSettings

__all__ = ["FORMAT", "document_of", "run_of", "setting_in", "setting_out"]

T = TypeVar("T")

FORMAT: Final = "pycore.run/1"
_FAMILY: Final = "pycore.run/"
_NO_NUMBERS: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_LARGEST: Final = 2**63 - 1
_YEARS: Final = range(1970, 9999)  # the last one may be over in another zone
_BROKEN: Final = (KeyError, TypeError, ValueError, AttributeError)


def document_of(run: Run) -> dict[str, Any]:
    """Return a run as plain values: NaN becomes None, whatever else JSON has no number for becomes a text.

    Examples
    --------
    >>> settings = TrainingSettings(features=("x",), models=("ridge",))
    >>> document_of(Run(id="a", dataset="rows", target="y", task="regression", settings=settings))["format"]
    'pycore.run/1'
    """
    return {
        "format": FORMAT,
        "id": run.id,
        "dataset": run.dataset,
        "state": run.state,
        "started_at": run.started_at,
        "ended_at": run.ended_at,
        "beat_at": run.beat_at,
        "target": run.target,
        "task": run.task,
        "metric": run.settings.metric,
        "train_score": _number_out(run.train_score),
        "test_score": _number_out(run.test_score),
        "error": run.error,
        "notes": list(run.notes),
        "best": None if run.best is None else _candidate_out(run.best),
        "n_done": run.n_done,
        "n_fits": run.n_fits,
        "n_rows": run.n_rows,
        "n_train": run.n_train,
        "n_test": run.n_test,
        "classes": list(run.classes),
        "source": run.source,
        "parameters": dict(run.parameters),
        "settings": _settings_out(run.settings),
        "data_digest": run.data_digest,
        "versions": dict(run.versions),
        "host": run.host,
        "pid": run.pid,
        "candidates": [_candidate_out(one) for one in run.candidates],
    }


def run_of(document: Any, name: str) -> Run:
    """Return the run that a document holds.

    Parameters
    ----------
    document : Any
        As :func:`document_of` makes it.
    name : str
        What an error calls it.

    Raises
    ------
    ModelError
        It is no run, is damaged, or was written by a newer version.
    """
    said = document.get("format") if isinstance(document, Mapping) else None
    if not isinstance(said, str) or not said.startswith(_FAMILY):
        raise ModelError(f"What stands under {name!r} is no run of pycore.")
    if said != FORMAT:
        raise ModelError(f"The run {name!r} has the format {said}, and this pycore reads {FORMAT}: upgrade pycore.")
    try:
        return _run_in(_Members(document))
    except _BROKEN as exc:
        raise ModelError(f"The run {name!r} is damaged: it is not as pycore writes it ({exc}).") from exc


class _Members:
    """The members of a JSON object, each of the type that it has to have."""

    def __init__(self, document: Any) -> None:
        if not isinstance(document, Mapping):
            raise TypeError("an object is expected")
        self._document = document

    def get(self, name: str, kind: type[T], default: T | None = None) -> T:
        """Return a member of one type; without a default it has to be there."""
        value = self._document.get(name, default)
        if (isinstance(value, bool) and kind is not bool) or not isinstance(value, kind):
            raise TypeError(f"{name} is not of type {kind.__name__}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        return tuple(_checked(each, str, name) for each in self.get(name, list, []))

    def number(self, name: str) -> float:
        """Return a float; null is NaN."""
        value = self._document.get(name)
        return math.nan if value is None else _number_in(value, name)

    def moment(self, name: str) -> str:
        """Return a time as ISO 8601 has it, with its zone; empty: it is not there."""
        text = self.get(name, str, "")
        if text and not _is_moment(text):
            raise ValueError(f"{name} is no time of ISO 8601 with a zone")
        return text

    def one_of(self, name: str, kind: Any, default: str | None = None) -> Any:
        """Return a text that is one of the values of a Literal."""
        value = self.get(name, str, default)
        if value not in get_args(kind):
            raise ValueError(f"{name} is none of {', '.join(get_args(kind))}")
        return value

    def inner(self, name: str) -> dict[str, Any]:
        """Return an object."""
        return dict(self.get(name, dict, {}))

    def raw(self, name: str) -> Any:
        """Return a member as it is; None: it is not there."""
        return self._document.get(name)


def _is_moment(text: str) -> bool:
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return False
    return found.tzinfo is not None and found.year in _YEARS


def _run_in(found: _Members) -> Run:
    best, source = found.raw("best"), found.raw("source")
    scores = {name: found.number(name) for name in ("train_score", "test_score")}
    return Run(
        id=found.get("id", str),
        dataset=found.get("dataset", str),
        source=None if source is None else _checked(source, str, "source"),
        parameters=found.inner("parameters"),
        target=found.get("target", str),
        task=found.one_of("task", Task),
        classes=found.texts("classes"),
        settings=_settings_in(_Members(found.raw("settings"))),
        state=found.one_of("state", RunState),
        started_at=found.moment("started_at"),
        ended_at=found.moment("ended_at"),
        beat_at=found.moment("beat_at"),
        n_rows=found.get("n_rows", int, 0),
        n_train=found.get("n_train", int, 0),
        n_test=found.get("n_test", int, 0),
        n_done=found.get("n_done", int, 0),
        n_fits=found.get("n_fits", int, 0),
        candidates=tuple(_candidate_in(_Members(each)) for each in found.get("candidates", list, [])),
        best=None if best is None else _candidate_in(_Members(best)),
        train_score=None if math.isnan(scores["train_score"]) else scores["train_score"],
        test_score=None if math.isnan(scores["test_score"]) else scores["test_score"],
        data_digest=found.get("data_digest", str, ""),
        versions={name: _checked(each, str, name) for name, each in found.inner("versions").items()},
        notes=found.texts("notes"),
        error=found.get("error", str, ""),
        host=found.get("host", str, ""),
        pid=found.get("pid", int, 0),
    )


def _settings_out(settings: TrainingSettings) -> dict[str, Any]:
    return {
        "features": list(settings.features),
        "models": list(settings.models),
        "ranges": {
            model: {name: [setting_out(value) for value in values] for name, values in ranges.items()}
            for model, ranges in settings.ranges.items()
        },
        "train_share": settings.train_share,
        "split": settings.split,
        "split_by": settings.split_by,
        "seed": settings.seed,
        "n_folds": settings.n_folds,
        "metric": settings.metric,
        "search": settings.search,
        "n_candidates": settings.n_candidates,
    }


def _settings_in(found: _Members) -> TrainingSettings:
    split_by = found.raw("split_by")
    return TrainingSettings(
        features=found.texts("features"),
        models=found.texts("models"),
        ranges={
            model: {name: tuple(map(setting_in, values)) for name, values in ranges.items()}
            for model, ranges in found.inner("ranges").items()
        },
        train_share=found.number("train_share"),
        split=found.one_of("split", SplitKind),
        split_by=None if split_by is None else _checked(split_by, str, "split_by"),
        seed=found.get("seed", int),
        n_folds=found.get("n_folds", int),
        metric=found.get("metric", str),
        search=found.one_of("search", SearchKind),
        n_candidates=found.get("n_candidates", int),
    )


def _candidate_out(one: Candidate) -> dict[str, Any]:
    return {
        "model": one.model,
        "number": one.number,
        "parameters": {name: setting_out(value) for name, value in one.parameters.items()},
        "score": _number_out(one.score),
        "score_std": _number_out(one.score_std),
        "train_score": _number_out(one.train_score),
        "fit_s": _number_out(one.fit_s),
        "n_done": one.n_done,
        "n_folds": one.n_folds,
        "n_rows": one.n_rows,
        "iteration": one.iteration,
        "error": one.error,
        "warnings": list(one.warnings),
    }


def _candidate_in(found: _Members) -> Candidate:
    return Candidate(
        model=found.get("model", str),
        number=found.get("number", int),
        parameters={name: setting_in(value) for name, value in found.inner("parameters").items()},
        score=found.number("score"),
        score_std=found.number("score_std"),
        train_score=found.number("train_score"),
        fit_s=found.number("fit_s"),
        n_done=found.get("n_done", int),
        n_folds=found.get("n_folds", int),
        n_rows=found.get("n_rows", int),
        iteration=found.get("iteration", int, 0),
        error=found.get("error", str, ""),
        warnings=found.texts("warnings"),
    )


def _number_out(value: float | None) -> float | str | None:
    if value is None or math.isnan(value):
        return None
    return float(value) if math.isfinite(value) else ("Infinity" if value > 0 else "-Infinity")


def _number_in(value: Any, name: str) -> float:
    if isinstance(value, str):
        return _NO_NUMBERS[value]
    return float(_checked(value, (int, float), name))


def setting_out(value: Setting) -> Any:
    """Return a hyperparameter as JSON has it; None is a value of its own, so NaN is an object.

    Examples
    --------
    >>> setting_out(0.5), setting_out(None), setting_out(math.nan)
    (0.5, None, {'float': 'NaN'})
    """
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": "NaN" if math.isnan(value) else _number_out(value)}
    if isinstance(value, int) and abs(value) > _LARGEST:
        return {"int": str(value)}
    return value


def setting_in(value: Any) -> Setting:
    """Return the hyperparameter that :func:`setting_out` made this of."""
    if isinstance(value, dict):
        ((kind, text),) = value.items()
        read: Mapping[str, Callable[[str], Setting]] = {"float": _NO_NUMBERS.__getitem__, "int": int}
        return read[kind](text)
    setting: Setting = _checked(value, (bool, int, float, str, type(None)), "a hyperparameter")
    return setting


def _checked(value: Any, kind: Any, name: str) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{name} is not of the type that it has to be of")
    return value
