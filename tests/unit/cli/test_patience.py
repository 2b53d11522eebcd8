"""What is said while something lasts: at once, and only to who watches."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import redirect_stderr

import pytest

from pycore._wait import wait_for
from pycore.cli._findings import failed, passed, show
from pycore.cli._session import Session
from pycore.results import CheckResult


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_each_check_is_shown_before_the_next_one_begins(capsys: pytest.CaptureFixture[str]) -> None:
    def checks() -> Iterator[CheckResult]:
        yield passed("Python", "3.11")
        assert capsys.readouterr().out.split() == ["✓", "Python", "3.11"]
        yield failed("Redis", "is away", cure="start it", exit_code=4)
        assert capsys.readouterr().out.split() == ["✗", "Redis", "is", "away", "→", "start", "it"]

    assert show(checks(), as_json=False) == 4


def test_what_lasts_is_said_to_a_terminal() -> None:
    with redirect_stderr(Terminal()) as terminal, Session().saying_if_it_lasts("reading …", after_s=0.01):
        wait_for(lambda: terminal.getvalue() == "reading …\n", 30, service="the message")


@pytest.mark.parametrize(("stream", "after_s"), [(Terminal(), 3600.0), (io.StringIO(), 0.0)])
def test_nothing_is_said_of_what_is_short_or_seen_by_nobody(stream: io.StringIO, after_s: float) -> None:
    with redirect_stderr(stream), Session().saying_if_it_lasts("reading …", after_s=after_s):
        pass

    assert stream.getvalue() == ""
