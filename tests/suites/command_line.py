"""The command line as a test calls it: in this process, or as the program that a shell runs."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner

from pycore.cli._boundary import run

__all__ = ["PRICE_COLUMNS", "PROGRAM", "REPOSITORY", "Clone", "Outcome", "called"]

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-m", "pycore.cli"]
PRICE_COLUMNS = ["symbol", "date", "open", "high", "low", "close", "volume", "adj_close"]  # of the bundled table


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one call ended with and wrote."""

    exit_code: int
    stdout_bytes: bytes
    stderr: str

    @property
    def stdout(self) -> str:
        return self.stdout_bytes.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)

    @property
    def error(self) -> dict[str, Any]:
        """The members of the error that a call with --json ended with."""
        members: dict[str, Any] = json.loads(self.stderr)["error"]
        return members

    def check(self, name: str) -> dict[str, Any]:
        """The one check of that name, of ``pycore check`` or ``pycore doctor``."""
        (found,) = [one for one in self.json["checks"] if one["name"] == name]
        members: dict[str, Any] = found
        return members


def called(
    *words: str | Path,
    stdin: bytes | str = b"",
    environ: Mapping[str, str | None] | None = None,
    command: click.Command | None = None,
) -> Outcome:
    """Call ``pycore`` with these words, with what is on standard input and in the environment."""
    with CliRunner().isolation(input=stdin, env=environ) as (stdout, stderr, _):
        exit_code = run([str(word) for word in words], command=command)
        sys.stdout.flush()
        sys.stderr.flush()
    return Outcome(exit_code=exit_code, stdout_bytes=stdout.getvalue(), stderr=stderr.getvalue().decode())


@dataclass(frozen=True)
class Clone:
    """A clone of a test's own: the configuration files of the repository, and a data folder beside them."""

    root: Path

    @classmethod
    def made_in(cls, folder: Path) -> Clone:
        shutil.copytree(REPOSITORY / "configs", folder / "configs")
        return cls(folder)

    @property
    def manifest(self) -> Path:
        return self.root / "configs" / "jupyter.json"

    @property
    def data_dir(self) -> Path:
        return self.root / "data"

    def environ(self, **more: str) -> dict[str, str]:
        """The variables that make any pycore that of this clone."""
        return {"ENV_CORE_CONFIG_FILE": str(self.manifest), "ENV_DATA_DIR": str(self.data_dir), **more}

    def edit(self, file: str, change: Mapping[str, Any]) -> None:
        """Put members into a configuration file; the members of objects are put into theirs."""
        path = self.root / "configs" / file
        content = json.loads(path.read_text("utf-8"))
        _merge(content, change)
        path.write_text(json.dumps(content, indent=2), "utf-8")

    def __call__(self, *words: str | Path, stdin: bytes | str = b"", **environ: str) -> Outcome:
        return called(*words, stdin=stdin, environ=self.environ(**environ))


def _merge(content: dict[str, Any], change: Mapping[str, Any]) -> None:
    for name, value in change.items():
        if isinstance(value, Mapping) and isinstance(content.get(name), dict):
            _merge(content[name], value)
        else:
            content[name] = value
