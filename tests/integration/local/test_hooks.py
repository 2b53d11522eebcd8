"""The scripts of the user: when they run, what they find, and what their failure means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from suites.clone import Clone

from pycore._wait import wait_for

VARIABLES = ("ENV_PRESTART_SCRIPT", "ENV_START_SCRIPT", "ENV_POSTSTART_SCRIPT")


def script(folder: Path, name: str, body: str) -> str:
    """Write an executable script and return its path."""
    path = folder / name
    path.write_text(f"#!/usr/bin/env bash\nset -euo pipefail\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_they_run_in_their_order_and_find_what_is_ready(clone: Clone, tmp_path: Path) -> None:
    state = 'cat "$ENV_DATA_DIR/run/local.json"'
    hooks = {
        "ENV_PRESTART_SCRIPT": script(tmp_path, "pre hook.sh", f'{state}; ls "$ENV_DATA_DIR/stocks.sqlite" >&2'),
        "ENV_START_SCRIPT": script(
            tmp_path, "start hook.sh", 'printf "%s\\n" "$@" >"$ENV_DATA_DIR/command"\nexec "$@"'
        ),
        "ENV_POSTSTART_SCRIPT": script(
            tmp_path,
            "post hook.sh",
            "python - <<EOT\nimport urllib.request as u\n"
            'print(u.urlopen("http://127.0.0.1:$ENV_JUPYTER_PORT/api", timeout=5).read().decode())\nEOT',
        ),
    }

    assert clone.call("start.sh", "--detach", "--no-browser", **hooks).returncode == 0

    before = (clone.run_dir / "pre-start.log").read_text()
    assert "stocks.sqlite" in before
    assert json.loads(before.partition("}\n}")[0] + "}\n}").keys() >= {"redis"}
    assert '"jupyter"' not in before
    assert f"--ServerApp.port={clone.jupyter_port}" in (clone.data_dir / "command").read_text().splitlines()
    assert "version" in json.loads((clone.run_dir / "post-start.log").read_text())


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("words", [[], ["--detach"]], ids=["foreground", "background"])
def test_a_failing_one_stops_the_start_with_its_exit_code(
    clone: Clone, tmp_path: Path, variable: str, words: list[str]
) -> None:
    failing = script(tmp_path, "failing.sh", "echo why it failed\nexit 42")

    start = clone.call("start.sh", "--no-browser", *words, **{variable: failing})

    assert start.returncode == 42
    assert variable in start.stderr
    assert failing in start.stderr
    assert clone.running() == []
    log = {"ENV_PRESTART_SCRIPT": "pre-start", "ENV_START_SCRIPT": "jupyter", "ENV_POSTSTART_SCRIPT": "post-start"}
    assert "why it failed" in (clone.run_dir / f"{log[variable]}.log").read_text()


def test_a_start_hook_that_starts_nothing_is_no_start(clone: Clone, tmp_path: Path) -> None:
    start = clone.call("start.sh", "--no-browser", ENV_START_SCRIPT=script(tmp_path, "nothing.sh", "exit 0"))

    assert start.returncode == 4
    assert "before it answered" in start.stderr
    assert clone.running() == []


@pytest.mark.parametrize("variable", VARIABLES)
def test_one_that_is_missing_is_told_before_anything_starts(clone: Clone, variable: str) -> None:
    start = clone.call("start.sh", "--no-browser", **{variable: "/nowhere/hook.sh"})

    assert start.returncode == 3
    assert f"{variable} names /nowhere/hook.sh" in start.stderr
    assert not (clone.data_dir / "redis").exists()


def test_one_that_is_not_executable_is_told_with_its_cure(clone: Clone, tmp_path: Path) -> None:
    path = Path(script(tmp_path, "hook.sh", "true"))
    path.chmod(0o644)

    start = clone.call("start.sh", "--no-browser", ENV_PRESTART_SCRIPT=str(path))

    assert start.returncode == 3
    assert f"chmod +x '{path}'" in start.stderr


def test_one_without_an_interpreter_is_told_with_its_cure(clone: Clone, tmp_path: Path) -> None:
    path = tmp_path / "hook"
    path.write_text("echo no first line\n")
    path.chmod(0o755)

    start = clone.call("start.sh", "--no-browser", ENV_PRESTART_SCRIPT=str(path))

    assert start.returncode == 3
    assert "#!/usr/bin/env bash" in start.stderr
    assert clone.running() == []


def test_a_signal_ends_a_hook_that_runs(clone: Clone, tmp_path: Path) -> None:
    start = clone.foreground(
        "start.sh", "--no-browser", ENV_PRESTART_SCRIPT=script(tmp_path, "slow.sh", "echo begun\nsleep 600")
    )
    log = clone.run_dir / "pre-start.log"
    wait_for(lambda: "begun" in log.read_text(), 60, service="the hook", retry_on=OSError)

    start.terminate()

    assert start.wait(timeout=20) == 143
    clone.wait_until_nothing_runs(timeout_s=1)
