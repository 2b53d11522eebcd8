"""Names to classes, imported when a name is first used.

A registry knows where its classes live, not the classes: a heavy library is imported only by those who use it.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Generic, TypeVar

from pycore.exceptions import UnknownNameError

__all__ = ["Registry"]

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
