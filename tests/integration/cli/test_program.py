"""``pycore`` as a shell runs it: clean streams, exit codes, pipes, full disks, a terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import termios
from pathlib import Path

import pytest
from suites.command_line import PROGRAM, Clone, Outcome

from pycore._wait import wait_for


def program(clone: Clone, words: str, **environ: str) -> Outcome:
    """Run ``pycore`` in a shell, with pipes and redirections; the exit code is that of pycore itself."""
    ended = subprocess.run(
        ["bash", "-c", f'set -o pipefail; "$@" {words}', "bash", *PROGRAM],
        capture_output=True,
        check=False,
        env={**os.environ, **clone.environ(**environ)},
    )
    return Outcome(exit_code=ended.returncode, stdout_bytes=ended.stdout, stderr=ended.stderr.decode())


def test_csv_goes_down_a_pipe_clean(clone: Clone) -> None:
    outcome = program(clone, "-e NoApps dataset get ibm_daily -p symbol IBM -p limit 50 --to csv | wc -l")

    assert outcome.stdout.strip() == "51"
    assert outcome.exit_code == 0


def test_a_reader_that_goes_away_ends_the_program_quietly(clone: Clone) -> None:
    outcome = program(
        clone, '-q -e NoApps db extract --help >/dev/null; "$@" -q -e NoApps dataset get daily | head -n 1'
    )

    assert outcome.stdout.startswith("symbol")
    assert outcome.stderr == ""
    assert outcome.exit_code in {0, 141}


@pytest.mark.parametrize("words", ["dataset get daily --to csv", "dataset get daily", "dataset list", "check", "-h"])
def test_a_full_disk_is_one_message(clone: Clone, words: str) -> None:
    outcome = program(clone, f"-q -e NoApps {words} > /dev/full")

    assert outcome.exit_code == 5
    assert outcome.stderr == "pycore: cannot write: No space left on device\n"


@pytest.mark.parametrize("words", ["dataset get iris", "dataset list", "check --json", "-h"])
def test_a_closed_standard_output_is_one_message(clone: Clone, words: str) -> None:
    outcome = program(clone, f"-e NoApps {words} >&-")

    assert outcome.exit_code == 5
    assert "Standard output is closed" in outcome.stderr
    assert "bug" not in outcome.stderr


@pytest.mark.parametrize("words", ["notify -", "cache put KEY -"])
def test_a_closed_standard_input_is_one_message(clone: Clone, words: str) -> None:
    outcome = program(clone, f"{words} <&-")

    assert outcome.exit_code == 2
    assert "Standard input is closed" in outcome.stderr


def test_a_result_comes_also_when_nobody_reads_standard_error(clone: Clone) -> None:
    # Where Python writes without a buffer nothing is left to be flushed at its end.
    outcome = program(clone, "-e NoApps dataset get iris --to csv 2> >(true)", PYTHONUNBUFFERED="")

    assert outcome.exit_code == 0
    assert len(outcome.stdout.splitlines()) == 151


def test_a_terminal_of_another_encoding_gets_what_it_can_show(clone: Clone) -> None:
    assert clone("-e", "JustDB", "db", "load", "iris").exit_code == 0
    marks = program(clone, "-e NoApps check", PYTHONIOENCODING="latin-1")
    rows = program(clone, "-e JustDB db extract \"SELECT 'ü→' AS x\"", PYTHONIOENCODING="latin-1")
    document = program(clone, "-e JustDB db extract \"SELECT 'ü→' AS x\" --json", PYTHONIOENCODING="latin-1")
    error = program(clone, "-e ü→ check --json", PYTHONIOENCODING="latin-1")

    assert marks.stdout_bytes.startswith(rb"\u2713 configuration")
    assert rows.stdout_bytes == b"x\n\xfc\\u2192\n"
    assert document.json == [{"x": "ü→"}]
    assert error.error["name"] == "ü→"
    assert (marks.exit_code, rows.exit_code, document.exit_code, error.exit_code) == (0, 0, 0, 2)


def test_the_exit_code_of_a_service_that_is_away(clone: Clone) -> None:
    outcome = program(clone, "cache ls --json", ENV_REDIS_PORT="1")

    assert outcome.exit_code == 4
    assert json.loads(outcome.stderr)["error"]["exit_code"] == 4
    assert outcome.stdout == ""


def test_a_bug_leaves_its_traceback_in_a_file_or_shows_it(clone: Clone, tmp_path: Path) -> None:
    # A bug that nobody can mend: a library that is half there.
    (tmp_path / "sqlglot.py").write_text("raise RuntimeError('half installed')\n", "utf-8")
    (clone.data_dir / "run").mkdir(parents=True)
    words = "-e NoApps dataset get iris"

    told = program(clone, words, PYTHONPATH=str(tmp_path))
    shown = program(clone, f"--debug {words}", PYTHONPATH=str(tmp_path))

    bug = clone.data_dir / "run" / "bug.txt"
    assert told.exit_code == shown.exit_code == 1
    assert str(bug) in told.stderr
    assert "Traceback" not in told.stderr
    assert "half installed" in bug.read_text("utf-8")
    assert "Traceback" in shown.stderr


@pytest.mark.parametrize("library", ["typing", "click", "sqlglot"])
def test_ctrl_c_is_quiet_also_while_libraries_are_imported(clone: Clone, tmp_path: Path, library: str) -> None:
    # A library whose import is when Ctrl-C comes.
    (tmp_path / f"{library}.py").write_text("import signal\nsignal.raise_signal(signal.SIGINT)\n", "utf-8")

    outcome = program(clone, "-e NoApps dataset get iris", PYTHONPATH=str(tmp_path))

    assert (outcome.exit_code, outcome.stdout, outcome.stderr) == (130, "", "")


def on_a_terminal(clone: Clone, *words: str, **environ: str) -> str:
    """Return what ``pycore`` writes to a terminal."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, 80))
    ended = subprocess.Popen(
        [*PROGRAM, *words], stdin=slave, stdout=slave, stderr=slave, env={**os.environ, **clone.environ(**environ)}
    )
    os.close(slave)
    written = bytearray()

    def finished() -> bool:
        while select.select([master], [], [], 0.05)[0]:
            try:
                written.extend(os.read(master, 65536))
            except OSError:  # the program closed its end
                return True
        return ended.poll() is not None

    wait_for(finished, 60, service="pycore")
    ended.wait()
    os.close(master)
    return written.decode()


