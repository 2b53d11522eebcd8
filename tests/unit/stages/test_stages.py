"""The programs of the stages: where they run, what they find, what is shown of them, and how they end."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pycore import PyCore
from pycore._wait import wait_for
from pycore.exceptions import ConfigValueError, StageError, UnknownNameError
from pycore.stages import run_stage, stages


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ENV_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def core(data_dir: Path) -> PyCore:
    return PyCore("NoApps")


def program(path: Path, body: str) -> Path:
    """Write an executable script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/usr/bin/env bash\nset -euo pipefail\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("name", "file", "folder"),
    [
        ("synthesize", "synthesize.sh", "synthesize"),
        ("tidy", "tidy.sh", "tidy"),
        ("analyze", "analyze.sh", "analyze"),
        ("output", "output-model.sh", "output"),
        ("redis-model", "redis-model.sh", "output"),
    ],
)
def test_each_stage_has_a_program_and_a_folder_of_its_own(
    core: PyCore, data_dir: Path, capsys: pytest.CaptureFixture[str], name: str, file: str, folder: str
) -> None:
    program(data_dir / "bin" / file, 'pwd; printf "%s|" "$@"; echo; echo to stderr >&2')

    ended = core.run_stage(name, "a b", 5, "--fast")

    assert (ended.stage, ended.exit_code) == (name, 0)
    assert (ended.program, ended.directory) == (data_dir / "bin" / file, data_dir / folder)
    assert capsys.readouterr().out == f"{data_dir / folder}\na b|5|--fast|\nto stderr\n"
    assert ended.log == data_dir / "run" / f"stage-{name}.log"
    assert ended.log.read_text() == f"{data_dir / folder}\na b|5|--fast|\nto stderr\n"
    assert 0 < ended.duration_s < 60


