"""Groups of commands: one that imports its commands on first use, and what all of them share."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

import click

__all__ = ["LazyGroup"]


class LazyGroup(click.Group):
    """A group that knows where its commands live, not the commands.

    Parameters
    ----------
    name : str
        What the group is called.
    places : mapping of str to tuple of str
        Command to ``"package.module:attribute"`` and the line that the list of commands shows, so that
        ``pycore --help`` imports none of them.
    callback, params, help : Any
        As of `click.Group`.
    """

    def __init__(self, name: str, *, places: Mapping[str, tuple[str, str]], **arguments: object) -> None:
        super().__init__(name, **arguments)  # type: ignore[arg-type]  # click checks its own arguments
        self.places = dict(places)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which one meets them."""
        return list(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported now, or None when there is none of that name."""
        if cmd_name not in self.places:
            return None
        module, _, attribute = self.places[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the words name; an unknown one is refused with the closest name."""
        name = args[0]
        if name not in self.places and not name.startswith("-") and not ctx.resilient_parsing:
            raise click.NoSuchCommand(name, possibilities=self.places, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.places.items()])
