"""What the kernel tells the pages of a figure, read from the messages that leave it, and what pages tell it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from bokeh.models import ColumnDataSource
from bokeh.models.annotations import Title
from bokeh.plotting import figure
from comm.base_comm import BaseComm

from pycore.apps.live import Live


class Wire(BaseComm):
    """A comm that keeps what is sent."""

    def __init__(self, **options: Any) -> None:
        self.contents: list[dict[str, Any]] = []
        self.bundles: list[str] = []
        super().__init__(**options)

    def publish_msg(
        self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **keys: Any
    ) -> None:
        del msg_type, metadata, buffers, keys
        payload = (data or {}).get("content", {}).get("payload")
        if payload is not None:
            self.contents.append(json.loads(payload))
        state = (data or {}).get("state", {})
        if (data or {}).get("method") == "update" and "render_bundle" in state:
            self.bundles.append(state["render_bundle"])

    def patches(self) -> list[list[dict[str, Any]]]:
        """Return the events of each message to the page."""
        return [content["events"] for content in self.contents if "events" in content]


class Shown:
    """A figure of three dots and the wire to its pages."""

    def __init__(self) -> None:
        self.source = ColumnDataSource({"x": np.arange(3.0)})
        self.plot = figure(title="first")
        self.plot.scatter("x", "x", source=self.source)
        self.wire = Wire(target_name="jupyter.widget")
        self.live = Live(self.plot, comm=self.wire)

    @property
    def title(self) -> Title:
        """The title of the figure."""
        assert isinstance(self.plot.title, Title)
        return self.plot.title

    def said(self) -> list[list[str]]:
        """Return which attributes each message changes."""
        return [[event["attr"] for event in events] for events in self.wire.patches()]

    def select(self, rows: list[int]) -> None:
        """Select rows as a page does."""
        change = {
            "event": "jsevent",
            "kind": "ModelChanged",
            "model": {"id": self.source.selected.id},
            "attr": "indices",
            "new": rows,
        }
        self.hear(change)

    def hear(self, change: dict[str, Any]) -> None:
        """Take a message of a page."""
        self.wire.handle_msg({"content": {"data": {"method": "custom", "content": change}}, "buffers": []})


@pytest.fixture
def shown() -> Iterator[Shown]:
    shown = Shown()
    yield shown
    shown.live.close()


def bundle(shown: Shown) -> str:
    """Return the figure as a page gets it that asks now."""
    text: str = shown.live.get_state()["render_bundle"]
    return text


def test_a_figure_that_did_not_change_is_rendered_once(shown: Shown) -> None:
    first = bundle(shown)
    page_measures = {
        "event": "jsevent",
        "kind": "ModelChanged",
        "model": {"id": shown.plot.id},
        "attr": "inner_width",
        "new": 431,
    }
    shown.hear(page_measures)

    assert shown.plot.inner_width == 431
    assert bundle(shown) == first  # each rendering has an identifier of its own
    assert shown.live.get_state("render_bundle") == {"render_bundle": first}
    assert "render_bundle" not in shown.live.get_state(["layout"])


def test_a_page_that_asks_gets_what_changed(shown: Shown) -> None:
    bundle(shown)
    shown.title.text = "second"
    assert "second" in bundle(shown)

    with shown.live.together():
        shown.title.text = "third"
        assert "third" in bundle(shown)
    shown.source.stream({"x": [7654321.0]})
    streamed = bundle(shown)
    shown.select([2])
    selected = bundle(shown)

    assert streamed != selected
    assert '"indices":[2]' in selected
    assert bundle(shown) == selected


def test_a_page_that_asks_gets_what_changed_untold(shown: Shown) -> None:
    """Changes that a document holds back, of a figure that left it, and another figure."""
    bundle(shown)
    document = shown.plot.document
    assert document is not None
    document.hold()
    shown.title.text = "held"
    assert "held" in bundle(shown)
    document.unhold()

    document.remove_root(shown.plot)
    bundle(shown)
    shown.title.text = "moved"
    assert "moved" in bundle(shown)
    shown.title.text = "moved twice"
    assert "moved twice" in bundle(shown)

    shown.live.update_from_model(figure(title="another"))
    assert "another" in bundle(shown)


def test_a_view_that_missed_changes_gets_the_figure_anew(shown: Shown) -> None:
    """A page has asked, and makes its view of the answer later."""
    bundle(shown)
    shown.live.set_state({"_view_count": 1})
    assert shown.wire.bundles == []

    shown.title.text = "missed"
    shown.live.set_state({"_view_count": 2})

    assert len(shown.wire.bundles) == 1
    assert "missed" in shown.wire.bundles[0]
    shown.live.set_state({"_view_count": 3})  # it begins with what has just been told
    shown.title.text = "heard"
    shown.live.set_state({"_view_count": 2})
    assert len(shown.wire.bundles) == 1


def test_each_change_is_a_message(shown: Shown) -> None:
    shown.plot.update(height=200)
    shown.source.data = {"x": np.arange(4.0)}

    assert shown.said() == [["height"], ["data"]]


def test_changes_that_are_made_together_are_one_message(shown: Shown) -> None:
    with shown.live.together():
        shown.plot.update(height=200)
        shown.source.data = {"x": np.arange(4.0)}
        assert shown.said() == []

    assert shown.said() == [["height", "data"]]
    shown.plot.update(height=300)
    assert shown.said()[1:] == [["height"]]


def test_nothing_is_said_where_nothing_changed_together(shown: Shown) -> None:
    with shown.live.together():
        shown.plot.update(height=shown.plot.height)

    assert shown.said() == []


def test_what_changed_before_an_error_is_said(shown: Shown) -> None:
    with pytest.raises(ValueError, match="no rows"), shown.live.together():  # noqa: PT012  the change comes before it
        shown.plot.update(height=200)
        raise ValueError("no rows")

    assert shown.said() == [["height"]]


def test_together_in_together_goes_with_it(shown: Shown) -> None:
    with shown.live.together():
        shown.plot.update(height=200)
        with shown.live.together():
            shown.plot.update(width=300)
        shown.plot.update(width=400)

    assert shown.said() == [["height", "width", "width"]]


def test_what_one_page_selects_is_told_to_the_others(shown: Shown) -> None:
    shown.select([2, 0])

    assert shown.source.selected.indices == [2, 0]
    assert [event["new"] for (event,) in shown.wire.patches()] == [[2, 0]]


def test_pages_are_told_what_a_callback_made_of_a_selection(shown: Shown) -> None:
    selected = shown.source.selected
    selected.on_change("indices", lambda _attribute, _old, _new: selected.update(indices=[1]))

    shown.select([2, 0])

    assert shown.wire.patches()[-1][0]["new"] == [1]


def test_what_a_page_says_again_is_not_told(shown: Shown) -> None:
    """Else two pages would answer each other for ever."""
    shown.select([1])
    shown.select([1])

    assert len(shown.wire.patches()) == 1


def test_other_changes_of_a_page_are_not_told(shown: Shown) -> None:
    change = {
        "event": "jsevent",
        "kind": "ModelChanged",
        "model": {"id": shown.plot.id},
        "attr": "height",
        "new": 250,
    }
    shown.hear(change)

    assert shown.plot.height == 250
    assert shown.said() == []


def test_a_closed_figure_says_nothing_more_and_may_be_closed_again(shown: Shown) -> None:
    shown.live.close()
    shown.live.close()

    shown.plot.update(height=200)

    assert shown.said() == []
