"""What the kernel answers a page that is loaded and asks for all widgets.

ipywidgets gathers the states while, in another thread, what the user does goes on: JupyterLab sends questions and
changes to different subshells. A page that has just heard of a change would then get the state from before it, and
keep it. Here what changed meanwhile is sent once more. The states are gathered once, not twice, and no widget that is
made meanwhile stops it.
"""

from __future__ import annotations

from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from ipywidgets import Widget
from ipywidgets.widgets.widget import _instances, _remove_buffers

__all__ = ["answer_pages", "open_control"]

_TARGET = "jupyter.widget.control"


def answer_pages() -> None:
    """Answer the pages of this kernel from now on; without a kernel nothing happens."""
    kernel = getattr(InteractiveShell.instance(), "kernel", None) if InteractiveShell.initialized() else None
    if kernel is not None:
        kernel.comm_manager.register_target(_TARGET, open_control)


def open_control(comm: Any, message: dict[str, Any]) -> None:
    """Listen to the questions of one page; ipywidgets answers all of them to the page that came last."""
    Widget.handle_control_comm_opened(comm, message)  # it knows which protocols there are
    comm.on_msg(lambda asked: _answer(comm, asked))


def _answer(comm: Any, message: dict[str, Any]) -> None:
    if message["content"]["data"]["method"] != "request_states":
        Widget._handle_control_comm_msg(message)  # it says what it does not know
        return
    widgets = dict(_instances)  # a copy: cells make more of them meanwhile
    states = {name: widget.get_state() for name, widget in widgets.items()}
    described = {name: _described(widgets[name], state) for name, state in states.items()}
    described, paths, buffers = _remove_buffers(described)
    comm.send({"method": "update_states", "states": described, "buffer_paths": paths}, buffers=buffers)
    for name, widget in widgets.items():
        _send_changed(widget, states[name])


def _described(widget: Widget, state: dict[str, Any]) -> dict[str, Any]:
    return {
        "model_name": widget._model_name,
        "model_module": widget._model_module,
        "model_module_version": widget._model_module_version,
        "state": state,
    }


def _send_changed(widget: Widget, before: dict[str, Any]) -> None:
    """Send what is no longer as the page was told."""
    now = widget.get_state()
    # The page of a figure takes patches only, and no second bundle.
    changed = [key for key, value in now.items() if key != "render_bundle" and value != before.get(key)]
    if changed and widget.comm is not None:
        widget.send_state(changed)
