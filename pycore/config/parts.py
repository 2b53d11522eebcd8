"""The files of one environment, each read and validated once."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from pycore.config.files import JsonFile, read_json
from pycore.config.models import DatabaseFile, DatasetFile, Manifest, NotifyFile, RedisFile
from pycore.config.problems import Problems, pointer_text, problem
from pycore.config.validation import validate
from pycore.exceptions import ConfigFileError

__all__ = ["Part", "Parts", "Shelf"]

M = TypeVar("M", bound=BaseModel)
# Only what looks like a configuration file is repeated in an error: anything else may be a secret in the wrong place.
_FILE_NAME = re.compile(r"[\w. /~-]{1,200}\.(json|env)", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part(Generic[M]):
    """A file and what it says."""

    file: JsonFile
    model: M


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """What one environment is made of; None where the manifest names no file."""

    manifest: Part[Manifest]
    redis: Part[RedisFile]
    databases: Part[DatabaseFile]
    datasets: Part[DatasetFile] | None
    notify: Part[NotifyFile] | None


class Shelf:
    """The files that were opened so far; each is read, validated and complained about once.

    Parameters
    ----------
    problems : Problems
        Where everything goes that is wrong with a file.
    """

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self._files: dict[Path, JsonFile | None] = {}
        self._parts: dict[tuple[Path, type[BaseModel]], Part[Any] | None] = {}

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that were opened, in order."""
        return tuple(self._files)

    def file(self, path: Path) -> JsonFile | None:
        """Return the file at `path`; None when nothing can be read of it."""
        if path not in self._files:
            self._files[path] = read_json(path, self.problems)
        return self._files[path]

    def part(self, path: Path, model: type[M]) -> Part[M] | None:
        """Return the file at `path` as a `model`; None when it is not one."""
        if (path, model) not in self._parts:
            file = self.file(path)
            unreadable = file is None or (file.is_damaged and file.document is None)
            found = None if file is None or unreadable else validate(model, file, self.problems)
            self._parts[path, model] = None if file is None or found is None else Part(file=file, model=found)
        return self._parts[path, model]

    def named(self, file: JsonFile, pointer: Sequence[str | int], model: type[M]) -> Part[M] | None:
        """Return the file that `file` names at `pointer`, relative to itself; None when it names none that is right."""
        path = self.path_at(file, pointer)
        return None if path is None else self.part(path, model)

    def path_at(self, file: JsonFile, pointer: Sequence[str | int]) -> Path | None:
        """Return the existing file that `file` names at `pointer`; a missing one is a problem of that place."""
        name = value_at(file.document, pointer)
        if not isinstance(name, str) or not name:
            return None
        path = None if not name.isprintable() else beside(file.path, name)
        if path is None or not os.path.lexists(path):
            shown = f' "{name}"' if _FILE_NAME.fullmatch(name) else ""
            self.problems.add(
                problem(
                    ConfigFileError,
                    f"the file{shown} that is named here does not exist",
                    hint=_neighbours(file.path.parent, name),
                    path=file.path,
                    pointer=pointer_text(pointer),
                    position=file.place(pointer),
                )
            )
            return None
        return path


def beside(path: Path, name: str) -> Path:
    """Return the file `name`, relative to the folder of `path`, without ``..`` and without following links.

    A mounted folder is often a link; a person who writes ``../data`` means the folder that he sees.
    """
    return Path(os.path.abspath(path.parent / name))  # noqa: PTH100  # resolve() would follow links


def value_at(document: Any, pointer: Sequence[str | int]) -> Any:
    """Return what stands at `pointer` in `document`, or None."""
    for token in pointer:
        if not isinstance(document, dict) or token not in document:
            return None
        document = document[token]
    return document


def _neighbours(folder: Path, name: str) -> str:
    relative = "Paths are relative to the file that names them."
    try:
        names = sorted(entry.name for entry in folder.iterdir() if entry.suffix in {".json", ".env"})
    except OSError:
        return relative
    close = get_close_matches(name, names, n=1)
    return f'Did you mean "{close[0]}"? {relative}' if close else relative
