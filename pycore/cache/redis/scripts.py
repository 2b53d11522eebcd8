"""Scripts run by Redis: by their SHA-1, loaded where the server does not know them and lets its user load them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import redis

from pycore._wait import wait_for
from pycore.cache.scripts import script_text
from pycore.exceptions import ServiceTimeoutError

__all__ = ["run_script", "with_script"]

# The health check of the image redis-server loads them, a second after each start: one may come a moment too early.
_LOADED_WITHIN_S = 5.0


def run_script(client: Any, name: str, keys: Sequence[str], arguments: Sequence[Any]) -> Any:
    """Return what a script returns, by its SHA-1 first, by its text when the server does not know it."""
    return with_script(name, lambda verb, script: getattr(client, verb)(script, len(keys), *keys, *arguments))


def with_script(name: str, ask: Callable[[str, str], Any]) -> Any:
    """Return what `ask` returns, which is told "evalsha" and a SHA-1, or "eval" and the text.

    Raises
    ------
    redis.exceptions.NoScriptError
        The server does not know the script, and does not let its user load it.
    """
    text, digest = script_text(name)
    try:
        return ask("evalsha", digest)
    except redis.exceptions.NoScriptError as unknown:
        try:
            return ask("eval", text)
        except redis.exceptions.NoPermissionError:
            return _when_loaded(lambda: (ask("evalsha", digest),), unknown)


def _when_loaded(ask: Callable[[], tuple[Any]], unknown: Exception) -> Any:
    try:
        (answer,) = wait_for(ask, _LOADED_WITHIN_S, service="the cache", retry_on=redis.exceptions.NoScriptError)
    except ServiceTimeoutError:
        raise unknown from None
    return answer
