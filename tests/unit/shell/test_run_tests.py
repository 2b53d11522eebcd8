"""What ./test.sh says at its end, and what it ends with."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from pycore._wait import wait_for

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "run_tests.py"
REPORT = """<testsuites><testsuite>
<testcase classname="tests.a" name="passes"/>
<testcase classname="tests.a" name="fails"><failure message="no"/></testcase>
<testcase classname="tests.a" name="breaks"><error message="no"/></testcase>
<testcase classname="tests.a" name="waits"><skipped message="no MariaDB"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture(scope="module")
def run_tests() -> ModuleType:
    spec = importlib.util.spec_from_file_location("run_tests", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["run_tests"] = module
    spec.loader.exec_module(module)
    return module


def test_it_counts_what_pytest_reports(run_tests: ModuleType, tmp_path: Path) -> None:
    report = tmp_path / "unit.xml"
    report.write_text(REPORT)

    outcome = run_tests.read_report("unit", report)

    assert (outcome.passed, outcome.failed, outcome.skipped) == (1, 2, 1)
    assert outcome.skipped_for == {"no MariaDB": ["tests.a::waits"]}


def test_a_reason_is_said_once_for_all_tests(run_tests: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    run_tests.sum_up([run_tests.Outcome("containers", skipped_for={"no engine": ["a", "b", "c"]})], None, whole=False)

    assert "skipped: a and 2 more: no engine\n" in capsys.readouterr().out


@pytest.mark.parametrize(("skipped", "ci", "code"), [(0, "true", 0), (1, "true", 1), (1, "", 0)])
def test_a_skipped_test_fails_the_integration_only(
    run_tests: ModuleType, monkeypatch: pytest.MonkeyPatch, skipped: int, ci: str, code: int
) -> None:
    monkeypatch.setenv("CI", ci)
    outcome = run_tests.Outcome("unit", passed=3, skipped=skipped)

    assert run_tests.sum_up([outcome], None, whole=False) == code


def test_too_little_coverage_fails_a_whole_run_only(run_tests: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = run_tests.Outcome("unit", passed=3)

    assert run_tests.sum_up([outcome], (95.0, 89.9), whole=False) == 0
    assert run_tests.sum_up([outcome], (95.0, 89.9), whole=True) == 1
    assert "89.9 % of branches" in capsys.readouterr().out


def test_a_part_that_nobody_knows_is_a_usage_error(run_tests: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        run_tests.main(["units"])

    assert "there are lint, unit, integration, notebooks, browser" in capsys.readouterr().err


def test_what_a_linter_says_waits_for_the_end_of_the_tests(run_tests: ModuleType, tmp_path: Path) -> None:
    run = run_tests.Run(tmp_path, [])
    program = "import sys; print('found', flush=True); print('also', file=sys.stderr); sys.exit(3)"

    with (tmp_path / "lint.txt").open("wb") as stream:
        code = run.call("lint", [sys.executable, "-c", program], stream)

    assert code == 3
    assert (tmp_path / "lint.txt").read_text() == "found\nalso\n"


def test_lint_begins_nothing_after_an_interrupt(run_tests: ModuleType, tmp_path: Path) -> None:
    run = run_tests.Run(tmp_path, [])
    run.interrupted = True

    with (tmp_path / "lint.txt").open("wb") as stream:
        outcome = run.lint(stream)

    assert (outcome.passed, outcome.failed) == (0, 0)
    assert (tmp_path / "lint.txt").read_text() == ""


def test_what_a_part_leaves_running_is_its_failure_and_not_that_of_the_one_beside_it(
    run_tests: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = run_tests.Run(tmp_path, [])
    leave = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])"
    assert run.call("notebooks", [sys.executable, "-c", leave]) == 0
    clean, unclean = run_tests.Outcome("integration"), run_tests.Outcome("notebooks")

    for outcome in (clean, unclean):
        place = run_tests.place_of(outcome.part, tmp_path)
        run.end_what_is_left(outcome, f"{run.mark}-{outcome.part}", place)

    assert (clean.failed, unclean.failed) == (0, 1)
    assert "notebooks left running:" in capsys.readouterr().out
    wait_for(lambda: not list(run_tests.started_by(run.mark, tmp_path)), 10, service="the end of it")


def test_two_parts_at_once_share_no_folder_and_no_port(run_tests: ModuleType, tmp_path: Path) -> None:
    for part, beside in run_tests.BESIDE.items():
        one, other = (run_tests.test_environment(tmp_path, "mark", each) for each in (part, beside))

        assert all(one[name] != other[name] for name in ("ENV_DATA_DIR", run_tests.FIRST_PORT))


def test_an_interrupt_ends_what_runs_beside_too(run_tests: ModuleType, tmp_path: Path) -> None:
    program = f"""
import importlib.util, signal, sys, threading
from pathlib import Path
spec = importlib.util.spec_from_file_location("run_tests", {str(SCRIPT)!r})
run_tests = sys.modules["run_tests"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(run_tests)
run_tests.PYTEST_PARTS |= {{"integration": ["--version"], "notebooks": [{str(tmp_path / "test_long.py")!r}]}}
run = run_tests.Run(Path({str(tmp_path)!r}), ["-p", "no:cacheprovider", "-c", {os.devnull!r}])
try:
    run.parts(["integration", "notebooks"])
except KeyboardInterrupt:
    sys.exit(list(run_tests.started_by(run.mark, run.folder)) and 1 or 7)
"""
    begun = tmp_path / "begun"
    (tmp_path / "test_long.py").write_text(
        f"import pathlib, time\ndef test_long():\n    pathlib.Path({str(begun)!r}).touch()\n    time.sleep(300)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.DEVNULL) as runner:
        wait_for(begun.exists, 60, service="the longer part")
        runner.send_signal(signal.SIGINT)

        assert runner.wait(timeout=60) == 7
