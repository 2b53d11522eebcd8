"""The tables of docs/types-of-databases.rst: what a column is declared as, and its two types in pandas."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Protocol

from pycore.database import Database

__all__ = ["Server", "documented_types", "has_types"]

PAGE = Path(__file__).parents[2] / "docs" / "types-of-databases.rst"
_ROW = re.compile(r"^   \* - (``.+(?:\n       ``.+)*)\n     - (.+)\n     - (.+)$", re.MULTILINE)


class Server(Protocol):
    """A server of any kind with a database "stocks"."""

    def execute(self, *statements: str) -> object:
        """Run statements in one session, as someone who may make tables."""

    def open(self) -> Database:
        """Return the database; the caller closes it."""


def documented_types(server: str) -> list[tuple[str, str, str]]:
    """Return (declared, type where there is no NULL, type where there may be) from the section of `server`."""
    page = PAGE.read_text(encoding="utf-8")
    section = re.search(rf"^{server}\n-+\n(.*?)(?=^[^\n]+\n-+\n|\Z)", page, re.MULTILINE | re.DOTALL)
    assert section is not None, f"{PAGE.name} says nothing of {server}"
    return [
        (declared, found[2], found[3])
        for found in _ROW.finditer(section[1])
        for declared in re.findall(r"``(.+?)``", found[1])
    ]


def has_types(server: Server, types: list[tuple[str, str, str]]) -> None:
    """Fail unless columns that are declared so, with NOT NULL and without, have these types in pandas; makes t anew."""
    for nullable in ("NOT NULL", "NULL"):
        columns = ", ".join(f"c{place} {declared} {nullable}" for place, (declared, *_) in enumerate(types))
        server.execute(
            "SET SESSION sql_mode = ''", "DROP TABLE IF EXISTS stocks.t", f"CREATE TABLE stocks.t ({columns})"
        )
        with server.open() as database:
            found = database.extract("SELECT * FROM t").dtypes

        expected = [without if nullable == "NOT NULL" else with_nulls for _, without, with_nulls in types]
        assert [str(dtype) for dtype in found] == expected, nullable
