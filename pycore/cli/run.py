"""``pycore run``: a notebook, with parameters, from a shell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from pycore.cli._boundary import CommandError
from pycore.cli._options import ParameterCommand, json_option, output_option, parameter_option
from pycore.cli._render import age, to_json
from pycore.cli._session import Session, pass_session

__all__ = ["run"]


@click.command("run", cls=ParameterCommand)
@click.argument("notebook", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@parameter_option("A variable of the notebook's cell that is tagged parameters")
@output_option("The executed copy; data/output/<notebook>-<time>.ipynb without it")
@click.option(
    "--timeout-s", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS", help="Stop the whole run after this."
)
@click.option("--list", "only_list", is_flag=True, help="List the notebook's parameters and do not run it.")
@json_option("notebook, output, seconds and parameters; with --list an array of name, type, default and help")
@pass_session
def run(
    session: Session,
    *,
    notebook: Path,
    parameters: Mapping[str, str],
    output: Path | None,
    timeout_s: float | None,
    only_list: bool,
    as_json: bool,
) -> None:
    """Run NOTEBOOK from its first cell to its last and print the path of the executed copy.

    The copy has every output, and when a cell fails all evidence up to there; then the exit code is that of the error
    if it is one of pycore's, else 1. Values are typed as Python would read them: 3, 2.5, True, None, else text. The
    kernel is this very interpreter, in the notebook's folder, with the environment that -e names.

    \b
    Examples:
      pycore run notebooks/extract-and-cache.ipynb
      pycore run notebooks/plot-prices.ipynb -p symbol AAPL
      pycore run notebooks/plot-prices.ipynb --list
    """
    if not only_list and not as_json:
        session.say(f"running {notebook.name} …")  # before papermill is imported: nobody waits in silence
    from pycore.cli import _notebooks

    known = _notebooks.parameters_of(notebook)
    if only_list:
        _list(known, as_json=as_json)
        return
    values = _notebooks.typed(parameters, known, notebook)
    copy = _place(session, notebook, output)
    began = dt.datetime.now(dt.UTC)
    _notebooks.execute(
        notebook,
        copy,
        values,
        environ=_environ(session),
        timeout_s=timeout_s,
        progress=session.shows_progress,
    )
    seconds = (dt.datetime.now(dt.UTC) - began).total_seconds()
    if as_json:
        click.echo(to_json({"notebook": notebook, "output": copy, "seconds": seconds, "parameters": values}))
        return
    click.echo(copy)
    session.say(f"{notebook.name} ran to its end in {age(seconds)}")


def _list(known: Mapping[str, Mapping[str, str]], *, as_json: bool) -> None:
    from pycore.cli._render import table

    if as_json:
        click.echo(to_json([{"name": name, **members} for name, members in known.items()]))
        return
    rows = [[name, members["type"], members["default"], members["help"]] for name, members in known.items()]
    for line in table(["parameter", "type", "default", "description"], rows):
        click.echo(line)


def _place(session: Session, notebook: Path, output: Path | None) -> Path:
    """Return where the executed copy goes; its folder is there then."""
    if output is not None:
        if output.resolve() == notebook.resolve():
            raise click.UsageError(f"{output} is the notebook itself: give another --output.")
        return output.resolve()
    folder = session.config.data_dir / "output"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise CommandError(
            f"{folder} cannot be made ({exc.strerror}): give --output FILE, or another folder with ENV_DATA_DIR.",
            exit_code=5,
            kind="OutputError",
        ) from exc
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    return folder / f"{notebook.stem}-{stamp}.ipynb"


def _environ(session: Session) -> dict[str, str]:
    """Return the variables that make PyCore() in the notebook the one that this command line chose."""
    chosen: dict[str, Any] = {
        "ENV_DEPLOYMENT_TYPE": session.environment,
        "ENV_CORE_CONFIG_FILE": session.manifest.resolve() if session.manifest is not None else None,
    }
    return {name: str(value) for name, value in chosen.items() if value is not None}
