"""A panel shows a spinner, then a picture or a card; of values that come fast, the last one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import ipywidgets
import pytest

from pycore.apps.panel import Panel, card
from pycore.exceptions import DatasetError

TIMEOUT_S = 20


class Slow:
    """A computation that ends when it is let go; it counts what runs at once."""

    def __init__(self) -> None:
        self.begun: list[Any] = []
        self.most_at_once = 0
        self._n_running = 0
        self._gates: dict[Any, threading.Event] = {}
        self._changed = threading.Condition()

    def __call__(self, value: Any) -> Any:
        with self._changed:
            self.begun.append(value)
            self._n_running += 1
            self.most_at_once = max(self.most_at_once, self._n_running)
            self._changed.notify_all()
        assert self.gate(value).wait(TIMEOUT_S)
        with self._changed:
            self._n_running -= 1
        return value

    def gate(self, value: Any) -> threading.Event:
        return self._gates.setdefault(value, threading.Event())

    def wait_begun(self, value: Any) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: value in self.begun, TIMEOUT_S)


def label(value: Any) -> ipywidgets.Label:
    return ipywidgets.Label(str(value))


def said(panel: Panel[Any]) -> list[str]:
    return [child.value for child in panel.widget.children]


def is_spinner(text: str) -> bool:
    return 'role="status"' in text


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def bounded() -> None:
        await asyncio.wait_for(work(), 3 * TIMEOUT_S)

    asyncio.run(bounded())


@pytest.fixture
def slow() -> Slow:
    return Slow()


def test_it_begins_with_a_spinner_that_names_it() -> None:
    panel = Panel("<Bars>", label, label)

    (text,) = said(panel)
    assert is_spinner(text)
    assert "&lt;Bars&gt;: being computed" in text
    assert not panel.is_drawn


def test_without_a_loop_an_update_is_shown_at_once() -> None:
    panel = Panel("Bars", lambda value: value * 2, label)

    panel.update(3)

    assert said(panel) == ["6"]
    assert panel.is_drawn


def test_in_a_loop_the_kernel_is_free_while_it_is_computed(slow: Slow) -> None:
    panel = Panel("Bars", slow, label)

    async def work() -> None:
        panel.update("a")
        await asyncio.to_thread(slow.wait_begun, "a")
        assert not panel.is_drawn
        slow.gate("a").set()
        await panel.settled()
        assert said(panel) == ["a"]

    run(work)


def test_one_runs_and_one_waits_and_the_last_value_wins(slow: Slow) -> None:
    panel = Panel("Bars", slow, label)

    async def work() -> None:
        panel.update(0)
        await asyncio.to_thread(slow.wait_begun, 0)
        for value in range(1, 50):
            panel.update(value)
        slow.gate(0).set()
        slow.gate(49).set()
        await panel.settled()

    run(work)
    assert slow.begun == [0, 49]
    assert slow.most_at_once == 1
    assert said(panel) == ["49"]


def test_what_takes_long_has_a_spinner_over_the_picture_before(slow: Slow) -> None:
    panel = Panel("Bars", slow, label)
    slow.gate("a").set()
    panel.show("a")

    async def work() -> None:
        spun = asyncio.Event()
        panel.widget.observe(lambda change: spun.set(), "children")
        panel.update("b")
        await spun.wait()
        picture, spinner = said(panel)
        assert is_spinner(spinner)
        assert panel.widget.children[1].layout.order == "-1", "above the picture, which no page makes anew"
        assert picture == "a"
        slow.gate("b").set()
        await panel.settled()
        assert said(panel) == ["b"]

    run(work)


def test_what_is_quick_does_not_flicker() -> None:
    panel = Panel("Bars", lambda value: value, label)
    panel.show("a")
    seen: list[str] = []
    panel.widget.observe(lambda change: seen.extend(child.value for child in change.new), "children")

    async def work() -> None:
        panel.update("b")
        await panel.settled()

    run(work)
    assert seen == ["b"]


def test_settle_waits_for_the_computation_that_runs_and_draws_it_once(slow: Slow) -> None:
    drawn: list[Any] = []
    panel = Panel("Bars", slow, lambda value: drawn.append(value) or label(value))  # type: ignore[func-returns-value]

    async def work() -> None:
        panel.update("a")
        await asyncio.to_thread(slow.wait_begun, "a")
        asyncio.get_running_loop().run_in_executor(None, slow.gate("a").set)
        panel.settle()
        assert said(panel) == ["a"]
        await asyncio.sleep(0)  # what was cancelled takes notice
        await panel.settled()

    run(work)
    assert slow.begun == drawn == ["a"]


def test_settle_shows_the_value_that_waited(slow: Slow) -> None:
    panel = Panel("Bars", slow, label)

    async def work() -> None:
        panel.update("a")
        await asyncio.to_thread(slow.wait_begun, "a")
        panel.update("b")
        slow.gate("a").set()
        slow.gate("b").set()
        panel.settle()
        assert said(panel) == ["b"]
        await asyncio.sleep(0)

    run(work)
    assert slow.begun == ["a", "b"]
    assert slow.most_at_once == 1
    assert said(panel) == ["b"]


def test_settle_does_not_take_what_was_found_before_the_last_update() -> None:
    numbers = iter(range(10))
    begun, gate = threading.Event(), threading.Event()

    def compute() -> int:
        begun.set()
        assert gate.wait(TIMEOUT_S)
        return next(numbers)

    panel = Panel("Bars", compute, label)

    async def work() -> None:
        panel.update()
        await asyncio.to_thread(begun.wait, TIMEOUT_S)
        panel.update()
        gate.set()
        panel.settle()

    run(work)
    assert said(panel) == ["1"]


def test_what_is_shown_at_once_is_not_replaced_by_what_was_on_its_way(slow: Slow) -> None:
    panel = Panel("Bars", slow, label)

    async def work() -> None:
        panel.update("a")
        await asyncio.to_thread(slow.wait_begun, "a")
        asyncio.get_running_loop().run_in_executor(None, slow.gate("a").set)
        slow.gate("b").set()
        panel.show("b")
        for _ in range(5):
            await asyncio.sleep(0)
        assert said(panel) == ["b"]

    run(work)
    assert slow.most_at_once == 1, "a thread cannot be stopped, so the next one waits for it"


@pytest.mark.parametrize(("value", "computed"), [(None, ["a"]), ("b", ["b"])])
def test_a_thread_that_comes_late_computes_nothing(value: str | None, computed: list[str]) -> None:
    begun: list[str] = []
    panel = Panel("Bars", lambda value: begun.append(value) or value, label)  # type: ignore[func-returns-value]

    async def work() -> None:
        only_thread, gate = ThreadPoolExecutor(1), threading.Event()
        asyncio.get_running_loop().set_default_executor(only_thread)
        only_thread.submit(gate.wait, TIMEOUT_S)
        panel.update("a")
        await asyncio.sleep(0)  # a thread is asked for
        panel.settle() if value is None else panel.show(value)
        gate.set()
        only_thread.submit(int).result(TIMEOUT_S)  # before the loop can take back what it asked for

    run(work)
    assert begun == computed
    assert said(panel) == computed


def test_an_error_that_no_future_takes_is_a_card_too() -> None:
    panel = Panel("Bars", lambda: next(iter(())), label)

    async def work() -> None:
        panel.update()
        await panel.settled()

    run(work)
    assert isinstance(panel.error, StopIteration)
    assert "StopIteration, which is a bug in pycore" in said(panel)[0]


def test_settle_does_nothing_when_all_is_shown() -> None:
    computed: list[int] = []
    panel = Panel("Bars", computed.append, label)

    panel.settle()
    assert computed == []
    panel.show(1)
    panel.settle()
    assert computed == [1]


def divided(value: float) -> float:
    return 1 / value


def refused(value: int) -> int:
    if value < 0:
        raise DatasetError("Rows <b> are gone.", dataset="rows")
    return value


def test_a_reason_is_said_in_a_card_and_a_good_value_follows() -> None:
    panel = Panel("Bars & <i>", refused, label)

    panel.show(-1)
    (text,) = said(panel)
    assert 'role="alert"' in text
    assert "<b>Bars &amp; &lt;i&gt;</b> cannot be shown: Rows &lt;b&gt; are gone." in text
    assert isinstance(panel.error, DatasetError)

    panel.show(5)
    assert said(panel) == ["5"]
    assert panel.error is None


def test_an_error_in_a_loop_leaves_the_next_value_its_place() -> None:
    panel = Panel("Bars", divided, label)

    async def work() -> None:
        panel.update(0)
        await panel.settled()
        assert isinstance(panel.error, ZeroDivisionError)
        panel.update(4)
        await panel.settled()

    run(work)
    assert said(panel) == ["0.25"]
    assert panel.error is None


def test_an_error_while_drawing_is_a_card_too() -> None:
    panel = Panel("Bars", int, lambda value: label(1 / value))

    panel.show(0)

    assert isinstance(panel.error, ZeroDivisionError)
    assert "ZeroDivisionError, which is a bug in pycore" in said(panel)[0]


def test_a_picture_that_is_changed_in_place_stays_and_comes_back_after_a_card() -> None:
    shown = label("first")
    drawn: list[int] = []

    def draw(value: int) -> ipywidgets.Label | None:
        drawn.append(value)
        shown.value = str(value)
        return shown if len(drawn) == 1 else None

    panel = Panel("Bars", refused, draw)
    panel.show(1)
    panel.show(2)
    assert panel.widget.children == (shown,)
    panel.show(-1)
    assert panel.widget.children[0] is shown, "a page would make it anew, from what it was at its beginning"
    assert shown.layout.display == "none"
    panel.show(3)

    assert panel.widget.children == (shown,)
    assert shown.layout.display is None
    assert shown.value == "3"


def test_an_interrupt_passes() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    panel: Panel[None] = Panel("Bars", interrupted, label)

    with pytest.raises(KeyboardInterrupt):
        panel.show()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (DatasetError("There are no rows."), "There are no rows."),
        (MemoryError(), "there is not enough memory"),
        (ValueError("secret 42"), "there was a ValueError, which is a bug in pycore."),
    ],
)
def test_a_card_says_why_and_no_value_of_a_bug(error: Exception, reason: str) -> None:
    text = card("Bars", error).value

    assert reason in text
    assert "42" not in text


def threads_of(panel: Panel[Any], pauses_s: Sequence[float]) -> None:
    """Ask for a picture after each pause."""

    async def work() -> None:
        for number, pause_s in enumerate(pauses_s):
            await asyncio.sleep(pause_s)
            panel.update(number)
            await panel.settled()

    run(work)


@pytest.mark.parametrize("is_quick", [True, False])
def test_a_thread_is_started_for_what_may_take_long(*, is_quick: bool) -> None:
    threads: list[threading.Thread] = []
    panel = Panel("Bars", lambda number: threads.append(threading.current_thread()), label, is_quick=is_quick)

    threads_of(panel, [0, 0.2, 0.2])

    here = threading.main_thread()
    assert threads[0] is not here  # nobody knows yet how long it takes
    assert [thread is here for thread in threads[1:]] == [is_quick, is_quick]
