"""Where data sets come from: one class per kind, imported when a data set of that kind is first used.

>>> sorted(SOURCES)
['csv', 'http', 'sql']
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pycore._registry import Registry
from pycore.datasets.parameters import Value

if TYPE_CHECKING:
    import pandas as pd

    from pycore.database import Database

__all__ = ["SOURCES", "Places", "Source"]


@dataclass(frozen=True, kw_only=True)
class Places:
    """What a source may draw from.

    Attributes
    ----------
    databases : mapping of str to Database
        Those of the environment.
    root : Path
        What relative paths start from.
    bundled : callable
        Returns the database that holds these bundled tables.
    """

    databases: Mapping[str, Database]
    root: Path
    bundled: Callable[[tuple[str, ...]], Database]


class Source(Protocol):
    """A kind of source, made from the name of a data set, the source of its spec, and the places."""

    def __init__(self, dataset: str, spec: Any, places: Places) -> None: ...

    def identity(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """Return what tells these rows from those of another source; JSON, without secrets."""
        ...

    def extract(self, values: Mapping[str, Value]) -> pd.DataFrame:
        """Return the rows."""
        ...


SOURCES: Registry[type[Source]] = Registry(
    "kind of source",
    {
        "sql": "pycore.datasets.sources.sql:SqlStatement",
        "csv": "pycore.datasets.sources.csv:CsvFile",
        "http": "pycore.datasets.sources.http:HttpAddress",
    },
)
