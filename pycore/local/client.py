"""redis-cli on the Redis of this clone, wherever it listens."""

from __future__ import annotations

import os
from collections.abc import Sequence

from pycore.cache.embedded import find_server, running_port
from pycore.exceptions import ServiceUnavailableError
from pycore.local.places import Places

__all__ = ["client_command"]


def client_command(arguments: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Return the command line of redis-cli on the running cache, and its environment, which holds the password.

    Umlauts come out as themselves, and an error ends with an exit code that is not 0; a ``--no-raw`` of the user comes
    later on the command line, and wins.

    Raises
    ------
    ServiceUnavailableError
        No Redis of this clone runs, or there is no redis-cli.
    """
    places = Places.of_environment()
    port = running_port(places.redis_dir)
    if port is None:
        raise _unavailable("The Redis of this clone does not run; ./start.sh starts it")
    server = find_server()
    client = server.client if server is not None else None
    if client is None:
        raise _unavailable(f"There is no redis-cli beside {server}; install the command-line tools of Redis")
    command = [str(client), "-h", "127.0.0.1", "-p", str(port), "-e", "--raw", *arguments]
    password = _password(places)
    return command, {**os.environ, **({"REDISCLI_AUTH": password} if password is not None else {})}


def _password(places: Places) -> str | None:
    if "requirepass" not in (places.redis_dir / "redis.conf").read_text(encoding="utf-8"):
        return None  # the usual case does not read the configuration, which would take longer than the answer
    from pycore.config import load

    config = load(path=places.manifest)
    references = [application.password for application in config.redis.values()]
    secret = config.secret(references[0], required=False) if references else None
    return secret.reveal() if secret is not None else None


def _unavailable(text: str) -> ServiceUnavailableError:
    return ServiceUnavailableError(text, service="redis", address="127.0.0.1")
