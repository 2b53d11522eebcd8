"""What the parts of the form have in common: they tell when something else is asked for, and not while they are set."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import ipywidgets

__all__ = ["Part"]


class Part(ABC):
    """Some controls of the form.

    Parameters
    ----------
    changed : callable
        Is called without arguments when a user asks for something else.

    Attributes
    ----------
    widget : ipywidgets.DOMWidget
        What is shown.
    """

    widget: ipywidgets.DOMWidget

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._is_quiet = False

    @abstractmethod
    def _show(self) -> None:
        """Show what belongs to what the controls say."""

    def _watch(self, *controls: ipywidgets.DOMWidget) -> None:
        """Tell when one of `controls` says something else."""
        for control in controls:
            control.observe(self._on_change, "value")

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """Tell nothing of what is set inside."""
        was_quiet, self._is_quiet = self._is_quiet, True
        try:
            yield
        finally:
            self._is_quiet = was_quiet

    def _on_change(self, change: object) -> None:
        del change
        if self._is_quiet:
            return
        with self._quiet():
            self._show()
        self._changed()
