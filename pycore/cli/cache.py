"""``pycore cache``: what Redis holds."""

from __future__ import annotations

import datetime as dt
import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pycore.cli._delivery import Delivery
from pycore.cli._options import application_option, json_option, output_options
from pycore.cli._render import MISSING, age, printable, size, table, to_json
from pycore.cli._session import Session, pass_session, standard_input
from pycore.exceptions import CacheError, ServiceUnavailableError

if TYPE_CHECKING:
    import pandas as pd

    from pycore.cache import Cache
    from pycore.results import VersionInfo

__all__ = ["cache"]

_APPLICATION = "Redis application; CACHE without it. KEY may also be written APPLICATION:KEY"
_SECONDS = click.FloatRange(min=0, min_open=True)
_LEGIBLE_BYTES = 64 * 1024  # a longer value is not printed by a look
_INFO = "key, version, created_at, expires_at, size_bytes, n_rows and digest"


@click.group("cache")
def cache() -> None:
    """Look into the cache, put, get and remove values.

    KEY is a name such as LATEST_IBM_DAILY_STICKS, or APPLICATION:KEY for another Redis application than CACHE.

    \b
    Examples:
      pycore cache ls
      pycore cache get LATEST_IBM_DAILY_STICKS --to csv
      echo '{"threshold": 0.5}' | pycore cache put SETTINGS -
    """


@cache.command("ls")
@click.argument("pattern", default="*")
@application_option("Redis application; CACHE without it")
@json_option(f"an array of {_INFO}")
@pass_session
def ls(session: Session, pattern: str, application: str | None, as_json: bool) -> None:
    """List the keys that match PATTERN (* and ? as in a shell) with rows, size and age; no value is read.

    \b
    Examples:
      pycore cache ls
      pycore cache ls "LATEST_*" --json
    """
    store = session.cache(application)
    found = [kept[0] for key in store.keys(pattern) if (kept := store.versions(key))]
    if as_json:
        click.echo(to_json([_members(info) for info in found]))
        return
    rows = [[info.key, *_cells(info)] for info in found]
    for line in table(["key", "version", "rows", "size", "age", "expires in"], rows, right=range(1, 6)):
        click.echo(line)


@cache.command("versions")
@click.argument("location", metavar="KEY")
@application_option(_APPLICATION)
@json_option(f"an array, newest first, of {_INFO}")
@pass_session
def versions(session: Session, location: str, application: str | None, as_json: bool) -> None:
    """List the versions of KEY that are kept, newest first.

    \b
    Example:
      pycore cache versions LATEST_IBM_DAILY_STICKS
    """
    store, key = session.locate(location, application)
    with _foreign_is_seen_elsewhere(store, key):
        found = store.versions(key)
    if not found:
        _missing(store, key)
    if as_json:
        click.echo(to_json([_members(info) for info in found]))
        return
    for line in table(
        ["version", "rows", "size", "age", "expires in"], [_cells(info) for info in found], right=range(5)
    ):
        click.echo(line)


@cache.command("get")
@click.argument("location", metavar="KEY")
@click.option("--version", type=click.IntRange(min=1), metavar="NUMBER", help="That version; the newest without it.")
@click.option("--raw", is_flag=True, help="The JSON document as it stands in Redis, with its header and its types.")
@application_option(_APPLICATION)
@output_options
@pass_session
def get(
    session: Session,
    *,
    location: str,
    version: int | None,
    raw: bool,
    application: str | None,
    delivery: Delivery,
) -> None:
    """Print the value of KEY: a data set as a table, or as --to says; anything else as JSON.

    With --raw it is the document itself, byte by byte; that of a large data set has a preview and names the rest.

    \b
    Examples:
      pycore cache get LATEST_IBM_DAILY_STICKS
      pycore cache get LATEST_IBM_DAILY_STICKS --raw | head -n 1
      pycore cache get LATEST_IBM_DAILY_STICKS --version 3 --output old.parquet
      pycore cache get MODELDST:report
    """
    store, key = session.locate(location, application)
    if raw:
        delivery.write_lines(_document(store, key, version, delivery))
        return
    value = _value(store, key, version)
    if hasattr(value, "columns"):
        delivery.write(value)
    elif delivery.asked in {None, "json"}:
        delivery.write_lines(to_json(value).encode())
    else:
        raise click.UsageError(f"{key} holds no data set, so it has no form as {delivery.asked}: leave out --to.")
    if delivery.output is not None:
        session.say(f"written to {delivery.output}")


