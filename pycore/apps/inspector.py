"""A table of the notebook's variables that is up to date after each cell."""

from __future__ import annotations

import datetime as dt
import re
import sys
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from operator import itemgetter
from pathlib import PosixPath
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import ipywidgets
from IPython.core.getipython import get_ipython
from IPython.core.interactiveshell import InteractiveShell

from pycore._redaction import MASK, redact
from pycore.config.secrets import Secret
from pycore.exceptions import PycoreError

__all__ = ["Inspector", "Variable", "inspect_variables", "variables_of"]

_ROWS = 200
_VALUE_LENGTH = 60  # characters
_REDACTED_LENGTH = 10_000  # characters that are looked through for secrets, before they are cut

_SECRET_NAME = re.compile(r"passw(or)?d|passphrase|secret|token|api_?key|credential", re.IGNORECASE)
_NOT_DATA = (ModuleType, FunctionType, BuiltinFunctionType, type)

# Only types whose methods are known are asked: a stranger's __len__ or __repr__ may run a query, or never end.
_SIZED = frozenset({str, bytes, bytearray, list, tuple, dict, set, frozenset, range})
_SHOWN = frozenset({bool, float, complex, type(None), Decimal, dt.date, dt.datetime, dt.time, dt.timedelta, PosixPath})
_ARRAYS = frozenset({"numpy", "pandas", "pyarrow"})


@dataclass(frozen=True, kw_only=True)
class Variable:
    """One row of the table; a text is empty where there is nothing to say, or nothing that may be asked."""

    name: str
    type: str
    shape: str
    size_bytes: int | None
    value: str


def variables_of(namespace: Mapping[str, Any], hidden: Iterable[str] = ()) -> list[Variable]:
    """Return what holds data in `namespace`, by name.

    Parameters
    ----------
    namespace : mapping of str to object
        The variables. Nothing in it is evaluated; only values of well-known types are asked for shape and text.
    hidden : iterable of str, default ()
        Names that are left out, as are those that begin with ``_``, modules, functions and classes.

    Examples
    --------
    >>> for variable in variables_of({"n_rows": 50, "db_password": "hunter2", "symbols": ["IBM", "SPY"]}):
    ...     print((variable.name, variable.type, variable.shape, variable.value))
    ('db_password', 'str', '', '***')
    ('n_rows', 'int', '', '50')
    ('symbols', 'list', '2', '')
    """
    left_out = frozenset(hidden)
    # The type is asked, not isinstance(): that asks a stranger's __class__ too.
    return [
        _variable(name, value)
        for name, value in sorted(dict(namespace).items(), key=itemgetter(0))
        if not name.startswith("_") and name not in left_out and not issubclass(type(value), _NOT_DATA)
    ]


class Inspector:
    """The table as a widget; refreshed after each cell until it is closed.

    Parameters
    ----------
    shell : InteractiveShell
        The IPython whose variables are shown.

    Attributes
    ----------
    widget : ipywidgets.HTML
        What is shown in the notebook; the inspector itself is shown as it.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self.widget = ipywidgets.HTML()
        self.refresh()
        shell.events.register("post_run_cell", self.refresh)

    def refresh(self, result: object = None) -> None:
        """Show the variables as they are now; `result` is what IPython gives after a cell."""
        hidden = [name for name, value in self._shell.user_ns_hidden.items() if self._shell.user_ns.get(name) is value]
        self.widget.value = _table(variables_of(self._shell.user_ns, hidden))

    def close(self) -> None:
        """Stop refreshing and take the table out of the notebook."""
        if _inspectors.get(self._shell) is self:
            del _inspectors[self._shell]
        if self.refresh in self._shell.events.callbacks["post_run_cell"]:
            self._shell.events.unregister("post_run_cell", self.refresh)
        self.widget.close()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return self.widget._repr_mimebundle_(**kwargs)


_inspectors: weakref.WeakKeyDictionary[InteractiveShell, Inspector] = weakref.WeakKeyDictionary()


def inspect_variables() -> Inspector:
    """Return the notebook's inspector; there is one, however often it is asked for.

    Raises
    ------
    PycoreError
        This is no notebook and no IPython.
    """
    shell = get_ipython()
    if shell is None:
        raise PycoreError("variables can be inspected only where IPython runs: in a notebook, or in ipython")
    if shell not in _inspectors:
        _inspectors[shell] = Inspector(shell)
    return _inspectors[shell]


def _variable(name: str, value: Any) -> Variable:
    is_secret = issubclass(type(value), Secret) or bool(_SECRET_NAME.search(name))
    shape, size_bytes = ("", None) if is_secret else _extent(value)
    return Variable(
        name=name,
        type=type(value).__qualname__,
        shape=shape,
        size_bytes=size_bytes,
        value=MASK if is_secret else _value(value),
    )


def _extent(value: Any) -> tuple[str, int | None]:
    """Return the shape and the bytes of a value; of a container only its own bytes, not those of what it holds."""
    kind = type(value)
    if kind in _SIZED:
        return f"{len(value):,}", sys.getsizeof(value)
    if kind.__module__.partition(".")[0] in _ARRAYS and isinstance(getattr(value, "shape", None), tuple):
        return " × ".join(f"{each:,}" for each in value.shape), _array_bytes(value)
    return "", sys.getsizeof(value) if kind in _SHOWN or kind is int else None


def _array_bytes(value: Any) -> int | None:
    if type(value).__name__ == "DataFrame" and hasattr(value, "memory_usage"):
        return int(value.memory_usage(deep=False).sum())
    size_bytes = getattr(value, "nbytes", None)
    return int(size_bytes) if size_bytes is not None else None


def _value(value: Any) -> str:
    kind = type(value)
    if kind is str:
        text = repr(redact(value[:_REDACTED_LENGTH]))
    elif kind in _SHOWN or (kind is int and value.bit_length() <= 256):
        text = redact(str(value))
    else:
        return ""
    return text if len(text) <= _VALUE_LENGTH else f"{text[:_VALUE_LENGTH]}…"


def _table(variables: list[Variable]) -> str:
    """Return the HTML of the table; every text in it is escaped."""
    if not variables:
        return "<em>no variables yet</em>"
    head = "".join(_cell("th", text) for text in ("name", "type", "shape", "bytes", "value"))
    rows = "".join(f"<tr>{''.join(_cell('td', text) for text in _texts(each))}</tr>" for each in variables[:_ROWS])
    more = f"<em>… and {len(variables) - _ROWS:,} more</em>" if len(variables) > _ROWS else ""
    return (
        '<div style="max-height: 24em; overflow: auto"><table style="border-spacing: 0; line-height: 1.5">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}</div>"
    )


def _texts(variable: Variable) -> tuple[str, ...]:
    size = "" if variable.size_bytes is None else f"{variable.size_bytes:,}"
    return variable.name, variable.type, variable.shape, size, variable.value


def _cell(tag: str, text: str) -> str:
    return f'<{tag} style="padding: 0 1em 0 0; text-align: left; white-space: nowrap">{escape(text)}</{tag}>'
