"""``pycore config``: what holds, where it came from, and what may be said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pycore.cli._options import json_option
from pycore.cli._render import MISSING, printable, table, to_json
from pycore.cli._session import Session, pass_session
from pycore.exceptions import ConfigError, UnknownNameError

if TYPE_CHECKING:
    from pycore.config import Config, SecretReference

__all__ = ["config"]


@click.group("config")
def config() -> None:
    """Show the configuration and its rules.

    \b
    Examples:
      pycore config show
      pycore -e Test config show --json
      pycore config env
    """


@config.command("show")
@click.argument("section", required=False)
@json_option("environment, manifest, config (secrets as ***) and origins (JSON Pointer to place)")
@pass_session
def show(session: Session, section: str | None, as_json: bool) -> None:
    """Show what holds in this environment, and where each value came from; of secrets where they are looked for.

    SECTION is redis, databases, datasets, prices or slack; without it all is shown.

    \b
    Examples:
      pycore config show
      pycore -e JustDB config show databases
    """
    loaded = session.config
    content = loaded.as_dict()
    if section is not None and section not in content:
        raise UnknownNameError.of("section of the configuration", section, list(content))
    chosen = content if section is None else {section: content[section]}
    if as_json:
        members = {
            "environment": loaded.environment,
            "manifest": loaded.manifest,
            "config": chosen,
            "origins": {pointer: origin for pointer, origin in loaded.origins.items() if _below(pointer, chosen)},
        }
        click.echo(to_json(members))
        return
    click.echo(f"{loaded.environment}, of {loaded.manifest}")
    secrets = _secrets(loaded)
    for name, text, pointer in _leaves(chosen):
        origin, value = loaded.origins.get(pointer, ""), secrets.get(pointer, text)
        click.echo(f"{name}{printable(value)}{click.style(f'   {origin}', dim=True) if origin else ''}".rstrip())


def _secrets(loaded: Config) -> dict[str, str]:
    """Return what may be said of each secret, by pointer: where it is looked for, and whether it is there."""
    references = {f"/redis/{name}/password": one.password for name, one in loaded.redis.items()}
    references |= {f"/databases/{name}/password": one.password for name, one in loaded.databases.items()}
    if loaded.slack is not None:
        references["/slack/token"] = loaded.slack.token
    return {pointer: _said_of(loaded, reference) for pointer, reference in references.items() if reference is not None}


def _said_of(loaded: Config, reference: SecretReference) -> str:
    source = reference.source
    place = f"env {source.env}" if source.env is not None else f"file {source.file}"
    try:
        found = loaded.secret(reference, required=False)
    except ConfigError:  # pycore check says why
        return f"{place} (cannot be read)"
    if found is not None:
        return f"*** ({place})"
    return f"{place} (not set)" if source.env is not None else f"{place} (missing or empty)"


def _leaves(node: Any, pointer: str = "", indent: int = 0) -> Iterator[tuple[str, str, str]]:
    """Yield the lines of the tree: the name with its indentation, the value, the JSON Pointer."""
    pairs = node.items() if isinstance(node, Mapping) else enumerate(node)
    for name, value in pairs:
        place = f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"
        start = f"{'  ' * indent}{name}: "
        if isinstance(value, Mapping | list | tuple) and value:
            yield start.rstrip(), "", place
            yield from _leaves(value, place, indent + 1)
        else:
            yield start, MISSING if value in (None, {}, [], ()) else _text(value), place


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _below(pointer: str, sections: Mapping[str, Any]) -> bool:
    return pointer.split("/", 2)[1] in sections


@config.command("env")
@json_option("an array of name, default, value and help")
def env(as_json: bool) -> None:
    """List the environment variables that pycore reads, with what they say now; secrets are ***.

    \b
    Example:
      pycore config env
    """
    from pycore.config import environment

    now = {entry.name: _shown(entry.name, environment.given(entry.name)) for entry in environment.SETTINGS}
    if as_json:
        members = [
            {"name": entry.name, "default": entry.default, "value": now[entry.name], "help": entry.help}
            for entry in environment.SETTINGS
        ]
        click.echo(to_json(members))
        return
    rows = [
        [entry.name, now[entry.name] or MISSING, entry.default or MISSING, entry.help] for entry in environment.SETTINGS
    ]
    for line in table(["variable", "now", "default", "meaning"], rows):
        click.echo(line)


def _shown(name: str, value: str | None) -> str | None:
    secret = name.endswith(("_PASSWORD", "_TOKEN"))
    return "***" if secret and value is not None else value


@config.command("schema")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def schema(folder: Path) -> None:
    """Write the JSON Schemas of the configuration files into FOLDER, for editors; print their paths.

    \b
    Example:
      pycore config schema configs/schema
    """
    from pycore.config.schema import write

    folder.mkdir(parents=True, exist_ok=True)
    write(folder)
    for path in sorted(folder.glob("*.schema.json")):
        click.echo(path)
