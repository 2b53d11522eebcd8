"""DataFrames for standard output and files: a table for people; CSV, JSON and Parquet, exact, for programs."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import decimal
import io
import json
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from pycore.cli._render import MISSING, table
from pycore.exceptions import SerializationError

__all__ = ["csv_lines", "json_document", "parquet_bytes", "table_lines"]

_MAX_DECIMALS = 6


def csv_lines(frame: pd.DataFrame, *, header: bool = True) -> Iterator[str]:
    r"""Yield CSV in pieces: shortest floats that read back equal, ISO 8601 dates, an empty field for a missing value.

    Examples
    --------
    >>> "".join(csv_lines(pd.DataFrame({"day": pd.to_datetime(["2013-03-01"]), "close": [0.1 + 0.2]})))
    'day,close\n2013-03-01,0.30000000000000004\n'
    """
    labels, columns = _columns(frame, finite=False)
    lines = _Lines()
    # The writer quotes what holds a sign of its line end: with "\n" alone a "\r" would stand bare and end the line.
    writer = csv.writer(lines, lineterminator=_Lines.END)
    if header:
        writer.writerow(labels)
    for start in range(0, len(frame), 10_000):
        writer.writerows(zip(*(column[start : start + 10_000] for column in columns), strict=True))
        yield lines.taken()
    yield lines.taken()


class _Lines:
    """What a CSV writer writes to: collects its lines, which end in a newline alone."""

    END = "\r\n"

    def __init__(self) -> None:
        self._lines: list[str] = []

    def write(self, line: str) -> None:
        self._lines.append(f"{line.removesuffix(self.END)}\n")

    def taken(self) -> str:
        text = "".join(self._lines)
        self._lines.clear()
        return text


def json_document(frame: pd.DataFrame) -> Iterator[str]:
    r"""Yield a JSON array in pieces, one object for each row on its own line; null for a missing value.

    Raises
    ------
    SerializationError
        Two columns have one name, or a value is infinite or of a type that JSON does not have.

    Examples
    --------
    >>> "".join(json_document(pd.DataFrame({"symbol": ["IBM", None]})))
    '[\n{"symbol": "IBM"},\n{"symbol": null}\n]\n'
    """
    labels, columns = _columns(frame, finite=True)
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise SerializationError(
            f"Two columns are called {twice!r}, and a JSON object holds each name once: rename one, or take --to csv.",
            column=twice,
        )
    as_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode  # json.dumps would make one for each row
    opening = "[\n"
    for row in zip(*columns, strict=True):
        yield opening + as_json(dict(zip(labels, row, strict=True)))
        opening = ",\n"
    yield "\n]\n" if opening == ",\n" else "[]\n"


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """Return the frame as a Parquet file, as it would be read back by pandas.

    Raises
    ------
    SerializationError
        A column has values that Parquet does not have.
    """
    from pyarrow.lib import ArrowException

    buffer = io.BytesIO()
    bare = frame.copy(deep=False)
    bare.attrs = {}  # pandas writes attrs as JSON and stops at what JSON does not have
    try:
        bare.to_parquet(buffer)
    except (ArrowException, TypeError, ValueError) as exc:
        raise SerializationError(f"The frame does not fit into Parquet ({type(exc).__name__}): take --to csv.") from exc
    return buffer.getvalue()


def table_lines(frame: pd.DataFrame) -> list[str]:
    """Return an aligned table of all rows and all columns; nothing is left out or cut.

    Examples
    --------
    >>> for line in table_lines(pd.DataFrame({"symbol": ["IBM", "F"], "close": [98.5, None]})):
    ...     print(line)
    symbol  close
    IBM      98.5
    F           –
    """
    labels, columns = _columns(frame, finite=False)
    right = [
        place
        for place, column in enumerate(columns)
        if any(isinstance(value, int | float | decimal.Decimal) for value in column)
    ]
    texts = [_texts(column) for column in columns]
    return table(labels, list(zip(*texts, strict=True)), right=right)


def _texts(column: Sequence[Any]) -> list[str]:
    """Return the cells of a column for people, floats with one number of decimals where that loses nothing seen."""
    shortest = [f"{value:.10g}" for value in column if isinstance(value, float)]
    decimals = max((len(text.partition(".")[2]) for text in shortest), default=0)
    form = f".{decimals}f" if decimals <= _MAX_DECIMALS and not any("e" in text for text in shortest) else ".10g"
    return [
        MISSING if value is None else format(value, form) if isinstance(value, float) else str(value)
        for value in column
    ]


def _columns(frame: pd.DataFrame, *, finite: bool) -> tuple[list[str], list[list[Any]]]:
    """Return the labels and, for each, its values as plain Python; an index that says something comes first."""
    index = frame.index
    if not (isinstance(index, pd.RangeIndex) and index.name is None):
        frame = frame.reset_index(allow_duplicates=True)
    labels = [_label(label) for label in frame.columns.tolist()]
    columns = [_values(frame.iloc[:, place], label, finite=finite) for place, label in enumerate(labels)]
    return labels, columns


def _label(label: Any) -> str:
    """Return the label of a column as text; the parts of a label of several levels are joined."""
    parts = label if isinstance(label, tuple) else (label,)
    return " / ".join(str(part) for part in parts if part != "")


def _values(series: pd.Series[Any], label: str, *, finite: bool) -> list[Any]:
    if isinstance(series.dtype, np.dtype) and series.dtype.kind == "M":
        return _iso(series.to_numpy())
    if isinstance(series.dtype, pd.CategoricalDtype):
        series = series.astype(object)
    missing = series.isna().to_numpy()
    if str(series.dtype).lower() in _SHORT_FLOATS:
        # Through text: 0.1 of 32 bits stays 0.1, which reads back equal; widened it would be 0.10000000149011612.
        bits = series.to_numpy(dtype=str(series.dtype).lower(), na_value=np.nan)
        series = pd.Series(bits.astype("U").astype("float64"))
    elif isinstance(series.dtype, np.dtype) and series.dtype.kind == "c":
        series = pd.Series(list(series.to_numpy()), dtype=object)  # as they are: tolist would widen them
    return [
        None if gone else _plain(value, label, finite=finite)
        for value, gone in zip(series.tolist(), missing, strict=True)
    ]


def _iso(values: np.ndarray[Any, Any]) -> list[Any]:
    """Return dates as ISO 8601: days alone when there is no time of day, no more fractions than are needed."""
    missing = np.isnat(values)
    there = values[~missing]
    own = np.datetime_data(values.dtype)[0]
    unit = next((unit for unit in ("D", "s") if (there == there.astype(f"datetime64[{unit}]")).all()), own)
    texts = np.datetime_as_string(values, unit=unit).tolist()  # type: ignore[call-overload]  # any unit will do
    return [None if gone else text for text, gone in zip(texts, missing, strict=True)]


_SHORT_FLOATS = frozenset({"float16", "float32"})


def _span(value: dt.timedelta) -> str:
    """Return a span of time as ISO 8601 has it, the sign before all of it: pandas counts back from the day before."""
    span = pd.Timedelta(value)
    text = abs(span).isoformat().replace("P0DT", "PT")
    return f"-{text}" if span < pd.Timedelta(0) else text


# The first that fits: a Timestamp is a datetime is a date.
_FORMS: tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...] = (
    ((bool, str, int), lambda value: value),
    ((dt.date, dt.time), lambda value: value.isoformat()),
    ((decimal.Decimal, pd.Period, pd.Interval), str),
    (dt.timedelta, _span),  # a Timedelta is one
    (bytes, lambda value: base64.b64encode(value).decode("ascii")),
    ((np.bool_, np.integer), lambda value: value.item()),
)


def _plain(value: Any, label: str, *, finite: bool) -> Any:
    """Return a value as JSON and CSV have it, or refuse its type."""
    if isinstance(value, float | np.floating):
        return _number(float(value if isinstance(value, float) else str(value)), label, finite=finite)
    if isinstance(value, complex | np.complexfloating) and not finite:
        return str(value).strip("()")
    for types, convert in _FORMS:
        if isinstance(value, types):
            return convert(value)
    if isinstance(value, list | dict):
        try:
            text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        except (TypeError, ValueError) as exc:
            raise _refused(label, value) from exc
        return json.loads(text) if finite else text
    raise _refused(label, value)


def _number(value: float, label: str, *, finite: bool) -> float:
    if finite and not math.isfinite(value):
        raise SerializationError(
            f"Column {label!r} holds an infinite number, which JSON does not have: take --to csv or parquet.",
            column=label,
            type="float",
        )
    return value


def _refused(label: str, value: Any) -> SerializationError:
    kind = type(value).__name__
    if isinstance(value, complex | np.complexfloating):
        cure = "which JSON does not have: take --to csv"
    else:
        cure = "which has no exact form as text: take --to parquet, or convert it"
    return SerializationError(
        f"Column {label!r} holds a {kind}, {cure}.",
        column=label,
        type=kind,
    )
