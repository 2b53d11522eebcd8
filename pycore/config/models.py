"""What the JSON files may say: one frozen model per kind of file.

The field descriptions end up in the JSON Schemas under ``configs/schema/`` and in editors.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from string import Formatter
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from pycore.config.addresses import (
    DATABASE_PATTERN,
    HTTP_PATTERN,
    PRICE_PATTERN,
    REDIS_PATTERN,
    check_database_address,
    check_http_address,
    check_price_address,
    check_redis_address,
)
from pycore.config.placeholders import named_parameters
from pycore.config.problems import did_you_mean
from pycore.config.secrets import SecretReference

__all__ = [
    "CsvSource",
    "DatabaseApplication",
    "DatabaseFile",
    "DatasetFile",
    "DatasetSpec",
    "EnvironmentFiles",
    "HttpSource",
    "Manifest",
    "NotifyFile",
    "ParameterSpec",
    "PriceSource",
    "RedisApplication",
    "RedisFile",
    "SlackSettings",
    "SqlSource",
]

Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=64)]
FileName = Annotated[str, Field(min_length=1)]
Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[float, Field(gt=0)]
# JSON has arrays, not tuples: strict validation of a tuple would refuse every file.
Strings = Annotated[tuple[str, ...], Field(strict=False)]
RedisAddress = Annotated[str, AfterValidator(check_redis_address), Field(json_schema_extra={"pattern": REDIS_PATTERN})]
DatabaseAddress = Annotated[
    str, AfterValidator(check_database_address), Field(json_schema_extra={"pattern": DATABASE_PATTERN})
]
PriceAddress = Annotated[str, AfterValidator(check_price_address), Field(json_schema_extra={"pattern": PRICE_PATTERN})]
HttpAddress = Annotated[str, AfterValidator(check_http_address), Field(json_schema_extra={"pattern": HTTP_PATTERN})]


def _regular_expression(text: str) -> str:
    try:
        re.compile(text)
    except re.error:
        raise ValueError("this is no regular expression") from None
    return text


def _whole_number(value: object) -> object:
    """Refuse true and 1.0, which equal 1 in Python."""
    if type(value) is not int:
        raise ValueError("expected 1")
    return value


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and bool(dt.date.fromisoformat(value))
    except ValueError:
        return False


_PYTHON_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "date": _is_date,
}


def _fields(member: str, template: str) -> list[str]:
    """Return the names between braces in `template`."""
    try:
        parsed = [part for part in Formatter().parse(template) if part[1] is not None]
    except ValueError:
        raise ValueError(f"the {member} has a brace without its partner") from None
    if any(form or conversion for _, _, form, conversion in parsed):
        raise ValueError(f"the {member} has more than a plain name between its braces; the form is {{name}}")
    return [str(name) for _, name, _, _ in parsed]


class Model(BaseModel):
    """Frozen, strict, without unknown keys."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        populate_by_name=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
        defer_build=True,
    )


class File(Model):
    """What every configuration file carries."""

    schema_: str | None = Field(default=None, alias="$schema", description="The JSON Schema, for editors.")
    version: Annotated[Literal[1], BeforeValidator(_whole_number)] = Field(
        description="Version of this form of the file."
    )


class RedisApplication(Model):
    """One named use of a Redis server."""

    address: RedisAddress = Field(
        description="Server, sentinels, cluster or socket; rediss:// is TLS. Without user and password.",
        examples=[
            "redis://127.0.0.1:6000/0",
            "rediss://redis.example.org:6400/0",
            "sentinel://a.example.org:16001,b.example.org:16001/mymaster/0",
            "cluster://a.example.org:6001,b.example.org:6001",
            "unix:///run/redis.sock",
        ],
    )
    user: str | None = Field(default=None, description="ACL user; none is the default user.")
    password: SecretReference | None = Field(default=None, description="By reference only.")
    database: Annotated[int, Field(ge=0)] | None = Field(default=None, description="Number; else that of the address.")
    ca_file: FileName | None = Field(default=None, description="Certificate authority for rediss://.")
    prefix: str | None = Field(default=None, description='What stands before every key: "" for CACHE, else "NAME:".')
    ttl_s: Seconds | None = Field(default=None, description="Default time to live in seconds; null keeps for ever.")
    versions: Annotated[int, Field(ge=1, le=1000)] = Field(default=5, description="Versions kept of each key.")
    version_bytes: Annotated[int, Field(ge=1)] = Field(
        default=256 * 2**20, description="Bytes that the kept versions of one key may take; the newest always stays."
    )
    inline_bytes: Annotated[int, Field(ge=1024)] = Field(
        default=2**20, description="Larger documents are stored in chunks of about 1 MiB."
    )
    timeout_s: Seconds = Field(default=2.0, description="Seconds without progress before the server counts as away.")


class RedisFile(File):
    """``*-redis.json``: the Redis applications of an environment."""

    applications: Mapping[Name, RedisApplication] = Field(description="Name to application.")


