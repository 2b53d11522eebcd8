"""``pycore stage``: the programs of a pipeline's steps, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import click

from pycore.cli._boundary import CommandError
from pycore.cli._options import json_option
from pycore.cli._render import age, table, to_json
from pycore.cli._session import Session, pass_session
from pycore.exceptions import StageError

__all__ = ["stage"]

_LIST = "list"


@click.command("stage", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@json_option(
    "stage, program, directory, exit_code, duration_s and log, with the program's words on standard error; of the list "
    "an array of stage, directory, program and state"
)
@click.argument("name", metavar="[NAME", default=_LIST)
@click.argument("arguments", metavar="[ARGUMENT]...]", nargs=-1, type=click.UNPROCESSED)
@pass_session
def stage(session: Session, name: str, arguments: Sequence[str], as_json: bool) -> None:
    """Run the program of the stage NAME in its folder; without NAME, or with "list", list the stages.

    What stands behind NAME is for the program, options as well. Its exit code is that of this command, and what it said
    is also in the log that is named at the end.

    \b
    Examples:
      pycore stage list
      pycore stage tidy
      pycore stage analyze IBM 50
    """
    if name == _LIST:
        _list(session, as_json=as_json)
        return
    from pycore.stages import run_stage

    show = (lambda line: click.echo(line, err=True)) if as_json else None
    try:
        ended = run_stage(session.config, name, arguments, show=show)
    except StageError as exc:
        facts = {fact: getattr(exc, fact) for fact in exc.facts}
        raise CommandError(str(exc), exit_code=exc.code, kind=type(exc).__name__, **facts) from exc
    if as_json:
        click.echo(to_json(asdict(ended)))
        return
    session.say(f"{name} ended after {age(ended.duration_s)}; what it said is in {ended.log}")


def _list(session: Session, *, as_json: bool) -> None:
    from pycore.stages import stages

    known = stages(session.config).values()
    columns = ("stage", "directory", "program", "state")
    rows = [[one.name, str(one.directory), str(one.program), one.state] for one in known]
    if as_json:
        click.echo(to_json([dict(zip(columns, row, strict=True)) for row in rows]))
        return
    for line in table(columns, rows):
        click.echo(line)
