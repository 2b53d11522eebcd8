"""``pycore check``: the configuration, and what it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from pycore.cli._findings import failed, passed, show
from pycore.cli._options import json_option
from pycore.cli._session import Session
from pycore.exceptions import ConfigError

if TYPE_CHECKING:
    from pycore.results import CheckResult

__all__ = ["check", "configuration", "connected"]


@click.command("check")
@click.option("--offline", is_flag=True, help="Validate the files only; connect to nothing.")
@json_option("ok, exit_code and checks (each name, ok, detail, cure and exit_code)")
@click.pass_context
def check(ctx: click.Context, offline: bool, as_json: bool) -> None:
    """Validate the files of all environments, connect to what this one names, look for its data.

    The exit code is that of the first check that failed, 0 when none did.

    \b
    Examples:
      pycore check
      pycore -e Test check --offline --json
    """
    session = ctx.ensure_object(Session)
    ctx.exit(show(_checks(session, offline=offline), as_json=as_json))


def _checks(session: Session, *, offline: bool) -> Iterator[CheckResult]:
    files = configuration(session)
    yield files
    if files.ok and not offline:
        yield from connected(session)


def configuration(session: Session) -> CheckResult:
    """Check the files of every environment; all problems of all files stand in one result."""
    from pycore.config import check_all

    try:
        check_all(session.manifest)
        loaded = session.config
    except ConfigError as exc:
        cure = "correct the files, then run pycore check again"
        return failed("configuration", str(exc), cure=cure, exit_code=exc.exit_code)
    names = ", ".join(loaded.environments)
    return passed("configuration", f"{loaded.manifest} is valid ({names}); this is {loaded.environment}")


def connected(session: Session) -> Iterator[CheckResult]:
    """Check one after the other what the environment names: its secrets, its Redis, its databases and their data."""
    from pycore.cli import _services

    core = session.core
    yield _services.secrets(core.config)
    yield _services.slack(core.config)
    yield from _services.redis(core)
    yield from _services.databases(core)
