"""Names of columns and of indexes as JSON, and back with the type they had."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pandas as pd

from pycore.exceptions import SerializationError

__all__ = ["read_label", "unique_key", "write_label"]

PLAIN = (str, int, bool, type(None))
INTEGERS = range(-(2**63), 2**64)


def write_label(label: Any) -> Any:
    """Return a label as JSON: texts, whole numbers, true, false and null are themselves, a tuple is a list.

    Raises
    ------
    SerializationError
        The label is of a type that would not come back.

    Examples
    --------
    >>> write_label(("open", 1))
    ['open', 1]
    """
    kind = type(label)
    if kind is str and not label.isascii():
        _check_text(label)
    if kind in PLAIN and (kind is not int or label in INTEGERS):
        return label
    if kind is tuple:
        return [write_label(part) for part in label]
    if kind is float and math.isfinite(label):
        return label
    if kind is dt.date:
        return {"date": label.isoformat()}
    if kind is pd.Timestamp:
        written = {"timestamp": label.isoformat(), "unit": label.unit, "zone": label.tz and str(label.tz)}
        if read_label(written) == label:
            return written
    raise SerializationError(
        f"A name of type {kind.__name__} does not come back from JSON. Use a text, a number, a date or a tuple.",
        type=kind.__name__,
    )


def read_label(written: Any) -> Any:
    """Return the label that :func:`write_label` wrote.

    Examples
    --------
    >>> read_label(["open", 1])
    ('open', 1)
    """
    if isinstance(written, list):
        return tuple(read_label(part) for part in written)
    if not isinstance(written, dict):
        return written
    if "date" in written:
        return dt.date.fromisoformat(written["date"])
    stamp = pd.Timestamp(written["timestamp"])
    if written.get("zone"):
        stamp = stamp.tz_convert(written["zone"])
    return stamp.as_unit(written["unit"])


def unique_key(label: Any, taken: set[str]) -> str:
    """Return a text for `label` that is not in `taken`, and take it.

    Examples
    --------
    >>> taken = {"open"}
    >>> unique_key("open", taken)
    'open.1'
    """
    base = label if isinstance(label, str) else str(label)
    key, count = base, 0
    while key in taken:
        count += 1
        key = f"{base}.{count}"
    taken.add(key)
    return key


def _check_text(label: str) -> None:
    try:
        label.encode()
    except UnicodeEncodeError as exc:
        raise SerializationError("A name holds a lone surrogate, which no UTF-8 text can.", type="str") from exc
