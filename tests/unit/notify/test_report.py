"""An exception as a message: time, user, environment, error, file, line, source line, and nothing secret."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from pycore._logging import register_secret
from pycore.exceptions import UnknownNameError
from pycore.notify import Message, exception_message

AT = dt.datetime(2026, 11, 20, 12, 4, 25, tzinfo=dt.UTC)


def outer() -> None:
    inner()


def inner() -> None:
    raise ValueError("no rows")  # the source line


def raised(call: object = outer) -> Exception:
    assert callable(call)
    try:
        call()
    except Exception as exc:  # noqa: BLE001  # whichever the test raises
        return exc
    raise AssertionError("nothing was raised")


def test_a_message_says_when_where_what_and_to_whom() -> None:
    message = exception_message(raised(), environment="Local", user="jay", at=AT)

    assert message.error is not None
    assert message.error.place is not None
    assert (message.error.at, message.error.environment, message.error.user) == (AT, "Local", "jay")
    assert (message.error.type, message.error.text) == ("ValueError", "no rows")
    assert message.error.place.file == __file__
    assert message.error.place.source == 'raise ValueError("no rows")  # the source line'
    assert message.error.place.line == inner.__code__.co_firstlineno + 1
    first, source = message.text.splitlines()
    assert first == f"ValueError: no rows ({__file__}, line {message.error.place.line} in Local)"
    assert source == message.error.place.source


def test_the_time_is_now_with_its_zone_unless_it_is_given() -> None:
    before = dt.datetime.now(dt.UTC)
    report = exception_message(ValueError()).error

    assert report is not None
    assert before <= report.at <= dt.datetime.now(dt.UTC)


def test_an_error_that_was_never_raised_has_no_place() -> None:
    message = exception_message(KeyError())

    assert message.error is not None
    assert message.error.place is None
    assert message.text == "KeyError"


def test_an_error_of_a_library_is_named_with_its_module() -> None:
    report = exception_message(UnknownNameError.of("cache", "X", [])).error

    assert report is not None
    assert report.type == "pycore.exceptions.UnknownNameError"


def test_secrets_are_in_no_part_of_the_message() -> None:
    register_secret("canary-in-report")

    def fail() -> None:
        raise RuntimeError("login with canary-in-report at redis://u:pw-in-address@h", "canary-in-report")

    message = exception_message(raised(fail))

    assert "canary-in-report" not in repr(message)
    assert "pw-in-address" not in repr(message)
    assert "login with ***" in message.text


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("not even this")


def test_an_error_whose_text_cannot_be_had_is_still_reported() -> None:
    message = exception_message(UnprintableError())

    assert message.text.endswith("UnprintableError: (its text cannot be had: RuntimeError)")


def test_a_syntax_error_is_placed_where_it_is_written() -> None:
    def fail() -> None:
        compile("x = 1\ny = = 2\n", "some/file.py", "exec")

    report = exception_message(raised(fail)).error

    assert report is not None
    assert report.place is not None
    assert (report.place.file, report.place.line, report.place.source) == ("some/file.py", 2, "y = = 2")


def test_a_file_that_was_edited_meanwhile_shows_its_present_line(tmp_path: Path) -> None:
    file = tmp_path / "job.py"

    def place_after(source: str) -> str:
        file.write_text(source)

        def run() -> None:
            exec(compile(source, str(file), "exec"), {})

        report = exception_message(raised(run)).error
        assert report is not None
        assert report.place is not None
        return report.place.source

    assert place_after("1 / 0\n") == "1 / 0"
    assert place_after("# edited\n2 / 0\n") == "2 / 0"


def run_cell(shell: InteractiveShell, source: str) -> BaseException:
    result = shell.run_cell(source, store_history=True)
    error: BaseException | None = result.error_in_exec or result.error_before_exec
    assert error is not None
    return error


def test_a_cell_of_a_notebook_is_named_and_its_line_shown(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.run_cell("divisor = 0", store_history=True)
    report = exception_message(run_cell(shell, "x = 1\n# a comment\n1 / divisor")).error

    assert report is not None
    assert str(report.place) == "Cell In[2], line 3"
    assert report.place is not None
    assert report.place.source == "1 / divisor"
    assert report.cell is None


def test_the_cell_that_led_to_a_library_is_shown_beside_it(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.push({"outer": outer})
    message = exception_message(run_cell(shell, "x = 1\nouter()"))

    assert message.error is not None
    assert message.error.place is not None
    assert message.error.place.file == __file__
    assert str(message.error.cell) == "Cell In[1], line 2"
    assert f"({message.error.place} from Cell In[1], line 2)\n" in message.text


def test_a_cell_that_does_not_parse_is_named_too(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    report = exception_message(run_cell(shell, "ok = 1\nnot ok =")).error

    assert report is not None
    assert str(report.place) == "Cell In[1], line 2"


def test_messages_about_the_same_line_have_one_fingerprint_and_others_another() -> None:
    first, again = exception_message(raised()), exception_message(raised())
    elsewhere = exception_message(raised(lambda: int("x")))

    assert first.fingerprint == again.fingerprint
    assert len({first.fingerprint, elsewhere.fingerprint, Message(text="a").fingerprint}) == 3
    assert Message(text="a").fingerprint != Message(text="a", channel="other").fingerprint
