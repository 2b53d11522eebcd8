"""Names to classes, imported when a name is first used.

A registry knows where its classes live, not the classes: a heavy library is imported only by those who use it. The
same holds for the names that a package exports.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, Generic, TypeVar

from pycore.exceptions import UnknownNameError

__all__ = ["Registry", "lazy_exports"]

T = TypeVar("T")


class Registry(Generic[T]):
    """Things of one kind by name.

    Parameters
    ----------
    kind : str
        What the things are, as an error would say it: ``"notifier"``.
    places : dict of str to str
        Name to ``"package.module:attribute"``.

    Examples
    --------
    >>> registry = Registry("decoder", {"json": "json:loads"})
    >>> registry["json"]("[1, 2]")
    [1, 2]
    """

    def __init__(self, kind: str, places: dict[str, str]) -> None:
        self.kind = kind
        self._places = dict(places)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __getitem__(self, name: str) -> T:
        try:
            place = self._places[name]
        except KeyError:
            raise UnknownNameError.of(self.kind, name, list(self._places)) from None
        module, _, attribute = place.partition(":")
        thing: T = getattr(import_module(module), attribute)
        return thing

    def register(self, name: str, place: str) -> None:
        """Add `name`, found at ``"package.module:attribute"``, or put it in place of an older one."""
        self._places[name] = place


def lazy_exports(
    package: str, modules: Mapping[str, tuple[str, ...]]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the ``__getattr__`` and ``__dir__`` of a package whose names are imported on first use (PEP 562).

    Parameters
    ----------
    package : str
        The package's ``__name__``.
    modules : mapping of str to tuple of str
        Module of the package (``"catalog"``, ``"cache.api"``) to the names that it gives.

    Examples
    --------
    >>> getattribute, directory = lazy_exports("json", {"decoder": ("JSONDecoder",)})
    >>> getattribute("JSONDecoder").__module__
    'json.decoder'
    """
    places = {name: f"{package}.{module}" for module, names in modules.items() for name in names}

    def getattribute(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(places[name]), name)
        setattr(sys.modules[package], name, value)  # the next use is an ordinary one
        return value

    def directory() -> list[str]:
        return sorted({*vars(sys.modules[package]), *places})

    return getattribute, directory
