"""Ways to get the rows of a statement into a DataFrame: ours and those of others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec

import pandas as pd

from benchmarks.tables import Source

__all__ = ["EXTRACTORS", "OURS", "PANDAS", "Extract", "lacking"]

Extract = Callable[[str], pd.DataFrame]
OURS = "pycore"
PANDAS = "pandas.read_sql, PyMySQL"


def _by_pycore(source: Source) -> Extract:
    database = source.open()
    return lambda sql: database.extract(sql, limit=None)


def _by_pandas(driver: str) -> Callable[[Source], Extract]:
    def opened(source: Source) -> Extract:
        from sqlalchemy import create_engine, text

        engine = create_engine(source.url(f"mysql+{driver}"))
        return lambda sql: pd.read_sql(text(sql), engine)

    return opened


def _by_connectorx(source: Source) -> Extract:
    import connectorx

    address = source.url("mysql")
    return lambda sql: connectorx.read_sql(address, sql)


def _by_connectorx_and_arrow(source: Source) -> Extract:
    import connectorx

    address = source.url("mysql")
    return lambda sql: connectorx.read_sql(address, sql, return_type="arrow").to_pandas()


EXTRACTORS: Mapping[str, Callable[[Source], Extract]] = {
    OURS: _by_pycore,
    PANDAS: _by_pandas("pymysql"),
    "pandas.read_sql, mysqlclient": _by_pandas("mysqldb"),
    "connectorx, to pandas": _by_connectorx,
    "connectorx, Arrow to pandas": _by_connectorx_and_arrow,
}
_NEEDS = {
    "pandas.read_sql, mysqlclient": "MySQLdb",
    "connectorx, to pandas": "connectorx",
    "connectorx, Arrow to pandas": "connectorx",
}


def lacking(name: str) -> str | None:
    """Return the module that a way needs and that is not there."""
    module = _NEEDS.get(name)
    return module if module is not None and find_spec(module) is None else None