class DatabaseApplication(Model):
    """One named database."""

    address: DatabaseAddress = Field(
        description="SQLite file (relative to this file) or server and database. Without user and password.",
        examples=[
            "sqlite:///../data/stocks.sqlite",
            "mysql+pymysql://stocksdb:3306/stocks",
            "postgresql://host/stocks",
        ],
    )
    user: str | None = Field(default=None, description="User name; never in the address.")
    password: SecretReference | None = Field(default=None, description="By reference only.")
    ssl_ca: FileName | None = Field(default=None, description="Certificate authority of the server.")
    ssl_required: bool = Field(default=False, description="Refuse a connection without TLS.")
    pool_size: Annotated[int, Field(ge=1, le=100)] = Field(default=5, description="Connections kept open.")
    connect_timeout_s: Seconds = Field(default=5.0, description="Seconds to wait for a connection.")
    row_limit: Annotated[int, Field(ge=1)] = Field(default=1_000_000, description="Rows that extract returns at most.")
    statement_timeout_s: Seconds | None = Field(
        default=600.0, description="Seconds that one reading statement may take; null: as long as the server lets it."
    )
    zero_dates: Literal["refuse", "NaT"] = Field(
        default="refuse", description="What a MySQL date 0000-00-00 becomes: an error, or a missing one."
    )


class DatabaseFile(File):
    """``*-db.json``: the database applications of an environment."""

    applications: Mapping[Name, DatabaseApplication] = Field(description="Name to application.")


class ParameterSpec(Model):
    """A parameter of a data set."""

    type: Literal["string", "integer", "number", "boolean", "date"] = Field(description="What it holds.")
    default: str | int | float | bool | None = Field(default=None, description="Null: it must be given.")
    description: str = Field(default="", description="What it means, for the catalog and the command line.")
    minimum: int | float | None = Field(default=None, description="Smallest number allowed.")
    maximum: int | float | None = Field(default=None, description="Largest number allowed.")
    pattern: Annotated[str, AfterValidator(_regular_expression)] | None = Field(
        default=None, description="Regular expression that a string matches as a whole.", examples=["[A-Z]{1,5}"]
    )
    choices: Strings | None = Field(default=None, description="The only texts allowed.")

    @model_validator(mode="after")
    def _default_fits(self) -> Self:
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("the minimum is greater than the maximum")
        if self.default is not None and not _PYTHON_TYPES[self.type](self.default):
            raise ValueError(f"the default is no {self.type}")
        if not self._allows(self.default):
            raise ValueError("the default is a value that the parameter itself does not allow")
        return self

    def _allows(self, value: object) -> bool:
        """Whether a value of the right type keeps the bounds."""
        if isinstance(value, str) and self.type == "string":
            fits = self.pattern is None or re.fullmatch(self.pattern, value) is not None
            return fits and (self.choices is None or value in self.choices)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)
        return True


class SqlSource(Model):
    """A data set read from a database by one statement with bound parameters."""

    kind: Literal["sql"] = Field(description="From a database.")
    database: Name = Field(description="Name of a database application.", examples=["STOCKS"])
    statement: str = Field(
        min_length=1,
        description="One reading statement; parameters as :name.",
        examples=["SELECT date, close FROM stocks WHERE symbol = :symbol ORDER BY date DESC LIMIT :limit"],
    )
    bundled: Strings = Field(
        default=(), description="Bundled tables the statement needs; read from the package where no such database is."
    )


class CsvSource(Model):
    """A data set read from a CSV file."""

    kind: Literal["csv"] = Field(description="From a file.")
    path: str = Field(min_length=1, description="Relative to this file; may name parameters as {name}.")


class HttpSource(Model):
    """A data set read as CSV from an address."""

    kind: Literal["http"] = Field(description="From an address.")
    address: HttpAddress = Field(description="May name parameters as {name}.")
    timeout_s: Seconds = Field(default=20.0, description="Seconds to wait for an answer.")


_OPTIONS = ("refresh", "max_age_s")


def _disagreement(undeclared: list[str], unnamed: list[str]) -> PydanticCustomError:
    """Return what is wrong between a statement and its parameters; the context says where, and what to do."""
    if undeclared:
        names = ", ".join(f":{name}" for name in undeclared)
        text = f'the statement names {names}, which "parameters" does not have'
        hint = did_you_mean(undeclared[0], unnamed) if unnamed else 'Declare it in "parameters".'
        return PydanticCustomError(
            "disagreement", "{text}", {"text": text, "hint": hint, "at": ("source", "statement")}
        )
    text = "the statement does not name this parameter"
    hint = f"Write :{unnamed[0]} where the statement needs it, or leave the parameter out."
    return PydanticCustomError("disagreement", "{text}", {"text": text, "hint": hint, "at": ("parameters", unnamed[0])})


