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


def hook(clone: Clone, name: str, body: str) -> str:
    """Write an executable script into a folder of ENV_HOOKS_DIR and return the path of that."""
    path = clone.folder / "hooks" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    script(path.parent, path.name, body)
    return str(clone.folder / "hooks")


def test_those_in_folders_run_in_the_order_of_their_names_behind_the_named_ones(clone: Clone, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    seen = "python -c \"import json, os; print(*json.load(open(os.environ['ENV_DATA_DIR'] + '/run/local.json')))\""
    for name in ("pre-start.d/20-b.sh", "pre-start.d/10-a.sh", "post-start.d/10-c.sh", "stop.d/9.sh", "stop.d/10.sh"):
        hooks = hook(clone, name, f"echo {name} >>'{ran}'; {seen}")
    (tmp_path / "hooks" / "stop.d" / "README").touch()
    named = {
        "ENV_PRESTART_SCRIPT": script(tmp_path, "pre.sh", f"echo pre >>'{ran}'"),
        "ENV_POSTSTART_SCRIPT": script(tmp_path, "post.sh", f"echo post >>'{ran}'"),
    }
    start = clone.foreground("start.sh", "--no-browser", ENV_HOOKS_DIR=hooks, **named)
    clone.wait_until_ready()
    before = ran.read_text().split()

    start.terminate()

    assert start.wait(timeout=60) == 0
    assert before == ["pre", "pre-start.d/10-a.sh", "pre-start.d/20-b.sh", "post", "post-start.d/10-c.sh"]
    assert ran.read_text().split()[5:] == ["stop.d/10.sh", "stop.d/9.sh"]
    assert {"redis", "jupyter"} <= set((clone.run_dir / "stop.d-9.log").read_text().split())
    clone.wait_until_nothing_runs()


@pytest.mark.parametrize("stage", ["pre-start", "post-start"])
def test_a_failing_one_in_a_folder_stops_the_start_and_the_stop_hooks_run(clone: Clone, stage: str) -> None:
    hook(clone, f"{stage}.d/10-good.sh", "true")
    hook(clone, f"{stage}.d/20-bad.sh", "echo why it failed\nexit 42")
    hook(clone, f"{stage}.d/30-never.sh", "echo ran")
    hooks = hook(clone, "stop.d/10.sh", "echo stopped\nexit 7")

    start = clone.call("start.sh", "--no-browser", ENV_HOOKS_DIR=hooks)

    assert start.returncode == 42
    assert f"{hooks}/{stage}.d/20-bad.sh (from ENV_HOOKS_DIR) ended with exit code 42" in start.stderr
    assert f"{clone.run_dir}/{stage}.d-20-bad.log" in start.stderr
    assert "why it failed" in (clone.run_dir / f"{stage}.d-20-bad.log").read_text()
    assert not (clone.run_dir / f"{stage}.d-30-never.log").exists()
    assert (clone.run_dir / "stop.d-10.log").read_text() == "stopped\n"
    assert clone.running() == []


def test_a_failing_stop_hook_is_told_and_keeps_nothing_from_stopping(clone: Clone) -> None:
    hook(clone, "stop.d/10-bad.sh", "exit 42")
    hook(clone, "stop.d/15-no-program.sh", "true")
    (clone.folder / "hooks" / "stop.d" / "15-no-program.sh").write_text("true\n")
    hooks = hook(clone, "stop.d/20-good.sh", "echo ran")
    start = clone.foreground("start.sh", "--no-browser", ENV_HOOKS_DIR=hooks)
    clone.wait_until_ready()

    start.terminate()

    assert start.wait(timeout=60) == 42
    assert "10-bad.sh (from ENV_HOOKS_DIR) ended with exit code 42" in clone.said()
    assert "15-no-program.sh, which the system cannot run" in clone.said()
    assert (clone.run_dir / "stop.d-20-good.log").read_text() == "ran\n"
    clone.wait_until_nothing_runs()


def test_one_in_a_folder_that_is_not_executable_is_told_before_anything_starts(clone: Clone) -> None:
    hooks = hook(clone, "stop.d/10.sh", "true")
    path = clone.folder / "hooks" / "stop.d" / "10.sh"
    path.chmod(0o644)

    start = clone.call("start.sh", "--no-browser", ENV_HOOKS_DIR=hooks)

    assert start.returncode == 3
    assert f"chmod +x '{path}'" in start.stderr
    assert not (clone.data_dir / "redis").exists()
