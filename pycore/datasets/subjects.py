"""What can be explored, by whatever names it: a data set, a table, a query, a CSV file, a frame."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from pycore.exceptions import DatasetError, ServiceError, UnknownNameError
from pycore.results.subject import Subject

if TYPE_CHECKING:
    from pycore.database import Database
    from pycore.datasets.catalog import Catalog

__all__ = ["Subjects"]

_CSV: Final = (".csv", ".csv.gz")
# A word alone may be the name of a table; which words begin a statement that reads, the database knows as well.
_QUERY: Final = re.compile(
    r"(?:\s|--[^\n]*+\n|\#[^\n]*+\n|/\*(?:[^*]|\*(?!/))*+\*/)*+"
    r"(?:SELECT|WITH|VALUES|TABLE|SHOW|DESCRIBE|DESC|EXPLAIN)\b\s*[^\s.:]",
    re.IGNORECASE,
)
_MOST_NAMED: Final = 12
_MOST_CHARACTERS: Final = 60
_TAKES: Final = (
    "a data set, a table (DATABASE.TABLE where several databases have it), a query that reads (SELECT …), "
    "a CSV file (….csv, ….csv.gz) or a DataFrame"
)


class Subjects:
    """Turns what a user names into rows.

    Parameters
    ----------
    catalog : Catalog
        The data sets.
    databases : mapping of str to Database
        Where tables are looked for and queries are asked.
    root : Path
        Where a relative path of a CSV file is looked for, after the working directory.

    Examples
    --------
    >>> from pycore.datasets import Catalog
    >>> subjects = Subjects(Catalog({}, databases={}, cache=None, root=Path()), databases={}, root=Path())
    >>> subjects.read(pd.Series([1.5, 2.5], name="width")).frame
       width
    0    1.5
    1    2.5
    """

    def __init__(self, catalog: Catalog, databases: Mapping[str, Database], *, root: Path) -> None:
        self._catalog = catalog
        self._databases = databases
        self._root = root

    def read(self, source: Any, parameters: Mapping[str, Any] | None = None) -> Subject:
        """Return the rows of `source`, with what is known of them.

        Parameters
        ----------
        source : str, Path, DataFrame or Series
            A text is, in this order: a data set of the catalog, ``DATABASE.TABLE`` or ``DATABASE: SELECT …``, the
            path of a CSV file, a query, a table.
        parameters : mapping of str to Any, optional
            Of a data set, or of a query that names them as ``:name``.

        Raises
        ------
        UnknownNameError
            Nothing has that name, or several databases have such a table; or a parameter is unknown.
        DatasetError
            It is nothing that can be explored, or its rows cannot be had.
        ServiceError, QueryError
            A database does not answer, or refuses the query.
        """
        read, takes_parameters = self._reader(source, parameters or {})
        if parameters and not takes_parameters:
            name = next(iter(parameters))
            raise UnknownNameError(
                f"No parameter is called {name!r}: only data sets and queries have parameters.",
                kind="parameter",
                name=name,
                known=[],
            )
        return read()

    def _reader(self, source: Any, parameters: Mapping[str, Any]) -> tuple[Callable[[], Subject], bool]:
        """Return what reads `source`, and whether it takes parameters."""
        if isinstance(source, str):
            return self._reader_of_text(source.strip(), parameters)
        if isinstance(source, Path):
            return partial(self._csv, source), False
        if isinstance(source, pd.Series):
            source = source.to_frame("value" if source.name is None else source.name)
        if isinstance(source, pd.DataFrame):
            return partial(Subject, name="DataFrame", frame=source), False
        raise DatasetError(f"A {type(source).__name__} cannot be explored: explore takes {_TAKES}.")

    def _reader_of_text(self, text: str, parameters: Mapping[str, Any]) -> tuple[Callable[[], Subject], bool]:
        if text in self._catalog:
            return partial(self._dataset, text, parameters), True
        for database, rest in self._addressed(text):
            if _QUERY.match(rest):
                return partial(self._query, database, rest, parameters), True
            return partial(self._table, database, rest), False
        if text.lower().endswith(_CSV) and "\n" not in text and not _QUERY.match(text):
            return partial(self._csv, Path(text)), False
        if _QUERY.match(text):
            return partial(self._query, self._only(), text, parameters), True
        return partial(self._table_of_any, text), False

    def _addressed(self, source: str) -> Iterator[tuple[Database, str]]:
        """Yield the database that stands before a colon or a dot, with what stands behind it."""
        for sign in (":", "."):
            if sign == "." and source.lower().endswith(_CSV):
                continue  # a file may have the name of a database
            name, found, rest = source.partition(sign)
            if found and rest.strip() and name.strip() in self._databases:
                yield self._databases[name.strip()], rest.strip()

    def _dataset(self, name: str, parameters: Mapping[str, Any]) -> Subject:
        spec = self._catalog.spec(name)
        return Subject(
            name=name,
            frame=self._catalog.dataset(name, parameters),
            target=spec.target,
            task=None if spec.task == "timeseries" else spec.task,
            units=spec.units,
        )

    def _query(self, database: Database, sql: str, parameters: Mapping[str, Any]) -> Subject:
        line = " ".join(sql.split())
        name = line if len(line) <= _MOST_CHARACTERS else f"{line[: _MOST_CHARACTERS - 1]}…"
        return Subject(name=name, frame=database.extract(sql, parameters or None))

    def _table(self, database: Database, table: str) -> Subject:
        return Subject(name=table, frame=database.rows(table), statistics=partial(database.summary, table))

    def _csv(self, path: Path) -> Subject:
        from pycore.datasets.csv import read_as_titled

        if not path.name.lower().endswith(_CSV):
            raise DatasetError(
                f"{path.name} cannot be explored: explore reads CSV files (….csv, ….csv.gz); of others it takes the"
                " DataFrame that pandas reads."
            )
        places = [path.expanduser(), self._root / path.expanduser()]
        place = next(filter(os.path.exists, places), places[0])  # Path.exists raises for a long name
        return Subject(name=path.name, frame=read_as_titled(place))

    def _only(self) -> Database:
        """Return the one database."""
        names = list(self._databases)
        if len(names) == 1:
            return self._databases[names[0]]
        hint = f"Write one of {', '.join(names)} before it: '{names[0]}: SELECT …'." if names else "There is none here."
        raise UnknownNameError(f"Which database answers this query? {hint}", kind="database", name="", known=names)

    def _table_of_any(self, name: str) -> Subject:
        """Read the table `name` of the one database that has it."""
        tables, away = self._tables()
        having = [database for database, names in tables.items() if name in names]
        if len(having) == 1:
            return self._table(self._databases[having[0]], name)
        if having:
            known = [f"{database}.{name}" for database in having]
            raise UnknownNameError(
                f"The table {name!r} is in several databases: name one of {', '.join(known)}.",
                kind="table",
                name=name,
                known=known,
            )
        raise self._unknown(name, [table for names in tables.values() for table in names], away)

    def _tables(self) -> tuple[dict[str, list[str]], list[str]]:
        """Return the names of the tables of each database, and the databases that do not answer."""
        tables: dict[str, list[str]] = {}
        away = []
        for name, database in self._databases.items():
            try:
                tables[name] = [table.name for table in database.tables(count=False)]
            except ServiceError:
                away.append(name)  # the error that follows says so; another database may have the table
        return tables, away

    def _unknown(self, name: str, tables: Sequence[str], away: Sequence[str]) -> UnknownNameError:
        """Return the error that says what there is, and what else can be explored."""
        datasets = self._catalog.names()
        known = list(dict.fromkeys([*datasets, *tables]))
        by_lower = {each.casefold(): each for each in known}
        close = [by_lower[each] for each in get_close_matches(name.casefold(), by_lower, n=3)]
        hint = f" Did you mean {' or '.join(map(repr, close))}?" if close else ""
        unasked = f" Not asked, because it does not answer: {', '.join(away)}." if away else ""
        return UnknownNameError(
            f"No data set or table is called {_cut(name)!r}.{hint} Data sets: {_listed(datasets)}."
            f" Tables: {_listed(tables)}.{unasked} explore takes {_TAKES}.",
            kind="data set or table",
            name=name,
            known=known,
        )


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"


def _listed(names: Sequence[str]) -> str:
    shown = sorted(set(names))
    more = f" and {len(shown) - _MOST_NAMED} more" if len(shown) > _MOST_NAMED else ""
    return (", ".join(shown[:_MOST_NAMED]) or "none") + more
