"""The outbox folds, bounds and paces; it never blocks, never fails and never feeds itself."""

from __future__ import annotations

import logging
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pycore._wait import wait_for
from pycore.exceptions import NotificationError
from pycore.notify import LogNotifier, Message, Outbox


class Recorder:
    """A notifier that keeps what it was given."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.times: list[float] = []

    def __call__(self) -> Recorder:
        return self

    def send(self, message: Message) -> None:
        self.times.append(time.monotonic())
        self.messages.append(message)

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.messages]


class Gate(Recorder):
    """A notifier that hangs until it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = threading.Event()
        self.opened = threading.Event()

    def send(self, message: Message) -> None:
        self.entered.set()
        self.opened.wait(60)
        super().send(message)


class Broken(Recorder):
    """A notifier whose every message fails, and that tries to report it through the outbox itself."""

    outbox: Outbox | None = None

    def send(self, message: Message) -> None:
        super().send(message)
        if self.outbox is not None:
            self.outbox.notify("a message did not leave")
            self.outbox.notify_exception(RuntimeError("a message did not leave"))
        raise NotificationError("Slack cannot be reached")


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.opened.set()


def fail(text: str = "no rows") -> None:
    raise ValueError(text)


def send_error(outbox: Outbox, text: str = "no rows") -> None:
    try:
        fail(text)
    except ValueError:
        outbox.notify_exception()


def test_a_text_leaves_by_itself(recorder: Recorder) -> None:
    Outbox(recorder).notify("loaded", "#other")

    wait_for(lambda: recorder.messages, 5, service="outbox")
    assert recorder.messages == [Message(text="loaded", channel="#other")]


def test_an_exception_being_handled_is_sent_with_the_environment_and_the_user(recorder: Recorder) -> None:
    outbox = Outbox(recorder, environment="Local", user="jay")
    try:
        int("no number")
    except ValueError:
        said = outbox.notify_exception()
    assert outbox.flush(5)

    (message,) = recorder.messages
    assert message.error is not None
    assert (message.error.environment, message.error.user) == ("Local", "jay")
    assert "'no number'" in message.error.text
    assert said == message.text
    assert said.splitlines()[1] == 'int("no number")'


def test_without_one_being_handled_the_last_uncaught_exception_is_sent(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "last_value", ValueError("in an earlier cell"), raising=False)
    outbox = Outbox(recorder)
    outbox.notify_exception()
    assert outbox.flush(5)

    assert recorder.texts == ["ValueError: in an earlier cell"]


class EmptyBatchError(Exception):
    def __len__(self) -> int:
        return 0


def test_an_exception_that_is_false_is_sent(recorder: Recorder) -> None:
    outbox = Outbox(recorder)
    said = outbox.notify_exception(EmptyBatchError("no rows"))
    assert outbox.flush(5)

    assert recorder.texts == [said]
    assert "EmptyBatchError: no rows" in said


