"""Real tables inside the package: the pipeline runs without a network, and without a database of one's own.

Where each comes from and under which licence stands in ``data/SOURCES.rst``.

>>> TABLES["stocks"].n_rows
12154
"""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, TextIO

from pycore.database import ColumnSchema, ColumnType, TableSchema
from pycore.exceptions import DatasetError, UnknownNameError

if TYPE_CHECKING:
    from pycore.database import Database

__all__ = ["SYMBOLS", "TABLES", "BundledTable", "digest", "in_memory", "load", "open_csv", "script"]

SYMBOLS = ("AAPL", "FB", "GOOG", "IBM", "MSFT")
"""The shares in the table ``stocks``."""


@dataclass(frozen=True, kw_only=True)
class BundledTable:
    """A table that the package carries.

    Attributes
    ----------
    name : str
        Of the table, and of its file.
    schema : TableSchema
        Its columns, in the order of the file.
    n_rows : int
        Rows.
    unique : tuple of str
        Columns that together name a row; none: rows may repeat.
    source : str
        Origin, in a line.
    licence : str
        As the source states it.
    """

    name: str
    schema: TableSchema
    n_rows: int
    unique: tuple[str, ...] = ()
    source: str
    licence: str


def _columns(type_: ColumnType, *names: str, nullable: bool = False, length: int | None = None) -> list[ColumnSchema]:
    return [ColumnSchema(name=name, type=type_, nullable=nullable, length=length) for name in names]


def _schema(*groups: list[ColumnSchema]) -> TableSchema:
    return TableSchema(tuple(column for group in groups for column in group))


