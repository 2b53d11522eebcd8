"""What can be explored, by whatever names it: a data set, a table, a query, a CSV file, a frame."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from pycore._wording import a_type
from pycore.exceptions import DatasetError, ServiceError, UnknownNameError
from pycore.results.subject import Subject

if TYPE_CHECKING:
    from pycore.database import Database
    from pycore.datasets.catalog import Catalog

__all__ = ["Subjects"]

_CSV: Final = (".csv", ".csv.gz")
# A word alone may be the name of a table; which words begin a statement that reads, the database knows as well.
_QUERY: Final = re.compile(
    r"(?:\s|--[^\n]*+\n|\#[^\n]*+\n|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/)*"
    r"(?:SELECT|WITH|VALUES|TABLE|SHOW|DESCRIBE|DESC|EXPLAIN)\b(?:\s+\S|[^\s.:])",
    re.IGNORECASE,
)
_BEGUN: Final = re.compile(r"[\s(]*+([A-Za-z]+)\s")
_WRITING: Final = frozenset(
    {"INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "CREATE", "DROP", "ALTER", "TRUNCATE", "GRANT", "REVOKE", "CALL"}
)
_ADDRESS: Final = re.compile(r"(\w+)\s*([.:])\s*(\S.*)", re.DOTALL)
_OPTIONS: Final = ("target", "theme")  # of explore, which takes all other names for parameters
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
            path of a CSV file, a query, a table. Rows are called what ``attrs["name"]`` says, if it says anything.
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
            raise _no_parameter(next(iter(parameters)), "only data sets and queries have parameters")
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
            return partial(Subject, name=_name_of(source), frame=source), False
        kind = a_type(type(source))
        raise DatasetError(f"{kind[0].upper()}{kind[1:]} cannot be explored: explore takes {_TAKES}.")

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
        for unknown in (each for each in parameters if each not in spec.parameters):
            raise _no_parameter(unknown, f"{name} has {_listed(list(spec.parameters))}", list(spec.parameters))
        return Subject(
            name=name,
            frame=self._catalog.dataset(name, parameters),
            target=spec.target,
            task=None if spec.task == "timeseries" else spec.task,
            units=spec.units,
        )

    def _query(self, database: Database, sql: str, parameters: Mapping[str, Any]) -> Subject:
        for name in parameters:
            if f":{name}" not in sql and _meant(name, _OPTIONS):
                raise _no_parameter(name, "the query has none of that name")
        line = " ".join(sql.split())
        name = line if len(line) <= _MOST_CHARACTERS else f"{line[: _MOST_CHARACTERS - 1]}…"
        return Subject(name=name, frame=database.extract(sql, parameters or None))

    def _table(self, database: Database, table: str) -> Subject:
        try:
            frame = database.rows(table)
        except UnknownNameError:
            _refuse_sql(table)
            raise
        return Subject(name=table, frame=frame, statistics=partial(database.summary, table))

    def _csv(self, path: Path) -> Subject:
        from pycore.datasets.csv import read_as_titled

        if not path.name.lower().endswith(_CSV):
            raise DatasetError(
                f"{path.name} cannot be explored: explore reads CSV files (….csv, ….csv.gz); of others it takes the"
                " DataFrame that pandas reads."
            )
        return Subject(name=path.name, frame=read_as_titled(self._place(path) or path))

    def _place(self, path: Path) -> Path | None:
        """Return where `path` is: from the working directory, or else from the root; None if it is nowhere."""
        with suppress(RuntimeError):  # of ~nobody there is no home
            path = path.expanduser()
        return next(filter(os.path.exists, [path, self._root / path]), None)  # Path.exists raises for a long name

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
        _refuse_sql(name)
        self._refuse_file(name)
        self._refuse_database(name, tables)
        raise self._unknown(name, [table for names in tables.values() for table in names], away)

    def _refuse_file(self, name: str) -> None:
        """Raise if `name` is that of a file or folder."""
        place = self._place(Path(name)) if name and "\n" not in name else None
        if place is not None and place.is_dir():
            raise DatasetError(f"{_cut(name)} is a folder, and no data set or table is called so: name a file in it.")
        if place is not None:
            self._csv(place)

    def _refuse_database(self, text: str, tables: Mapping[str, Sequence[str]]) -> None:
        """Raise if `text` begins with what is nearly a database, or with what ought to be one."""
        address = _ADDRESS.fullmatch(text)
        if address is None or not self._databases:
            return
        name, sign, rest = address.groups()
        addressed = f"{name}{sign}{rest}"
        known = {f"{database}{sign}{table}": table for database, names in tables.items() for table in names}
        having = [each for each, table in known.items() if table == rest]
        meant = _meant(addressed, having) or having or _meant(addressed, known)
        if _QUERY.match(rest):
            meant = [f"{database}: {_cut(rest)}" for database in _meant(name, self._databases)]
        elif not meant:
            return
        hint = f" Did you mean {' or '.join(map(repr, meant))}?" if meant else ""
        raise UnknownNameError(
            f"No database is called {_cut(name)!r}.{hint} Databases: {_listed(list(self._databases))}.",
            kind="database",
            name=name,
            known=list(self._databases),
        )

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
        close = _meant(name, known)
        hint = f" Did you mean {' or '.join(map(repr, close))}?" if close else ""
        unasked = f" Not asked, because it does not answer: {', '.join(away)}." if away else ""
        return UnknownNameError(
            f"No data set or table is called {_cut(name)!r}.{hint} Data sets: {_listed(datasets)}."
            f" Tables: {_listed(tables)}.{unasked} explore and train take {_TAKES}.",
            kind="data set or table",
            name=name,
            known=known,
        )


def _name_of(frame: pd.DataFrame) -> str:
    name = frame.attrs.get("name")
    return " ".join(name.split())[:_MOST_CHARACTERS] or "DataFrame" if isinstance(name, str) else "DataFrame"


def _refuse_sql(text: str) -> None:
    """Raise what a database says of a statement that does not read, if `text` looks like one."""
    from pycore.database.statement import READING_WORDS, parse

    begun = _BEGUN.match(text)
    if begun is not None and ((word := begun[1].upper()) in _WRITING or _meant(word, READING_WORDS)):
        parse(text, "sqlite")  # of no family does a statement that begins so read


def _no_parameter(name: str, why: str, known: Sequence[str] = ()) -> UnknownNameError:
    close = _meant(name, [*known, *_OPTIONS])
    hint = f" Did you mean {close[0]}?" if close else ""
    return UnknownNameError(
        f"No parameter is called {name!r}: {why}.{hint}", kind="parameter", name=name, known=list(known)
    )


def _meant(name: str, known: Iterable[str]) -> list[str]:
    """Return those of `known` that `name` may be a misspelling of, the nearest first."""
    by_folded = {each.casefold(): each for each in known}
    return [by_folded[each] for each in get_close_matches(name.casefold(), by_folded, n=3)]


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"


def _listed(names: Sequence[str]) -> str:
    shown = sorted(set(names))
    more = f" and {len(shown) - _MOST_NAMED} more" if len(shown) > _MOST_NAMED else ""
    return (", ".join(shown[:_MOST_NAMED]) or "none") + more
