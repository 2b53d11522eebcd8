"""Parameters of a data set: checked, completed from the defaults, put into the key of the cache.

An error names the parameter and what is expected of it, never the value that was given: it may be a secret, a whole
file, or an attack.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from string import Formatter
from typing import Any, TypeAlias

from pycore.config.models import ParameterSpec
from pycore.exceptions import DatasetError, UnknownNameError

__all__ = ["Value", "as_json", "as_text", "bind", "cache_key", "fields", "filled", "from_text"]

Value: TypeAlias = str | int | float | bool | dt.date

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_FIELD = re.compile(r"\{(\w+)\}")
_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a finite number",
    "boolean": "true or false",
    "date": "a date such as 2013-03-01",
}


def bind(dataset: str, specs: Mapping[str, ParameterSpec], given: Mapping[str, Any]) -> dict[str, Value]:
    """Return every parameter of a data set, in the order of `specs`: those given, else their defaults.

    Parameters
    ----------
    dataset : str
        Name of the data set, for the error.
    specs : mapping of str to ParameterSpec
        The parameters that there are.
    given : mapping of str to Any
        Values by name; scalars of NumPy and pandas are welcome.

    Raises
    ------
    UnknownNameError
        There is no such parameter.
    DatasetError
        A value has the wrong type or is not allowed, or one without a default is not given.

    Examples
    --------
    >>> specs = {
    ...     "symbol": ParameterSpec(type="string", default="IBM", pattern="[A-Z]{1,5}"),
    ...     "limit": ParameterSpec(type="integer", default=50, minimum=1),
    ... }
    >>> bind("ibm_daily", specs, {"limit": 10})
    {'symbol': 'IBM', 'limit': 10}
    >>> bind("ibm_daily", specs, {"symbol": "'; DROP TABLE stocks; --"})
    Traceback (most recent call last):
        ...
    pycore.exceptions.DatasetError: Parameter 'symbol' of data set 'ibm_daily': expected text that matches [A-Z]{1,5}.
    """
    for name in given:
        if name not in specs:
            raise UnknownNameError.of("parameter", str(name), list(specs))
    values: dict[str, Value] = {}
    for name, spec in specs.items():
        value = given.get(name, spec.default)
        if value is None:
            raise DatasetError(
                f"Parameter {name!r} of data set {dataset!r} must be given: {_expectation(spec)}.", dataset=dataset
            )
        try:
            values[name] = _checked(spec, value)
        except (TypeError, ValueError, OverflowError):
            # Without a cause on purpose: the text of Python's own errors repeats the value.
            raise DatasetError(
                f"Parameter {name!r} of data set {dataset!r}: expected {_expectation(spec)}.", dataset=dataset
            ) from None
    return values


def from_text(specs: Mapping[str, ParameterSpec], texts: Mapping[str, str]) -> dict[str, Any]:
    """Return parameters typed as their `specs` say, from a command line or an address.

    What does not read as its type stays text, and :func:`bind` refuses it.

    Examples
    --------
    >>> from_text({"limit": ParameterSpec(type="integer")}, {"limit": "50"})
    {'limit': 50}
    """
    typed: dict[str, Any] = dict(texts)
    for name, text in texts.items():
        kind = specs[name].type if name in specs else "string"
        if kind == "boolean" and text.lower() in {"true", "false"}:
            typed[name] = text.lower() == "true"
        elif kind in {"integer", "number"} and _INTEGER.fullmatch(text):
            typed[name] = int(text)
        elif kind == "number":
            try:
                typed[name] = float(text)
            except ValueError:
                continue
    return typed


def fields(template: str) -> list[str]:
    """Return the parameters that a template names, in their order.

    Raises
    ------
    ValueError
        The template has lone braces, or more than a plain name between them.

    Examples
    --------
    >>> fields("LATEST_{symbol}_DAILY_STICKS")
    ['symbol']
    """
    names = []
    for _, name, form, conversion in Formatter().parse(template):
        if name is None:
            continue
        if not name.isidentifier() or form or conversion:
            raise ValueError("expected plain names between braces, such as {symbol}")
        names.append(name)
    return names


def filled(template: str, texts: Mapping[str, str]) -> str:
    """Return a template with `texts` for the names between its braces; other braces stay.

    Examples
    --------
    >>> filled("/home/{me}/{symbol}.csv", {"symbol": "{me}"})
    '/home/{me}/{me}.csv'
    """
    return _FIELD.sub(lambda match: texts.get(match[1], match[0]), template)


def cache_key(template: str, specs: Mapping[str, ParameterSpec], values: Mapping[str, Value]) -> str:
    """Return the key of the cache: the template filled, then each other parameter that is not at its default.

    Examples
    --------
    >>> specs = {
    ...     "symbol": ParameterSpec(type="string", default="IBM"),
    ...     "limit": ParameterSpec(type="integer", default=50),
    ... }
    >>> cache_key("LATEST_{symbol}_DAILY_STICKS", specs, {"symbol": "AAPL", "limit": 50})
    'LATEST_AAPL_DAILY_STICKS'
    >>> cache_key("LATEST_{symbol}_DAILY_STICKS", specs, {"symbol": "IBM", "limit": 1000})
    'LATEST_IBM_DAILY_STICKS:limit=1000'
    """
    named = set(fields(template))
    head = filled(template, {name: _escaped(values[name]) for name in named})
    others = [
        f"{name}={_escaped(value)}"
        for name, value in sorted(values.items())
        if name not in named and not _is_default(specs[name], value)
    ]
    return ":".join([head, *others])


def as_json(values: Mapping[str, Value]) -> dict[str, str | int | float | bool]:
    """Return the parameters as JSON has them: dates as ISO 8601 text."""
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()}


def as_text(value: Value) -> str:
    """Return a value as it stands in a key, a path or an address.

    Examples
    --------
    >>> as_text(True), as_text(2.5), as_text(dt.date(2013, 3, 1))
    ('true', '2.5', '2013-03-01')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def _escaped(value: Value) -> str:
    """Return a value in which nothing can be taken for the next parameter."""
    return as_text(value).replace("%", "%25").replace(":", "%3A").replace("=", "%3D")


