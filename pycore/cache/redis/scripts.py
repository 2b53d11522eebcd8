"""The scripts that Redis runs: their text, and the SHA-1 by which it knows them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import sha1
from importlib.resources import files
from typing import Any

import redis

__all__ = ["run_script", "script_text"]

WRITERS = {"publish", "delete", "quarantine"}


@cache
def script_text(name: str) -> tuple[str, str]:
    """Return the Lua text of a script and its SHA-1, by which Redis knows it."""
    folder = files("pycore.cache") / "scripts"
    parts = ("sound", "ours", name) if name in WRITERS else ("sound", name)
    text = "".join((folder / f"{part}.lua").read_text(encoding="utf-8") for part in parts)
    return text, sha1(text.encode(), usedforsecurity=False).hexdigest()


def run_script(client: Any, name: str, keys: Sequence[str], arguments: Sequence[Any]) -> Any:
    """Return what a script returns, by its SHA-1 first, by its text when the server does not know it."""
    text, digest = script_text(name)
    try:
        return client.evalsha(digest, len(keys), *keys, *arguments)
    except redis.exceptions.NoScriptError:
        return client.eval(text, len(keys), *keys, *arguments)
