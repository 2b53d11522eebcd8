"""The fits and the predictions of a run as frames, which the cache keeps, and back."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from pycore.exceptions import ModelError
from pycore.models.run_documents import setting_in, setting_out
from pycore.results.evaluation import PARTS, Part, Predictions
from pycore.results.training import Fit

__all__ = ["fits_frame", "fits_of", "predictions_frame", "predictions_of"]

_SCORE: Final = "score of "
_FORMAT: Final = "pycore.predictions/1"
_TYPES: Final = {
    "model": "str",
    "candidate": "int64",
    "fold": "int64",
    "iteration": "int64",
    "n_rows": "int64",
    "score": "float64",
    "train_score": "float64",
    "fit_s": "float64",
    "score_s": "float64",
    "error": "str",
    "warnings": "str",
    "parameters": "str",
}
_BROKEN: Final = (KeyError, TypeError, ValueError, AttributeError)


def fits_frame(fits: Iterable[Fit]) -> pd.DataFrame:
    r"""Return fits as a frame, in the order in which they ended.

    Returns
    -------
    pandas.DataFrame of shape (n_fits, 12)
        The columns are the attributes of :class:`pycore.results.training.Fit`; `parameters` as JSON, `warnings` with a
        line for each.

    Examples
    --------
    >>> fit = Fit(
    ...     model="ridge", candidate=0, parameters={"alpha": 1.0}, fold=0, n_rows=9, score=0.5, train_score=1, fit_s=0
    ... )
    >>> fits_frame([fit]).loc[0, ["model", "parameters"]].tolist()
    ['ridge', '{"alpha": 1.0}']
    >>> fits_of(fits_frame([fit])) == (fit,)
    True
    """
    rows = [
        {
            **{name: getattr(fit, name) for name in _TYPES},
            "warnings": "\n".join(fit.warnings),
            "parameters": json.dumps(
                {name: setting_out(value) for name, value in fit.parameters.items()}, ensure_ascii=False
            ),
        }
        for fit in fits
    ]
    return pd.DataFrame(rows, columns=list(_TYPES)).astype(_TYPES)


def fits_of(frame: pd.DataFrame) -> tuple[Fit, ...]:
    """Return the fits that a frame holds.

    Raises
    ------
    ModelError
        It is not such a frame.
    """
    try:
        return tuple(
            _fit_of({str(name): value for name, value in row.items()}) for row in frame[list(_TYPES)].to_dict("records")
        )
    except _BROKEN as exc:
        raise ModelError("The fits of the run are damaged: they are not as pycore writes them.") from exc


def _fit_of(row: dict[str, Any]) -> Fit:
    # One NaN: it is the same as itself.
    numbers = {name: math.nan if math.isnan(row[name]) else row[name] for name in _TYPES if _TYPES[name] == "float64"}
    parameters = {name: setting_in(value) for name, value in json.loads(row["parameters"]).items()}
    warnings = tuple(filter(None, row["warnings"].split("\n")))
    return Fit(**{**row, **numbers, "parameters": parameters, "warnings": warnings})


def predictions_frame(predictions: Mapping[Part, Predictions]) -> pd.DataFrame:
    """Return what a model makes of both parts as a frame.

    Returns
    -------
    pandas.DataFrame
        A line for each row: `part`, `row` (where it stands in the data set), `truth`, `prediction`; of a classification
        that has them the scores, ``"score of setosa"``.
    """
    found = [predictions[part] for part in PARTS if part in predictions]
    classes = list(dict.fromkeys(name for one in found for name in one.classes))
    frame = pd.concat([_part_frame(one, classes) for one in found], ignore_index=True)
    frame.attrs = {
        "format": _FORMAT,
        "classes": {one.part: list(one.classes) for one in found},
        "is_probability": {one.part: one.is_probability for one in found},
        "has_scores": {one.part: one.scores is not None for one in found},
    }
    return frame


def predictions_of(frame: pd.DataFrame) -> dict[Part, Predictions]:
    """Return the predictions that a frame holds.

    Raises
    ------
    ModelError
        It is not such a frame.
    """
    try:
        if frame.attrs["format"] != _FORMAT:
            raise ValueError(f"an unknown format, where this pycore reads {_FORMAT}")
        said: dict[str, Any] = {str(name): value for name, value in frame.attrs.items()}
        there = frame["part"].to_numpy()
        return {part: _part_of(frame[there == part], part, said) for part in PARTS if (there == part).any()}
    except _BROKEN as exc:
        raise ModelError(f"The predictions of the run cannot be read: {exc}.") from exc


def _part_frame(one: Predictions, classes: list[str]) -> pd.DataFrame:
    kind = "str" if one.classes else "float64"
    columns: dict[str, Any] = {
        "part": pd.Series([one.part] * len(one.rows), dtype="str"),
        "row": np.asarray(one.rows, dtype="int64"),
        "truth": pd.Series(one.truth, dtype=kind),
        "prediction": pd.Series(one.prediction, dtype=kind),
    }
    if one.scores is not None:
        place_of = {name: place for place, name in enumerate(one.classes)}
        nothing = np.full(len(one.rows), np.nan)
        columns |= {
            f"{_SCORE}{name}": one.scores[:, place_of[name]] if name in place_of else nothing for name in classes
        }
    return pd.DataFrame(columns)


def _part_of(rows: pd.DataFrame, part: Part, said: Mapping[str, Any]) -> Predictions:
    classes = tuple(said["classes"][part])
    kind = "object" if classes else "float64"
    scores = None
    if said["has_scores"][part]:
        scores = rows[[f"{_SCORE}{name}" for name in classes]].to_numpy("float64")
    return Predictions(
        part=part,
        rows=rows["row"].to_numpy("int64"),
        truth=rows["truth"].to_numpy(kind),
        prediction=rows["prediction"].to_numpy(kind),
        classes=classes,
        scores=scores,
        is_probability=bool(said["is_probability"][part]),
    )
