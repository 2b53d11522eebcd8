"""Single values that JSON has no form for: an object whose first member says what the value is, ``{"date": …}``."""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["read_span", "read_tag", "write_span", "write_tag"]

SPAN = re.compile(r"(-?)PT(\d+)(?:\.(\d{1,9}))?S")
DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}
Tag = Mapping[str, Any]


def write_span(ticks: int, digits: int) -> str:
    """Return a span of time of so many ``10 ** -digits`` seconds as ISO 8601 text.

    Examples
    --------
    >>> write_span(-1500, 3)
    '-PT1.500S'
    """
    whole, fraction = divmod(abs(ticks), 10**digits)
    return f"{'-' * (ticks < 0)}PT{whole}{f'.{fraction:0{digits}}' if fraction else ''}S"


def read_span(text: str, digits: int) -> int:
    """Return how many ``10 ** -digits`` seconds a text of :func:`write_span` means."""
    match = SPAN.fullmatch(text)
    fraction = (match and match[3]) or ""
    if match is None or len(fraction) > digits:
        raise ValueError("a span of time is not written as PT<seconds>S")
    ticks: int = int(match[2]) * 10**digits + int(fraction.ljust(digits, "0") or "0")
    return -ticks if match[1] else ticks


def write_tag(value: Any) -> dict[str, Any] | None:
    """Return a value of a type that JSON has not; None where it would not come back the same.

    Examples
    --------
    >>> write_tag(Decimal("1.10"))
    {'decimal': '1.10'}
    >>> write_tag(object()) is None
    True
    """
    write = WRITERS.get(type(value)) or (_write_scalar if isinstance(value, NUMPY) else None)
    if write is None:
        return None
    try:
        written = write(value)
        return written if written is not None and _same(value, read_tag(written)) else None
    except (ArithmeticError, LookupError, OSError, TypeError, ValueError):
        return None  # a zone without a name, a year without a text: what the type is worth is said by who asked


def read_tag(written: Tag) -> Any:
    """Return the value that :func:`write_tag` wrote.

    Examples
    --------
    >>> read_tag({"timedelta": "PT90S"})
    datetime.timedelta(seconds=90)
    """
    name = next(iter(written), "")
    if name not in READERS:
        raise ValueError(f"no value is written as {name!r}")
    return READERS[name](written)


def _same(value: Any, back: Any) -> bool:
    if type(value) is not type(back):
        return False
    if isinstance(value, (float, complex, np.generic)):  # NaN has many bits and one text
        return np.asarray(value).tobytes() == np.asarray(back).tobytes()
    return repr(value) == repr(back) and getattr(value, "unit", None) == getattr(back, "unit", None)


def _write_stamp(value: Any) -> dict[str, Any]:
    return {"timestamp": value.isoformat(), "unit": value.unit, "zone": value.tz and str(value.tz)}


def _read_stamp(written: Tag) -> Any:
    stamp = pd.Timestamp(written["timestamp"])
    if written.get("zone"):
        stamp = stamp.tz_convert(written["zone"])
    return stamp.as_unit(written["unit"])


def _write_delta(value: dt.timedelta) -> dict[str, Any]:
    return {"timedelta": write_span(value // dt.timedelta(microseconds=1), 6)}


def _write_timedelta(value: Any) -> dict[str, Any]:
    return {"timedelta": write_span(int(value.asm8.view(np.int64)), DIGITS[value.unit]), "unit": value.unit}


def _read_timedelta(written: Tag) -> Any:
    unit = written.get("unit")
    if unit is None:
        return dt.timedelta(microseconds=read_span(written["timedelta"], 6))
    return pd.Timedelta(np.timedelta64(read_span(written["timedelta"], DIGITS[unit]), unit))


def _write_period(value: Any) -> dict[str, Any] | None:
    freq = value.freqstr
    return None if freq.lstrip("0123456789") == "B" else {"period": str(value), "freq": freq}  # pandas gives it up


def _write_interval(value: Any) -> dict[str, Any]:
    return {"interval": [_part(value.left), _part(value.right)], "closed": value.closed}


def _read_interval(written: Tag) -> Any:
    left, right = (read_tag(side) if isinstance(side, dict) else side for side in written["interval"])
    return pd.Interval(left, right, written["closed"])


def _part(value: Any) -> Any:
    """Return a side of an interval."""
    written = value if type(value) in (int, float) and value - value == 0 else write_tag(value)
    if written is None:
        raise TypeError("a side of an interval has no form")
    return written


def _write_complex(value: complex) -> dict[str, Any]:
    return {"complex": [_part(value.real), _part(value.imag)]}


def _read_complex(written: Tag) -> complex:
    return complex(*(read_tag(part) if isinstance(part, dict) else part for part in written["complex"]))


def _write_scalar(value: Any) -> dict[str, Any]:
    plain = value.item()
    return {"numpy": str(value.dtype), "value": _part(plain) if isinstance(plain, float) else plain}


def _read_scalar(written: Tag) -> Any:
    value = written["value"]
    dtype = np.dtype(written["numpy"])
    if not issubclass(dtype.type, NUMPY):
        raise TypeError("a number of numpy has not the type of one")
    return dtype.type(read_tag(value) if isinstance(value, dict) else value)


# numpy's floats of more than 64 bits have no number in JSON
NUMPY = (np.bool_, np.integer, np.float16, np.float32, np.float64)
WRITERS: dict[type, Callable[[Any], dict[str, Any] | None]] = {
    float: lambda value: {"float": repr(value)},
    complex: _write_complex,
    Decimal: lambda value: {"decimal": str(value)},
    bytes: lambda value: {"bytes": base64.b64encode(value).decode()},
    dt.date: lambda value: {"date": value.isoformat()},
    dt.time: lambda value: {"time": value.isoformat()},
    dt.datetime: lambda value: {"datetime": value.isoformat()},
    dt.timedelta: _write_delta,
    pd.Timestamp: _write_stamp,
    pd.Timedelta: _write_timedelta,
    pd.Period: _write_period,
    pd.Interval: _write_interval,
    type(pd.NA): lambda _: {"missing": "NA"},
    type(pd.NaT): lambda _: {"missing": "NaT"},
}
READERS: dict[str, Callable[[Tag], Any]] = {
    "float": lambda written: float(written["float"]),
    "complex": _read_complex,
    "decimal": lambda written: Decimal(written["decimal"]),
    "bytes": lambda written: base64.b64decode(written["bytes"], validate=True),
    "date": lambda written: dt.date.fromisoformat(written["date"]),
    "time": lambda written: dt.time.fromisoformat(written["time"]),
    "datetime": lambda written: dt.datetime.fromisoformat(written["datetime"]),
    "timedelta": _read_timedelta,
    "timestamp": _read_stamp,
    "period": lambda written: pd.Period(written["period"], freq=written["freq"]),
    "interval": _read_interval,
    "numpy": _read_scalar,
    "missing": lambda written: {"NA": pd.NA, "NaT": pd.NaT}[written["missing"]],
}
