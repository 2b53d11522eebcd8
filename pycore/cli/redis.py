"""``pycore redis``: the Redis of this clone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from pycore.cli._boundary import CommandError
from pycore.cli._local import own_redis, run_folder
from pycore.cli._options import json_option
from pycore.cli._render import size, to_json
from pycore.cli._session import Session, pass_session
from pycore.cli._waiting import timeout_option, waiting
from pycore.exceptions import ServiceError

__all__ = ["redis"]

_MEMBERS = "running, host, port, pid, folder, and version, used_memory_bytes and maxmemory_bytes while it runs"
_NOT_RUNNING = 4


@click.group("redis")
def redis() -> None:
    """Start, stop and see the Redis of this clone: a real redis-server on the loopback.

    ./start.sh starts it together with JupyterLab; these commands need neither Jupyter nor a database.

    \b
    Examples:
      pycore redis start
      pycore redis status --json
      pycore redis stop
    """


@redis.command("start")
@json_option(_MEMBERS)
@pass_session
def start(session: Session, as_json: bool) -> None:
    """Start it in the background, unless it runs already, and return when it answers.

    \b
    Examples:
      pycore redis start
      ENV_REDIS_PORT=6001 pycore redis start
    """
    server = own_redis(session.config)
    before = server.running()
    if before is None:
        _install_if_absent(session)
    pid = server.start()
    _record(session, pid, server.port)
    if not as_json:
        session.say("Redis runs already" if before else "Redis is started")
    _print(session, as_json=as_json)


def _install_if_absent(session: Session) -> None:
    """Do as start.sh does where the system has no Redis: install the binaries of the lock into this environment."""
    from pycore.cache.embedded import find_server
    from pycore.local.redis_binary import install_server
    from pycore.local.report import Report

    if find_server() is None:
        log = run_folder(session.config).log("install")
        log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        install_server(Report("pycore redis start"), log, going_on=lambda: None)


def _record(session: Session, pid: int, port: int) -> None:
    """Write the port down, so that the configuration finds the server without ENV_REDIS_PORT."""
    from pycore._pids import ProcessId

    folder = run_folder(session.config)
    folder.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.record("redis", ProcessId.of(pid), host="127.0.0.1", port=port)


@redis.command("stop")
@pass_session
def stop(session: Session) -> None:
    """Stop it; what it holds stays in data/redis and is there again after the next start.

    \b
    Example:
      pycore redis stop
    """
    server, folder = own_redis(session.config), run_folder(session.config)
    if folder.claimed():
        raise CommandError(
            "./start.sh runs here and would start Redis again: ./stop.sh stops both.", exit_code=4, kind="ServiceError"
        )
    was_running = server.running()
    server.stop()
    folder.clear()
    session.say("Redis is stopped" if was_running else "Redis was not running")


@redis.command("status")
@json_option(_MEMBERS)
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:
    """Say whether it runs, where, and how much it holds; exit 4 when it does not run.

    \b
    Example:
      pycore redis status
    """
    ctx.exit(0 if _print(ctx.ensure_object(Session), as_json=as_json) else _NOT_RUNNING)


@redis.command("wait")
@click.argument("application", metavar="[APPLICATION]", default="CACHE")
@timeout_option
@json_option("application, address, ready and seconds")
@pass_session
def wait(session: Session, application: str, timeout_s: float, as_json: bool) -> None:
    """Wait until the Redis of APPLICATION answers its user, and not only that it still loads; exit 4 when it does not.

    APPLICATION is one of the configuration, CACHE without it. A password that is refused is not waited for.

    \b
    Examples:
      pycore redis wait
      pycore -e Live redis wait DATASRC --timeout 120
    """
    cache = session.cache(application)
    with waiting(session, cache.name, cache.address, as_json=as_json) as found:
        cache.wait_ready(timeout_s)
        found["application"] = cache.name


def _print(session: Session, *, as_json: bool) -> bool:
    """Print the state of the server and return whether it runs."""
    state = _state(session)
    if as_json:
        click.echo(to_json(state))
    elif state["running"]:
        limit = f" of {size(state['maxmemory_bytes'])}" if state["maxmemory_bytes"] else ""
        whose = f"pid {state['pid']}" if state["pid"] is not None else "started by another program"
        click.echo(f"running   {state['host']}:{state['port']} ({whose})")
        click.echo(f"version   {state['version']}")
        click.echo(f"memory    {size(state['used_memory_bytes'])}{limit}")
        click.echo(f"files     {state['folder'] or 'its own'}")
    else:
        click.echo(f"not running; pycore redis start would start it on port {state['port']}")
    return bool(state["running"])


def _state(session: Session) -> dict[str, Any]:
    """Return what is known of the Redis at the environment's address, whoever started it."""
    server = own_redis(session.config)
    pid = server.running()
    said: Mapping[str, Any] = {}
    cache = session.core.caches[next(iter(session.core.caches))]
    try:
        said = cache.server()
    except ServiceError:
        if pid is not None:
            raise
    state: dict[str, Any] = {"running": bool(said), "host": "127.0.0.1", "port": server.port, "pid": pid}
    state["folder"] = server.folder if pid is not None or not said else None
    members = ("version", "used_memory_bytes", "maxmemory_bytes")
    return state | {name: said[name] for name in members if said}
