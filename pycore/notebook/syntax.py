"""What stands after ``%sql`` and ``%%sql``: options first, then a statement, which is not looked into."""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches

from IPython.core.error import UsageError

from pycore.exceptions import UnknownNameError

__all__ = ["FLAGS", "VALUED", "Query", "parse"]

VALUED = {"out": "NAME", "cache": "KEY", "ttl": "SECONDS", "limit": "N"}
FLAGS = ("no-limit", "refresh")

_READING = "SELECT|WITH|VALUES|TABLE|SHOW|DESCRIBE|DESC|EXPLAIN"
# Refused later, by the database, with the reason; here they are no misspelt name of one.
_OTHERS = (
    "INSERT|UPDATE|DELETE|REPLACE|MERGE|CREATE|ALTER|DROP|TRUNCATE|RENAME|GRANT|REVOKE|SET|USE|CALL|DO|LOAD|LOCK|BEGIN|"
    "START|COMMIT|ROLLBACK|PRAGMA|ATTACH|VACUUM|ANALYZE|OPTIMIZE|KILL|COPY|EXECUTE|PREPARE"
)
_HELP = "%sql? shows how it is written."
_OPTION = re.compile(r"--([A-Za-z][\w-]*)(=)?")
_VALUE = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|(?!--|<<)(\S+))(?!\S)""")
_ASSIGNED = re.compile(r"(\S+?)\s*<<(?!<)")
_WORD = re.compile(r"[^\W\d][\w.-]*(?!\S)")
_STATEMENT = re.compile(rf"(?:{_READING})\b", re.IGNORECASE)
_OTHER_STATEMENT = re.compile(rf"(?:{_OTHERS})\b", re.IGNORECASE)
# Behind a statement the server would take it for a comment. No quote follows, so that it stands in no literal.
_TOO_LATE = re.compile(rf"""\s--({"|".join([*VALUED, *FLAGS])})\b[^'"`]*$""")


@dataclass(frozen=True, kw_only=True)
class Query:
    """What one ``%sql`` or ``%%sql`` asks for.

    Attributes
    ----------
    statement : str
        As it was written, without the blanks around it.
    database : str or None
        Its name; None: the only one.
    variable : str or None
        What the result is to be called.
    key : str or None
        Where the cache keeps it; None: nowhere.
    ttl_s : float or None
        For how many seconds; None: as long as the cache keeps such things.
    limit : int or None
        Rows at most; None: as many as the database gives without being told.
    unlimited : bool
        Every row.
    refresh : bool
        Ask the database whatever the cache holds.
    """

    statement: str
    database: str | None = None
    variable: str | None = None
    key: str | None = None
    ttl_s: float | None = None
    limit: int | None = None
    unlimited: bool = False
    refresh: bool = False


def parse(line: str, cell: str | None, databases: Collection[str]) -> Query:
    r"""Return what the line of a magic, and of ``%%sql`` the cell below it, ask for.

    Parameters
    ----------
    line : str
        What follows the name of the magic.
    cell : str or None
        The lines below it; None: there is no cell.
    databases : collection of str
        The names of those that there are.

    Raises
    ------
    UsageError
        An option is unknown, lacks its value, or contradicts another; there is no statement.
    UnknownNameError
        No database has this name.

    Examples
    --------
    >>> query = parse("STOCKS prices << --limit 5 SELECT * FROM stocks -- all of them", None, ["STOCKS"])
    >>> query.database, query.variable, query.limit, query.statement
    ('STOCKS', 'prices', 5, 'SELECT * FROM stocks -- all of them')
    """
    head = _Head(line, databases)
    head.read()
    statement = head.rest if cell is None else f"{head.rest}\n{cell}"
    late = _TOO_LATE.search(head.rest)
    if late is not None:
        raise UsageError(f"--{late[1]} stands behind the statement, where it is a comment: options come first.")
    if not statement.strip():
        raise UsageError("There is no statement: %sql SELECT …, or %%sql and the statement in the lines below.")
    return head.query(statement.strip())


class _Head:
    """Takes words off the beginning of a line, for as long as they belong to us."""

    def __init__(self, line: str, databases: Collection[str]) -> None:
        self.rest = line.strip()
        self._databases = databases
        self._given: dict[str, str] = {}

    def read(self) -> None:
        """Take everything that stands before the statement."""
        while self._take_option() or self._take_variable() or self._take_database():
            pass
        self._check_database()

    def query(self, statement: str) -> Query:
        """Return what was asked for.

        Raises
        ------
        UsageError
            Options contradict each other, or a number is none.
        """
        given = self._given
        if "limit" in given and "no-limit" in given:
            raise UsageError("--limit and --no-limit contradict each other: give one of them.")
        for name in ("ttl", "refresh"):
            if name in given and "cache" not in given:
                raise UsageError(f"--{name} is about the cache: name a key, too, by --cache KEY.")
        return Query(
            statement=statement,
            database=given.get("database"),
            variable=given.get("out"),
            key=given.get("cache"),
            ttl_s=_seconds(given["ttl"]) if "ttl" in given else None,
            limit=_rows(given["limit"]) if "limit" in given else None,
            unlimited="no-limit" in given,
            refresh="refresh" in given,
        )

    def _take_option(self) -> bool:
        match = _OPTION.match(self.rest)
        if match is None:
            return False
        name = match[1]
        if name not in VALUED and name not in FLAGS:
            close = get_close_matches(name, [*VALUED, *FLAGS], n=1)
            hint = f" Did you mean --{close[0]}?" if close else ""
            raise UsageError(f"No option is called --{name}.{hint} {_HELP}")
        self.rest = self.rest[match.end() :]
        value = ""
        if name in VALUED:
            found = _VALUE.match(self.rest)
            value = next((part for part in found.groups() if part is not None), "") if found is not None else ""
            if found is None or not value or (match[2] and self.rest[:1].isspace()):
                raise UsageError(f"--{name} needs a value: --{name} {VALUED[name]}.")
            self.rest = self.rest[found.end() :]
        elif match[2] or self.rest[:1].strip():
            raise UsageError(f"--{name} takes no value.")
        if name == "out":
            _check_variable(value)
        self._give(name, value)
        return True

    def _take_variable(self) -> bool:
        match = _ASSIGNED.match(self.rest)
        if match is None:
            return False
        _check_variable(match[1])
        self.rest = self.rest[match.end() :]
        self._give("out", match[1])
        return True

    def _take_database(self) -> bool:
        match = _WORD.match(self.rest)
        if match is None or match[0] not in self._databases or "database" in self._given:
            return False
        self.rest = self.rest[match.end() :]
        self._give("database", match[0])
        return True

    def _give(self, name: str, value: str) -> None:
        if name in self._given:
            what = "The variable" if name == "out" else f"--{name}"
            raise UsageError(f"{what} is given twice. {_HELP}")
        self._given[name] = value
        self.rest = self.rest.lstrip()

    def _check_database(self) -> None:
        """Refuse a word that can only be meant for a database: alone, or with a statement or an option behind it."""
        match = _WORD.match(self.rest)
        if match is None or _STATEMENT.match(self.rest) or _OTHER_STATEMENT.match(self.rest):
            return
        behind = self.rest[match.end() :].lstrip()
        if not behind or _STATEMENT.match(behind) or _OPTION.match(behind) or _ASSIGNED.match(behind):
            if "database" in self._given:
                raise UsageError(f"What is {match[0]!r}, after the database {self._given['database']}? {_HELP}")
            raise UnknownNameError.of("database", match[0], list(self._databases))


def _check_variable(name: str) -> None:
    if not name.isidentifier() or keyword.iskeyword(name):
        raise UsageError(f"{name!r} cannot be the name of a variable.")


def _rows(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise UsageError("--limit takes a whole number of rows, 1 or more.")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not seconds > 0:
        raise UsageError("--ttl takes a number of seconds greater than 0; inf is for ever.")
    return seconds
