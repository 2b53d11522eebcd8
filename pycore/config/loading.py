"""From a manifest to one frozen configuration."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pycore
from pycore.config.config import Config
from pycore.config.environment import given
from pycore.config.files import JsonFile
from pycore.config.models import DatabaseFile, DatasetFile, Manifest, NotifyFile, RedisFile
from pycore.config.parts import Parts, Shelf, value_at
from pycore.config.problems import Problems, did_you_mean, problem
from pycore.config.resolving import resolve
from pycore.config.variables import Variables
from pycore.exceptions import ConfigFileError, ConfigValueError, UnknownNameError

__all__ = ["check_all", "load"]

MANIFEST = Path("configs", "jupyter.json")


def load(
    environment: str | None = None,
    path: Path | str | None = None,
    *,
    environ: Mapping[str, str] | None = None,
) -> Config:
    """Return the configuration of one environment: files, environment variables and defaults in one frozen value.

    Parameters
    ----------
    environment : str, optional
        Its name; else ``ENV_DEPLOYMENT_TYPE``, else ``default_environment`` of the manifest.
    path : path, optional
        The manifest; else ``ENV_CORE_CONFIG_FILE``, else ``configs/jupyter.json`` in the working directory or the
        nearest folder above that has it, else that of the clone that pycore is installed from.
    environ : mapping of str to str, optional
        Environment variables; default those of the process.

    Returns
    -------
    Config
        Nothing is connected and no secret is read yet.

    Raises
    ------
    ConfigError
        A file, a value or a variable is wrong; ``problems`` holds everything that is, in all files.
    UnknownNameError
        The manifest has no such environment.

    Examples
    --------
    >>> config = load("NoApps", environ={})
    >>> config.environment, dict(config.redis)
    ('NoApps', {})
    """
    exported = os.environ if environ is None else environ
    shelf = Shelf(Problems())
    found = find_manifest(path, exported)
    file = _open(found, shelf)
    manifest = shelf.part(file.path, Manifest)
    name, named_by = _chosen(environment, file, shelf, exported)
    variables = Variables(exported)
    env_file = shelf.path_at(file, ("environments", name, "env_file"))
    if env_file is not None:
        variables.read_file(env_file, shelf.problems)
    redis = shelf.named(file, ("environments", name, "redis"), RedisFile)
    databases = shelf.named(file, ("environments", name, "databases"), DatabaseFile)
    datasets = shelf.named(file, ("datasets",), DatasetFile)
    notify = shelf.named(file, ("notify",), NotifyFile)
    if manifest is None or redis is None or databases is None:
        raise shelf.problems.error()
    parts = Parts(manifest=manifest, redis=redis, databases=databases, datasets=datasets, notify=notify)
    origins = {"/environment": named_by, "/manifest": found.named_by, "/root": "manifest"}
    config = resolve(name, parts, variables, origins, shelf.problems)
    shelf.problems.raise_found()
    return config


def check_all(path: Path | str | None = None, *, environ: Mapping[str, str] | None = None) -> tuple[Path, ...]:
    """Validate the files of every environment of a manifest, as ``pycore check`` does.

    Parameters
    ----------
    path : path, optional
        The manifest; found as :func:`load` finds it.
    environ : mapping of str to str, optional
        Environment variables; default those of the process.

    Returns
    -------
    tuple of Path
        The files, each of which is right.

    Raises
    ------
    ConfigError
        Something is wrong; ``problems`` holds everything that is, in all files of all environments.

    Examples
    --------
    >>> sorted(file.name for file in check_all(environ={}))[:3]
    ['datasets.json', 'db.json', 'empty-db.json']
    """
    exported = os.environ if environ is None else environ
    shelf = Shelf(Problems())
    file = _open(find_manifest(path, exported), shelf)
    shelf.part(file.path, Manifest)
    _check_default(file, shelf)
    for name in _names(file):
        shelf.named(file, ("environments", name, "redis"), RedisFile)
        shelf.named(file, ("environments", name, "databases"), DatabaseFile)
        env_file = shelf.path_at(file, ("environments", name, "env_file"))
        if env_file is not None:
            Variables({}).read_file(env_file, shelf.problems)
    shelf.named(file, ("datasets",), DatasetFile)
    shelf.named(file, ("notify",), NotifyFile)
    shelf.problems.raise_found()
    return shelf.paths


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A manifest, and who named it."""

    path: Path
    named_by: str


