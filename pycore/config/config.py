"""The configuration of one environment, settled: what the rest of pycore is built from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from pycore.config.environment import setting
from pycore.config.files import JsonFile
from pycore.config.models import DatabaseApplication, DatasetSpec, PriceSource, RedisApplication, SlackSettings
from pycore.config.parts import Parts
from pycore.config.problems import pointer_text
from pycore.config.secrets import MASK, Secret, SecretReference, read_secret
from pycore.config.variables import Variables

__all__ = ["Config"]

DEFAULT = "default"


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Config:
    """One environment, as files, environment variables and defaults settle it; made by :func:`pycore.config.load`.

    Attributes
    ----------
    environment : str
        Its name.
    manifest : Path
        The manifest.
    root : Path
        The folder above that of the manifest.
    data_dir : Path
        Where databases, caches and output are; ``ENV_DATA_DIR``, else ``data`` in `root`. It may not exist yet.
    environments : tuple of str
        The names of all environments in the manifest.
    redis, databases, datasets : mapping
        Applications and data sets by name; addresses and files are absolute.
    prices : PriceSource or None
        Where prices are fetched from.
    slack : SlackSettings or None
        Where messages go.
    variables : Variables
        Environment variables, and below them the file of the environment.
    parts : Parts
        The files, for :attr:`origins`.
    overrides : mapping of str to str
        JSON Pointer to origin of each value that does not come from a file.

    Examples
    --------
    >>> from pycore.config import load
    >>> config = load("Live", environ={})
    >>> config.databases["STOCKS"].address
    'mysql+pymysql://stocksdb:3306/stocks'
    >>> config.as_dict()["databases"]["STOCKS"]["password"]
    '***'
    >>> config.origins["/databases/STOCKS/address"]
    'configs/db.json:6'
    """

    environment: str
    manifest: Path
    root: Path
    data_dir: Path
    environments: tuple[str, ...]
    redis: Mapping[str, RedisApplication]
    databases: Mapping[str, DatabaseApplication]
    datasets: Mapping[str, DatasetSpec]
    prices: PriceSource | None
    slack: SlackSettings | None
    variables: Variables
    parts: Parts
    overrides: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("redis", "databases", "datasets", "overrides"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def get(self, name: str) -> str | None:
        """Return the setting `name` of :data:`pycore.config.SETTINGS`: exported, in the environment's file, or default.

        Raises
        ------
        UnknownNameError
            The table has no such setting.
        """
        return self.variables.get(setting(name).name) or setting(name).default

    def secret(self, reference: SecretReference | None, *, required: bool = True) -> Secret | None:
        """Return the secret that `reference` names, read now; None without a reference.

        Parameters
        ----------
        reference : SecretReference or None
            As it stands in an application or in the Slack settings.
        required : bool, default True
            Whether a secret that is not there is an error; else it is None.

        Raises
        ------
        ConfigError
            It cannot be read; says where the reference stands and what to do.
        """
        if reference is None:
            return None
        return read_secret(reference, self.variables, named_at=self._place_of(reference), required=required)

    @cached_property
    def origins(self) -> Mapping[str, str]:
        """Where each value comes from: JSON Pointer of :meth:`as_dict` to file and line, variable or ``default``."""
        return MappingProxyType({pointer: self._origin(pointer) for pointer, _ in leaves(self.as_dict())})

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON values, secrets as ``***``."""
        return {
            "environment": self.environment,
            "environments": list(self.environments),
            "manifest": str(self.manifest),
            "root": str(self.root),
            "data_dir": str(self.data_dir),
            "redis": {name: _plain(application) for name, application in self.redis.items()},
            "databases": {name: _plain(application) for name, application in self.databases.items()},
            "datasets": {name: _plain(spec) for name, spec in self.datasets.items()},
            "prices": None if self.prices is None else _plain(self.prices),
            "slack": None if self.slack is None else _plain(self.slack),
        }

    def __repr__(self) -> str:
        return f"<Config {self.environment} from {self.manifest}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from pycore.config.tree import html_tree, text_tree

        return {"text/plain": text_tree(self), "text/html": html_tree(self)}

    def _place_of(self, reference: SecretReference) -> str:
        """Return where `reference` stands: file, line and pointer."""
        for section, members in (("redis", self.redis), ("databases", self.databases)):
            for name, application in members.items():
                if application.password is reference:
                    return f"{self.origins[f'/{section}/{name}/password']} {section} application {name}"
        if self.slack is not None and self.slack.token is reference:
            return f"{self.origins['/slack/token']} slack token"
        return "the reference"

    def _origin(self, pointer: str) -> str:
        if self.overrides.get(pointer):
            return self.overrides[pointer]
        tokens = tuple(token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:])
        file, place = self._in_file(tokens)
        position = None if file is None else file.positions.find(place)
        return DEFAULT if file is None or position is None else f"{origin_path(file.path, self.root)}:{position[0]}"

    def _in_file(self, tokens: tuple[str, ...]) -> tuple[JsonFile | None, tuple[str, ...]]:
        """Return the file in which the value at `tokens` would stand, and where in it."""
        parts, (section, *rest) = self.parts, tokens
        if section in {"redis", "databases"}:
            part = parts.redis if section == "redis" else parts.databases
            return part.file, ("applications", *rest)
        if section in {"datasets", "prices"}:
            return parts.datasets.file if parts.datasets else None, tokens
        if section == "slack":
            return parts.notify.file if parts.notify else None, tokens
        return parts.manifest.file, ("default_environment",) if tokens == ("environment",) else tokens


def origin_path(path: Path, root: Path) -> str:
    """Return `path` relative to `root` when it is below."""
    return str(path.relative_to(root) if path.is_relative_to(root) else path)


def _plain(model: BaseModel) -> dict[str, Any]:
    """Return `model` as plain JSON values; a reference to a secret becomes the mask."""
    members: dict[str, Any] = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        members[name] = MASK if isinstance(value, SecretReference) else _plain_value(value)
    return members


def _plain_value(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return _plain(value)
    if isinstance(value, Mapping):
        return {key: _plain_value(member) for key, member in value.items()}
    return list(value) if isinstance(value, tuple) else value


def leaves(value: Any, pointer: tuple[str | int, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Return pointer and value of everything in `value` that is no object."""
    if isinstance(value, dict) and value:
        for key, member in value.items():
            yield from leaves(member, (*pointer, key))
    else:
        yield pointer_text(pointer), value
