"""Which scripts take part in a start, and when one that hangs at the end is given up."""

from __future__ import annotations

from pathlib import Path

import pytest

from pycore.config import Config, load
from pycore.exceptions import ConfigValueError
from pycore.local.hooks import HookRunner, Hooks
from pycore.local.report import Report
from pycore.local.runfolder import RunFolder


def config(**environ: str) -> Config:
    return load("NoApps", environ=environ)


def executable(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_without_variables_there_are_none() -> None:
    assert Hooks.of(config()) == Hooks(pre_start=(), start=None, post_start=(), stop=())


def test_folders_that_are_not_there_have_none(tmp_path: Path) -> None:
    assert Hooks.of(config(ENV_HOOKS_DIR=str(tmp_path))).stop == ()


def test_what_is_in_a_folder_comes_by_name_behind_what_a_variable_names(tmp_path: Path) -> None:
    named = executable(tmp_path / "zzz")
    listed = [executable(tmp_path / "hooks" / "pre-start.d" / name) for name in ("2.sh", "10.sh", "A b.sh")]
    executable(tmp_path / "hooks" / "pre-start.d" / ".hidden.sh")
    (tmp_path / "hooks" / "pre-start.d" / "notes.txt").touch()

    found = Hooks.of(config(ENV_HOOKS_DIR=str(tmp_path / "hooks"), ENV_PRESTART_SCRIPT=str(named)))

    assert [one.script for one in found.pre_start] == [named, listed[1], listed[0], listed[2]]
    assert [one.log for one in found.pre_start] == ["pre-start", "pre-start.d-10", "pre-start.d-2", "pre-start.d-A b"]


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "stop.d").touch()

    with pytest.raises(ConfigValueError, match="/nowhere, which is no folder"):
        Hooks.of(config(ENV_HOOKS_DIR="/nowhere"))
    with pytest.raises(ConfigValueError, match=r"stop\.d, which is no folder"):
        Hooks.of(config(ENV_HOOKS_DIR=str(tmp_path)))


def test_one_that_is_not_executable_is_refused_with_its_cure(tmp_path: Path) -> None:
    script = executable(tmp_path / "post-start.d" / "10.sh")
    script.chmod(0o644)

    with pytest.raises(ConfigValueError, match=rf"chmod \+x '{script}'"):
        Hooks.of(config(ENV_HOOKS_DIR=str(tmp_path)))


def test_one_that_hangs_at_the_end_is_given_up_and_the_others_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hanging = executable(tmp_path / "hooks" / "stop.d" / "10.sh")
    hanging.write_text("#!/bin/sh\nsleep 600 & wait\n")
    executable(tmp_path / "hooks" / "stop.d" / "20.sh")
    folder = RunFolder(tmp_path)
    stop = Hooks.of(config(ENV_HOOKS_DIR=str(tmp_path / "hooks"))).stop

    code = HookRunner({}, folder, Report("start.sh")).run_while_stopping(stop, limit_s=0.3)

    said = capsys.readouterr().err
    assert code == 4
    assert f"{hanging} (from ENV_HOOKS_DIR) failed: it did not end within the 0.3 s" in said
    assert "20.sh (from ENV_HOOKS_DIR) failed" in said
    assert folder.process_id("hook") is None


def test_one_whose_log_cannot_be_written_keeps_nothing_from_being_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    executable(tmp_path / "stop.d" / "10.sh")
    stop = Hooks.of(config(ENV_HOOKS_DIR=str(tmp_path))).stop

    code = HookRunner({}, RunFolder(tmp_path / "gone"), Report("start.sh")).run_while_stopping(stop)

    assert code == 4
    assert "was not run" in capsys.readouterr().err
