"""The bundled tables in the databases of this machine: loaded once, looked at by every start."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from pycore.config import Config
from pycore.config.addresses import parse_address, sqlite_file
from pycore.database.csv_table import CsvTable
from pycore.datasets.bundled import TABLES, BundledTable, open_csv
from pycore.local.report import Report

__all__ = ["load_tables"]

_NEEDED_BYTES = 8_000_000  # the file, and as much again while it is written


def load_tables(config: Config, report: Report) -> None:
    """Load the bundled tables into every SQLite database of the environment that does not hold them yet.

    Raises
    ------
    PycoreError, OSError
        A database cannot be written.
    """
    for name, application in config.databases.items():
        address = parse_address(application.address)
        file = sqlite_file(address, config.root) if address.scheme == "sqlite" else None
        if file is None:
            report.step("Database", f"{name} is a server of its own; it is left alone")
        elif _holds_them(file):
            report.step("Database", f"{name}: {len(TABLES)} tables in {file}")
        else:
            report.step("Database", f"{name}: loading {len(TABLES)} tables into {file}")
            _look_for_room(file)
            _load(config, name)


def _look_for_room(file: Path) -> None:
    """Raise OSError on a full disk: SQLite does not always know that this is why it could not write."""
    if file.parent.exists() and shutil.disk_usage(file.parent).free < _NEEDED_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file))


def _load(config: Config, name: str) -> None:
    from pycore.database import Database
    from pycore.datasets import bundled

    application = config.databases[name]
    with Database(name, application) as database:
        bundled.load(database)


def _holds_them(file: Path) -> bool:
    """Return whether the loader has written, as its last act, the sentinel row of every table as it is bundled now.

    Asked of the file itself: SQLAlchemy and pandas would cost every start a second to say the same.
    """
    if not file.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("SELECT table_name, digest FROM pycore_loaded").fetchall()
    except sqlite3.Error:
        return False  # not loaded, or not readable: the loader will find out which, and say so
    return {(name, _digest(table)) for name, table in TABLES.items()} <= set(found)


def _digest(table: BundledTable) -> str:
    return CsvTable(open_csv(table.name), table.name).digest(table.schema, table.unique)
