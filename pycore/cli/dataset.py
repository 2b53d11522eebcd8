"""``pycore dataset``: the catalog, and data sets from the cache or their source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from pycore.cli._delivery import Delivery
from pycore.cli._options import ParameterCommand, json_option, output_options, parameter_option
from pycore.cli._render import MISSING, age, counted, table, to_json
from pycore.cli._session import Session, pass_session
from pycore.exceptions import ServiceError

if TYPE_CHECKING:
    from pycore.config.models import DatasetSpec, ParameterSpec
    from pycore.datasets.catalog import FetchedDataset

__all__ = ["dataset"]


@click.group("dataset")
def dataset() -> None:
    """List, describe and get data sets.

    \b
    Examples:
      pycore dataset list
      pycore dataset show ibm_daily
      pycore dataset get ibm_daily -p symbol IBM -p limit 50
    """


@dataset.command("list")
@json_option("an array of name, title, task, target, key and parameters (their names)")
@pass_session
def list_(session: Session, as_json: bool) -> None:
    """List the data sets of the catalog.

    \b
    Example:
      pycore dataset list
    """
    catalog = session.core.catalog
    specs = {name: catalog.spec(name) for name in catalog.names()}
    if as_json:
        members = [
            {
                "name": name,
                "title": spec.title,
                "task": spec.task,
                "target": spec.target,
                "key": spec.key or name,
                "parameters": list(spec.parameters),
            }
            for name, spec in specs.items()
        ]
        click.echo(to_json(members))
        return
    rows = [
        [name, spec.title, spec.task or MISSING, spec.target or MISSING, ", ".join(spec.parameters) or MISSING]
        for name, spec in specs.items()
    ]
    for line in table(["name", "title", "task", "target", "parameters"], rows):
        click.echo(line)


@dataset.command("show")
@click.argument("name")
@json_option("name and the members that datasets.json has for it")
@pass_session
def show(session: Session, name: str, as_json: bool) -> None:
    """Describe the data set NAME: where it comes from, its parameters, its statement, its columns' units.

    \b
    Example:
      pycore dataset show ibm_daily
    """
    spec = session.core.catalog.spec(name)
    if as_json:
        click.echo(to_json({"name": name, **spec.model_dump(mode="json", by_alias=True)}))
        return
    click.echo(f"{name}: {spec.title}")
    for paragraph in (spec.description, f"Discouraged: {spec.discouraged}" if spec.discouraged else ""):
        if paragraph:
            click.echo(f"\n{click.wrap_text(paragraph, 100)}")
    click.echo()
    for line in table(["", ""], list(_facts(name, spec)))[1:]:
        click.echo(line)
    if spec.parameters:
        click.echo()
        rows = [_parameter(name, parameter) for name, parameter in spec.parameters.items()]
        for line in table(["parameter", "type", "default", "description"], rows):
            click.echo(line)
    if spec.source.kind == "sql":
        click.echo(f"\n{spec.source.statement}")


def _facts(name: str, spec: DatasetSpec) -> Iterator[list[str]]:
    source = spec.source
    place = {"sql": "database", "csv": "path", "http": "address"}[source.kind]
    yield ["source", f"{source.kind}: {getattr(source, place)}"]
    yield ["cache key", spec.key or name]
    yield ["kept for", age(spec.ttl_s) if spec.ttl_s else "as long as the cache keeps things"]
    if spec.task:
        yield ["task", spec.task]
    if spec.target:
        yield ["target", spec.target]
    for column, unit in spec.units.items():
        yield [f"unit of {column}", unit]


def _parameter(name: str, spec: ParameterSpec) -> list[str]:
    default = "must be given" if spec.default is None else str(spec.default)
    return [name, spec.type, default, spec.description]


@dataset.command("get", cls=ParameterCommand)
@click.argument("name")
@parameter_option("A parameter of the data set")
@click.option("--refresh", is_flag=True, help="Extract it now, whatever the cache holds.")
@click.option(
    "--max-age-s", type=click.FloatRange(min=0), metavar="SECONDS", help="Extract it again if the cached one is older."
)
@click.option("--no-cache", is_flag=True, help="Read it from its source, past the cache.")
@output_options
@pass_session
def get(
    session: Session,
    *,
    name: str,
    parameters: Mapping[str, str],
    refresh: bool,
    max_age_s: float | None,
    no_cache: bool,
    delivery: Delivery,
) -> None:
    """Print the data set NAME; it is cached on the way. How old it is stands on standard error.

    CSV and JSON are exact: shortest floats that read back equal, ISO 8601 dates, nothing for a missing value.

    \b
    Examples:
      pycore dataset get ibm_daily -p symbol IBM -p limit 50
      pycore dataset get iris --to csv > iris.csv
      pycore dataset get stocks --output stocks.parquet
    """
    catalog = session.core.catalog
    from pycore.datasets.parameters import from_text

    values = from_text(catalog.spec(name).parameters, parameters)
    if no_cache:
        frame = catalog.extract(name, values)
        session.say(f"{counted(len(frame), 'row')} from the source")
    else:
        _require_cache(session)
        fetched = catalog.fetched(name, values, refresh=refresh, max_age_s=max_age_s)
        frame = fetched.value
        session.say(f"{counted(len(frame), 'row')} {_origin(fetched)}")
    delivery.write(frame)


def _require_cache(session: Session) -> None:
    """Stop when the environment has a cache and it does not answer: a command never hides that."""
    if "CACHE" not in session.core.caches:
        return
    try:
        session.core.cache.ping()
    except ServiceError as exc:
        raise type(exc)(
            f"{exc} (--no-cache reads the data set from its source.)", service=exc.service, address=exc.address
        ) from exc


def _origin(fetched: FetchedDataset) -> str:
    if fetched.hit and fetched.info is not None:
        return f"from the cache: {fetched.key} version {fetched.info.version}, {age(fetched.age_s)} old"
    if fetched.info is not None:
        return f"from the source; now {fetched.key} version {fetched.info.version} in the cache"
    return "from the source"
