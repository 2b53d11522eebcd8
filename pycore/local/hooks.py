"""The scripts of the user that a start runs: before Jupyter, in its place, once it answers, and at the end."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pycore import _children
from pycore._pids import ProcessId
from pycore.cache.embedded import last_line
from pycore.config import Config
from pycore.exceptions import ConfigValueError, PycoreError, ServiceTimeoutError
from pycore.local.report import Report
from pycore.local.runfolder import RunFolder

__all__ = ["Hook", "HookRunner", "Hooks"]

FOLDER = "ENV_HOOKS_DIR"


@dataclass(frozen=True, kw_only=True)
class Hook:
    """A script, and when it runs.

    Attributes
    ----------
    stage : str
        ``"pre-start"``, ``"start"``, ``"post-start"`` or ``"stop"``.
    script : Path
        It can be executed.
    variable : str
        The environment variable that names it, or the folder it is in.
    log : str
        Under which name its words are kept.
    """

    stage: str
    script: Path
    variable: str
    log: str

    def failure(self, code: int, log: Path) -> str:
        """Return what there is to say of its end with a code that is not 0."""
        return (
            f"the {self.stage} hook failed: {self.script} (from {self.variable}) ended with exit code {code}: "
            f"{last_line(log)} (all that it said is in {log})"
        )


@dataclass(frozen=True, kw_only=True)
class Hooks:
    """All scripts of one start, each stage in its order."""

    pre_start: tuple[Hook, ...]
    start: Hook | None
    post_start: tuple[Hook, ...]
    stop: tuple[Hook, ...]

    @classmethod
    def of(cls, config: Config) -> Hooks:
        """Return what the environment variables name, and then what is in the folders of ENV_HOOKS_DIR.

        Raises
        ------
        ConfigValueError
            One of them cannot be executed, or ENV_HOOKS_DIR names no folder.
        """
        named = config.get(FOLDER)
        folder = None if named is None else _folder(Path(named).expanduser().absolute())
        return cls(
            pre_start=_named("pre-start", "ENV_PRESTART_SCRIPT", config) + _listed("pre-start", folder),
            start=next(iter(_named("start", "ENV_START_SCRIPT", config)), None),
            post_start=_named("post-start", "ENV_POSTSTART_SCRIPT", config) + _listed("post-start", folder),
            stop=_listed("stop", folder),
        )


def _named(stage: str, variable: str, config: Config) -> tuple[Hook, ...]:
    """Return the script that an environment variable names; none where it names none."""
    named = config.get(variable)
    if named is None:
        return ()
    script = Path(named).expanduser().absolute()
    _check(script, f"{variable} names {script}")
    return (Hook(stage=stage, script=script, variable=variable, log=stage),)


def _listed(stage: str, folder: Path | None) -> tuple[Hook, ...]:
    """Return the scripts of a stage in the user's folder, by their names; hidden ones are what editors leave."""
    if folder is None or not (folder / f"{stage}.d").exists():
        return ()
    scripts = sorted(_folder(folder / f"{stage}.d").glob("[!.]*.sh"))
    for script in scripts:
        _check(script, f"{stage}.d of {FOLDER} has {script}")
    return tuple(
        Hook(stage=stage, script=script, variable=FOLDER, log=f"{stage}.d-{script.stem}") for script in scripts
    )


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise ConfigValueError(f"{FOLDER} names {path}, which is no folder; correct it or unset it")
    return path


def _check(script: Path, found: str) -> None:
    if not script.is_file():
        raise ConfigValueError(f"{found}, which is no file; correct it or unset it")
    if not os.access(script, os.X_OK):
        raise ConfigValueError(f"{found}, which is not executable; run: chmod +x '{script}'")


class HookRunner:
    """Runs scripts, and tells what became of them.

    Parameters
    ----------
    environment : mapping
        What the scripts find.
    folder : RunFolder
        Where their words go, and which one runs is written down: it is found if this process is killed.
    report : Report
        Told of each.
    """

    def __init__(self, environment: Mapping[str, str], folder: RunFolder, report: Report) -> None:
        self._environment = environment
        self._folder = folder
        self._report = report

    def run(self, of_stage: Sequence[Hook], going_on: Callable[[], None]) -> None:
        """Run one script after the other; what `going_on`, asked meanwhile, raises ends the one that runs.

        Raises
        ------
        SystemExit
            One of them failed; with its exit code.
        """
        for hook in of_stage:
            code = self._ran(hook, going_on)
            if code != 0:
                self._report.fail(hook.failure(code, self._log(hook)))
                raise SystemExit(code)

    def run_while_stopping(self, of_stage: Sequence[Hook], *, limit_s: float = 20.0) -> int:
        """Run every script, whatever became of those before it; return the first exit code that is not 0.

        A failure is told, and keeps nothing from being stopped. `limit_s` is for all of them together: stop.sh must not
        have to end by force what a start ends in order.
        """
        latest_s = time.monotonic() + limit_s

        def going_on() -> None:
            if time.monotonic() >= latest_s:
                raise ServiceTimeoutError(
                    f"it did not end within the {limit_s:g} s that all stop hooks have together",
                    service="hooks",
                    address=FOLDER,
                )

        codes = [self._code_of(hook, going_on) for hook in of_stage]
        return next((code for code in codes if code != 0), 0)

    def _code_of(self, hook: Hook, going_on: Callable[[], None]) -> int:
        """Run a script, tell what is wrong with it, and return its exit code."""
        try:
            going_on()
            code = self._ran(hook, going_on)
        except PycoreError as exc:
            self._report.warn(f"the {hook.stage} hook {hook.script} (from {hook.variable}) failed: {exc}")
            return exc.exit_code
        except OSError as exc:  # its log, or where it is written down, is on a full disk
            self._report.warn(f"the {hook.stage} hook {hook.script} was not run: {exc.filename}: {exc.strerror}")
            return ServiceTimeoutError.exit_code
        if code != 0:
            self._report.warn(hook.failure(code, self._log(hook)))
        return code

    def _ran(self, hook: Hook, going_on: Callable[[], None]) -> int:
        """Run a script to its end and return its exit code."""
        self._report.step("Hook", f"{hook.stage}: {hook.script}")
        child = _children.spawn([str(hook.script)], self._environment, self._log(hook), variable=hook.variable)
        try:
            self._folder.record("hook", ProcessId.of(child.pid))
        except BaseException:
            _children.end(child)
            raise
        return _children.wait(child, going_on)

    def _log(self, hook: Hook) -> Path:
        return self._folder.log(hook.log)
