"""Every error that pycore raises, one tree.

::

    PycoreError
    ├── ConfigError                   the configuration is wrong: fix the file
    │   ├── ConfigFileError           a file is missing, unreadable or not JSON
    │   └── ConfigValueError          a value in a file is not allowed
    ├── UnknownNameError              a name that nothing has (also a LookupError)
    ├── MissingDependencyError        an optional package is absent (also an ImportError)
    ├── ServiceError                  a server: which, where
    │   ├── ServiceUnavailableError   it does not answer
    │   │   └── ConnectionLostError   it went away in the middle: what was read is not all
    │   ├── ServiceTimeoutError       it answers too slowly
    │   └── AuthenticationError       it refuses the credentials
    ├── QueryError                    a statement was refused or failed
    │   └── ResultTooLargeError       its result takes more memory than it may
    ├── CacheError                    a key holds something that is not ours, or cannot be used
    │   ├── SerializationError        a value that JSON cannot carry exactly
    │   └── LeaseLostError            another creator took over
    ├── DatasetError                  a data set cannot be had
    │   └── DatasetValidationError    its rows break its rules: all failures at once
    ├── ModelError
    │   ├── UntrustedModelError       a model names types that are not allowed
    │   └── SignatureMismatchError    rows do not fit the model
    ├── NotificationError             a message could not be sent
    └── StageError                    the program of a stage failed

There is one class for each thing that the caller does differently. Facts are attributes, the text says what
happened, to what, what was expected and what to do next. Every error pickles. A miss of the cache is
:data:`pycore.MISS`, not an error. scikit-learn's own errors pass through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

__all__ = [
    "AuthenticationError",
    "CacheError",
    "ConfigError",
    "ConfigFileError",
    "ConfigValueError",
    "ConnectionLostError",
    "DatasetError",
    "DatasetValidationError",
    "LeaseLostError",
    "MissingDependencyError",
    "ModelError",
    "NotificationError",
    "PycoreError",
    "QueryError",
    "ResultTooLargeError",
    "SerializationError",
    "ServiceError",
    "ServiceTimeoutError",
    "ServiceUnavailableError",
    "SignatureMismatchError",
    "StageError",
    "UnknownNameError",
    "UntrustedModelError",
]


class PycoreError(Exception):
    """Anything that pycore raises on purpose.

    Parameters
    ----------
    message : str
        What happened, to what, what was expected, what to do next. Never a secret, a row or a value.
    **facts : Any
        Attributes of the error, one per name in `facts` of the class; those not given are None.

    Attributes
    ----------
    exit_code : int
        What a command line ends with when this error reaches it.
    """

    exit_code: ClassVar[int] = 1
    facts: ClassVar[tuple[str, ...]] = ()

    def __init__(self, message: str = "", **facts: Any) -> None:
        super().__init__(message)
        unknown = sorted(set(facts) - set(self.facts))
        if unknown:
            raise TypeError(f"{type(self).__name__} has no fact {', '.join(unknown)}")
        for name in self.facts:
            setattr(self, name, facts.get(name))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_revive, (type(self), self.args, dict(self.__dict__)))


def _revive(cls: type[PycoreError], args: tuple[Any, ...], state: dict[str, Any]) -> PycoreError:
    """Make an error again from its pickle, without running its constructor."""
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigError(PycoreError):
    """The configuration is wrong: `problems` holds every problem of every file, in order."""

    exit_code = 3
    facts: ClassVar[tuple[str, ...]] = ("path", "pointer", "line", "column", "hint", "problems")
    path: str | None
    pointer: str | None
    line: int | None
    column: int | None
    hint: str | None
    problems: Sequence[ConfigError] | None


class ConfigFileError(ConfigError):
    """A configuration file is missing, unreadable, too large or not JSON."""


class ConfigValueError(ConfigError):
    """A value in a configuration file is not allowed: `path`, `pointer` (RFC 6901) and `line` say where."""


class UnknownNameError(PycoreError, LookupError):
    """A name that nothing has: `kind` of thing, `name` asked for, `known` names."""

    exit_code = 2
    facts: ClassVar[tuple[str, ...]] = ("kind", "name", "known")
    kind: str
    name: str
    known: Sequence[str]

    @classmethod
    def of(cls, kind: str, name: str, known: Sequence[str]) -> UnknownNameError:
        """Return the error for `name`, listing what there is and guessing what was meant."""
        from difflib import get_close_matches

        names = sorted(known)
        close = get_close_matches(name, names, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        nothing = "none" if kind in {"parameter", "column"} else "none is configured in this environment"
        there = ", ".join(names) if names else nothing
        return cls(f"No {kind} is called {name!r}.{hint} There is: {there}.", kind=kind, name=name, known=names)


class MissingDependencyError(PycoreError, ImportError):
    """An optional package is absent: `extra` is what to install."""

    exit_code = 3
    facts: ClassVar[tuple[str, ...]] = ("package", "extra")
    package: str
    extra: str | None


class ServiceError(PycoreError):
    """A server failed us: `service` is its name in the configuration, `address` where it was looked for."""

    exit_code = 4
    facts: ClassVar[tuple[str, ...]] = ("service", "address")
    service: str
    address: str


class ServiceUnavailableError(ServiceError):
    """The server does not answer."""


class ConnectionLostError(ServiceUnavailableError):
    """The server went away in the middle of an answer; asked again from the beginning, it may give all of it."""


class ServiceTimeoutError(ServiceError):
    """The server did not answer in time."""


class AuthenticationError(ServiceError):
    """The server refuses the credentials; waiting does not help."""


class QueryError(PycoreError):
    """A statement was refused or failed: `statement` is its text, never its values."""

    exit_code = 5
    facts: ClassVar[tuple[str, ...]] = ("statement",)
    statement: str | None


class ResultTooLargeError(QueryError):
    """A result takes more memory than it may: `size_bytes` found or expected, `allowed_bytes`. Nothing is returned."""

    facts: ClassVar[tuple[str, ...]] = ("statement", "size_bytes", "allowed_bytes")
    size_bytes: int
    allowed_bytes: int


class CacheError(PycoreError):
    """A key of the cache cannot be used as asked: `key`."""

    exit_code = 5
    facts: ClassVar[tuple[str, ...]] = ("key",)
    key: str | None


class SerializationError(CacheError):
    """A value that JSON cannot carry exactly: which `column`, of which `type`. Nothing was written."""

    facts: ClassVar[tuple[str, ...]] = ("key", "column", "type")
    column: str | None
    type: str | None


class LeaseLostError(CacheError):
    """Another creator took over while this one worked; nothing was published."""


class DatasetError(PycoreError):
    """A data set cannot be had: `dataset` names it."""

    exit_code = 5
    facts: ClassVar[tuple[str, ...]] = ("dataset",)
    dataset: str | None


class DatasetValidationError(DatasetError):
    """Rows break the rules of their data set: `failures` lists all of them."""

    facts: ClassVar[tuple[str, ...]] = ("dataset", "failures")
    failures: Sequence[str]


class ModelError(PycoreError):
    """A model cannot be had or used."""

    exit_code = 6


class UntrustedModelError(ModelError):
    """A model names types that are not allowed: `types`."""

    facts: ClassVar[tuple[str, ...]] = ("types",)
    types: Sequence[str]


class SignatureMismatchError(ModelError):
    """Rows do not fit the model: `expected` and `found` map columns to types."""

    facts: ClassVar[tuple[str, ...]] = ("expected", "found")
    expected: Mapping[str, str]
    found: Mapping[str, str]


class NotificationError(PycoreError):
    """A message could not be sent."""

    exit_code = 7


class StageError(PycoreError):
    """The program of a stage failed: `stage` and `program`, the `code` that it ended with, and its `log`."""

    exit_code = 8
    facts: ClassVar[tuple[str, ...]] = ("stage", "program", "code", "log")
    stage: str
    program: str
    code: int
    log: str
