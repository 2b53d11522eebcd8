"""What the files leave to environment variables, to the running services and to defaults."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

from pycore.config.addresses import check_host, check_port, parse_address, sqlite_file
from pycore.config.config import Config, origin_path
from pycore.config.environment import check_flag, setting
from pycore.config.models import DatabaseApplication, DatasetSpec, Port, RedisApplication, SlackSettings
from pycore.config.parts import Parts, Shelf, beside
from pycore.config.problems import Problems
from pycore.config.secrets import SecretReference, SecretSource
from pycore.config.variables import Variables

__all__ = ["resolve"]

T = TypeVar("T")

CACHE = "CACHE"
STOCKS = "STOCKS"
CACHE_TTL_S = 7 * 24 * 3600.0
LOCAL_SERVICES = Path("run", "local.json")


class LocalRedis(BaseModel):
    """Where ``start.sh`` started Redis."""

    model_config = ConfigDict(strict=True, hide_input_in_errors=True, defer_build=True)

    host: str
    port: Port


class LocalServices(BaseModel):
    """``data/run/local.json``: what ``start.sh`` started; the members that only it reads are left aside."""

    model_config = ConfigDict(strict=True, hide_input_in_errors=True, defer_build=True)

    redis: LocalRedis | None = None


def resolve(name: str, parts: Parts, variables: Variables, origins: Mapping[str, str], problems: Problems) -> Config:
    """Return the configuration of the environment `name`; what is wrong with a variable goes to `problems`."""
    resolver = _Resolver(parts, variables, problems)
    resolver.overrides.update(origins)
    redis = {key: resolver.redis(key, application) for key, application in parts.redis.model.applications.items()}
    databases = {key: resolver.database(key, app) for key, app in parts.databases.model.applications.items()}
    datasets = parts.datasets.model.datasets if parts.datasets else {}
    slack = parts.notify.model.slack if parts.notify else None
    return Config(
        environment=name,
        manifest=parts.manifest.file.path,
        root=resolver.root,
        data_dir=resolver.data_dir,
        environments=tuple(parts.manifest.model.environments),
        redis=redis,
        databases=databases,
        datasets={key: resolver.dataset(key, spec) for key, spec in datasets.items()},
        prices=parts.datasets.model.prices if parts.datasets else None,
        slack=None if slack is None else resolver.slack(slack),
        variables=variables,
        parts=parts,
        overrides=resolver.overrides,
    )


class _Resolver:
    """The resolution of one environment; `overrides` collects where values came from that no file says."""

    def __init__(self, parts: Parts, variables: Variables, problems: Problems) -> None:
        self.parts = parts
        self.variables = variables
        self.problems = problems
        self.overrides: dict[str, str] = {}
        self.root = parts.manifest.file.path.parent.parent
        self.data_dir = self.root / "data"
        given = self._given("ENV_DATA_DIR", _folder)
        if given is not None:
            self.data_dir = given
            self.overrides["/data_dir"] = self._origin("ENV_DATA_DIR")
        self._host = self._given("ENV_REDIS_HOST", check_host)
        self._port = self._given("ENV_REDIS_PORT", check_port)
        self._number = self._given("ENV_REDIS_DB_ID", _database_number)

    def redis(self, name: str, application: RedisApplication) -> RedisApplication:
        """Return a Redis application with address, prefix, time to live and references settled."""
        path, here = self.parts.redis.file.path, f"/redis/{name}"
        changes: dict[str, Any] = {"address": self._redis_address(here, application.address)}
        if application.prefix is None:
            changes["prefix"] = "" if name == CACHE else f"{name}:"
        if name == CACHE and "ttl_s" not in application.model_fields_set:
            changes["ttl_s"] = CACHE_TTL_S
        if self._number is not None and not application.address.startswith("cluster:"):
            changes["database"] = self._number
            self.overrides[f"{here}/database"] = self._origin("ENV_REDIS_DB_ID")
        if application.ca_file is not None:
            changes["ca_file"] = str(beside(path, application.ca_file))
        changes["password"] = _beside(path, application.password)
        named = [name for name in ("ENV_REDIS_PASSWORD", "ENV_REDIS_PASSWORD_FILE") if self.variables.get(name)]
        if application.password is None and named:
            changes["password"] = SecretReference(source=SecretSource(env="ENV_REDIS_PASSWORD"))
            self.overrides[f"{here}/password"] = self._origin(named[0])
        return application.model_copy(update=changes)

    def database(self, name: str, application: DatabaseApplication) -> DatabaseApplication:
        """Return a database application with its file and its references absolute, and its user settled."""
        path = self.parts.databases.file.path
        changes: dict[str, Any] = {"password": _beside(path, application.password)}
        address = parse_address(application.address)
        file = sqlite_file(address, path.parent) if address.scheme == "sqlite" else None
        if file is not None:
            changes["address"] = f"sqlite:///{self._below_data(beside(path, str(file)), f'/databases/{name}/address')}"
        user = self.variables.get("ENV_DB_USER")
        if name == STOCKS and application.user is not None and user is not None:
            changes["user"] = user
            self.overrides[f"/databases/{name}/user"] = self._origin("ENV_DB_USER")
        if application.ssl_ca is not None:
            changes["ssl_ca"] = str(beside(path, application.ssl_ca))
        return application.model_copy(update=changes)

    def dataset(self, name: str, spec: DatasetSpec) -> DatasetSpec:
        """Return a data set with the file that it is read from absolute."""
        if spec.source.kind != "csv" or self.parts.datasets is None:
            return spec
        file = self._below_data(
            beside(self.parts.datasets.file.path, spec.source.path), f"/datasets/{name}/source/path"
        )
        return spec.model_copy(update={"source": spec.source.model_copy(update={"path": str(file)})})

    def slack(self, settings: SlackSettings) -> SlackSettings:
        """Return the Slack settings, environment variables before the file."""
        changes: dict[str, Any] = {}
        if self.parts.notify is not None:
            changes["token"] = _beside(self.parts.notify.file.path, settings.token)
        for member, variable in (
            ("channel", "ENV_SLACK_CHANNEL"),
            ("bot_name", "ENV_SLACK_BOTNAME"),
            ("notify_user", "ENV_SLACK_NOTIFY_USER"),
            ("environment_name", "ENV_SLACK_ENVNAME"),
        ):
            self._override(changes, member, variable, self.variables.get(variable))
        self._override(changes, "enabled", "ENV_SLACK_ENABLED", self._given("ENV_SLACK_ENABLED", check_flag))
        return settings.model_copy(update=changes)

    def _override(self, changes: dict[str, Any], member: str, variable: str, value: Any) -> None:
        if value is not None:
            changes[member] = value
            self.overrides[f"/slack/{member}"] = self._origin(variable)

    def _given(self, name: str, read: Callable[[str], T]) -> T | None:
        """Return what the variable `name` says, as `read` understands it; None when it is unset or wrong."""
        text = self.variables.get(name)
        if text is None:
            return None
        try:
            return read(text)
        except ValueError as exc:
            self.problems.add(self.variables.problem(name, str(exc), f"{setting(name).help} Correct or unset it."))
            return None

    def _origin(self, name: str) -> str:
        path, line = self.variables.place(name)
        return name if path is None else f"{origin_path(path, self.root)}:{line}"

    def _redis_address(self, here: str, text: str) -> str:
        """Return the address, moved to where the local Redis really is when it is that of a local one."""
        address = parse_address(text)
        if address.hosts != self._local_hosts:
            return text
        if self._host is not None or self._port is not None:
            names = [name for name in ("ENV_REDIS_HOST", "ENV_REDIS_PORT") if self.variables.get(name)]
            self.overrides[f"{here}/address"] = ", ".join(self._origin(name) for name in names)
            return str(address.at(self._host, self._port))
        service = self._local_redis
        if service is None:
            return text
        self.overrides[f"{here}/address"] = origin_path(self.data_dir / LOCAL_SERVICES, self.root)
        return str(address.at(service.host, service.port))

    @cached_property
    def _local_hosts(self) -> tuple[tuple[str, int | None], ...] | None:
        """The server that the variables and ``start.sh`` may move: that of CACHE, when it is one on this machine."""
        applications = self.parts.redis.model.applications
        for name in (CACHE, *applications):
            address = parse_address(applications[name].address) if name in applications else None
            if address is not None and address.scheme == "redis" and address.is_local:
                return address.hosts
        return None

    @cached_property
    def _local_redis(self) -> LocalRedis | None:
        path = self.data_dir / LOCAL_SERVICES
        if not os.path.lexists(path):
            return None
        services = Shelf(self.problems).part(path, LocalServices)
        return None if services is None else services.model.redis

    def _below_data(self, file: Path, here: str) -> Path:
        """Return `file`, moved along with the folder ``data`` when ENV_DATA_DIR has moved that."""
        usual = self.root / "data"
        if self.data_dir == usual or not file.is_relative_to(usual):
            return file
        self.overrides[here] = self._origin("ENV_DATA_DIR")
        return self.data_dir / file.relative_to(usual)


def _beside(path: Path, reference: SecretReference | None) -> SecretReference | None:
    """Return `reference` with its file absolute, relative to the folder of the file that holds the reference."""
    if reference is None or reference.source.file is None:
        return reference
    return SecretReference(source=SecretSource(file=str(beside(path, reference.source.file))))


def _folder(text: str) -> Path:
    if not text.isprintable():
        raise ValueError("is not the name of a folder")
    path = Path(os.path.abspath(text))  # noqa: PTH100  # resolve() would follow links
    if path.exists() and not path.is_dir():
        raise ValueError("is a file; a folder is expected")
    return path


def _database_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise ValueError("is not the number of a Redis database")
    return int(text)
