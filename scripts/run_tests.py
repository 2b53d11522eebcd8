"""Run the parts of the test suite that are named, all by default, and sum them up: what ./test.sh does.

Each part is a program in a session of its own. Two run at once where one waits while the other computes: lint beside
the unit tests, the notebooks beside the integration tests. Everything that is written goes to a folder of its own, so
that a Sci-Pype that runs in this clone is not disturbed; what a part leaves running is reported, and ended.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
FOR_TESTS = ("ENV_CHROMIUM", "ENV_GALLERY")  # what a user may tell the tests
MARK = "SCI_PYPE_TEST_RUN"  # in the environment of everything that a part starts
FIRST_PORT = "SCI_PYPE_TEST_FIRST_PORT"  # what the servers of a part listen on: two parts at once must not meet
BRANCH_COVERAGE_PERCENT = 90.0
SHELL_SCRIPTS = ("*.sh", "scripts/*.sh", "wait-for-its/*.sh", "containerfiles/**/*.sh", ".ci/run")
PYTEST_PARTS = {
    "unit": ["tests/unit", "pycore"],
    "integration": ["tests/integration"],
    "notebooks": ["tests/notebooks"],
    "browser": ["tests/browser"],
    "containers": ["tests/containers"],
}
PARTS = ("lint", *PYTEST_PARTS)
ENOUGH_TO_MEASURE = frozenset(PARTS) - {"containers"}  # what runs in an image is not traced
BESIDE = {"unit": "lint", "integration": "notebooks"}  # what the second one says follows
# Tracing takes its time, and what notebooks and the browser run these cover too.
MEASURED = frozenset({"unit", "integration"})
# Each worker gets neighbours, for the fixtures of a file start servers, and helps another when it is done.
N_WORKERS = min(os.cpu_count() or 1, 4)
# One worker more than processors: these tests wait for servers more than they compute. Images are built one at a time.
N_WORKERS_OF = {"integration": N_WORKERS + 1, "containers": 1}
# What the integration and browser tests need beyond the lock: a Debian package, and a program of it.
PACKAGES = {"mariadb-server-core": "mariadbd", "mariadb-client-core": "mariadb", "chromium": "chromium"}


@dataclass
class Outcome:
    """What came out of a part."""

    part: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    skipped_for: dict[str, list[str]] = field(default_factory=dict)  # the tests of each reason
    seconds: float = 0.0
    exit_code: int = 0


def main(arguments: Sequence[str]) -> int:
    """Run, sum up, and return 0 if everything that could be tested passed."""
    own, for_pytest = _split(arguments)
    parser = argparse.ArgumentParser(prog="./test.sh", description=__doc__, epilog="After --: arguments for pytest.")
    parser.add_argument(
        "parts",
        nargs="*",
        metavar="PART",
        help=f"of {', '.join(PARTS)}; none means all",
    )
    # Its tracing makes the unit tests take nearly twice as long, and of some parts it says little.
    parser.add_argument(
        "--coverage", action="store_true", help="measure coverage; all parts together do, of unit and integration"
    )
    asked = parser.parse_args(own)
    chosen = asked.parts or PARTS
    unknown = sorted(set(chosen) - set(PARTS))
    if unknown:
        parser.error(f"no part is called {', '.join(unknown)}; there are {', '.join(PARTS)}")
    provide_packages()
    if "integration" in chosen:
        provide_servers()
    with tempfile.TemporaryDirectory(prefix="sci-pype-") as folder:
        every = set(chosen) >= ENOUGH_TO_MEASURE
        measured = set(chosen) & set(PYTEST_PARTS) if asked.coverage else MEASURED if every else ()
        run = Run(Path(folder), for_pytest, measured=measured)
        began_s = time.monotonic()
        outcomes = run.parts([part for part in PARTS if part in chosen])
        seconds = time.monotonic() - began_s
        covered = run.coverage() if measured else None
        return sum_up(outcomes, covered, whole=every and not for_pytest, seconds=seconds)


def _split(arguments: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Return what stands before and after the first ``--``."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:at], arguments[at + 1 :]


class Run:
    """One run of some parts.

    Parameters
    ----------
    folder : Path
        For everything that the tests write.
    for_pytest : sequence of str
        More arguments for pytest.
    measured : collection of str, optional
        The parts whose coverage is measured, also in every Python that their tests start.
    """

    def __init__(self, folder: Path, for_pytest: Sequence[str], *, measured: Collection[str] = ()) -> None:
        self.folder = folder
        self.for_pytest = for_pytest
        self.measured = measured
        self.interrupted = False
        self.mark = secrets.token_hex(8)
        self.running: list[subprocess.Popen[bytes]] = []

    def parts(self, chosen: Sequence[str]) -> list[Outcome]:
        """Run parts one after the other, or two at once."""
        beside = {part: BESIDE[part] for part in chosen if BESIDE.get(part) in chosen}
        outcomes: dict[str, Outcome] = {}
        for part in chosen:
            if part in beside:
                outcomes |= self.both(part, beside[part])
            elif part not in beside.values():
                outcomes[part] = self.one(part)
        return [outcomes[part] for part in chosen]

    def both(self, part: str, beside: str) -> dict[str, Outcome]:
        """Run two parts at once; what the second one says follows the first."""
        said = self.folder / f"{beside}.txt"
        with said.open("wb") as stream, ThreadPoolExecutor(1) as pool:
            second = pool.submit(self.one, beside, stream)
            try:
                outcomes = {part: self.one(part), beside: second.result()}
            except BaseException:
                self.interrupt()  # else the end of the second would be waited for
                raise
        say(said.read_text(encoding="utf-8", errors="replace").rstrip())
        return outcomes

    def one(self, part: str, stream: BinaryIO | None = None) -> Outcome:
        """Run one part; what it says goes to `stream`, or to the user."""
        outcome = self.lint(stream) if part == "lint" else self.pytest(part, stream)
        self.end_what_is_left(outcome, f"{self.mark}-{part}", place_of(part, self.folder))
        return outcome

    def lint(self, stream: BinaryIO | None = None) -> Outcome:
        """Run every linter, also after one has failed."""
        outcome = Outcome("lint")
        began_s = time.monotonic()
        scripts = sorted(str(path.relative_to(ROOT)) for pattern in SHELL_SCRIPTS for path in ROOT.glob(pattern))
        for command in (
            ["ruff", "check", "."],
            ["ruff", "format", "--check", "."],
            ["mypy", "--num-workers", "auto"],
            ["lint-imports"],
            ["shellcheck", *scripts],
            ["shfmt", "-i", "2", "-d", *scripts],
        ):
            if self.interrupted:
                break
            say(f"--- {' '.join(command[:3])}", stream)
            code = self.call("lint", [str(BIN / command[0]), *command[1:]], stream)
            outcome.passed += code == 0
            outcome.failed += code != 0
            outcome.exit_code = outcome.exit_code or code
        outcome.seconds = time.monotonic() - began_s
        return outcome

    def pytest(self, part: str, stream: BinaryIO | None = None) -> Outcome:
        """Run one part of the tests."""
        say(f"--- {part}", stream)
        report = self.folder / f"{part}.xml"
        workers = ("-n", str(N_WORKERS_OF.get(part, N_WORKERS)), "--dist", "worksteal")
        began_s = time.monotonic()
        code = self.call(
            part,
            [
                *(sys.executable, *(("-m", "coverage", "run") if part in self.measured else ())),
                *("-m", "pytest", "--color=auto", f"--junit-xml={report}"),
                # Short, for sockets are below it.
                *(
                    "--basetemp",
                    str(place_of(part, self.folder) / "t"),
                    *workers,
                    *self.for_pytest,
                    *PYTEST_PARTS[part],
                ),
            ],
            stream,
        )
        outcome = read_report(part, report)
        outcome.seconds = time.monotonic() - began_s
        outcome.exit_code = code
        if code and not outcome.failed:
            outcome.failed = 1  # it did not even come to count
        return outcome

    def call(self, part: str, command: Sequence[str], stream: BinaryIO | None = None) -> int:
        """Run a program in a session of its own, and end it when this one is asked to end."""
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env=test_environment(self.folder, f"{self.mark}-{part}", part),
            start_new_session=True,
            stdout=stream,
            stderr=None if stream is None else subprocess.STDOUT,
        )
        self.running.append(child)
        try:
            return child.wait()
        except BaseException:
            self.interrupt()
            raise

    def interrupt(self) -> None:
        """Let all that runs end in its own way, and then begin nothing more."""
        self.interrupted = True
        for child in self.running:
            child.send_signal(signal.SIGINT)
        try:
            for child in self.running:
                child.wait(timeout=30)
        finally:
            self.end_what_is_left(Outcome("interrupted"), self.mark, self.folder)

    def end_what_is_left(self, outcome: Outcome, mark: str, folder: Path) -> None:
        """Count what a part left running as a failure, and end it; needs /proc, elsewhere nobody looks."""
        for pid, command in started_by(mark, folder):
            say(f"{outcome.part} left running: {pid} {command}")
            outcome.failed += 1
            outcome.exit_code = outcome.exit_code or 1
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def coverage(self) -> tuple[float, float] | None:
        """Print what was covered; return the share of lines and branches, and of branches alone, in percent."""
        coverage = [sys.executable, "-m", "coverage"]
        if self.call("coverage", [*coverage, "combine", "--quiet", str(self.folder / "coverage")]):
            return None
        self.call("coverage", [*coverage, "report", "--sort=cover"])
        totals_file = self.folder / "coverage.json"
        if self.call("coverage", [*coverage, "json", "--quiet", "-o", str(totals_file)]):
            return None
        totals = json.loads(totals_file.read_text(encoding="utf-8"))["totals"]
        return totals["percent_covered"], 100 * totals["covered_branches"] / max(totals["num_branches"], 1)


def place_of(part: str, folder: Path) -> Path:
    """Return where a part writes all that it writes."""
    return folder / part[0]


def test_environment(folder: Path, mark: str, part: str) -> dict[str, str]:
    """Return the environment of a part: nothing of the user's own Sci-Pype, a data folder and ports of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ENV_", "JUPYTER"))}
    # Else every worker and every child would compile all modules, and pytest rewrite all asserts, anew.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    for_tests = {name: value for name in FOR_TESTS if (value := os.environ.get(name))}
    place = place_of(part, folder)
    for written in (folder / "coverage", place):
        written.mkdir(exist_ok=True)
    return {
        **kept,
        **for_tests,
        MARK: mark,
        "PATH": f"{BIN}{os.pathsep}{kept.get('PATH', os.defpath)}",
        "COVERAGE_FILE": str(folder / "coverage" / "data"),
        "ENV_DATA_DIR": str(place / "data"),
        FIRST_PORT: "16000" if part in BESIDE.values() else "10000",  # a thousand for each worker
    }


