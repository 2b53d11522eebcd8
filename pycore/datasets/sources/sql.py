"""Data sets from a database, or from bundled tables where there is no such database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pycore.config.models import SqlSource
from pycore.datasets import bundled
from pycore.datasets.parameters import Value
from pycore.datasets.sources import Places
from pycore.exceptions import UnknownNameError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SqlStatement"]


class SqlStatement:
    """One reading statement with bound parameters."""

    def __init__(self, dataset: str, spec: SqlSource, places: Places) -> None:
        self._dataset = dataset
        self._spec = spec
        self._places = places

    def identity(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """Return the database and the digest of the statement; of bundled tables, the digest of their rows too."""
        if self._is_there():
            return self._places.databases[self._spec.database].source(self._spec.statement)
        statement = hashlib.sha256(self._spec.statement.encode()).hexdigest()
        rows = bundled.digest(self._tables())
        return {
            "application": self._spec.database,
            "address": "bundled:pycore",
            "database": "+".join(self._spec.bundled),
            "digest": hashlib.sha256(f"{statement} {rows}".encode()).hexdigest(),
        }

    def extract(self, values: Mapping[str, Value]) -> pd.DataFrame:
        """Return the rows of the statement.

        Raises
        ------
        UnknownNameError
            The environment has no such database, and no bundled tables stand in for it.
        ServiceError, QueryError
            The database does not answer, or refuses the statement.
        """
        if self._is_there():
            database = self._places.databases[self._spec.database]
        else:
            database = self._places.bundled(self._tables())
        return database.extract(self._spec.statement, dict(values))

    def _is_there(self) -> bool:
        return self._spec.database in self._places.databases

    def _tables(self) -> tuple[str, ...]:
        if not self._spec.bundled:
            raise UnknownNameError.of("database", self._spec.database, list(self._places.databases))
        return self._spec.bundled
