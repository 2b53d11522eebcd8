"""Stages: programs of the user for the steps of a pipeline, each run in a folder of its own, with a log."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pycore import _children
from pycore._redaction import redact
from pycore.config import Config
from pycore.exceptions import ConfigValueError, StageError, UnknownNameError

__all__ = ["Stage", "StageRun", "run_stage", "stages"]

# Name: variable and default of its program, variable and default of its folder.
_STAGES = {
    "synthesize": ("ENV_SYNTHESIZE_BIN", "synthesize.sh", "ENV_SYNTHESIZE_DIR", "synthesize"),
    "tidy": ("ENV_TIDY_BIN", "tidy.sh", "ENV_TIDY_DIR", "tidy"),
    "analyze": ("ENV_ANALYZE_BIN", "analyze.sh", "ENV_ANALYZE_DIR", "analyze"),
    "output": ("ENV_OUTPUT_BIN", "output-model.sh", "ENV_OUTPUT_DIR", "output"),
    "redis-model": ("ENV_REDIS_MODEL_OUT_BIN", "redis-model.sh", "ENV_OUTPUT_DIR", "output"),
}
_MOST_SIGNS = 200  # of the last line, in an error


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage, as the configuration settles it.

    Attributes
    ----------
    name : str
        ``"synthesize"``, ``"tidy"``, ``"analyze"``, ``"output"`` or ``"redis-model"``.
    program, directory : Path
        What is run, and where; neither need be there.
    program_variable, directory_variable : str
        The environment variables that name others.
    """

    name: str
    program: Path
    directory: Path
    program_variable: str
    directory_variable: str

    @property
    def state(self) -> str:
        """Whether the program can be run: ``"ready"``, ``"missing"`` or ``"not executable"``."""
        if not self.program.is_file():
            return "missing"
        return "ready" if os.access(self.program, os.X_OK) else "not executable"


@dataclass(frozen=True, kw_only=True)
class StageRun:
    """How a stage ended.

    Attributes
    ----------
    stage : str
        Its name.
    program, directory : Path
        What was run, and where.
    exit_code : int
        0; another one is a :class:`~pycore.exceptions.StageError`.
    duration_s : float
        Seconds.
    log : Path
        What it said, until the next run of this stage.
    """

    stage: str
    program: Path
    directory: Path
    exit_code: int
    duration_s: float
    log: Path


def stages(config: Config) -> Mapping[str, Stage]:
    """Return every stage by its name, in the order of a pipeline.

    Examples
    --------
    >>> from pycore.config import load
    >>> list(stages(load("NoApps")))
    ['synthesize', 'tidy', 'analyze', 'output', 'redis-model']
    """
    return {
        name: Stage(
            name=name,
            program=_place(config, program_variable, config.data_dir / "bin" / program),
            directory=_place(config, directory_variable, config.data_dir / directory),
            program_variable=program_variable,
            directory_variable=directory_variable,
        )
        for name, (program_variable, program, directory_variable, directory) in _STAGES.items()
    }


def _place(config: Config, variable: str, default: Path) -> Path:
    named = config.get(variable)
    return default if named is None else Path(named).expanduser().absolute()


def run_stage(
    config: Config, name: str, arguments: Sequence[object] = (), *, show: Callable[[str], None] | None = None
) -> StageRun:
    """Run the program of a stage in its folder, and return how it ended.

    Parameters
    ----------
    config : Config
        Says what is run, and where. The program gets the variables of this process, those of all folders of stages, and
        those that make its own ``pycore`` that of this configuration.
    name : str
        Of the stage.
    arguments : sequence
        Of the program, as text.
    show : callable, optional
        Handed each line of what the program says, to standard output or standard error; none: writes it to standard
        output.

    Raises
    ------
    UnknownNameError
        There is no such stage.
    ConfigValueError
        Its program is missing or cannot be run, or its folder cannot be made.
    StageError
        It ended with a code that is not 0; the text has the code and the last line that it said.

    Notes
    -----
    An interrupt ends the program and all that it started.
    """
    known = stages(config)
    if name not in known:
        raise UnknownNameError.of("stage", name, list(known))
    stage = known[name]
    _look_at(stage)
    log = _log_of(config, name)
    began_s = time.monotonic()
    with log.open("rb") as written:
        lines = _Lines(written, show or _write)
        child = _children.spawn(
            [str(stage.program), *map(str, arguments)],
            _environment(config, known),
            log,
            variable=f"the stage {name}",
            directory=stage.directory,
        )
        code = _children.wait(child, lines.show_new)
        lines.show_rest()
    if code != 0:
        raise StageError(
            f"The stage {name} failed: {stage.program} ended with exit code {code}; the last that it said: "
            f"{lines.last or 'nothing'}; all of it is in {log}",
            stage=name,
            program=str(stage.program),
            code=code,
            log=str(log),
        )
    return StageRun(
        stage=name,
        program=stage.program,
        directory=stage.directory,
        exit_code=code,
        duration_s=time.monotonic() - began_s,
        log=log,
    )


def _look_at(stage: Stage) -> None:
    """Raise where the program cannot be run; make the folder."""
    if stage.state == "missing":
        raise ConfigValueError(
            f"The stage {stage.name} has no program: {stage.program} is no file; put it there, or name another one "
            f"with {stage.program_variable}"
        )
    if stage.state == "not executable":
        raise ConfigValueError(
            f"The program of the stage {stage.name}, {stage.program}, is not executable; run: "
            f"chmod +x '{stage.program}'"
        )
    try:
        stage.directory.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise ConfigValueError(
            f"The folder of the stage {stage.name}, {stage.directory}, cannot be made ({exc.strerror}); name another "
            f"one with {stage.directory_variable}"
        ) from exc
    if not os.access(stage.directory, os.W_OK | os.X_OK):
        raise ConfigValueError(
            f"The folder of the stage {stage.name}, {stage.directory}, is not writable; make it so, or name another "
            f"one with {stage.directory_variable}"
        )


def _log_of(config: Config, name: str) -> Path:
    """Return where the words of a stage go: a new file, for a run of it that still goes on writes to the one before."""
    log = config.data_dir / "run" / f"stage-{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    log.unlink(missing_ok=True)
    log.touch(mode=0o600)
    return log


def _environment(config: Config, known: Mapping[str, Stage]) -> dict[str, str]:
    return {
        **os.environ,
        "ENV_DEPLOYMENT_TYPE": config.environment,
        "ENV_CORE_CONFIG_FILE": str(config.manifest),
        "ENV_DATA_DIR": str(config.data_dir),
        **{stage.directory_variable: str(stage.directory) for stage in known.values()},
    }


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class _Lines:
    """The lines of a log that grows, each shown once it is whole."""

    def __init__(self, written: BinaryIO, show: Callable[[str], None]) -> None:
        self.last = ""
        self._written = written
        self._show = show
        self._begun = b""

    def show_new(self) -> None:
        """Show what has come since the last time."""
        while chunk := self._written.read(2**20):
            *whole, self._begun = (self._begun + chunk).split(b"\n")
            for line in whole:
                self._take(line)

    def show_rest(self) -> None:
        """Show what has come, also a last line without an end."""
        self.show_new()
        if self._begun:
            self._take(self._begun)
            self._begun = b""

    def _take(self, line: bytes) -> None:
        text = line.decode("utf-8", errors="replace").removesuffix("\r")
        if text.strip():
            said = redact(text.strip())
            self.last = said if len(said) <= _MOST_SIGNS else f"{said[:_MOST_SIGNS]}…"
        self._show(text)
