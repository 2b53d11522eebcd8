"""``pycore db``: tables, rows and statistics of the databases."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pycore.cli._delivery import Delivery
from pycore.cli._options import ParameterCommand, application_option, json_option, output_options, parameter_option
from pycore.cli._render import MISSING, counted, table, to_json
from pycore.cli._session import Session, pass_session
from pycore.cli._waiting import timeout_option, waiting
from pycore.exceptions import QueryError, ServiceUnavailableError

if TYPE_CHECKING:
    import pandas as pd


__all__ = ["database"]

_BATCH_ROWS = 50_000
_LIMIT_HELP = "At most this many; without it the database's row_limit: 1000000, unless the configuration says another."
_HINT_FOR_PYTHON = "; write with database.session()."
_NO_SUCH_TABLE = re.compile(r"no such table|\(1146\b|relation .* does not exist")
_DATABASE = "Database application; STOCKS, or the only one, without it"


@click.group("db")
def database() -> None:
    """Look into databases, load tables, extract rows.

    \b
    Examples:
      pycore db load
      pycore db tables
      pycore db extract "SELECT * FROM stocks WHERE symbol = :symbol" -p symbol IBM --to csv
    """


@database.command("tables")
@application_option(_DATABASE)
@json_option("an array of name, kind (table or view), rows, loaded_at and columns (name to type)")
@pass_session
def tables(session: Session, application: str | None, as_json: bool) -> None:
    """List the tables with their rows and columns.

    \b
    Example:
      pycore db tables
    """
    found = session.database(application).tables()
    if as_json:
        members = [
            {
                "name": one.name,
                "kind": one.kind,
                "rows": one.n_rows,
                "loaded_at": one.loaded_at,
                "columns": {column.name: column.type for column in one.columns},
            }
            for one in found
        ]
        click.echo(to_json(members))
        return
    rows = [
        [one.name, MISSING if one.n_rows is None else str(one.n_rows), ", ".join(column.name for column in one.columns)]
        for one in found
    ]
    for line in table(["table", "rows", "columns"], rows, right=[1]):
        click.echo(line)


@database.command("load")
@click.argument("names", metavar="[TABLE]...", nargs=-1)
@click.option(
    "--csv",
    "file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Load this CSV file (or .csv.gz) into the one TABLE that is named.",
)
@click.option("--reload", is_flag=True, help="Load it again also when it is there: its rows may have been changed.")
@click.option("--replace", is_flag=True, help="FILE may take the place of a bundled table, which data sets read.")
@application_option(_DATABASE)
@json_option("an object of table to the number of rows that were loaded, 0 if they were there")
@pass_session
def load(
    session: Session,
    *,
    names: Sequence[str],
    file: Path | None,
    reload: bool,
    replace: bool,
    application: str | None,
    as_json: bool,
) -> None:
    """Load the bundled tables, or those that are named; what is there already is not loaded again.

    A table is replaced as a whole: readers see its old rows or the new ones.

    \b
    Examples:
      pycore db load
      pycore db load stocks iris --reload
      pycore db load prices --csv prices.csv.gz
    """
    from pycore.datasets import bundled

    if file is not None and len(names) != 1:
        raise click.UsageError(f"Name the one table that {file.name} goes into: pycore db load TABLE --csv {file}.")
    if file is None and replace:
        raise click.UsageError("--replace is about a FILE of your own: give it by --csv, or leave --replace out.")
    if file is not None and names[0].casefold() in bundled.TABLES and not replace:
        raise click.UsageError(
            f"{names[0]} is a bundled table, which data sets read: name another one for {file.name}, or let it take the"
            " place of the bundled rows by --replace."
        )
    target, progress = session.database(application), session.shows_progress
    if file is not None:
        loaded: Mapping[str, int] = {names[0]: target.load_csv(file, names[0], progress=progress, reload=reload)}
    else:
        loaded = bundled.load(target, progress=progress, tables=names or tuple(bundled.TABLES), reload=reload)
    if as_json:
        click.echo(to_json(dict(loaded)))
        return
    rows = [[one, str(n_rows) if n_rows else "there already"] for one, n_rows in loaded.items()]
    for line in table(["table", "rows loaded"], rows, right=[1]):
        click.echo(line)


@database.command("extract", cls=ParameterCommand)
@click.argument("statement")
@parameter_option("A value for :name in the statement; text, unless it reads as a number")
@click.option("--limit", type=click.IntRange(min=1), metavar="ROWS", help=_LIMIT_HELP)
@click.option("--all", "all_rows", is_flag=True, help="Every row, beyond row_limit.")
@application_option(_DATABASE)
@output_options
@pass_session
def extract(
    session: Session,
    *,
    statement: str,
    parameters: Mapping[str, str],
    limit: int | None,
    all_rows: bool,
    application: str | None,
    delivery: Delivery,
) -> None:
    """Print what one reading STATEMENT finds, with the exact types of its columns.

    CSV is streamed: however many rows, the memory stays the same.

    \b
    Examples:
      pycore db extract "SELECT * FROM stocks WHERE symbol = :symbol" -p symbol IBM --limit 10
      pycore db extract "SELECT * FROM stocks" --all --output stocks.csv
    """
    if limit is not None and all_rows:
        raise click.UsageError("--limit and --all contradict each other: give one of them.")
    source = session.database(application)
    values = {name: _number_or_text(text) for name, text in parameters.items()}
    with _hints_for_a_shell(application):
        if limit is None and not all_rows:
            frame = source.extract(statement, values)
            session.say(counted(len(frame), "row"))
            delivery.write(frame)
            return
        # One row more than wanted tells whether there are more.
        frames = source.stream(statement, values, rows=_BATCH_ROWS if limit is None else min(limit + 1, _BATCH_ROWS))
        first = _First(frames, limit)
        delivery.write_stream(_counted(iter(first), session))
        if first.cut:
            session.say(f"Cut at --limit {limit}: there are more rows; a higher --limit or --all returns them.")


@database.command("plan", cls=ParameterCommand)
@click.argument("statement")
@parameter_option("A value for :name in the statement; text, unless it reads as a number")
@application_option(_DATABASE)
@json_option("statement, path (fast or exact), reasons, columns (name, server_type, dtype) and n_rows")
@pass_session
def plan(
    session: Session, *, statement: str, parameters: Mapping[str, str], application: str | None, as_json: bool
) -> None:
    """Tell how one reading STATEMENT would be read, and why, without running it.

    \b
    Example:
      pycore db plan "SELECT * FROM stocks WHERE symbol = :symbol" -p symbol IBM
    """
    values = {name: _number_or_text(text) for name, text in parameters.items()}
    with _hints_for_a_shell(application):
        found = session.database(application).plan(statement, values)
    click.echo(to_json(asdict(found)) if as_json else str(found))


@contextmanager
def _hints_for_a_shell(application: str | None) -> Iterator[None]:
    """Say what to do in words of the command line where the database's own are for Python."""
    try:
        yield
    except QueryError as exc:
        text = str(exc).removesuffix(_HINT_FOR_PYTHON)
        if text != str(exc):
            hint = "; from a shell, pycore db load TABLE --csv FILE writes a table."
        elif _NO_SUCH_TABLE.search(text):
            hint = f". pycore db tables{f' -a {application}' if application is not None else ''} lists those there are."
        else:
            raise
        raise QueryError(f"{text}{hint}", statement=exc.statement) from exc


