"""``pycore doctor``: everything that can be wrong with an installation, with its cure."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pycore.cli._findings import failed, show, skipped
from pycore.cli._options import json_option
from pycore.cli._session import Session

if TYPE_CHECKING:
    from pycore.config import Config
    from pycore.results import CheckResult

__all__ = ["doctor"]

_MIB = 2**20


@click.command("doctor")
@click.option(
    "--free-mib",
    type=click.IntRange(min=0),
    default=500,
    show_default=True,
    help="Room on disk that is enough, in MiB.",
)
@json_option("ok, exit_code and checks (each name, ok, detail, cure and exit_code)")
@click.pass_context
def doctor(ctx: click.Context, free_mib: int, as_json: bool) -> None:
    """Examine this installation: Python, packages, configuration, services, data, Jupyter, disk, ports.

    Each check that fails says what to do; the exit code is that of the first one, 0 when none did. Nothing is changed.

    \b
    Examples:
      pycore doctor
      pycore doctor --json
    """
    session = ctx.ensure_object(Session)
    ctx.exit(show(_examine(session, minimum_bytes=free_mib * _MIB), as_json=as_json))


def _examine(session: Session, *, minimum_bytes: int) -> Iterator[CheckResult]:
    """Yield what each check found as it ends, what others rest on first."""
    from pycore.cli import _machine
    from pycore.cli.check import configuration, connected

    yield _machine.python()
    files = configuration(session)
    config = session.config if files.ok else None
    yield _machine.packages(config.root / "constraints.txt" if config is not None else None)
    yield files
    answers = False
    for result in connected(session) if config is not None else _unexamined("secrets", "Redis", "database"):
        answers = answers or (result.name.startswith("Redis") and bool(result.ok))
        yield result
    for name, package, part in _machine.front_ends():
        yield _front_end(name, package, part)
    yield _kernel()
    yield from _place(config, minimum_bytes, answers) if config is not None else _unexamined("disk", "ports")


def _unexamined(*names: str) -> list[CheckResult]:
    return [skipped(name, "not examined: the configuration must be right first") for name in names]


def _front_end(name: str, package: str, part: str) -> CheckResult:
    from pycore.cli import _machine

    try:
        distribution = metadata.distribution(package)
    except metadata.PackageNotFoundError:
        return failed(name, f"{package} is not installed", cure=_machine.INSTALL_AGAIN, exit_code=3)
    return _machine.assets(name, distribution, part)


def _kernel() -> CheckResult:
    from pycore.cli import _machine
    from pycore.local.jupyterlab import KERNEL_NAME

    return _machine.kernel(Path(sys.prefix), KERNEL_NAME)


def _place(config: Config, minimum_bytes: int, redis_answers: bool) -> list[CheckResult]:
    from pycore.cli import _machine

    return [_machine.disk(config.data_dir, minimum_bytes=minimum_bytes), *_ports(config, redis_answers)]


def _ports(config: Config, redis_answers: bool) -> list[CheckResult]:
    """Check the ports of what ``start.sh`` runs: JupyterLab, and Redis if this environment's is on the loopback."""
    from pycore.cli import _machine
    from pycore.cli._local import local_redis_port, run_folder
    from pycore.config.addresses import check_port

    results = []
    redis_port = local_redis_port(config)
    if redis_port is not None:
        results.append(_machine.port("Redis", redis_port, ours=redis_answers, variable="ENV_REDIS_PORT"))
    folder = run_folder(config)
    running = folder.content().get("jupyter") if folder.process_id("jupyter") is not None else None
    number = running["port"] if running is not None else check_port(config.get("ENV_JUPYTER_PORT") or "8888")
    results.append(_machine.port("JupyterLab", number, ours=running is not None, variable="ENV_JUPYTER_PORT"))
    return results
