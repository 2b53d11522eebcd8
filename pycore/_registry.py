"""Names to classes, imported when a name is first used.

A registry knows where its classes live, not the classes: a heavy library is imported only by those who use it. The
same holds for the names that a package exports.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, Generic, TypeVar

from pycore.exceptions import UnknownNameError

__all__ = ["Named", "Registry", "lazy_exports"]

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


class Named(Mapping[str, T], Generic[T]):
    """Things by name, each made when it is first asked for; an unknown name lists what there is.

    Parameters
    ----------
    kind : str
        What the things are, as an error would say it: ``"cache"``.
    makers : mapping of str to callable
        Name to what makes the thing; called once at most, whichever threads ask.

    Examples
    --------
    >>> named = Named("list", {"empty": list})
    >>> named["empty"] is named["empty"]
    True
    """

    def __init__(self, kind: str, makers: Mapping[str, Callable[[], T]]) -> None:
        self._kind = kind
        self._makers = dict(makers)
        self._made: dict[str, T] = {}
        self._making = threading.Lock()

    def __getitem__(self, name: str) -> T:
        if name not in self._makers:
            raise UnknownNameError.of(self._kind, name, list(self._makers))
        with self._making:
            if name not in self._made:
                self._made[name] = self._makers[name]()
            return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._makers  # Mapping's own would look for KeyError, which an unknown name is not

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def __repr__(self) -> str:
        return f"<{self._kind}s: {', '.join(self._makers) or 'none in this environment'}>"

    def made(self) -> list[T]:
        """Return those that were asked for so far."""
        return list(self._made.values())


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
