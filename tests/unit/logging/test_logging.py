"""What the records of pycore look like, for people and for programs."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from typing import Any

import pytest

from pycore import _logging
from pycore._logging import configure, debug, lg, quiet, register_secret
from pycore.exceptions import UnknownNameError

log = logging.getLogger("pycore.some.part")


def written(stream: io.StringIO) -> list[str]:
    return stream.getvalue().splitlines()


def test_a_record_is_one_line_with_time_level_and_logger() -> None:
    stream = io.StringIO()
    configure(stream=stream)

    log.warning("the cache at %s is away", "127.0.0.1:6000")

    (line,) = written(stream)
    assert line[2] == ":"
    assert line[8:] == " WARNING pycore.some.part: the cache at 127.0.0.1:6000 is away"


def test_configuring_twice_writes_each_record_once_and_the_second_stream_counts() -> None:
    first, second = io.StringIO(), io.StringIO()
    configure(stream=first)
    configure(stream=second)

    log.info("once")

    assert (len(written(first)), len(written(second))) == (0, 1)


def test_an_unknown_level_is_refused_by_name_and_changes_nothing() -> None:
    stream = io.StringIO()
    configure(stream=stream)
    with pytest.raises(UnknownNameError, match=r"'warn'.*warning"):
        configure(level="warn")

    log.info("still here")

    assert len(written(stream)) == 1


def test_quiet_leaves_warnings_and_debug_brings_everything() -> None:
    stream = io.StringIO()
    configure(stream=stream)
    quiet()
    log.info("not shown")
    log.warning("shown")
    debug()
    log.debug("shown too")

    assert [line.split(": ", 1)[1] for line in written(stream)] == ["shown", "shown too"]


@pytest.mark.parametrize(
    ("number", "code", "level"),
    [(0, 31, "error"), (1, 36, "info"), (2, 33, "warning"), (3, 35, "info"), (4, 37, "info"), (5, 32, "info")],
)
def test_each_number_has_its_colour_and_no_colour_is_an_emergency(number: int, code: int, level: str) -> None:
    coloured, machine = io.StringIO(), io.StringIO()
    configure(stream=coloured, colour=True)
    lg("text", number)
    configure(stream=machine, json=True)
    lg("text", number)

    assert coloured.getvalue() == f"\x1b[{code}mtext\x1b[0m\n"
    assert json.loads(machine.getvalue())["level"] == level


@pytest.mark.parametrize("number", [6, 7, -1])
def test_other_numbers_are_plain(number: int) -> None:
    stream = io.StringIO()
    configure(stream=stream, colour=True)

    lg("text", number)

    assert stream.getvalue() == "text\n"


def test_the_colour_does_not_choose_how_severe_a_line_is_when_the_caller_says_it() -> None:
    stream = io.StringIO()
    configure(stream=stream, colour=True)

    lg("red, and only for the curious", 0, level="debug")
    debug()
    lg("red, and only for the curious", 0, level="debug")

    assert written(stream) == ["\x1b[31mred, and only for the curious\x1b[0m"]


def test_the_words_for_colours() -> None:
    stream = io.StringIO()
    configure(stream=stream, colour=True)

    _logging.good("g")
    _logging.boom("b")
    _logging.anmt("a")
    _logging.mark("here")

    assert stream.getvalue() == (
        "\x1b[32mg\x1b[0m\n\x1b[31mb\x1b[0m\n\x1b[33ma\x1b[0m\n\x1b[31m----\nhere\n----\x1b[0m\n"
    )


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environ", "coloured"),
    [({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False), ({"TERM": "xterm", "NO_COLOR": "1"}, False)],
)
def test_a_terminal_is_coloured_unless_it_asks_not_to_be(
    environ: dict[str, str], coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    stream = Terminal()
    configure(stream=stream)

    log.error("text")

    assert stream.getvalue().startswith("\x1b[31m") is coloured


def test_a_file_is_never_coloured_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = io.StringIO()
    configure(stream=stream)

    log.error("text")

    assert "\x1b" not in stream.getvalue()


def raise_with(secret: str) -> None:
    raise RuntimeError(f"login with {secret} failed")


def raise_around(secret: str) -> None:
    try:
        raise_with(secret)
    except RuntimeError as exc:
        raise ValueError("wrapped") from exc


@pytest.mark.parametrize("as_json", [False, True])
def test_no_secret_is_in_a_record_its_arguments_its_extras_or_its_traceback(as_json: bool) -> None:
    canary = "canary\"\n'7f3a"
    register_secret(canary)
    stream = io.StringIO()
    configure(stream=stream, json=as_json)

    log.info(canary)
    log.info("argument %s, %r", canary, {"password": canary})
    log.info("extra", extra={"where": {canary: [canary]}})
    try:
        raise_around(canary)
    except ValueError:
        log.exception("failed", stack_info=True)

    assert "7f3a" not in stream.getvalue()
    assert "ValueError: wrapped" in stream.getvalue()
    assert "login with *** failed" in stream.getvalue()


def test_arguments_that_do_not_fit_are_shown_without_their_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    register_secret("canary-misfit")
    stream = io.StringIO()
    configure(stream=stream)
    monkeypatch.setattr(logging.getLogger("pycore"), "propagate", False)

    log.info("does not fit %d", "canary-misfit")

    assert written(stream)[0].endswith("does not fit %d ('***',)")


class BrokenStream(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError("disk full")


def test_a_record_that_cannot_be_written_is_reported_without_its_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    register_secret("canary-broken-stream")
    configure(stream=BrokenStream())

    log.info("with %s", "canary-broken-stream")

    reported = capsys.readouterr().err
    assert "disk full" in reported
    assert "Message: 'with ***'" in reported


def test_a_record_cannot_give_orders_to_a_terminal_nor_pass_for_another() -> None:
    stream = io.StringIO()
    configure(stream=stream, colour=False)

    log.info("\x1b[2Jgone\r\n12:00:00 ERROR pycore: forged\u202e")

    first, second = written(stream)
    assert first.endswith("\\x1b[2Jgone\\r")
    assert second == "    12:00:00 ERROR pycore: forged\\u202e"


def test_a_json_line_has_the_time_in_utc_the_event_and_the_extras() -> None:
    stream = io.StringIO()
    configure(stream=stream, json=True)

    log.info("published %s", "KEY", extra={"duration_s": 0.25, "n_rows": 50, "ratio": float("nan"), "tags": ("a", "b")})

    line: dict[str, Any] = json.loads(stream.getvalue(), parse_constant=pytest.fail)
    assert line.pop("ts")[10::13] == "TZ"
    assert line == {
        "level": "info",
        "logger": "pycore.some.part",
        "event": "published KEY",
        "duration_s": 0.25,
        "n_rows": 50,
        "ratio": "nan",
        "tags": ["a", "b"],
    }


def test_a_json_line_is_one_line_whatever_is_in_it() -> None:
    stream = io.StringIO()
    configure(stream=stream, json=True)

    log.error("two\nlines")
    try:
        raise_with("x")
    except RuntimeError:
        log.exception("failed")

    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert first["event"] == "two\nlines"
    assert second["exception"].endswith("RuntimeError: login with x failed")


def test_records_still_reach_the_handlers_of_the_program(caplog: pytest.LogCaptureFixture) -> None:
    configure(stream=io.StringIO())

    log.info("seen by both")

    assert caplog.messages == ["seen by both"]


def run_python(source: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)


def test_nothing_is_installed_at_import() -> None:
    assert run_python("import logging, pycore._logging; print(logging.getLogger('pycore').handlers)").stdout == "[]\n"


def test_lg_is_seen_in_a_program_that_has_configured_nothing() -> None:
    assert run_python("from pycore._logging import lg; lg('hello', 5)").stderr == "hello\n"


def test_lg_leaves_the_logging_of_a_program_alone() -> None:
    program = (
        "import logging; logging.basicConfig(format='%(name)s %(levelname)s %(message)s', level='INFO')\n"
        "from pycore._logging import lg; lg('hello', 5)"
    )

    assert run_python(program).stderr == "pycore INFO hello\n"


def test_users_have_colours_and_switches_under_a_public_name() -> None:
    from pycore import log as public

    stream = io.StringIO()
    public.configure(stream=stream, colour=True)
    public.good("green")
    public.quiet()
    public.good("not shown")
    public.debug()
    public.anmt("yellow")

    assert written(stream) == ["\x1b[32mgreen\x1b[0m", "\x1b[33myellow\x1b[0m"]
