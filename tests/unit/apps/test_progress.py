"""The bar counts what the loop has done, turns green at the end and red before it; a wait says for how long."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import redirect_stderr
from typing import Any

import pytest

from pycore._wait import wait_for
from pycore.apps.progress import track, waiting

GREEN, RED = "\x1b[32m", "\x1b[31m"


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


def go_through(terminal: Terminal, sequence: Iterable[int], *, fail_at: int | None = None, **options: Any) -> None:
    with redirect_stderr(terminal):
        for item in track(sequence, "symbols", **options):
            if item == fail_at:
                raise ValueError("no rows")


def clocks() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "pycore-waiting"]


def last_line(terminal: Terminal) -> str:
    return terminal.getvalue().rstrip("\n").split("\r")[-1]


def test_the_items_come_through_unchanged() -> None:
    assert list(track(["IBM", "SPY"], "symbols")) == ["IBM", "SPY"]


def test_a_finished_loop_is_green_with_all_counted(terminal: Terminal) -> None:
    go_through(terminal, range(1200))

    assert last_line(terminal).startswith("symbols: 1,200 / 1,200 ")
    assert GREEN in last_line(terminal)


def test_a_loop_that_fails_is_red_and_counts_what_was_done(terminal: Terminal) -> None:
    with pytest.raises(ValueError, match="no rows"):
        go_through(terminal, range(10), fail_at=3)

    assert last_line(terminal).startswith("symbols: 3 / 10 ")
    assert RED in last_line(terminal)


def test_a_sequence_that_fails_is_red_and_its_error_comes_through(terminal: Terminal) -> None:
    def numbers() -> Iterator[int]:
        yield 1
        raise OSError("cut off")

    with pytest.raises(OSError, match="cut off"):
        go_through(terminal, numbers(), total=3)

    assert last_line(terminal).startswith("symbols: 1 / 3 ")
    assert RED in last_line(terminal)


def test_a_sequence_without_a_length_is_counted(terminal: Terminal) -> None:
    go_through(terminal, iter([1, 2, 3]))

    assert last_line(terminal).startswith("symbols: 3 ")
    assert GREEN in last_line(terminal)


def test_an_empty_sequence_is_green(terminal: Terminal) -> None:
    go_through(terminal, [])

    assert last_line(terminal).startswith("symbols: 0 / 0 ")
    assert GREEN in last_line(terminal)


def test_nothing_is_written_where_nobody_looks() -> None:
    pipe = io.StringIO()
    with redirect_stderr(pipe):
        list(track(range(10)))

    assert pipe.getvalue() == ""


def test_a_long_wait_says_what_for_and_how_long_and_leaves_nothing(terminal: Terminal) -> None:
    with redirect_stderr(terminal), waiting("Reading iris", quiet_s=0.01):
        wait_for(lambda: "Reading iris … 00:00" in terminal.getvalue(), 20, service="the line")

    assert last_line(terminal).strip(" \x1b[A") == ""


def test_a_short_wait_says_nothing_and_takes_no_longer(terminal: Terminal) -> None:
    began = time.monotonic()
    with redirect_stderr(terminal), waiting("Reading iris", quiet_s=60):
        pass

    assert terminal.getvalue() == ""
    assert time.monotonic() - began < 30


def test_a_long_wait_says_nothing_where_nobody_looks() -> None:
    pipe = io.StringIO()
    with redirect_stderr(pipe), waiting("Reading iris", quiet_s=0.0):
        wait_for(lambda: not clocks(), 20, service="the clock")

    assert pipe.getvalue() == ""


def test_the_error_of_what_is_waited_for_comes_through(terminal: Terminal) -> None:
    with pytest.raises(OSError, match="cut off"), redirect_stderr(terminal), waiting("Reading", quiet_s=0.01):
        raise OSError("cut off")

    assert not clocks()