def provide_packages() -> None:
    """Install what Debian has and the tests need; elsewhere, and for a user, only say how."""
    where = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin{os.pathsep}/sbin"
    missing = [package for package, program in PACKAGES.items() if shutil.which(program, path=where) is None]
    if not missing:
        return
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *missing]
    if os.environ.get("CI") == "true" and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "--quiet"], check=True, env=environment)
        subprocess.run([*command, "--quiet"], check=True, env=environment)
    else:
        say(f"Tests that need {', '.join(missing)} will be skipped; on Debian: sudo {' '.join(command)}")


def provide_servers() -> None:
    """Fetch the servers of other releases of Debian, once; where they cannot be had, their tests are skipped."""
    fetch = [sys.executable, str(ROOT / "tests" / "suites" / "debian_servers.py")]
    subprocess.run(fetch, check=os.environ.get("CI") == "true")


def read_report(part: str, report: Path) -> Outcome:
    """Return the counts of pytest's own report, and why what was skipped was skipped."""
    outcome = Outcome(part)
    if not report.exists():
        return outcome
    for case in ET.parse(report).getroot().iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            outcome.failed += 1
        elif (skipped := case.find("skipped")) is not None:
            outcome.skipped += 1
            test = f"{case.get('classname')}::{case.get('name')}"
            outcome.skipped_for.setdefault(skipped.get("message", ""), []).append(test)
        else:
            outcome.passed += 1
    return outcome


