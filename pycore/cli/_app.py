"""The ``pycore`` command itself: its global options and where its commands are."""

from __future__ import annotations

from pathlib import Path

import click

from pycore import __version__
from pycore.cli._groups import LazyGroup
from pycore.cli._session import Session

__all__ = ["cli"]

_PLACES = {
    "check": ("pycore.cli.check:check", "Validate the configuration, connect, look for the data."),
    "doctor": ("pycore.cli.doctor:doctor", "Examine this installation and say how to cure it."),
    "config": ("pycore.cli.config:config", "Show the configuration and its rules."),
    "dataset": ("pycore.cli.dataset:dataset", "List, describe and get data sets."),
    "db": ("pycore.cli.database:database", "Look into databases, load tables, extract rows."),
    "cache": ("pycore.cli.cache:cache", "Look into the cache, put, get and remove values."),
    "fetch": ("pycore.cli.fetch:fetch", "Download daily prices of a symbol as CSV."),
    "run": ("pycore.cli.run:run", "Run a notebook with parameters."),
    "stage": ("pycore.cli.stage:stage", "Run the program of a stage, or list the stages."),
    "redis": ("pycore.cli.redis:redis", "Start, stop and see the local Redis."),
    "wait": ("pycore.cli.wait:wait", "Wait until a TCP server accepts connections."),
    "notify": ("pycore.cli.notify:notify", "Send a message to Slack."),
}


@click.group(
    "pycore",
    cls=LazyGroup,
    places=_PLACES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 a bug, 2 usage, 3 configuration, 4 a service, 5 a data set, a query or the cache, "
    "6 a model, 7 a notification, 130 interrupted; of a stage its own.",
)
@click.option("-e", "--environment", metavar="NAME", help="Environment of the manifest: Local, NoApps, JustRedis, …")
@click.option(
    "--config",
    "manifest",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Another manifest than configs/jupyter.json.",
)
@click.option("-q", "--quiet", is_flag=True, help="Only results and errors.")
@click.option("--debug", is_flag=True, help="Log everything; show the traceback of a bug.")
@click.option("--json-logs", is_flag=True, help="Log as JSON lines.")
@click.version_option(__version__, prog_name="pycore", message="%(prog)s %(version)s")
@click.pass_context
def cli(
    ctx: click.Context, environment: str | None, manifest: Path | None, quiet: bool, debug: bool, json_logs: bool
) -> None:
    """Get data sets from databases, through a legible cache in Redis.

    Results go to standard output; messages, warnings and progress to standard error. Commands with --json print one
    JSON document, and then their errors are JSON as well.

    \b
    Examples:
      pycore check
      pycore dataset get ibm_daily -p symbol IBM -p limit 50
      pycore -e JustRedis cache ls
    """
    if quiet and debug:
        raise click.UsageError("--quiet and --debug contradict each other: give one of them.")
    from pycore._logging import configure

    level = "debug" if debug else "error" if quiet else "warning"
    configure(level=level, json=json_logs)
    session = ctx.ensure_object(Session)
    session.context, session.environment, session.manifest = ctx, environment, manifest
    session.quiet, session.debug = quiet, debug