def test_colours_are_for_terminals_that_want_them(clone: Clone) -> None:
    words = ("-e", "NoApps", "check")

    assert "\x1b[32m" in on_a_terminal(clone, *words, NO_COLOR="", TERM="xterm")
    assert "\x1b[" not in on_a_terminal(clone, *words, NO_COLOR="1", TERM="xterm")
    assert "\x1b[" not in program(clone, "-e NoApps check").stdout


def test_parquet_is_not_for_a_terminal(clone: Clone) -> None:
    assert "not for a terminal" in on_a_terminal(clone, "-e", "NoApps", "dataset", "get", "iris", "--to", "parquet")


def test_a_terminal_sees_progress_and_a_file_does_not(clone: Clone, tmp_path: Path) -> None:
    assert clone("-e", "JustDB", "db", "load", "iris").exit_code == 0
    words = ("-e", "JustDB", "db", "extract", "SELECT * FROM iris", "--all", "--output", str(tmp_path / "iris.csv"))

    assert "rows/s" in on_a_terminal(clone, *words)
    assert clone(*words).stderr == "150 rows\n"


def test_the_shell_completes_commands(clone: Clone) -> None:
    outcome = program(clone, "", _PYCORE_COMPLETE="bash_complete", COMP_WORDS="pycore da", COMP_CWORD="1")

    assert outcome.stdout == "plain,dataset\n"
    assert outcome.exit_code == 0
