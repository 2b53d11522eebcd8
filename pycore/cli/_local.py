"""The Redis that this clone runs on this machine: its port, its folder, its record in ``data/run``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pycore.cli._boundary import CommandError

if TYPE_CHECKING:
    from pycore.cache.embedded import EmbeddedRedis
    from pycore.config import Config
    from pycore.local.runfolder import RunFolder

__all__ = ["local_redis_port", "own_redis", "run_folder"]

_DEFAULT_PORT = 6379


def local_redis_port(config: Config) -> int | None:
    """Return the port of the environment's Redis if it is on the loopback of this machine, else None."""
    from pycore.config.addresses import parse_address

    application = config.redis.get("CACHE") or next(iter(config.redis.values()), None)
    address = parse_address(application.address) if application is not None else None
    if address is None or not address.is_local:
        return None
    return address.hosts[0][1] or _DEFAULT_PORT


def own_redis(config: Config) -> EmbeddedRedis:
    """Return the server of this clone, running or not.

    Raises
    ------
    CommandError
        The environment's Redis is none of ours.
    """
    from pycore.cache.embedded import EmbeddedRedis

    port = local_redis_port(config)
    if port is None:
        raise CommandError(
            f"The environment {config.environment} has no Redis on this machine's loopback that could be started here: "
            f"pycore -e NAME redis … chooses another ({', '.join(config.environments)}).",
            exit_code=2,
            kind="UsageError",
        )
    return EmbeddedRedis(config.data_dir / "redis", port)


def run_folder(config: Config) -> RunFolder:
    """Return where the ports and pids of this clone are written down."""
    from pycore.local.runfolder import RunFolder

    return RunFolder(config.data_dir / "run")
