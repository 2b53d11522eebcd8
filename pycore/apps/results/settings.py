"""What was chosen, and what the model was made with."""

from __future__ import annotations

from typing import Any

from pycore.apps.results.tab import Tab
from pycore.apps.results.views import Listing, View

__all__ = ["SettingsTab"]


class SettingsTab(Tab):
    """All settings of the run as a list that people read."""

    title = "Settings"

    def views(self) -> list[View[Any]]:
        """Return the list."""
        return [Listing(title="What was chosen, and what came out", compute=self.evidence.settings)]