def _is_default(spec: ParameterSpec, value: Value) -> bool:
    return spec.default is not None and _checked(spec, spec.default) == value


def _checked(spec: ParameterSpec, value: Any) -> Value:
    """Return `value` in its one form, or raise TypeError or ValueError."""
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        value = value.item()
    checked: Value
    if spec.type == "string":
        checked = _text(spec, value)
    elif spec.type == "date":
        checked = _date(value)
    elif spec.type == "boolean":
        checked = _instance(value, bool)
    else:
        checked = _number(spec, value)
    return checked


def _instance(value: Any, kind: type[bool]) -> bool:
    if not isinstance(value, kind):
        raise TypeError
    return value


def _text(spec: ParameterSpec, value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    if spec.pattern is not None and re.fullmatch(spec.pattern, value) is None:
        raise ValueError
    if spec.choices is not None and value not in spec.choices:
        raise ValueError
    return str(value)


def _date(value: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        if value.timetz() != dt.time(0):
            raise ValueError
        return value.date()
    if isinstance(value, dt.date):
        return value
    if not isinstance(value, str):
        raise TypeError
    if _ISO_DATE.fullmatch(value) is None:
        raise ValueError
    return dt.date.fromisoformat(value)


def _number(spec: ParameterSpec, value: Any) -> int | float:
    """Return a number within its bounds; True is no number, and 3.0 is no whole one."""
    allowed = (int,) if spec.type == "integer" else (int, float)
    if isinstance(value, bool) or not isinstance(value, allowed):
        raise TypeError
    number: int | float = value if spec.type == "integer" else float(value)
    too_small = spec.minimum is not None and number < spec.minimum
    too_large = spec.maximum is not None and number > spec.maximum
    if too_small or too_large or not math.isfinite(number):
        raise ValueError
    return number


def _expectation(spec: ParameterSpec) -> str:
    words = [_KINDS[spec.type]]
    if spec.minimum is not None:
        words.append(f"from {spec.minimum}")
    if spec.maximum is not None:
        words.append(f"up to {spec.maximum}")
    if spec.pattern is not None:
        words.append(f"that matches {spec.pattern}")
    if spec.choices is not None:
        words.append(f"out of {', '.join(spec.choices)}")
    described = f" ({spec.description})" if spec.description else ""
    return " ".join(words) + described