@cache.command("peek")
@click.argument("location", metavar="KEY")
@click.option("--rows", "n_rows", type=click.IntRange(min=0), default=5, show_default=True, help="Rows that are shown.")
@application_option(_APPLICATION)
@json_option(f"{_INFO}, source, columns (name to type) and rows (the first ones)")
@pass_session
def peek(session: Session, location: str, n_rows: int, application: str | None, as_json: bool) -> None:
    """Show what KEY is: where it came from, its columns and its first rows.

    Of a large value no more than that is read.

    \b
    Example:
      pycore cache peek LATEST_IBM_DAILY_STICKS
    """
    from pycore.cli import _frames

    store, key = session.locate(location, application)
    with _foreign_is_seen_elsewhere(store, key):
        info = store.info(key)
        if info is None:
            _missing(store, key)
        value = _beginning(store, key, info, n_rows)
    frame = None if isinstance(value, str) else value
    columns = None if frame is None else {str(name): str(kind) for name, kind in frame.dtypes.items()}
    if as_json:
        rows = None if frame is None else json.loads("".join(_frames.json_document(frame.head(n_rows))))
        source = dict(info.source) if info.source else None
        click.echo(to_json({**_members(info), "source": source, "columns": columns, "rows": rows}))
        return
    for line in table(["", ""], _facts(info, columns))[1:]:
        click.echo(line)
    click.echo()
    for line in [value] if isinstance(value, str) else _frames.table_lines(value.head(n_rows)):
        click.echo(line)


def _beginning(store: Cache, key: str, info: VersionInfo, n_rows: int) -> pd.DataFrame | str:
    """Return the first rows of a data set, or another value as JSON if it is short."""
    if info.n_rows is None:
        if info.size_bytes > _LEGIBLE_BYTES:
            return f"a value of {size(info.size_bytes)}: pycore cache get {shlex.quote(key)} prints it"
        value = _value(store, key, None)
        frame: pd.DataFrame | None = value if hasattr(value, "columns") else None
        return to_json(value) if frame is None else frame
    import pandas as pd

    parts = store.stream(key)
    if not parts:
        _missing(store, key)
    frames: list[pd.DataFrame] = []
    with closing(parts):
        for part in parts:
            frames.append(part.head(n_rows - sum(map(len, frames))))
            if sum(map(len, frames)) >= n_rows:
                break
    return pd.concat(frames) if len(frames) > 1 else frames[0]


def _facts(info: VersionInfo, columns: Mapping[str, str] | None) -> list[tuple[str, str]]:
    facts = [
        ("key", info.key),
        ("version", str(info.version)),
        ("published", f"{info.created_at.isoformat(timespec='seconds')} ({age(_seconds_since(info.created_at))} ago)"),
        ("expires in", _expires(info)),
        ("size", size(info.size_bytes)),
        ("digest", info.digest or MISSING),
        ("source", json.dumps(dict(info.source), ensure_ascii=False) if info.source else MISSING),
    ]
    if columns is not None:
        facts.append(("rows", str(info.n_rows)))
        facts.append(("columns", ", ".join(f"{name} {kind}" for name, kind in columns.items())))
    return facts


@cache.command("put")
@click.argument("location", metavar="KEY")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--csv", "is_csv", is_flag=True, help="FILE is CSV and becomes a data set; JSON without it.")
@click.option("--ttl-s", type=_SECONDS, metavar="SECONDS", help="Kept so long; inf: for ever.")
@click.option("--tag", "tags", multiple=True, metavar="NAME", help="A tag to invalidate it by; repeat it for more.")
@application_option(_APPLICATION)
@json_option("key and version")
@pass_session
def put(
    session: Session,
    *,
    location: str,
    file: str,
    is_csv: bool,
    ttl_s: float | None,
    tags: Sequence[str],
    application: str | None,
    as_json: bool,
) -> None:
    """Put the content of FILE under KEY as its newest version; "-" reads standard input.

    \b
    Examples:
      echo '{"threshold": 0.5}' | pycore cache put SETTINGS -
      pycore cache put PRICES prices.csv --csv --ttl-s 3600
    """
    store, key = session.locate(location, application)
    content = standard_input() if file == "-" else Path(file).read_bytes()
    name = "standard input" if file == "-" else file
    value = _csv(content, name) if is_csv else _json(content, name)
    store.ping()  # in a program the cache may stand aside; here it is what is meant
    version = store.put(key, value, tags=tuple(tags), ttl_s=ttl_s)
    if version is None:
        raise ServiceUnavailableError(
            f"Redis at {store.address} did not take {key}, which may not be there; the warning in the log says why.",
            service=store.name,
            address=store.address,
        )
    if as_json:
        click.echo(to_json({"key": key, "version": version}))
        return
    click.echo(printable(f"{store.name}:{key} is version {version}"))


