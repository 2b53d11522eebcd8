"""Every error ends as one message and one exit code."""

from __future__ import annotations

import errno
import json

import click
import pytest
from suites.command_line import Clone, called

from pycore.cli._boundary import CommandError
from pycore.exceptions import (
    CacheError,
    ConfigValueError,
    DatasetError,
    ModelError,
    NotificationError,
    PycoreError,
    QueryError,
    ServiceUnavailableError,
    StageError,
    UnknownNameError,
)


def command_raising(error: BaseException) -> click.Command:
    @click.command("pycore")
    @click.option("--json", "as_json", is_flag=True)
    def failing(as_json: bool) -> None:
        raise error

    return failing


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (UnknownNameError.of("data set", "iriss", ["iris"]), 2),
        (ConfigValueError("configs/jupyter.json:3: wrong"), 3),
        (ServiceUnavailableError("Redis does not answer", service="redis", address="127.0.0.1:6000"), 4),
        (QueryError("no such table"), 5),
        (DatasetError("no rows"), 5),
        (CacheError("not ours"), 5),
        (ModelError("not trained"), 6),
        (NotificationError("Slack refused"), 7),
        (StageError("ended with 3", code=3), 8),
        (CommandError("stopped", exit_code=9, kind="NotebookError"), 9),
    ],
)
def test_an_error_of_ours_is_one_message_and_its_exit_code(error: Exception, exit_code: int) -> None:
    outcome = called(command=command_raising(error))

    assert outcome.exit_code == exit_code
    assert outcome.stderr == f"pycore: {error}\n"
    assert outcome.stdout == ""


def test_an_error_is_json_with_its_facts_when_json_was_asked_for() -> None:
    error = ServiceUnavailableError("Redis does not answer", service="redis", address="127.0.0.1:6000")

    outcome = called("--json", command=command_raising(error))

    assert outcome.error == {
        "type": "ServiceUnavailableError",
        "message": "Redis does not answer",
        "exit_code": 4,
        "service": "redis",
        "address": "127.0.0.1:6000",
    }


def test_an_unexpected_error_is_called_a_bug_without_a_traceback() -> None:
    outcome = called(command=command_raising(RuntimeError("boom")))

    assert outcome.exit_code == 1
    assert "RuntimeError: boom" in outcome.stderr
    assert "This is a bug in pycore" in outcome.stderr
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize(
    ("error", "exit_code", "stderr"),
    [
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 141, ""),
        (KeyboardInterrupt(), 130, ""),
        (OSError(errno.ENOSPC, "No space left on device"), 5, "pycore: cannot write: No space left on device\n"),
        (PermissionError(errno.EACCES, "Permission denied", "/a/b"), 5, "pycore: /a/b: Permission denied\n"),
        (PycoreError("unclassified"), 1, "pycore: unclassified\n"),
    ],
)
def test_what_the_machine_does_is_told_without_calling_it_a_bug(
    error: BaseException, exit_code: int, stderr: str
) -> None:
    outcome = called(command=command_raising(error))

    assert (outcome.exit_code, outcome.stderr) == (exit_code, stderr)


def test_an_unknown_command_is_refused_with_the_closest_one() -> None:
    outcome = called("datset")

    assert outcome.exit_code == 2
    assert outcome.stderr == "pycore: No such command 'datset'. Did you mean 'dataset'?\nTry 'pycore --help'.\n"


def test_an_unknown_command_of_a_group_is_refused_with_the_closest_one() -> None:
    outcome = called("dataset", "gett")

    assert outcome.exit_code == 2
    assert "Did you mean 'get'?" in outcome.stderr
    assert "Try 'pycore dataset --help'." in outcome.stderr


def test_a_global_option_after_the_command_is_told_where_it_belongs() -> None:
    outcome = called("dataset", "list", "-e", "NoApps")

    assert outcome.exit_code == 2
    assert "-e belongs before the command: pycore -e" in outcome.stderr


def test_no_words_at_all_show_the_help_and_fail() -> None:
    outcome = called()

    assert outcome.exit_code == 2
    assert outcome.stderr.startswith("Usage: pycore")
    assert outcome.stdout == ""


def test_a_word_after_the_double_dash_does_not_ask_for_json() -> None:
    outcome = called("notify", "--", "--json", "too many")

    assert outcome.stderr.startswith("pycore: ")


def test_quiet_and_debug_together_are_refused() -> None:
    outcome = called("--quiet", "--debug", "config", "env")

    assert outcome.exit_code == 2
    assert "contradict" in outcome.stderr


def test_an_unknown_environment_lists_those_there_are(clone: Clone) -> None:
    outcome = clone("-e", "Lokal", "check", "--json")

    assert outcome.exit_code == 2
    assert outcome.error["kind"] == "environment"
    assert "Did you mean 'Local'?" in outcome.error["message"]
    assert "NoApps" in outcome.error["known"]


def test_every_problem_of_every_file_is_in_the_json_of_the_error(clone: Clone) -> None:
    clone.edit("local-redis.json", {"applications": {"CACHE": {"adress": "redis://127.0.0.1:6000/0"}}})
    clone.edit("local-db.json", {"applications": {"STOCKS": {"pool_size": "many"}}})

    outcome = clone("config", "show", "--json")

    assert outcome.exit_code == 3
    assert {"/applications/CACHE/adress", "/applications/STOCKS/pool_size"} <= {
        problem["pointer"] for problem in outcome.error["problems"]
    }
    assert all(problem["line"] for problem in outcome.error["problems"])


def test_the_json_of_an_error_is_one_document() -> None:
    outcome = called("dataset", "get", "--json")

    assert json.loads(outcome.stderr)["error"]["type"] == "UsageError"
    assert outcome.exit_code == 2


def test_an_error_commands_no_terminal_and_tells_no_secret() -> None:
    said = "\x1b[2Jrefused:\n  redis://:hunter2@cache:6000"

    outcome = called(command=command_raising(CacheError(said)))
    as_json = called("--json", command=command_raising(CacheError(said)))

    assert outcome.stderr == "pycore: \\x1b[2Jrefused:\n  redis://:***@cache:6000\n"
    assert as_json.error["message"] == "\x1b[2Jrefused:\n  redis://:***@cache:6000"