def test_variables_name_other_programs_and_folders(
    core: PyCore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENV_REDIS_MODEL_OUT_BIN", str(program(tmp_path / "own", "pwd")))
    monkeypatch.setenv("ENV_OUTPUT_DIR", str(tmp_path / "models" / "new"))
    said: list[str] = []

    ended = run_stage(core.config, "redis-model", show=said.append)

    assert said == [str(tmp_path / "models" / "new")]
    assert ended.program == tmp_path / "own"


def test_a_program_finds_the_folders_and_the_configuration(
    core: PyCore, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_USER", "kept")
    names = (
        "ENV_SYNTHESIZE_DIR ENV_TIDY_DIR ENV_ANALYZE_DIR ENV_OUTPUT_DIR ENV_DATA_DIR ENV_DEPLOYMENT_TYPE OF_THE_USER"
    )
    program(data_dir / "bin" / "tidy.sh", f'for name in {names}; do echo "${{!name}}"; done')
    said: list[str] = []

    run_stage(core.config, "tidy", show=said.append)

    folders = [str(data_dir / folder) for folder in ("synthesize", "tidy", "analyze", "output")]
    assert said == [*folders, str(data_dir), "NoApps", "kept"]


def test_lines_are_shown_while_it_runs(core: PyCore, data_dir: Path) -> None:
    go_on = data_dir / "go on"
    program(data_dir / "bin" / "tidy.sh", f"echo first; until [ -e '{go_on}' ]; do sleep 0.05; done; printf 'l\\xc3st'")
    said: list[str] = []

    def show(line: str) -> None:
        said.append(line)
        go_on.touch()  # it would never end, if its first line were not seen before

    run_stage(core.config, "tidy", show=show)

    assert said == ["first", "l\N{REPLACEMENT CHARACTER}st"]


def test_a_failure_tells_the_code_the_last_line_and_the_log(core: PyCore, data_dir: Path) -> None:
    own = program(data_dir / "bin" / "tidy.sh", "echo begun; echo 'no rows; password=hunter2' >&2; echo; exit 42")

    with pytest.raises(StageError, match=r"ended with exit code 42; the last that it said: no rows;") as caught:
        core.run_stage("tidy")

    error = caught.value
    log = data_dir / "run" / "stage-tidy.log"
    assert (error.stage, error.program, error.code, error.log) == ("tidy", str(own), 42, str(log))
    assert "hunter2" not in str(error)
    assert str(log) in str(error)
    assert pickle.loads(pickle.dumps(error)).code == 42


def test_one_that_a_signal_ends_has_the_code_of_a_shell(core: PyCore, data_dir: Path) -> None:
    program(data_dir / "bin" / "tidy.sh", "kill -9 $$")

    with pytest.raises(StageError, match="exit code 137; the last that it said: nothing"):
        core.run_stage("tidy")


def test_a_log_is_that_of_the_last_run(core: PyCore, data_dir: Path) -> None:
    program(data_dir / "bin" / "tidy.sh", 'echo "$1"')

    core.run_stage("tidy", "first")
    ended = core.run_stage("tidy", "second")

    assert ended.log.read_text() == "second\n"


def test_a_stage_that_nobody_knows_lists_those_there_are(core: PyCore) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'tidy'"):
        core.run_stage("tdy")


def test_what_cannot_be_run_is_told_with_its_cure(
    core: PyCore, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigValueError, match="name another one with ENV_TIDY_BIN"):
        core.run_stage("tidy")

    own = program(data_dir / "bin" / "tidy.sh", "true")
    own.chmod(0o644)
    with pytest.raises(ConfigValueError, match=r"chmod \+x"):
        core.run_stage("tidy")

    own.write_text("echo no first line\n")
    own.chmod(0o755)
    with pytest.raises(ConfigValueError, match="#!/usr/bin/env bash"):
        core.run_stage("tidy")

    monkeypatch.setenv("ENV_TIDY_DIR", str(own))
    with pytest.raises(ConfigValueError, match="name another one with ENV_TIDY_DIR"):
        core.run_stage("tidy")


def test_the_list_says_what_is_there(core: PyCore, data_dir: Path) -> None:
    program(data_dir / "bin" / "tidy.sh", "true")
    program(data_dir / "bin" / "analyze.sh", "true").chmod(0o644)

    states = {name: stage.state for name, stage in stages(core.config).items()}

    assert states == {
        "synthesize": "missing",
        "tidy": "ready",
        "analyze": "not executable",
        "output": "missing",
        "redis-model": "missing",
    }


def runs(pid_file: Path) -> bool:
    """Whether the program whose pid stands in the file still runs."""
    state = Path(f"/proc/{pid_file.read_text().strip()}/stat")
    try:
        return state.read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc to look for what was left running")
def test_an_interrupt_ends_the_program_and_what_it_started(core: PyCore, data_dir: Path) -> None:
    pid_file = data_dir / "pid"
    program(data_dir / "bin" / "tidy.sh", f"sleep 600 & echo $! >'{pid_file}'; echo begun; wait")

    def interrupt(line: str) -> None:
        assert line == "begun"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_stage(core.config, "tidy", show=interrupt)

    wait_for(lambda: not runs(pid_file), 5, service="the end of what it started")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_command_and_the_program(data_dir: Path, number: signal.Signals, code: int) -> None:
    pid_file = data_dir / "pid"
    program(data_dir / "bin" / "tidy.sh", f"sleep 600 & echo $! >'{pid_file}'; echo begun; wait")
    command = subprocess.Popen(
        [sys.executable, "-m", "pycore.cli", "-e", "NoApps", "stage", "tidy"],
        env=os.environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert command.stdout is not None
    guard = threading.Timer(60, command.kill)
    guard.start()

    assert command.stdout.readline() == "begun\n"
    command.send_signal(number)

    assert command.wait() == code
    guard.cancel()
    command.stdout.close()
    wait_for(lambda: not runs(pid_file), 5, service="the end of what it started")