@cache.command("rm")
@click.argument("locations", metavar="KEY...", nargs=-1, required=True)
@application_option(_APPLICATION)
@json_option("removed and missing, arrays of keys")
@click.pass_context
def rm(ctx: click.Context, locations: Sequence[str], application: str | None, as_json: bool) -> None:
    """Remove every version of each KEY and say what was removed; exit 5 if one was not there.

    \b
    Example:
      pycore cache rm LATEST_IBM_DAILY_STICKS
    """
    session = ctx.ensure_object(Session)
    outcome: dict[str, list[str]] = {"removed": [], "missing": []}
    for location in locations:
        store, key = session.locate(location, application)
        outcome["removed" if store.delete(key) else "missing"].append(f"{store.name}:{key}")
    if as_json:
        click.echo(to_json(outcome))
    else:
        for verb, names in outcome.items():
            for name in names:
                click.echo(printable(f"{verb} {name}"), err=verb == "missing")
    ctx.exit(CacheError.exit_code if outcome["missing"] else 0)


@cache.command("rollback")
@click.argument("location", metavar="KEY")
@click.argument("version", type=click.IntRange(min=1))
@application_option(_APPLICATION)
@json_option("key and version (the new one)")
@pass_session
def rollback(session: Session, location: str, version: int, application: str | None, as_json: bool) -> None:
    """Publish VERSION of KEY again, as its newest version.

    \b
    Example:
      pycore cache rollback LATEST_IBM_DAILY_STICKS 3
    """
    store, key = session.locate(location, application)
    new = store.rollback(key, version)
    if as_json:
        click.echo(to_json({"key": key, "version": new}))
        return
    click.echo(printable(f"{store.name}:{key} is version {new}, which is version {version} again"))


def _value(store: Cache, key: str, version: int | None) -> Any:
    from pycore import MISS

    store.ping()  # in a program the cache may stand aside; here it is what is meant
    with _foreign_is_seen_elsewhere(store, key):
        value = store.get(key, version=version)
    if value is MISS:
        _missing(store, key, version)
    return value


def _document(store: Cache, key: str, version: int | None, delivery: Delivery) -> bytes:
    if delivery.asked not in {None, "json"}:
        raise click.UsageError(f"--raw and --to {delivery.asked} contradict each other: the document is JSON.")
    from pycore import MISS

    with _foreign_is_seen_elsewhere(store, key):
        document = store.document(key, version=version)
    if document is MISS:
        _missing(store, key, version)
    return document


@contextmanager
def _foreign_is_seen_elsewhere(store: Cache, key: str) -> Iterator[None]:
    """Name the command that shows what another program wrote, if it is in the Redis of this clone."""
    from pycore.cache.codec.document import ForeignDocumentError
    from pycore.config.addresses import parse_address

    try:
        yield
    except ForeignDocumentError as exc:
        if not parse_address(store.address).is_local:
            raise
        look = f"./redis.sh GET {shlex.quote(store.prefix + key)}"
        raise CacheError(f"{exc} {look} shows it if it is a text.", key=exc.key) from exc


def _missing(store: Cache, key: str, version: int | None = None) -> NoReturn:
    of = f"Version {version} of {key}" if version is not None else key
    look = f"pycore cache versions {key}" if version is not None else "pycore cache ls"
    raise CacheError(f"{of} is not in {store.name} at {store.address}: {look} says what is.", key=key)


def _members(info: VersionInfo) -> dict[str, Any]:
    names = ("key", "version", "created_at", "expires_at", "size_bytes", "n_rows", "digest")
    return {name: getattr(info, name) for name in names}


def _cells(info: VersionInfo) -> list[str]:
    n_rows = MISSING if info.n_rows is None else str(info.n_rows)
    return [str(info.version), n_rows, size(info.size_bytes), age(_seconds_since(info.created_at)), _expires(info)]


def _expires(info: VersionInfo) -> str:
    return "never" if info.expires_at is None else age(-_seconds_since(info.expires_at))


def _seconds_since(moment: dt.datetime) -> float:
    return (dt.datetime.now(dt.UTC) - moment).total_seconds()


def _json(content: bytes, name: str) -> Any:
    try:
        return json.loads(content, parse_constant=_refuse)
    except ValueError as exc:
        raise click.UsageError(f"{name} is not JSON ({exc}); for CSV say --csv.") from exc


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number in JSON")


def _csv(content: bytes, name: str) -> pd.DataFrame:
    from pycore.datasets.csv import parse_csv

    return parse_csv(content, name=name)
