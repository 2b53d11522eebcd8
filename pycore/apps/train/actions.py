"""The buttons that start and stop a training."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

__all__ = ["Actions"]


class Actions:
    """Train and Stop.

    Parameters
    ----------
    train, stop : callable
        Are called without arguments when a button is pressed.

    Attributes
    ----------
    widget : ipywidgets.HBox
        What is shown.
    train, stop : ipywidgets.Button
        The buttons.
    """

    def __init__(self, train: Callable[[], None], stop: Callable[[], None]) -> None:
        self.train = ipywidgets.Button(description="Train", button_style="primary", tooltip="Train what the form says")
        self.stop = ipywidgets.Button(
            description="Stop", tooltip="End this run; what is done by then is kept", disabled=True
        )
        self.train.on_click(lambda _: train())
        self.stop.on_click(lambda _: stop())
        self.widget = ipywidgets.HBox([self.train, self.stop])

    def show(self, *, can_train: bool, can_stop: bool) -> None:
        """Let be pressed what can be."""
        self.train.disabled = not can_train
        self.stop.disabled = not can_stop
