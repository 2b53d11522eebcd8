"""What is wrong with the configuration: collected, placed, and raised as one error."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from pycore.exceptions import ConfigError

__all__ = ["Problems", "did_you_mean", "pointer_text", "problem", "shown"]

E = TypeVar("E", bound=ConfigError)
MAX_SHOWN = 100


def problem(
    kind: type[E],
    text: str,
    *,
    hint: str = "",
    path: Path | None = None,
    pointer: str | None = None,
    position: tuple[int, int] | None = None,
) -> E:
    """Return one problem: where it is, what it is, and what to do about it.

    Parameters
    ----------
    kind : type
        ConfigFileError or ConfigValueError.
    text : str
        What is wrong, without the value.
    hint : str, optional
        What to do.
    path : Path, optional
        The file.
    pointer : str, optional
        JSON Pointer in the file, or the name of an environment variable.
    position : (int, int), optional
        Line and column, from 1.
    """
    line, column = position or (None, None)
    place = "" if path is None else shown(path) + (f":{line}:{column}" if line else "")
    where = " ".join(part for part in (place, _printable(pointer or "")) if part)
    message = f"{where}: {text}." if where else f"{text}."
    return kind(
        f"{message} {_sentence(hint)}".rstrip(),
        path=None if path is None else str(path),
        pointer=pointer,
        line=line,
        column=column,
        hint=hint or None,
        problems=(),
    )


class Problems:
    """The problems found so far, of all files."""

    def __init__(self) -> None:
        self._found: dict[str, ConfigError] = {}

    def __len__(self) -> int:
        return len(self._found)

    def add(self, *found: ConfigError) -> None:
        """Take up problems; one that stands here already is not repeated."""
        for error in found:
            self._found.setdefault(str(error), error)

    def raise_found(self) -> None:
        """Raise :meth:`error` if anything was found."""
        if self._found:
            raise self.error()

    def error(self) -> ConfigError:
        """Return what was found: one problem as itself, several as a ConfigError that lists them."""
        found = self._in_order()
        first = found[0]
        facts = {name: getattr(first, name) for name in ("path", "pointer", "line", "column", "hint")}
        if len(found) == 1:
            return type(first)(str(first), **facts, problems=found)
        lines = [f"  {error}" for error in found[:MAX_SHOWN]]
        if len(found) > MAX_SHOWN:
            lines.append(f"  and {len(found) - MAX_SHOWN} more")
        text = "\n".join([f"The configuration has {len(found)} problems:", *lines])
        return ConfigError(text, **facts, problems=found)

    def _in_order(self) -> tuple[ConfigError, ...]:
        found = list(self._found.values())
        files = list(dict.fromkeys(error.path for error in found))
        return tuple(sorted(found, key=lambda error: (files.index(error.path), error.line or 0, error.column or 0)))


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """Return a hint that names the nearest of the `known` names, else all of them."""
    close = get_close_matches(name.lower(), {entry.lower(): entry for entry in known}, n=1, cutoff=0.6)
    if close:
        return f'Did you mean "{next(entry for entry in known if entry.lower() == close[0])}"?'
    return f"There is: {', '.join(sorted(known))}." if known else ""


def pointer_text(pointer: Sequence[str | int]) -> str:
    """Return `pointer` as RFC 6901 writes it.

    Examples
    --------
    >>> pointer_text(("a/b", 0, "~"))
    '/a~1b/0/~0'
    """
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in pointer)


def shown(path: Path) -> str:
    """Return `path` as a person would name it: relative when it is below the working directory."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def _printable(text: str) -> str:
    """Escape what a terminal would obey or cannot encode."""
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text)


def _sentence(text: str) -> str:
    return text if not text or text[-1] in ".?!" else f"{text}."