class DatasetSpec(Model):
    """One data set: where it comes from, its parameters, its key in the cache, what it is for."""

    title: str = Field(description="One line.", examples=["Daily prices of IBM"])
    description: str = Field(default="", description="What its rows are and where they come from.")
    source: Annotated[SqlSource | CsvSource | HttpSource, Field(discriminator="kind")] = Field(
        description="Where it is read from."
    )
    parameters: Mapping[Name, ParameterSpec] = Field(default_factory=dict, description="Name to parameter.")
    key: Annotated[str, Field(min_length=1)] | None = Field(
        default=None,
        description="Cache key with {name} for parameters; none: the set's name.",
        examples=["LATEST_{symbol}_DAILY_STICKS"],
    )
    ttl_s: Seconds | None = Field(default=None, description="Time to live in the cache; none: the application's.")
    task: Literal["classification", "regression", "timeseries"] | None = Field(
        default=None, description="What one learns from it."
    )
    target: str | None = Field(default=None, description="Column to predict.")
    units: Mapping[str, str] = Field(default_factory=dict, description="Column to unit.")
    discouraged: str | None = Field(default=None, description="Why one should think twice before using it.")

    @model_validator(mode="after")
    def _parameters_are_no_options(self) -> Self:
        for name in _OPTIONS:
            if name in self.parameters:
                raise ValueError(f"no parameter can be called {name}: that is an option of every data set")
        return self

    @model_validator(mode="after")
    def _templates_name_parameters(self) -> Self:
        templates = {"key": self.key, "path": getattr(self.source, "path", None)}
        templates["address"] = getattr(self.source, "address", None)
        for member, template in templates.items():
            for name in _fields(member, template or ""):
                if name not in self.parameters:
                    raise ValueError(f'the {member} names {{{name}}}, which is none of "parameters"')
        return self

    @model_validator(mode="after")
    def _statement_names_parameters(self) -> Self:
        if self.source.kind != "sql":
            return self
        declared, readings = frozenset(self.parameters), named_parameters(self.source.statement)
        if declared not in readings:  # which server will read it is not known here: one of them must find it right
            named = min(readings, key=lambda names: len(names ^ declared))
            raise _disagreement(sorted(named - declared), sorted(declared - named))
        return self


class PriceSource(Model):
    """Where ``pycore fetch`` finds daily prices as CSV."""

    address: PriceAddress = Field(
        description="Address with {symbol}.", examples=["https://example.org/prices/{symbol}.csv"]
    )
    timeout_s: Seconds = Field(default=20.0, description="Seconds to wait for an answer.")
    attempts: Annotated[int, Field(ge=1, le=10)] = Field(default=4, description="Tries, with growing pauses between.")


def _keys_of_their_own(datasets: Mapping[str, DatasetSpec]) -> Mapping[str, DatasetSpec]:
    """Refuse data sets that would take turns at throwing each other out of the cache."""
    first: dict[str, str] = {}
    for name, spec in datasets.items():
        other = first.setdefault(spec.key or name, name)
        if other != name:
            raise ValueError(f'"{name}" has the key of "{other}" in the cache; give each its own')
    return datasets


class DatasetFile(File):
    """``datasets.json``: the catalog."""

    datasets: Annotated[Mapping[Name, DatasetSpec], AfterValidator(_keys_of_their_own)] = Field(
        description="Name to data set."
    )
    prices: PriceSource | None = Field(default=None, description="Where prices are fetched from.")


class SlackSettings(Model):
    """How exceptions and texts go to Slack."""

    enabled: bool = Field(default=True, description="False: messages are only logged.")
    token: SecretReference | None = Field(default=None, description="By reference; without a token it is logged.")
    channel: str = Field(default="debugging", description="Channel, without #.")
    bot_name: str = Field(default="bugbot", description="Name that the messages are sent under.")
    notify_user: str = Field(default="channel", description="Who is addressed: @user.")
    environment_name: str | None = Field(default=None, description="Shown in the message; none: the environment.")
    base_url: HttpAddress | None = Field(default=None, description="Another API address than Slack's own.")


class NotifyFile(File):
    """``slack.json``: where messages go."""

    slack: SlackSettings | None = Field(default=None, description="Null: messages are only logged.")


class EnvironmentFiles(Model):
    """The files of one environment, relative to the manifest."""

    redis: FileName = Field(description="File of the Redis applications.", examples=["local-redis.json"])
    databases: FileName = Field(description="File of the database applications.", examples=["local-db.json"])
    env_file: FileName | None = Field(
        default=None, description="File of KEY=VALUE lines for variables that are not exported.", examples=["local.env"]
    )


class Manifest(File):
    """``jupyter.json``: environments by name."""

    default_environment: Name = Field(
        description="The environment when neither an argument nor ENV_DEPLOYMENT_TYPE names one.", examples=["Local"]
    )
    environments: Annotated[Mapping[Name, EnvironmentFiles], Field(min_length=1)] = Field(
        description="Name to files.",
        examples=[{"Local": {"redis": "local-redis.json", "databases": "local-db.json"}}],
    )
    datasets: FileName | None = Field(default=None, description="The catalog.", examples=["datasets.json"])
    notify: FileName | None = Field(default=None, description="Where messages go.", examples=["slack.json"])
