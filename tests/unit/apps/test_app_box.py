"""A page that was loaded while an app changed is told what it missed, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ipywidgets
import pytest
from comm.base_comm import BaseComm

from pycore.apps.app_box import AppBox


class Wire(BaseComm):
    """A comm that keeps the traits that are sent."""

    def __init__(self, **options: Any) -> None:
        self.sent: list[dict[str, Any]] = []
        super().__init__(**options)

    def publish_msg(
        self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **keys: Any
    ) -> None:
        del msg_type, metadata, buffers, keys
        if (data or {}).get("method") == "update":
            self.sent.append(data["state"])


class App:
    """A box in a box: a button, and a line of text."""

    def __init__(self) -> None:
        self.line = ipywidgets.HTML("old", comm=Wire(target_name="jupyter.widget"))
        self.button = ipywidgets.Button(comm=Wire(target_name="jupyter.widget"))
        self.inner = ipywidgets.HBox([self.line, self.button], comm=Wire(target_name="jupyter.widget"))
        self.box = AppBox([self.inner])

    def ask(self) -> None:
        """Ask for everything, as a page does that is loaded."""
        for widget in (self.box, self.inner, self.line, self.button):
            widget.get_state()
        self.forget()

    def show(self, n_views: int = 1) -> None:
        """Say how many views there are, as a page does that has made the widgets."""
        self.box.set_state({"_view_count": n_views})

    def forget(self) -> None:
        for sent in self.sent():
            sent.clear()

    def sent(self) -> list[list[dict[str, Any]]]:
        return [widget.comm.sent for widget in (self.inner, self.line, self.button)]


@pytest.fixture
def app() -> Iterator[App]:
    app = App()
    yield app
    for widget in (app.box, app.inner, app.line, app.button):
        widget.close()


def test_what_a_page_missed_is_sent_when_it_shows_the_app(app: App) -> None:
    app.ask()
    app.line.value = "new"
    app.button.layout.width = "20px"
    app.forget()  # no widget of the page heard it

    app.show()

    assert app.sent() == [[], [{"value": "new"}], []]
    app.show(2)
    assert app.line.comm.sent == [{"value": "new"}] * 2  # to another page, of which nobody knows what it missed


def test_what_a_page_knows_is_not_sent(app: App) -> None:
    app.line.value = "before"
    app.ask()

    app.show()

    assert app.sent() == [[], [], []]


def test_what_one_page_was_told_another_still_gets(app: App) -> None:
    app.ask()
    app.line.value = "new"
    app.ask()  # another page, before the first shows anything
    app.forget()

    app.show()

    assert app.line.comm.sent == [{"value": "new"}]
    app.ask()
    app.show(2)
    assert app.sent() == [[], [], []]


def test_children_that_changed_are_sent(app: App) -> None:
    app.ask()
    app.inner.children = (app.button,)
    app.forget()

    app.show()

    assert app.inner.comm.sent == [{"children": [f"IPY_MODEL_{app.button.model_id}"]}]


def test_a_view_less_and_a_closed_widget_need_nothing(app: App) -> None:
    app.ask()
    app.show(2)
    app.line.value = "new"
    app.forget()
    app.show(1)
    assert app.sent() == [[], [], []]

    app.inner.children = (app.button,)
    app.forget()
    wire = app.line.comm
    app.line.close()
    app.show(3)

    assert [list(state) for state in app.inner.comm.sent] == [["children"]]
    assert wire.sent == []
