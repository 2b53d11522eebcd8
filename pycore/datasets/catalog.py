"""The catalog: names of data sets to their rows, from the cache where it has them, else from their source."""

from __future__ import annotations

import datetime as dt
import html
import logging
import threading
import time
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pycore.cache.api import Fetched
from pycore.config.models import DatasetSpec, PriceSource
from pycore.datasets import bundled
from pycore.datasets.parameters import as_json, bind, cache_key
from pycore.datasets.sources import SOURCES, Places, Source
from pycore.exceptions import UnknownNameError

if TYPE_CHECKING:
    import pandas as pd

    from pycore.cache import Cache
    from pycore.database import Database
    from pycore.datasets.parameters import Value

__all__ = ["Catalog", "FetchedDataset"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class FetchedDataset(Fetched):
    """A data set, where it came from, and how old it is.

    Attributes
    ----------
    dataset : str
        Its name.
    key : str
        Its key in the cache.
    age_s : float
        Seconds since it was extracted; 0 when it was just now.
    """

    dataset: str
    key: str
    age_s: float


class Catalog:
    """The data sets of one environment.

    Parameters
    ----------
    specs : mapping of str to DatasetSpec
        Name to spec, as ``configs/datasets.json`` has them.
    databases : mapping of str to Database
        Those of the environment; where one is not there, a data set reads its bundled tables instead.
    cache : Cache or None
        Where data sets are kept; None: each call extracts.
    root : Path
        What relative paths of CSV files start from.
    prices : PriceSource, optional
        Where daily prices can be fetched.

    Examples
    --------
    >>> from pycore.config.models import SqlSource
    >>> spec = DatasetSpec(
    ...     title="Flowers",
    ...     source=SqlSource(kind="sql", database="STOCKS", statement="SELECT * FROM iris", bundled=("iris",)),
    ... )
    >>> catalog = Catalog({"iris": spec}, databases={}, cache=None, root=Path())
    >>> len(catalog.dataset("iris"))
    150
    """

    def __init__(
        self,
        specs: Mapping[str, DatasetSpec],
        *,
        databases: Mapping[str, Database],
        cache: Cache | None,
        root: Path,
        prices: PriceSource | None = None,
    ) -> None:
        self.prices = prices
        self._specs = dict(specs)
        self._cache = cache
        self._bundled: dict[tuple[str, ...], Database] = {}
        self._bundling = threading.Lock()
        self._discouraged: set[str] = set()
        weakref.finalize(self, _close, self._bundled)
        self._places = Places(databases=databases, root=root, bundled=self._bundled_database)

    def names(self) -> list[str]:
        """Return the names, in the order of the configuration."""
        return list(self._specs)

    def spec(self, name: str) -> DatasetSpec:
        """Return the spec of a data set.

        Raises
        ------
        UnknownNameError
            There is no such data set; those that there are get listed.
        """
        if name not in self._specs:
            raise UnknownNameError.of("data set", str(name), self.names())
        return self._specs[name]

    def key(self, name: str, parameters: Mapping[str, Any] | None = None) -> str:
        """Return the key under which the cache keeps a data set with these parameters.

        Parameters that are neither in the template nor at their defaults are appended: ``:limit=1000``.

        Raises
        ------
        UnknownNameError, DatasetError
            As for :meth:`dataset`.
        """
        return self._key(name, self._bound(name, parameters))

    def dataset(
        self,
        name: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        refresh: bool = False,
        max_age_s: float | None = None,
    ) -> pd.DataFrame:
        """Return a data set from the cache; extract and cache it first when it is not there.

        Parameters
        ----------
        name : str
            Of the data set.
        parameters : mapping of str to Any, optional
            Its parameters; those not given have their defaults.
        refresh : bool, default False
            Extract it now, whatever the cache holds.
        max_age_s : float, optional
            Seconds; an older cached data set is extracted again. None: any age will do.

        Raises
        ------
        UnknownNameError
            No data set or parameter has that name.
        DatasetError
            A parameter is not allowed, or the rows cannot be had.
        ServiceError
            The source does not answer and the cache does not hold the data set.
        """
        frame: pd.DataFrame = self.fetched(name, parameters, refresh=refresh, max_age_s=max_age_s).value
        return frame

    def fetched(
        self,
        name: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        refresh: bool = False,
        max_age_s: float | None = None,
    ) -> FetchedDataset:
        """Return a data set as :meth:`dataset` does, with its version in the cache and its age."""
        values = self._bound(name, parameters)
        spec, key, source = self._specs[name], self._key(name, values), self._source(name)
        self._discourage(name)
        started = time.monotonic()
        if self._cache is None:
            fetched = Fetched(value=source.extract(values), info=None, hit=False)
        else:
            fetched = self._cache.fetch(
                key,
                lambda: source.extract(values),
                ttl_s=spec.ttl_s,
                source=self._identity(name, values, source),
                refresh=refresh,
                max_age_s=max_age_s,
            )
        age_s = _age_s(fetched)
        whence = f"the cache, {age_s:.0f} s old" if fetched.hit else f"the source in {time.monotonic() - started:.2f} s"
        logger.info("%s: %d rows from %s", name, len(fetched.value), whence)
        self._doubt(name, fetched.value)
        return FetchedDataset(
            value=fetched.value, info=fetched.info, hit=fetched.hit, dataset=name, key=key, age_s=age_s
        )

    def extract(self, name: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Return a data set from its source, past the cache; raises as :meth:`dataset` does."""
        values = self._bound(name, parameters)
        self._discourage(name)
        frame = self._source(name).extract(values)
        self._doubt(name, frame)
        return frame

    def identity(self, name: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return what a cached document must say it was made from, to count as this data set."""
        return self._identity(name, self._bound(name, parameters), self._source(name))

    def close(self) -> None:
        """Close the private databases with bundled tables; the next use makes them again."""
        with self._bundling:
            _close(self._bundled)

    def __contains__(self, name: object) -> bool:
        return name in self._specs

    def __iter__(self) -> Iterator[str]:
        return iter(self._specs)

    def __len__(self) -> int:
        return len(self._specs)

    def __repr__(self) -> str:
        """Return the data sets as a table of text."""
        rows = [_HEADER, *(_row(name, spec) for name, spec in self._specs.items())]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        """Return the data sets as a table for a notebook."""
        head = "".join(f"<th>{title}</th>" for title in _HEADER)
        body = "".join(_html_row(name, spec) for name, spec in self._specs.items())
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _bound(self, name: str, parameters: Mapping[str, Any] | None) -> dict[str, Value]:
        return bind(name, self.spec(name).parameters, parameters or {})

    def _key(self, name: str, values: Mapping[str, Value]) -> str:
        spec = self._specs[name]
        return cache_key(spec.key or name, spec.parameters, values)

    def _source(self, name: str) -> Source:
        source = self.spec(name).source
        return SOURCES[source.kind](name, source, self._places)

    def _identity(self, name: str, values: Mapping[str, Value], source: Source) -> dict[str, Any]:
        return {"dataset": name, **source.identity(values), "parameters": as_json(values)}

    def _bundled_database(self, tables: tuple[str, ...]) -> Database:
        """Return the private database with these bundled tables; it is made once."""
        with self._bundling:
            if tables not in self._bundled:
                self._bundled[tables] = bundled.in_memory(tables)
            return self._bundled[tables]

    def _discourage(self, name: str) -> None:
        """Say once why one should think twice."""
        why = self._specs[name].discouraged
        if why is not None and name not in self._discouraged:
            self._discouraged.add(name)
            logger.warning("%s: think twice. %s", name, why)

    def _doubt(self, name: str, frame: pd.DataFrame) -> None:
        """Say that there are no rows: it is an answer, and mostly that of a misspelt parameter."""
        if len(frame) == 0:
            parameters = ", ".join(self._specs[name].parameters)
            logger.warning("%s: no rows%s", name, f" for these parameters ({parameters})" if parameters else "")


def _close(databases: dict[tuple[str, ...], Database]) -> None:
    while databases:
        databases.popitem()[1].close()


_HEADER = ("name", "title", "task", "target", "parameters")


def _row(name: str, spec: DatasetSpec) -> tuple[str, ...]:
    given = ", ".join(
        parameter if one.default is None else f"{parameter}={one.default}" for parameter, one in spec.parameters.items()
    )
    return name, spec.title, spec.task or "", spec.target or "", given


def _html_row(name: str, spec: DatasetSpec) -> str:
    hints = " ".join(filter(None, [spec.description, spec.discouraged]))
    cells = "".join(f"<td>{html.escape(cell)}</td>" for cell in _row(name, spec))
    return f'<tr title="{html.escape(hints)}">{cells}</tr>'


def _age_s(fetched: Fetched) -> float:
    if not fetched.hit or fetched.info is None:
        return 0.0
    return max(0.0, (dt.datetime.now(dt.UTC) - fetched.info.created_at).total_seconds())
