"""What the JSON files may say: one frozen model per kind of file.

The field descriptions end up in the JSON Schemas under ``configs/schema/`` and in editors.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pycore.config.addresses import (
    DATABASE_PATTERN,
    HTTP_PATTERN,
    REDIS_PATTERN,
    check_database_address,
    check_http_address,
    check_redis_address,
)
from pycore.config.secrets import SecretReference

__all__ = [
    "DatabaseApplication",
    "DatabaseFile",
    "DatasetFile",
    "DatasetSpec",
    "EnvironmentFiles",
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
HttpAddress = Annotated[str, AfterValidator(check_http_address), Field(json_schema_extra={"pattern": HTTP_PATTERN})]


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
    version: Literal[1] = Field(description="Version of this form of the file.")


class RedisApplication(Model):
    """One named use of a Redis server."""

    address: RedisAddress = Field(
        description="redis://host:port/number, rediss:// (TLS), sentinel://host:port,host:port/service, cluster://.",
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
        description="sqlite:///file (relative to this file), mysql+pymysql://host:port/name, postgresql://host/name.",
    )
    user: str | None = Field(default=None, description="User name; never in the address.")
    password: SecretReference | None = Field(default=None, description="By reference only.")
    ssl_ca: FileName | None = Field(default=None, description="Certificate authority of the server.")
    ssl_required: bool = Field(default=False, description="Refuse a connection without TLS.")
    pool_size: Annotated[int, Field(ge=1, le=100)] = Field(default=5, description="Connections kept open.")
    connect_timeout_s: Seconds = Field(default=5.0, description="Seconds to wait for a connection.")
    row_limit: Annotated[int, Field(ge=1)] = Field(default=1_000_000, description="Rows that extract returns at most.")


class DatabaseFile(File):
    """``*-db.json``: the database applications of an environment."""

    applications: Mapping[Name, DatabaseApplication] = Field(description="Name to application.")


class ParameterSpec(Model):
    """A parameter of a data set."""

    type: Literal["string", "integer", "number", "boolean", "date"]
    default: str | int | float | bool | None = Field(default=None, description="Null: it must be given.")
    description: str = ""
    minimum: int | float | None = None
    maximum: int | float | None = None
    pattern: str | None = Field(default=None, description="Regular expression that a string matches as a whole.")
    choices: Strings | None = None


class SqlSource(Model):
    """A data set read from a database by one statement with bound parameters."""

    kind: Literal["sql"]
    database: Name
    statement: str = Field(min_length=1, description="One reading statement; parameters as :name.")
    bundled: Strings = Field(
        default=(), description="Bundled tables the statement needs; read from the package where no such database is."
    )


class CsvSource(Model):
    """A data set read from a CSV file."""

    kind: Literal["csv"]
    path: str = Field(min_length=1, description="Relative to this file; may name parameters as {name}.")


class HttpSource(Model):
    """A data set read as CSV from an address."""

    kind: Literal["http"]
    address: HttpAddress = Field(description="May name parameters as {name}.")
    timeout_s: Seconds = 20.0


class DatasetSpec(Model):
    """One data set: where it comes from, its parameters, its key in the cache, what it is for."""

    title: str
    description: str = ""
    source: Annotated[SqlSource | CsvSource | HttpSource, Field(discriminator="kind")]
    parameters: Mapping[Name, ParameterSpec] = Field(default_factory=dict)
    key: str | None = Field(default=None, description="Cache key with {name} for parameters; none: the set's name.")
    ttl_s: Seconds | None = Field(default=None, description="Time to live in the cache; none: the application's.")
    task: Literal["classification", "regression", "timeseries"] | None = None
    target: str | None = Field(default=None, description="Column to predict.")
    units: Mapping[str, str] = Field(default_factory=dict, description="Column to unit.")
    discouraged: str | None = Field(default=None, description="Why one should think twice before using it.")


class PriceSource(Model):
    """Where ``pycore fetch`` finds daily prices as CSV."""

    address: HttpAddress = Field(description="Address with {symbol}.")
    timeout_s: Seconds = 20.0
    attempts: Annotated[int, Field(ge=1, le=10)] = 4


class DatasetFile(File):
    """``datasets.json``: the catalog."""

    datasets: Mapping[Name, DatasetSpec]
    prices: PriceSource | None = None


class SlackSettings(Model):
    """How exceptions and texts go to Slack."""

    enabled: bool = True
    token: SecretReference | None = Field(default=None, description="By reference; without a token it is logged.")
    channel: str = "debugging"
    bot_name: str = "bugbot"
    notify_user: str = Field(default="channel", description="Who is addressed: @user.")
    environment_name: str | None = Field(default=None, description="Shown in the message; none: the environment.")
    base_url: HttpAddress | None = Field(default=None, description="Another API address than Slack's own.")


class NotifyFile(File):
    """``slack.json``: where messages go."""

    slack: SlackSettings | None = None


class EnvironmentFiles(Model):
    """The files of one environment, relative to the manifest."""

    redis: FileName = Field(description="The Redis applications.")
    databases: FileName = Field(description="The database applications.")
    env_file: FileName | None = Field(default=None, description="KEY=VALUE lines for variables that are not exported.")


class Manifest(File):
    """``jupyter.json``: environments by name."""

    default_environment: Name
    environments: Mapping[Name, EnvironmentFiles]
    datasets: FileName | None = None
    notify: FileName | None = None


Documents = Mapping[str, Any]
