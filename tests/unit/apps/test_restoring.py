"""A page that asks for all widgets ends with what they are by then."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import ipywidgets
import pytest
from comm.base_comm import BaseComm

from pycore.apps.restoring import open_control

WAIT_S = 10.0


class Wire(BaseComm):
    """A comm that keeps what is sent, in one list for all of them."""

    sent: list[tuple[str, dict[str, Any]]]

    def __init__(self, sent: list[tuple[str, dict[str, Any]]], **options: Any) -> None:
        self.sent = sent
        super().__init__(**options)

    def publish_msg(
        self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **keys: Any
    ) -> None:
        del msg_type, metadata, buffers, keys
        self.sent.append((self.comm_id, data or {}))


class Gate(ipywidgets.Widget):  # type: ignore[misc]  # ipywidgets has no types
    """A widget whose state is long in coming."""

    reached: threading.Event
    opened: threading.Event

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> Any:
        if hasattr(self, "reached"):
            self.reached.set()
            assert self.opened.wait(WAIT_S)
        return super().get_state(key=key, drop_defaults=drop_defaults)


class Kernel:
    """A line of text, a widget after it that lets the gathering wait, and a page that asks."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.line = ipywidgets.HTML("old", comm=Wire(self.sent, target_name="jupyter.widget"))
        self.gate = Gate(comm=Wire(self.sent, target_name="jupyter.widget"))
        self.line.get_state()  # makes its layout and style
        self.gate.reached, self.gate.opened = threading.Event(), threading.Event()
        self.sent.clear()

    def ask(self, method: str = "request_states") -> None:
        control = Wire(self.sent, target_name="jupyter.widget.control")
        open_control(control, {"metadata": {"version": "1.0.0"}})
        control.handle_msg({"content": {"data": {"method": method}}})

    def seen(self) -> list[str]:
        """Return the texts that the line had in the page, one after another."""
        texts = []
        for sender, message in self.sent:
            state = message.get("state", {}) if sender == self.line.model_id else {}
            if message.get("method") == "update_states":
                state = message["states"][self.line.model_id]["state"]
            texts += [state["value"]] if "value" in state else []
        return texts

    def close(self) -> None:
        self.gate.opened.set()
        for widget in (self.gate, self.line.layout, self.line.style, self.line):
            widget.close()


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    kernel = Kernel()
    yield kernel
    kernel.close()


def test_what_changes_while_states_are_gathered_is_not_taken_back(kernel: Kernel) -> None:
    asked = threading.Thread(target=kernel.ask)
    asked.start()
    assert kernel.gate.reached.wait(WAIT_S)
    made = ipywidgets.Label("made meanwhile")
    kernel.line.value = "new"
    kernel.gate.opened.set()
    asked.join(WAIT_S)

    assert kernel.seen() == ["new", "old", "new"]
    made.close()


def test_what_does_not_change_is_sent_once(kernel: Kernel) -> None:
    kernel.gate.opened.set()
    kernel.ask()

    assert kernel.seen() == ["old"]


def test_an_unknown_question_is_refused_by_its_name(kernel: Kernel) -> None:
    with pytest.raises(RuntimeError, match="guess_states"):
        kernel.ask("guess_states")
