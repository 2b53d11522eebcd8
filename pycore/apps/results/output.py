"""Files that a user asks for: there as a whole, or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pycore.exceptions import ModelError

__all__ = ["place_of", "put"]


def place_of(path: str | os.PathLike[str], what: str, ending: str) -> Path:
    """Return where a file is to be; asked before anything is computed for it.

    Parameters
    ----------
    path : path
        ``~`` is the home of the user; a link is followed.
    what : str
        What the file is, as an error says it: ``"report"``.
    ending : str
        How its name ends, for the example that an error gives: ``".html"``.

    Returns
    -------
    Path
        Absolute.

    Raises
    ------
    ModelError
        It is a folder or a device, is in a folder that is not there, or no file can be called so.
    """
    place = _resolved(path, what)
    if place.is_dir():
        example = place / f"{what}{ending}"
        raise ModelError(
            f"The {what} cannot be written to {place}, which is a folder: name a file in it, as {example}."
        )
    if not place.parent.is_dir():
        raise ModelError(
            f"The {what} cannot be written to {place}: there is no folder {place.parent}. Make it, or name a file in"
            " another."
        )
    if place.exists() and not place.is_file():
        raise ModelError(f"The {what} cannot be written to {place}, which is no plain file: name another.")
    return place


def _resolved(path: str | os.PathLike[str], what: str) -> Path:
    """Return where a path leads to in the end: a file replaces what a link points to, not the link."""
    try:
        place = Path(path).expanduser().resolve()
        place.lstat()
    except FileNotFoundError:
        return place
    except (OSError, RuntimeError, ValueError) as exc:
        why = exc.strerror if isinstance(exc, OSError) and exc.strerror else str(exc)
        raise ModelError(
            f"The {what} cannot be written to {os.fspath(path)!r}: {why.rstrip('.')}. Name another file."
        ) from exc
    return place


def put(place: Path, content: bytes) -> None:
    """Put `content` in the place of a file in one step: whoever reads it has the whole old one or the whole new one.

    Raises
    ------
    ModelError
        It cannot be written; the text says why. A file that was there before still is.
    """
    draft = place.with_name(f".pycore-{secrets.token_hex(8)}")  # a name of 255 bytes leaves no room for more
    try:
        try:
            with draft.open("xb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as exc:
        raise ModelError(f"{place} cannot be written: {exc.strerror}.") from exc