def test_without_any_exception_it_says_so_and_sends_nothing(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delattr(sys, "last_value", raising=False)
    outbox = Outbox(recorder)
    said = outbox.notify_exception()
    assert outbox.flush(5)

    assert (said, recorder.messages) == ("", [])
    assert "no exception to send" in caplog.text


def test_an_exception_that_cannot_be_described_fails_nobody(
    recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = Outbox(recorder)
    error = SyntaxError("its line is no number")
    error.filename, error.lineno = "job.py", "one"  # type: ignore[assignment]  # Python allows it
    said = outbox.notify_exception(error)
    assert outbox.flush(5)

    assert (said, recorder.messages) == ("", [])
    assert "a SyntaxError could not be described" in caplog.text


def test_repeated_errors_are_folded_into_one_message_with_their_number(recorder: Recorder) -> None:
    outbox = Outbox(recorder, interval_s=0)
    send_error(outbox)
    wait_for(lambda: recorder.messages, 5, service="outbox")
    for number in range(41):
        send_error(outbox, f"no rows, attempt {number}")
    assert len(recorder.messages) == 1

    assert outbox.flush(5)
    assert [message.count for message in recorder.messages] == [1, 41]
    assert recorder.texts[1].startswith("ValueError: no rows, attempt 40 (")


def test_folded_errors_leave_by_themselves_when_their_time_is_over(recorder: Recorder) -> None:
    outbox = Outbox(recorder, interval_s=0, fold_s=0.2)
    send_error(outbox)
    wait_for(lambda: recorder.messages, 5, service="outbox")
    send_error(outbox)
    send_error(outbox)

    wait_for(lambda: len(recorder.messages) == 2, 5, service="outbox")
    assert recorder.messages[1].count == 2
    assert recorder.times[1] - recorder.times[0] >= 0.19


def test_errors_on_other_lines_are_not_folded(recorder: Recorder) -> None:
    outbox = Outbox(recorder, interval_s=0)
    send_error(outbox)
    try:
        int("x")
    except ValueError as exc:
        outbox.notify_exception(exc)
    assert outbox.flush(5)

    assert [message.count for message in recorder.messages] == [1, 1]


def test_the_same_text_twice_is_two_messages_unless_the_first_still_waits(gate: Gate) -> None:
    outbox = Outbox(gate, interval_s=0)
    outbox.notify("holds the thread")
    gate.entered.wait(5)
    for _ in range(3):
        outbox.notify("done")
    gate.opened.set()
    assert outbox.flush(5)
    outbox.notify("done")
    assert outbox.flush(5)

    assert [(message.text, message.count) for message in gate.messages[1:]] == [("done", 3), ("done", 1)]


def test_at_most_one_message_leaves_per_interval(recorder: Recorder) -> None:
    outbox = Outbox(recorder, interval_s=0.1)
    for number in range(5):
        outbox.notify(f"text {number}")
    assert outbox.flush(10)
    outbox.notify("text 5")
    assert outbox.flush(10)

    gaps = [later - earlier for earlier, later in zip(recorder.times, recorder.times[1:], strict=False)]
    assert len(gaps) == 5
    assert min(gaps) >= 0.1


def test_one_message_a_second_is_what_is_set_unless_told_otherwise(recorder: Recorder) -> None:
    outbox = Outbox(recorder)
    outbox.notify("a")
    outbox.notify("b")
    assert outbox.flush(10)

    assert recorder.times[1] - recorder.times[0] >= 1.0


def test_what_waits_is_bounded_and_the_rest_is_counted(gate: Gate) -> None:
    outbox = Outbox(gate, interval_s=0, capacity=10)
    outbox.notify("holds the thread")
    gate.entered.wait(5)
    for number in range(1_000):
        outbox.notify(f"text {number}")
    gate.opened.set()
    assert outbox.flush(5)

    assert len(gate.messages) == 1 + 10 + 1
    assert gate.messages[-1].text == "A message was dropped, as too many others wait"
    assert gate.messages[-1].count == outbox.counters.dropped == 990


def test_ten_thousand_errors_while_slack_hangs_take_little_time_and_become_two_messages(gate: Gate) -> None:
    outbox = Outbox(gate, interval_s=0)
    spent_s = []
    for _ in range(10_000):  # none of them can wait: the gate opens after the last
        started = time.thread_time()
        send_error(outbox)
        spent_s.append(time.thread_time() - started)
    gate.opened.set()
    assert outbox.flush(10)

    assert len(gate.messages) == 2
    assert sum(message.count for message in gate.messages) == 10_000
    # One call in a thousand may pay for the collection of everybody's garbage.
    assert sorted(spent_s)[-11] <= 0.01


def test_a_notifier_that_fails_fails_nobody_and_never_becomes_a_message(caplog: pytest.LogCaptureFixture) -> None:
    broken = Broken()
    outbox = broken.outbox = Outbox(broken, interval_s=0)
    for number in range(5):
        outbox.notify(f"text {number}")
        assert outbox.flush(5)
    outbox.notify_exception(NotificationError("Slack cannot be reached"))
    assert outbox.flush(5)

    assert broken.texts == [f"text {number}" for number in range(5)]
    assert outbox.counters.failed == 5
    warnings = [record.message for record in caplog.records if "did not leave" in record.message]
    assert warnings == ["a message did not leave: Slack cannot be reached It said: text 0"]


def test_a_notifier_that_cannot_be_made_is_made_anew_for_the_next_message(recorder: Recorder) -> None:
    attempts: list[int] = []

    def make() -> Recorder:
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError("no such library")
        return recorder

    outbox = Outbox(make, interval_s=0)
    outbox.notify("lost to the log")
    assert outbox.flush(5)
    outbox.notify("sent")
    assert outbox.flush(5)

    assert recorder.texts == ["sent"]


def test_close_drops_what_does_not_leave_in_time_with_a_warning(gate: Gate, caplog: pytest.LogCaptureFixture) -> None:
    outbox = Outbox(gate, interval_s=0)
    outbox.notify("holds the thread")
    gate.entered.wait(5)
    outbox.notify("too late")
    started = time.monotonic()
    outbox.close(0.1)

    assert time.monotonic() - started < 2
    assert "not sent within 0.1 s: too late" in caplog.text
    gate.opened.set()
    assert outbox.flush(5)
    assert gate.texts == ["holds the thread"]


def test_an_outbox_is_of_use_again_after_close(recorder: Recorder) -> None:
    outbox = Outbox(recorder, interval_s=0)
    outbox.notify("before")
    outbox.close()
    outbox.notify("after")
    outbox.close()

    assert recorder.texts == ["before", "after"]


def test_no_thread_is_left_when_nothing_waits(recorder: Recorder) -> None:
    before = set(threading.enumerate())
    outbox = Outbox(recorder)
    outbox.notify("text")
    assert outbox.flush(5)

    wait_for(lambda: not set(threading.enumerate()) - before, 5, service="end of the thread")


def test_many_threads_send_at_once_and_nothing_is_lost(recorder: Recorder) -> None:
    outbox = Outbox(recorder, interval_s=0, fold_s=0, capacity=10_000)

    def work() -> None:
        for _ in range(200):
            send_error(outbox)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outbox.flush(10)

    assert sum(message.count for message in recorder.messages) == 1_600


def test_a_forked_child_starts_empty_and_can_send(gate: Gate) -> None:
    outbox = Outbox(gate, interval_s=0)
    outbox.notify("the parent's")
    gate.entered.wait(5)
    outbox.notify("the parent's, waiting")
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:  # no test runs on in the child, whatever happens
        try:
            gate.opened.set()
            outbox.notify("the child's")
            sent = outbox.flush(5)
            os.write(writer, repr((sent, gate.texts)).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        assert stream.read() == '(True, ["the child\'s"])'


def run_python(source: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=False, timeout=60)


def test_what_waits_leaves_when_the_program_ends() -> None:
    done = run_python(
        "from pycore.notify import Outbox, LogNotifier\n"
        "outbox = Outbox(LogNotifier)\n"
        "outbox.notify('last words')\n"
        "raise SystemExit(3)"
    )

    assert done.returncode == 3
    assert done.stderr.endswith("INFO pycore.notify.log: last words\n")


def test_a_notifier_that_hangs_holds_the_end_of_the_program_for_three_seconds_only() -> None:
    started = time.monotonic()
    done = run_python(
        "import time\n"
        "from pycore.notify import Outbox\n"
        "class Hanging:\n"
        "    def send(self, message): time.sleep(600)\n"
        "outbox = Outbox(Hanging)\n"
        "outbox.notify('one')\n"
        "outbox.notify('two')"
    )

    assert done.returncode == 0
    assert "not sent within 3 s: two" in done.stderr
    assert time.monotonic() - started < 20


def _child_of_multiprocessing(path: Path) -> None:
    logging.basicConfig(filename=path, level="INFO", force=True)
    Outbox(LogNotifier).notify("from the child")


def test_a_child_of_multiprocessing_sends_before_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "log"
    child = multiprocessing.get_context("fork").Process(target=_child_of_multiprocessing, args=(path,))
    child.start()
    child.join()

    assert "from the child" in path.read_text()
