"""``pycore config``: what holds, where it came from, and what may be said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from pycore.cli._options import json_option
from pycore.cli._render import MISSING, printable, table, to_json
from pycore.cli._session import Session, pass_session
from pycore.exceptions import UnknownNameError

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
    """Show what holds in this environment, and where each value came from; secrets are ***.

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
    for name, value, pointer in _leaves(chosen):
        origin = loaded.origins.get(pointer, "")
        click.echo(f"{name}{printable(value)}{click.style(f'   {origin}', dim=True) if origin else ''}".rstrip())


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
