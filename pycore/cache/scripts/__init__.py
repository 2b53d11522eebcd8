"""The scripts that Redis runs: their text, and the SHA-1 by which it knows them; the image redis-server has them."""

from __future__ import annotations

from functools import cache
from hashlib import sha1
from pathlib import Path

__all__ = ["NAMES", "script_text"]

_FOLDER = Path(__file__).parent
_SHARED = {"sound", "ours"}  # parts of others
NAMES = tuple(sorted({path.stem for path in _FOLDER.glob("*.lua")} - _SHARED))
_WRITERS = {"publish", "delete", "quarantine"}


@cache
def script_text(name: str) -> tuple[str, str]:
    """Return the Lua text of a script and its SHA-1, by which Redis knows it."""
    parts = ("sound", "ours", name) if name in _WRITERS else ("sound", name)
    text = "".join((_FOLDER / f"{part}.lua").read_text(encoding="utf-8") for part in parts)
    return text, sha1(text.encode(), usedforsecurity=False).hexdigest()
