"""Options that several commands share, and what they mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import click

from pycore.cli._delivery import Delivery

__all__ = [
    "ParameterCommand",
    "application_option",
    "json_option",
    "output_option",
    "output_options",
    "parameter_option",
]

F = TypeVar("F", bound=Callable[..., Any])

_PAIR = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)

FORMS = ("table", "csv", "json", "parquet")


def json_option(members: str) -> Callable[[F], F]:
    """Return the option ``--json``; `members` names what the document holds."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print JSON: {members}.")


def application_option(kind: str) -> Callable[[F], F]:
    """Return the option ``--application``; `kind` says of what, and which is the default."""
    return click.option("-a", "--application", metavar="NAME", help=f"{kind}.")


class ParameterCommand(click.Command):
    """A command with :func:`parameter_option`: ``-p NAME=VALUE`` is taken for ``-p NAME VALUE``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the words after the command's name."""
        return super().parse_args(ctx, list(_in_pairs(args)))


def _in_pairs(words: Sequence[str]) -> Iterator[str]:
    """Yield the words, a NAME=VALUE behind -p as two; no name has "=" in it, and a value stays what it is.

    Examples
    --------
    >>> list(_in_pairs(["-p", "symbol=IBM", "-p", "where", "a=b", "c=d"]))
    ['-p', 'symbol', 'IBM', '-p', 'where', 'a=b', 'c=d']
    """
    rest = iter(words)
    for word in rest:
        yield word
        if word == "--":
            break
        if word not in {"-p", "--parameter"}:
            continue
        name = next(rest, None)
        pair = _PAIR.fullmatch(name or "")
        if pair is not None:
            yield from pair.groups()
        elif name is not None:
            yield name
            yield from islice(rest, 1)
    yield from rest


def parameter_option(what: str) -> Callable[[F], F]:
    """Return the option ``-p NAME VALUE``, which may be repeated, for a :class:`ParameterCommand`."""
    return click.option(
        "-p",
        "--parameter",
        "parameters",
        nargs=2,
        type=(str, str),
        multiple=True,
        metavar="NAME VALUE",
        callback=_once_each,
        help=f"{what}; NAME=VALUE will do. Repeat it for more.",
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
