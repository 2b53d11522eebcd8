"""Options that several commands share, and what they mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from pycore.cli._delivery import Delivery

__all__ = ["application_option", "json_option", "output_option", "output_options", "parameter_option"]

F = TypeVar("F", bound=Callable[..., Any])

FORMS = ("table", "csv", "json", "parquet")


def json_option(members: str) -> Callable[[F], F]:
    """Return the option ``--json``; `members` names what the document holds."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print JSON: {members}.")


def application_option(kind: str) -> Callable[[F], F]:
    """Return the option ``--application``; `kind` says of what, and which is the default."""
    return click.option("-a", "--application", metavar="NAME", help=f"{kind}.")


def parameter_option(what: str) -> Callable[[F], F]:
    """Return the option ``-p NAME VALUE``, which may be repeated."""
    return click.option(
        "-p",
        "--parameter",
        "parameters",
        nargs=2,
        type=(str, str),
        multiple=True,
        metavar="NAME VALUE",
        callback=_once_each,
        help=f"{what}; repeat it for more.",
    )


def output_option(what: str) -> Callable[[F], F]:
    """Return the option ``--output``; a folder that is not there is refused before any work is done for it."""
    return click.option(
        "-o",
        "--output",
        metavar="FILE",
        type=click.Path(dir_okay=False, writable=True, path_type=Path),
        callback=_in_a_folder,
        help=f"{what}.",
    )


def output_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add ``--to``, ``--output`` and ``--json``, which arrive as one argument, `delivery`."""

    @wraps(command)
    def with_delivery(*arguments: Any, form: str | None, output: Path | None, as_json: bool, **options: Any) -> None:
        command(*arguments, delivery=Delivery.of(form, output, as_json=as_json), **options)

    decorated: Callable[..., None] = with_delivery
    for option in (
        json_option("an array with one object for each row; the same as --to json"),
        output_option("Write to a file; its ending chooses the form unless --to does"),
        click.option("--to", "form", type=click.Choice(FORMS), help="Form; table without --output."),
    ):
        decorated = option(decorated)
    return decorated


def _in_a_folder(ctx: click.Context, option: click.Parameter, output: Path | None) -> Path | None:
    if output is not None and not output.resolve().parent.is_dir():
        raise click.BadParameter(f"There is no folder {output.resolve().parent}: make it.", ctx=ctx, param=option)
    return output


def _once_each(ctx: click.Context, option: click.Parameter, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    parameters = dict(pairs)
    if len(parameters) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise click.BadParameter(f"{twice} is given twice.", ctx=ctx, param=option)
    return parameters