def started_by(mark: str, folder: Path) -> Iterator[tuple[int, str]]:
    """Yield pid and command line of everything whose mark begins so, or that works in the folder.

    Redis shows no environment: it writes what it does over it.
    """
    wanted = f"{MARK}={mark}".encode()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            works_there = (entry / "cwd").readlink().is_relative_to(folder)
            environment = b"\0" + (entry / "environ").read_bytes()
            if works_there or b"\0" + wanted in environment:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                if command:  # else it has ended, and only waits to be collected
                    yield int(entry.name), command
        except OSError:
            continue  # it ended while we looked, or is another user's


def sum_up(
    outcomes: Sequence[Outcome], covered: tuple[float, float] | None, *, whole: bool, seconds: float = 0.0
) -> int:
    """Print the closing lines and return the exit code."""
    say("")
    for outcome in outcomes:
        for reason, (first, *others) in outcome.skipped_for.items():
            say(f"skipped: {first}{f' and {len(others)} more' if others else ''}: {reason}")
    say(f"{'part':<12} {'passed':>7} {'failed':>7} {'skipped':>7} {'seconds':>8}")
    total = Outcome(
        "total",
        passed=sum(outcome.passed for outcome in outcomes),
        failed=sum(outcome.failed for outcome in outcomes),
        skipped=sum(outcome.skipped for outcome in outcomes),
        seconds=seconds,  # less than the sum: some run beside each other
    )
    for line in (*outcomes, total):
        say(f"{line.part:<12} {line.passed:>7} {line.failed:>7} {line.skipped:>7} {line.seconds:>8.1f}")
    failed = any(outcome.exit_code or outcome.failed for outcome in outcomes)
    if covered is not None:
        both, branches = covered
        say(f"coverage of pycore: {both:.1f} % of lines and branches, {branches:.1f} % of branches")
        if whole and branches < BRANCH_COVERAGE_PERCENT:
            say(f"that is too little: {BRANCH_COVERAGE_PERCENT:g} % of branches is wanted")
            failed = True
    if total.skipped and os.environ.get("CI") == "true":
        say("skipped tests count as failed because CI=true")
        failed = True
    say("FAILED" if failed else "passed")
    return 1 if failed else 0


def say(text: str, stream: BinaryIO | None = None) -> None:
    """Tell the user, or whoever reads `stream`, in the order in which things happen."""
    if stream is not None:
        stream.write(f"{text}\n".encode())
        stream.flush()  # a program writes behind it
        return
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
