"""What ``%load_ext pycore`` promises."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path
from typing import Any

import pytest

from pycore import PyCore
from pycore.exceptions import PycoreError

CONFIGS = Path(__file__).parents[3] / "configs"
SHORT = "from pycore.exceptions import QueryError\nraise QueryError('The statement writes; extract only reads.')"


def sent(shell: Any, caplog: pytest.LogCaptureFixture) -> str:
    """Return what went out, once everything left."""
    shell.user_ns["core"].close()
    return "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("pycore.notify"))


def test_core_is_there(shell: Any) -> None:
    shell.run_cell("%load_ext pycore")

    assert isinstance(shell.user_ns["core"], PyCore)
    assert shell.user_ns["core"].environment == "NoApps"


def test_a_name_that_is_taken_is_left_alone(shell: Any) -> None:
    shell.run_cell("core = 'of an apple'\n")

    shell.run_cell("%load_ext pycore")

    assert shell.user_ns["core"] == "of an apple"


def test_an_error_that_no_cell_caught_goes_out(shell: Any, caplog: pytest.LogCaptureFixture) -> None:
    shell.run_cell("%load_ext pycore")
    shell.run_cell("%pycore_log debug")

    result = shell.run_cell("this_name_is_not_defined")

    assert isinstance(result.error_in_exec, NameError)
    assert "this_name_is_not_defined" in sent(shell, caplog)


def test_errors_that_the_cells_have_shown_are_not_logged_again(shell: Any, caplog: pytest.LogCaptureFixture) -> None:
    shell.run_cell("%load_ext pycore")

    for number in range(5):
        shell.run_cell(f"1 / 0  # {number}\n")
        shell.run_cell("this_name_is_not_defined")

    said = sent(shell, caplog)
    assert said.startswith("messages are only shown, not sent:")
    assert len(said.splitlines()) == 1, "one note, and once"
    assert not [record for record in caplog.records if record.levelno > logging.INFO]


def test_an_error_that_the_user_sends_is_logged(shell: Any, caplog: pytest.LogCaptureFixture) -> None:
    shell.run_cell("%load_ext pycore")

    shell.run_cell("try:\n    1 / 0\nexcept ZeroDivisionError:\n    core.notify_exception()")

    assert "ZeroDivisionError" in sent(shell, caplog)


def test_an_error_that_was_caught_stays_here(shell: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "pycore")
    shell.run_cell("%load_ext pycore")

    shell.run_cell("try:\n    1 / 0\nexcept ZeroDivisionError:\n    pass")

    assert sent(shell, caplog) == ""


def test_an_interrupt_is_no_error(shell: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "pycore")
    shell.run_cell("%load_ext pycore")

    shell.run_cell("raise KeyboardInterrupt")

    assert sent(shell, caplog) == ""


def test_errors_go_to_the_core_that_the_user_made(shell: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    shutil.copytree(CONFIGS, tmp_path / "configs")
    manifest = tmp_path / "configs" / "jupyter.json"
    content = json.loads(manifest.read_text())
    del content["notify"]
    manifest.write_text(json.dumps(content))
    shell.run_cell("%load_ext pycore")
    shell.run_cell("%pycore_log debug")
    shell.run_cell(f"from pycore import PyCore\ncore = PyCore('NoApps', config={str(manifest)!r})")

    shell.run_cell("1 / 0")

    went_out = sent(shell, caplog)
    assert "ZeroDivisionError" in went_out
    assert "slack.json" not in went_out, "this core knows no such file"


def test_an_error_of_pycore_is_its_message(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("%load_ext pycore")
    capsys.readouterr()

    result = shell.run_cell(SHORT)

    shown = capsys.readouterr().out
    assert "QueryError" in shown
    assert "The statement writes; extract only reads." in shown
    assert "Traceback" not in shown
    assert isinstance(result.error_in_exec, PycoreError), "what runs the notebook must see that the cell failed"


def test_tb_shows_where_it_was(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("%load_ext pycore")
    shell.run_cell(SHORT)
    capsys.readouterr()

    shell.run_cell("%tb")

    assert "Traceback" in capsys.readouterr().out


def test_other_errors_keep_their_traceback(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("%load_ext pycore")
    capsys.readouterr()

    shell.run_cell("1 / 0")

    assert "Traceback" in capsys.readouterr().out


def test_a_wrong_configuration_is_one_card(
    shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = tmp_path / "jupyter.json"
    manifest.write_text('{"version": 1, "default_environment": "Local", "environments": {}, "colour": "red"}')
    monkeypatch.setenv("ENV_CORE_CONFIG_FILE", str(manifest))

    result = shell.run_cell("%load_ext pycore")

    shown = capsys.readouterr().out
    assert result.success
    assert "Error" in shown
    assert str(manifest) in shown
    assert "colour" in shown
    assert "Traceback" not in shown
    assert "core" not in shell.user_ns


def test_an_unknown_environment_is_a_card(
    shell: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ENV_DEPLOYMENT_TYPE", "Moon")

    shell.run_cell("%load_ext pycore")

    assert "NoApps" in capsys.readouterr().out
    assert "core" not in shell.user_ns


def test_the_magic_changes_the_environment(shell: Any) -> None:
    shell.run_cell("%load_ext pycore")

    shell.run_cell("%pycore JustDB")

    assert shell.user_ns["core"].environment == "JustDB"


def test_a_failed_change_keeps_the_environment(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("%load_ext pycore")

    shell.run_cell("%pycore Moon")

    assert "Moon" in capsys.readouterr().out
    assert shell.user_ns["core"].environment == "NoApps"


def test_the_log_is_made_quiet_and_loud(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("%load_ext pycore")

    shell.run_cell("%pycore_log quiet")
    shell.run_cell("core.lg('green', 5)")
    shell.run_cell("core.lg('red', 0)")
    shell.run_cell("%pycore_log info")
    shell.run_cell("core.lg('blue', 1)")

    written = "".join(capsys.readouterr())
    assert "green" not in written
    assert "red" in written
    assert "blue" in written


def test_an_unknown_level_lists_the_known_ones(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell("%load_ext pycore")

    shell.run_cell("%pycore_log shout")

    assert "debug, info, quiet" in capsys.readouterr().out


def test_unloading_leaves_ipython_as_it_was(shell: Any, caplog: pytest.LogCaptureFixture) -> None:
    before = (shell.custom_exceptions, set(shell.magics_manager.magics["line"]))
    shell.run_cell("%load_ext pycore")

    shell.run_cell("%unload_ext pycore")

    assert before == (shell.custom_exceptions, set(shell.magics_manager.magics["line"]))
    assert "core" not in shell.user_ns
    caplog.clear()
    shell.run_cell("1 / 0")
    assert not [record for record in caplog.records if record.name.startswith("pycore")]


def test_reloading_gives_a_fresh_core(shell: Any) -> None:
    shell.run_cell("%load_ext pycore")
    first = shell.user_ns["core"]

    shell.run_cell("%reload_ext pycore")

    assert shell.user_ns["core"] is not first