def find_manifest(path: Path | str | None, environ: Mapping[str, str]) -> Found:
    """Return the manifest that `path` names, else the environment, else the nearest ``configs/jupyter.json``."""
    if path is not None:
        return Found(path=_absolute(path), named_by="argument")
    variable = given("ENV_CORE_CONFIG_FILE", environ)
    if variable is not None:
        return Found(path=_absolute(variable), named_by="ENV_CORE_CONFIG_FILE")
    for folder in _folders_upwards():
        if os.path.isfile(folder / MANIFEST):  # noqa: PTH113  # Path.is_file raises where a folder may not be read
            return Found(path=folder / MANIFEST, named_by="found from the working directory")
    clone = Path(pycore.__file__).parents[1]
    return Found(path=clone / MANIFEST, named_by="the clone of pycore")


def _folders_upwards() -> tuple[Path, ...]:
    try:
        here = Path.cwd()
    except OSError:  # the working directory was removed
        return ()
    return (here, *here.parents)


def _absolute(path: Path | str) -> Path:
    try:
        return Path(os.path.abspath(path))  # noqa: PTH100  # resolve() would follow links
    except OSError as exc:
        raise ConfigFileError(
            "The manifest is named by a relative path and the working directory is gone. Name it by an absolute path."
        ) from exc


def _open(found: Found, shelf: Shelf) -> JsonFile:
    if not os.path.lexists(found.path):
        hint = {
            "argument": "Name another file.",
            "ENV_CORE_CONFIG_FILE": "ENV_CORE_CONFIG_FILE names it: correct or unset it.",
        }.get(found.named_by, "Work inside a clone of the project, or set ENV_CORE_CONFIG_FILE to a manifest.")
        shelf.problems.add(problem(ConfigFileError, "the manifest does not exist", hint=hint, path=found.path))
    file = shelf.file(found.path) if not len(shelf.problems) else None
    if file is None:
        raise shelf.problems.error()
    return file


def _names(file: JsonFile) -> tuple[str, ...]:
    environments = value_at(file.document, ("environments",))
    return tuple(environments) if isinstance(environments, dict) else ()


def _chosen(environment: str | None, file: JsonFile, shelf: Shelf, environ: Mapping[str, str]) -> tuple[str, str]:
    """Return the name of the environment, and who named it."""
    known = _names(file)
    variable = given("ENV_DEPLOYMENT_TYPE", environ)
    name, named_by = (environment, "argument") if environment is not None else (variable, "ENV_DEPLOYMENT_TYPE")
    _check_default(file, shelf)
    if name is None:
        default = value_at(file.document, ("default_environment",))
        return default if isinstance(default, str) else "", ""
    if name not in known:
        shelf.problems.raise_found()
        error = UnknownNameError.of("environment", name, known)
        source = " ENV_DEPLOYMENT_TYPE asks for it." if named_by == "ENV_DEPLOYMENT_TYPE" else ""
        raise UnknownNameError(f"{error}{source}", kind="environment", name=name, known=error.known)
    return name, named_by


def _check_default(file: JsonFile, shelf: Shelf) -> None:
    default = value_at(file.document, ("default_environment",))
    known = _names(file)
    if isinstance(default, str) and known and default not in known and not file.damaged:
        shelf.problems.add(
            problem(
                ConfigValueError,
                "the default is none of the environments",
                hint=did_you_mean(default, known),
                path=file.path,
                pointer="/default_environment",
                position=file.place(("default_environment",)),
            )
        )