class _First:
    """The first rows of frames, all where there is no limit; `cut` says afterwards whether there were more."""

    def __init__(self, frames: Iterator[pd.DataFrame], limit: int | None) -> None:
        self._frames = frames
        self._limit = limit
        self.cut = False

    def __iter__(self) -> Iterator[pd.DataFrame]:
        if self._limit is None:
            yield from self._frames
            return
        left = self._limit
        for frame in self._frames:
            yield frame.head(left)
            left -= len(frame)
            if left <= 0:
                self.cut = left < 0 or next(self._frames, None) is not None
                return


def _counted(frames: Iterator[pd.DataFrame], session: Session) -> Iterator[pd.DataFrame]:
    """Yield the frames, show how many rows came so far, and say at the end how many they were."""
    from tqdm import tqdm

    n_rows = 0
    with tqdm(unit=" rows", unit_scale=True, leave=False, disable=not session.shows_progress) as bar:
        for frame in frames:
            yield frame
            n_rows += len(frame)
            bar.update(len(frame))
    session.say(counted(n_rows, "row"))


def _number_or_text(text: str) -> int | float | str:
    """Return a number only where nothing of the text is lost by it: "007" may be a key.

    Examples
    --------
    >>> _number_or_text("7"), _number_or_text("2.5"), _number_or_text("007"), _number_or_text("nan")
    (7, 2.5, '007', 'nan')
    """
    for number in (int, float):
        with suppress(ValueError):
            value = number(text)
            if str(value) == text and math.isfinite(value):
                return value
    return text


@database.command("summary")
@click.argument("name", metavar="TABLE")
@application_option(_DATABASE)
@output_options
@pass_session
def summary(session: Session, name: str, application: str | None, delivery: Delivery) -> None:
    """Print statistics of every column of TABLE, computed by the database.

    \b
    Example:
      pycore db summary stocks
    """
    with session.saying_if_it_lasts(f"reading all of {name} …"):
        frame = session.database(application).summary(name)
    delivery.write(frame)


@database.command("ready")
@click.option("--table", "name", metavar="TABLE", help="Ready means that this table is loaded, too.")
@click.option(
    "--timeout-s", type=click.FloatRange(min=0), default=0.0, metavar="SECONDS", help="Wait for it; 0 asks once."
)
@application_option(_DATABASE)
@json_option("database, table and ready")
@pass_session
def ready(session: Session, name: str | None, timeout_s: float, application: str | None, as_json: bool) -> None:
    """Ask whether the database answers, and holds what was loaded into TABLE; exit 4 when it does not.

    \b
    Examples:
      pycore db ready
      pycore db ready --table stocks --timeout-s 60
    """
    target = session.database(application)
    if timeout_s > 0:
        target.wait_ready(name, timeout_s=timeout_s)
    elif not target.ready(name):
        raise ServiceUnavailableError(
            f"{target.name} answers, but {name} is not loaded: pycore db load loads the bundled tables.",
            service=target.name,
            address=target.address,
        )
    if as_json:
        click.echo(to_json({"database": target.name, "table": name, "ready": True}))
        return
    click.echo(f"{target.name} is ready" + (f" and {name} is loaded" if name is not None else ""))


@database.command("wait")
@click.argument("application", metavar="[DATABASE]", required=False)
@timeout_option
@json_option("database, tables, address, ready and seconds")
@pass_session
def wait(session: Session, application: str | None, timeout_s: float, as_json: bool) -> None:
    """Wait until DATABASE answers and holds the tables that data sets read from it; exit 4 when it does not in time.

    A database that is filled for the first time makes its users last: what it refuses is waited for, too. A name that
    the configuration does not have, and a secret that cannot be read, are told at once.

    \b
    Examples:
      pycore db wait
      pycore -e Live db wait STOCKS --timeout 120
    """
    from pycore.cli._services import tables_of

    target = session.database(application)
    wanted = tables_of(session.config, target.name)
    with waiting(session, target.name, target.address, as_json=as_json) as found:
        target.wait_ready(wanted, timeout_s, filling=True)
        found.update(database=target.name, tables=wanted)
