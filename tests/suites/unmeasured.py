"""The environment of a program that must not be traced: one that is interrupted or forked at any moment.

Coverage takes a lock of its own again and again, in Python; an interrupt or a fork that comes while it is taken leaves
it shut, and the program hangs in what no user has.
"""

from __future__ import annotations

import os

__all__ = ["unmeasured"]


def unmeasured() -> dict[str, str]:
    """Return the environment without what makes a Python measure its coverage."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
