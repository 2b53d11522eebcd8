"""Environment variables, and below them the ``KEY=VALUE`` file of an environment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pycore.config.files import read_text
from pycore.config.problems import Problems, problem
from pycore.exceptions import ConfigFileError, ConfigValueError

__all__ = ["Variables"]

_LINE = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?P<value>.*)")
_READ_BEFORE = {
    "ENV_DEPLOYMENT_TYPE": "it chooses the environment whose file this is",
    "ENV_CORE_CONFIG_FILE": "it names the manifest that names this file",
}


class Variables(Mapping[str, str]):
    """What is exported, else what the environment's file says; an exported variable is never replaced.

    Parameters
    ----------
    exported : mapping of str to str
        The environment of the process; looked at whenever a variable is asked for.

    Notes
    -----
    A variable that is empty counts as unset, in the environment and in the file.
    """

    def __init__(self, exported: Mapping[str, str]) -> None:
        self._exported = exported
        self._filed: dict[str, tuple[str, int]] = {}
        self._path: Path | None = None

    def __getitem__(self, name: str) -> str:
        return self._exported.get(name) or self._filed[name][0]

    def __iter__(self) -> Iterator[str]:
        yield from dict.fromkeys([*(name for name, value in self._exported.items() if value), *self._filed])

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"<Variables: {len(self._filed)} from {self._path or 'no file'}>"

    def place(self, name: str) -> tuple[Path | None, int | None]:
        """Return file and line of the variable `name`; (None, None) when it is exported or unset."""
        if self._exported.get(name) or name not in self._filed:
            return None, None
        return self._path, self._filed[name][1]

    def problem(self, name: str, text: str, hint: str) -> ConfigValueError:
        """Return the problem that the variable `name` has, at its place."""
        path, line = self.place(name)
        return problem(
            ConfigValueError, text, hint=hint, path=path, pointer=name, position=None if line is None else (line, 1)
        )

    def read_file(self, path: Path, problems: Problems) -> None:
        """Take up the lines of `path`: ``KEY=VALUE``, quotes around the value optional, ``#`` begins a comment line."""
        text = read_text(path, problems)
        self._path = path
        for number, line in enumerate((text or "").splitlines(), start=1):
            stripped = line.strip()
            if stripped and not stripped.startswith("#"):
                self._take(stripped, number, problems)

    def _take(self, line: str, number: int, problems: Problems) -> None:
        match = _LINE.fullmatch(line)
        if match is None:
            problems.add(
                problem(
                    ConfigFileError,
                    "the line is not KEY=VALUE",
                    hint="Begin a comment with #.",
                    path=self._path,
                    position=(number, 1),
                )
            )
        elif match["name"] in _READ_BEFORE:
            name = match["name"]
            problems.add(
                problem(
                    ConfigValueError,
                    f"the variable cannot be set here: {_READ_BEFORE[name]}",
                    hint="Export it instead.",
                    path=self._path,
                    pointer=name,
                    position=(number, 1),
                )
            )
        elif value := _unquoted(match["value"].strip()):
            self._filed[match["name"]] = (value, number)


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value