_NOT_STATED = "not stated by the source"
_TABLES = (
    BundledTable(
        name="autompg",
        schema=_schema(
            _columns("double", "mpg"),
            _columns("integer", "cylinders"),
            _columns("double", "displacement"),
            _columns("integer", "horsepower", "weight"),
            _columns("double", "acceleration"),
            _columns("integer", "model_year", "origin"),
            _columns("text", "car_name", length=64),
        ),
        n_rows=392,
        source="Donoho and Ramos (1982), CRCARS, StatLib; by way of bokeh_sampledata",
        licence="CC0-1.0",
    ),
    BundledTable(
        name="boston",
        schema=_schema(
            _columns("double", "crim", "zn", "indus"),
            _columns("integer", "chas"),
            _columns("double", "nox", "rm", "age", "dis"),
            _columns("integer", "rad", "tax"),
            _columns("double", "ptratio", "b", "lstat", "medv"),
        ),
        n_rows=506,
        source="Harrison and Rubinfeld (1978); by way of mlxtend",
        licence=_NOT_STATED,
    ),
    BundledTable(
        name="diabetes",
        schema=_schema(
            _columns("integer", "age", "sex"),
            _columns("double", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6", "progression"),
        ),
        n_rows=442,
        source="Efron, Hastie, Johnstone and Tibshirani (2004); by way of scikit-learn",
        licence=_NOT_STATED,
    ),
    BundledTable(
        name="iris",
        schema=_schema(
            _columns("double", "sepal_length", "sepal_width", "petal_length", "petal_width"),
            _columns("text", "species", length=16),
        ),
        n_rows=150,
        source="Fisher (1936); by way of bokeh_sampledata",
        licence="CC0-1.0",
    ),
    BundledTable(
        name="penguins",
        schema=_schema(
            _columns("text", "species", "island", length=16),
            _columns("double", "bill_length_mm", "bill_depth_mm", nullable=True),
            _columns("integer", "flipper_length_mm", "body_mass_g", nullable=True),
            _columns("text", "sex", nullable=True, length=16),
        ),
        n_rows=344,
        source="Gorman; Horst, Hill and Gorman (2020), palmerpenguins; by way of bokeh_sampledata",
        licence="CC0-1.0",
    ),
    BundledTable(
        name="stocks",
        schema=_schema(
            _columns("text", "symbol", length=16),
            _columns("date", "date"),
            _columns("double", "open", "high", "low", "close"),
            _columns("bigint", "volume"),
            _columns("double", "adj_close"),
        ),
        n_rows=12_154,
        unique=("symbol", "date"),
        source="Quandl WIKI Prices; by way of bokeh_sampledata",
        licence="public domain",
    ),
    BundledTable(
        name="titanic",
        schema=_schema(
            _columns("text", "name", length=96),
            _columns("text", "passenger_class", nullable=True, length=8),
            _columns("double", "age", nullable=True),
            _columns("text", "sex", length=16),
            _columns("integer", "survived"),
        ),
        n_rows=1313,
        source="a historical list of passengers; by way of bokeh_sampledata",
        licence="public domain",
    ),
    BundledTable(
        name="wine",
        schema=_schema(
            _columns("double", "alcohol", "malic_acid", "ash", "alcalinity_of_ash"),
            _columns("integer", "magnesium"),
            _columns("double", "total_phenols", "flavanoids", "nonflavanoid_phenols", "proanthocyanins"),
            _columns("double", "color_intensity", "hue", "od280_od315"),
            _columns("integer", "proline"),
            _columns("text", "cultivar", length=16),
        ),
        n_rows=178,
        source="Forina and others, UCI; by way of scikit-learn",
        licence=_NOT_STATED,
    ),
)
TABLES: Mapping[str, BundledTable] = MappingProxyType({table.name: table for table in _TABLES})
"""The bundled tables by name."""


def open_csv(name: str) -> TextIO:
    """Return the open CSV text of a bundled table; the first line is its header.

    Examples
    --------
    >>> with open_csv("iris") as stream:
    ...     stream.readline().rstrip()
    'sepal_length,sepal_width,petal_length,petal_width,species'
    """
    return io.StringIO(gzip.decompress(_packed(name)).decode(), newline="")


def digest(names: Sequence[str]) -> str:
    """Return the SHA-256 of bundled tables: it changes when a release changes one of them."""
    joined = hashlib.sha256()
    for name in sorted(names):
        joined.update(hashlib.sha256(_packed(name)).digest())
    return joined.hexdigest()


def load(
    database: Database, *, progress: bool = False, tables: Sequence[str] = tuple(TABLES), reload: bool = False
) -> dict[str, int]:
    """Load bundled tables into a database and return how many rows each took; 0 for one that was there already.

    Parameters
    ----------
    database : Database
        Where to.
    progress : bool, default False
        Show a progress bar per table.
    tables : sequence of str
        Which; by default all.
    reload : bool, default False
        Load them again also when they are there: somebody may have changed their rows since.

    Raises
    ------
    UnknownNameError
        There is no such bundled table.
    ServiceError
        The database does not answer.
    """
    return {
        name: database.load_csv(
            open_csv(name),
            name,
            schema=TABLES[name].schema,
            unique=TABLES[name].unique,
            progress=progress,
            reload=reload,
        )
        for name in map(_known, tables)
    }


def script() -> Iterator[str]:
    """Yield the statements by which the client of an empty MySQL or MariaDB loads all bundled tables, as text.

    Afterwards :func:`load` finds nothing to do.

    Examples
    --------
    >>> next(script())
    'SET NAMES utf8mb4;'
    """
    from pycore.database.load import Source
    from pycore.database.script import loading

    return loading(
        Source.of(open_csv(name), name, schema=table.schema, unique=table.unique) for name, table in TABLES.items()
    )


def in_memory(tables: Sequence[str]) -> Database:
    """Return a private SQLite database that holds just these bundled tables, as long as it is referred to.

    Examples
    --------
    >>> with in_memory(["iris"]) as database:
    ...     len(database.extract("SELECT * FROM iris WHERE species = :species", {"species": "setosa"}))
    50
    """
    from pycore.config.models import DatabaseApplication
    from pycore.database import Database

    # A file, not ":memory:": connections to one database in memory lock each other out, so threads would fail.
    folder = tempfile.mkdtemp(prefix="pycore-bundled-")
    database = Database("BUNDLED", DatabaseApplication(address=f"sqlite:///{folder}/bundled.sqlite"))
    weakref.finalize(database, shutil.rmtree, folder, ignore_errors=True)
    load(database, tables=tables)
    return database


def _known(name: str) -> str:
    if name not in TABLES:
        raise UnknownNameError.of("bundled table", name, list(TABLES))
    return name


@cache
def _packed(name: str) -> bytes:
    resource = files("pycore.datasets") / "data" / f"{_known(name)}.csv.gz"
    try:
        return resource.read_bytes()
    except OSError as exc:
        raise DatasetError(
            f"The bundled table {name!r} is missing from this installation of pycore; install it again.", dataset=name
        ) from exc
