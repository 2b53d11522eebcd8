"""What one spec cannot say of itself when it is read: keys, words and defaults that fit each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pycore.config.models import CsvSource, DatasetSpec, HttpSource, ParameterSpec
from pycore.datasets import parameters
from pycore.exceptions import ConfigError, ConfigValueError, DatasetError

__all__ = ["check"]

_RESERVED = frozenset({"refresh", "max_age_s"})


def check(specs: Mapping[str, DatasetSpec]) -> None:
    """Make sure that every spec can be used.

    Raises
    ------
    ConfigError
        Some cannot; `problems` has each with its JSON Pointer.

    Examples
    --------
    >>> from pycore.config.models import CsvSource
    >>> prices = DatasetSpec(title="Prices", source=CsvSource(kind="csv", path="spy.csv"), key="LATEST")
    >>> check({"spy": prices, "ibm": prices})
    Traceback (most recent call last):
        ...
    pycore.exceptions.ConfigError: /datasets/ibm/key is the key of data set spy too; give each its own.
    """
    problems = [problem for name, spec in specs.items() for problem in _problems(f"/datasets/{name}", spec)]
    problems += _same_keys(specs)
    if problems:
        raise ConfigError("\n".join(map(str, problems)), problems=problems)


def _problems(pointer: str, spec: DatasetSpec) -> Iterator[ConfigValueError]:
    for name, parameter in spec.parameters.items():
        place = f"{pointer}/parameters/{name}"
        if name in _RESERVED:
            yield _problem(place, f"is a word of its own: no parameter can be called {name}.")
        if not _allows_its_default(parameter):
            yield _problem(f"{place}/default", "is a value that the parameter itself does not allow.")
    templates = {f"{pointer}/key": spec.key or ""}
    if isinstance(spec.source, CsvSource):
        templates[f"{pointer}/source/path"] = spec.source.path
    if isinstance(spec.source, HttpSource):
        templates[f"{pointer}/source/address"] = spec.source.address
    for place, template in templates.items():
        try:
            parameters.fields(template)
        except ValueError:
            yield _problem(place, "has braces that do not hold plain names; expected something like {symbol}.")


def _allows_its_default(spec: ParameterSpec) -> bool:
    if spec.default is None:
        return True
    try:
        parameters.bind("", {"default": spec}, {})
    except DatasetError:
        return False
    return True


def _same_keys(specs: Mapping[str, DatasetSpec]) -> Iterator[ConfigValueError]:
    """Yield the data sets that would take turns at throwing each other out of the cache."""
    first: dict[str, str] = {}
    for name, spec in specs.items():
        other = first.setdefault(spec.key or name, name)
        if other != name:
            yield _problem(f"/datasets/{name}/key", f"is the key of data set {other} too; give each its own.")


def _problem(pointer: str, text: str) -> ConfigValueError:
    return ConfigValueError(f"{pointer} {text}", pointer=pointer)
